"""Sending mail: SMTP with TLS, by the standard library, in a thread."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from typing import Final
from urllib.parse import unquote, urlsplit

SECONDS: Final = 30.0
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS: Final = {"smtp": 587, "smtps": 465}


class NotSent(Exception):
    """A mail was not taken; says why without an address or a secret."""


async def send(message: EmailMessage, url: str) -> None:
    """Hand a mail to a server, `smtp://user:password@host:port` or `smtps://`."""
    await asyncio.to_thread(_send, message, url)


def _send(message: EmailMessage, url: str) -> None:
    try:
        with _connected(url) as server:
            server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        # The text of such errors holds addresses, so the kind and the code are all that is told.
        code = getattr(error, "smtp_code", None)
        raise NotSent(f"{type(error).__name__}{'' if code is None else f' {code}'}") from None


def _connected(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        # Without TLS neither mail nor password leaves this machine.
        if parts.scheme == "smtp" and host not in _HERE:
            server.starttls(context=context)
        if parts.username is not None:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
