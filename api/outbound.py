"""Sending to an address that somebody else chose: public targets only, and no detours.

The name is resolved once, every address that it has must be public, and the connection goes to
the address that was checked: a name that changes its mind between check and connection (DNS
rebinding) gains nothing. Redirects are answers like any other, never followed.
"""

import asyncio
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from api.domain.errors import Fault

SECONDS: Final = 10.0
LONGEST_URL: Final = 500
_LONGEST_ANSWER: Final = 2_000
_PORTS: Final = {"https": 443, "http": 80}


class TargetRefused(Exception):
    """The target is not one that we send to."""


class Answer(msgspec.Struct, frozen=True):
    """What the target answered."""

    status: int


def fault_of_target(url: str, *, local_too: bool) -> Fault | None:
    """Tell what is wrong with a target as far as its text tells; names are resolved later."""
    try:
        parts = _parts(url, local_too=local_too)
        if (literal := _literal(parts.hostname or "")) is not None:
            _check(literal, local_too=local_too)
    except TargetRefused as error:
        return Fault("target-refused", str(error), "/url")
    return None


async def post(url: str, body: bytes, headers: Mapping[str, str], *, local_too: bool) -> Answer:
    """Send a body; raise `TargetRefused`, or `OSError` and its like where nobody answers."""
    return await asyncio.to_thread(_post, url, body, headers, local_too)


def _post(url: str, body: bytes, headers: Mapping[str, str], local_too: bool) -> Answer:  # noqa: FBT001  handed on by to_thread
    parts = _parts(url, local_too=local_too)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    address = _resolved(host, port, local_too=local_too)
    connection = _Pinned(host, port, address, tls=parts.scheme == "https")
    # A target that answers byte by byte keeps within every single wait; not within this one.
    end = threading.Timer(SECONDS, connection.abort)
    end.daemon = True
    end.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        answer.read(_LONGEST_ANSWER)
        if connection.aborted:
            raise TimeoutError("the answer took too long")
        return Answer(answer.status)
    except http.client.HTTPException as error:
        raise OSError(f"no proper answer: {type(error).__name__}") from error
    finally:
        end.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked; the certificate must be of the name."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address = address
        self._tls = tls
        self._plain: socket.socket | None = None
        self.aborted = False

    def abort(self) -> None:
        """End what goes on: whoever waits for bytes waits no longer."""
        self.aborted = True
        if self._plain is not None:
            with suppress(OSError):
                self._plain.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect to the checked address instead of asking for the name again."""
        self._plain = plain = socket.create_connection((self._address, self.port), SECONDS)
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(plain, server_hostname=self.host) if self._tls else plain


def _parts(url: str, *, local_too: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise TargetRefused("This is not an address.") from error
    if parts.scheme != "https" and not (local_too and parts.scheme == "http"):
        raise TargetRefused("A target begins with https://.")
    plain = url.isascii() and url.isprintable() and " " not in url
    if not parts.hostname or parts.username or parts.fragment or not plain:
        raise TargetRefused("A target has a host, and neither a user nor a fragment.")
    return parts


def _resolved(host: str, port: int, *, local_too: bool) -> str:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    for one in addresses:
        _check(ipaddress.ip_address(one.partition("%")[0]), local_too=local_too)
    return addresses[0]


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _check(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, local_too: bool) -> None:
    """Refuse what is not on the public internet, also where IPv6 wraps it (mapped, 6to4, NAT64)."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if isinstance(address, ipaddress.IPv6Address) and address in _NAT64:
        inner = ipaddress.ip_address(int(address) & 0xFFFFFFFF)
    for one in (address, inner):
        public = one is None or (one.is_global and not one.is_multicast and not _odd(one))
        if not public and not (local_too and one is not None and one.is_loopback):
            raise TargetRefused("The target is not on the public internet.")


def _odd(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address.version == one.version and address in one for one in _ODD)


_ODD: Final = tuple(
    ipaddress.ip_network(one)
    for one in ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10", "192.88.99.0/24")
)
"""Not private by the registry of IANA, and still ways into a network of one's own: IPv4-compatible
and translated addresses, NAT64 of one's own (RFC 8215), site-local (RFC 3879), relays of 6to4."""
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
