"""Settings, read from the environment once. Every one is explained in docs/settings.md."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65_535)]
MailAddress = Annotated[str, Meta(pattern=r"^[^@\s<>]+@[A-Za-z0-9.-]+$", max_length=254)]


_JOIN_RULE = r"[A-Za-z0-9_.-]+:[^=;/]+=[0-9a-f-]{36}/[a-z+]+"
JOIN_RULES = rf"^{_JOIN_RULE}(;{_JOIN_RULE})*$"
"""`claim:value=organisation/role+role`, several divided by `;`."""

SECRETS_KEYS = r"^[^\s,]{32,}([\s,]+[^\s,]{32,})*$"


class Settings(msgspec.Struct, frozen=True, rename="upper", kw_only=True):
    """What an operator may set. Absent engines mean: start the embedded ones (`make run`)."""

    database_url: str | None = None
    """PostgreSQL 18 DSN, `postgresql://user:password@host/database`."""
    database_pool_size: Annotated[int, Meta(ge=1, le=200)] = 10
    meilisearch_url: Annotated[str, Meta(pattern=r"^https?://")] | None = None
    meilisearch_key: str | None = None
    index_prefix: Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,40}$")] = "perceel"
    drain_in_process: bool = False
    """Run the outbox drain inside the API process, as `make run` does."""
    data_dir: Path = Path(".local")
    """Where the embedded engines keep their files."""
    pseudonym_key: Annotated[str, Meta(min_length=32)] | None = None
    """Secret behind pseudonyms and the guard against double counting; never change it."""
    secrets_key: Annotated[str, Meta(pattern=SECRETS_KEYS)] | None = None
    """What kept secrets are sealed with, the newest first, divided by commas or blanks."""
    public_url: Annotated[str, Meta(pattern=r"^https?://[^/]+$")] | None = None
    """Where people reach this installation, `https://perceel.example`."""
    forwarded_hops: Annotated[int, Meta(ge=0, le=5)] = 0
    """Reverse proxies of ours before this process; each adds to `X-Forwarded-For`."""
    oidc_issuer: Annotated[str, Meta(pattern=r"^https?://")] | None = None
    """The identity provider (OpenID Connect); absent: people sign in with passwords alone."""
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_private_key: Path | None = None
    """PEM file; the client then signs instead of showing a secret."""
    oidc_scopes: Annotated[str, Meta(pattern=r"^openid( |$)")] = "openid email profile"
    oidc_join: Annotated[str, Meta(pattern=JOIN_RULES)] | None = None
    """Who comes in without an invitation, by domain or claim (docs/access.md)."""
    session_idle_minutes: Annotated[int, Meta(ge=1, le=1440)] = 60
    session_hours: Annotated[int, Meta(ge=1, le=720)] = 12
    rate_limit_anonymous: Annotated[int, Meta(ge=0, le=1_000_000)] = 600
    """Requests a minute from one address that proves nothing; 0: no limit."""
    rate_limit_known: Annotated[int, Meta(ge=0, le=1_000_000)] = 1_200
    """Requests a minute with one key or session; 0: no limit."""
    leave_seconds: Annotated[float, Meta(ge=0, le=300)] = 5
    """After SIGTERM an API process serves on for so long while readiness says no."""
    request_seconds: Annotated[float, Meta(gt=0, le=3_600)] = 120
    webhook_local_targets: bool = False
    """For trying out and tests: take http and loopback addresses as targets."""
    smtp_url: Annotated[str, Meta(pattern=r"^smtps?://[^/]+$")] | None = None
    """Mail goes through this server, `smtp://user:password@host:587`; absent: none is sent."""
    mail_from: MailAddress | None = None
    """Whom mail comes from."""
    security_contact: Annotated[str, Meta(pattern=r"^(mailto:|https://|tel:)\S+$")] | None = None
    """Whom to tell of a weakness, for /.well-known/security.txt."""
    chain_heads_file: Path | None = None
    """`chain-heads` adds the heads of the chains here; best on a disk of somebody else's."""
    metrics_port: Port | None = None
    """Metrics for Prometheus are served here, apart from the API; absent: nowhere."""
    metrics_host: str = "127.0.0.1"
    otel_exporter_otlp_endpoint: Annotated[str, Meta(pattern=r"^https?://")] | None = None
    """Traces go to this collector of OpenTelemetry; absent: nowhere."""
    host: str = "127.0.0.1"
    port: Port = 8000
    max_body_bytes: Annotated[int, Meta(ge=1_000, le=1_000_000_000)] = 20_000_000
    tile_url: Annotated[str, Meta(pattern=r"^https://[^ ]+$", max_length=300)] | None = None
    """Tiles of the map, `https://host/{z}/{x}/{y}.png`. Absent: coarse outlines of our own."""
    tile_attribution: Annotated[str, Meta(max_length=200)] = ""
    """Whom to name as the maker of the tiles."""
    log_level: Annotated[str, Meta(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    def __post_init__(self) -> None:
        """Refuse half of what belongs together."""
        if self.smtp_url is not None and None in {self.mail_from, self.public_url}:
            raise ValueError("`SMTP_URL` needs `MAIL_FROM` and `PUBLIC_URL`")


class SettingsError(Exception):
    """A setting cannot be used; the message names it and what it should be."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read settings from an environment; an empty value counts as absent."""
    names = {field.encode_name for field in msgspec.structs.fields(Settings)}
    given = {name: value for name, value in environment.items() if name in names and value}
    try:
        return msgspec.convert(given, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"Environment: {error}") from error


@cache
def settings() -> Settings:
    """Give the settings of this process."""
    return read_settings(os.environ)


@cache
def pseudonym_key() -> bytes:
    """Give the secret behind pseudonyms: as set, or one made at random and kept in DATA_DIR."""
    given = settings().pseudonym_key
    if given is not None:
        return given.encode()
    return kept_key(settings().data_dir / "pseudonym-key")


def secrets_keys() -> tuple[bytes, ...]:
    """Give what kept secrets are sealed with, the newest first (ADR 48)."""
    given = settings().secrets_key
    if given is None:
        raise SettingsError(
            "Environment: `SECRETS_KEY` is needed where `DATABASE_URL` is set; make one with"
            " `openssl rand -hex 32`, give it to every process, and keep it apart from backups"
        )
    return tuple(one.encode() for one in re.split(r"[\s,]+", given))


def kept_key(file: Path) -> bytes:
    """Give the secret in a file, made at random by whoever needs it first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        # Written beside it and then linked, so that nobody ever reads half a key.
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as writer:
            writer.write(secrets.token_urlsafe(48))
        try:
            file.hardlink_to(fresh)
        finally:
            fresh.unlink()
    return file.read_bytes()


def _path(kind: type, value: object) -> Path:
    if kind is not Path:
        raise NotImplementedError(kind)
    return Path(str(value))
