"""Mail goes over TLS to a server whose certificate is known, with the password it asks for."""

import ssl
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api import mail
from api.clock import now
from importers.engines import free_port
from tests.api.notifications.conftest import MailServer

ELSEWHERE = "127.0.0.2"
"""Not one of the names for this machine itself, so TLS is asked for."""


def signed_for_itself(folder: Path) -> Path:
    """A certificate and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ELSEWHERE)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(ELSEWHERE))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def let_in(_server: Any, _session: Any, _envelope: Any, _way: Any, given: Any) -> AuthResult:
    """Let in who knows the password."""
    right = isinstance(given, LoginPassword) and given.password == b"ge/heim"
    return AuthResult(success=right)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return signed_for_itself(tmp_path)


@pytest.fixture(params=["smtp", "smtps"])
def address(request: pytest.FixtureRequest, certificate: Path) -> Iterator[tuple[str, MailServer]]:
    """A server for each way of TLS, and where it is."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    handler, port = MailServer(), free_port()
    ways: dict[str, Any] = {
        "smtp": {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": let_in,
            "auth_required": True,
        },
        "smtps": {"ssl_context": context},
    }
    running = Controller(handler, hostname=ELSEWHERE, port=port, **ways[request.param])
    running.start()
    # The server that speaks TLS from the start offers no sign-in.
    who = "perceel:{}@" if request.param == "smtp" else ""
    yield f"{request.param}://{who}{ELSEWHERE}:{port}", handler
    running.stop()


def a_mail() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "c@d.example", "x"
    made.set_content("x")
    return made


async def test_mail_goes_over_tls_with_the_password(
    address: tuple[str, MailServer], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, server = address
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    await mail.send(a_mail(), url.format("ge%2Fheim"))

    assert [one["To"] for one in server.got] == ["c@d.example"]


@pytest.mark.parametrize("address", ["smtp"], indirect=True)
async def test_a_wrong_password_is_told_without_it(
    address: tuple[str, MailServer], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, server = address
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(mail, "SECONDS", 2.0)  # this server falls silent when refusing

    with pytest.raises(mail.NotSent) as refused:
        await mail.send(a_mail(), url.format("verkeerd"))

    assert "verkeerd" not in str(refused.value)
    assert server.tried == []


async def test_an_unknown_certificate_gets_no_mail(address: tuple[str, MailServer]) -> None:
    url, server = address

    with pytest.raises(mail.NotSent, match="SSLCertVerificationError"):
        await mail.send(a_mail(), url.format("ge%2Fheim"))

    assert server.tried == []
