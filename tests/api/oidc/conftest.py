"""A real provider on this machine, and an installation that is set up for it."""

import warnings
from collections.abc import Iterator

import pytest

from api.provider import provider
from api.settings import settings

OURS = "perceel"


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """A provider that listens on 127.0.0.1 alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import User, app
        from oidc_provider_mock._server import _threaded_server

        people = [
            User(sub="eva", claims={"email": "Eva@stad.example", "email_verified": True}),
            User(sub="bob", claims={"email": "bob@stad.example", "email_verified": False}),
            User(sub="tim", claims={"groups": ["inkoop", "x"], "name": "Tim"}),
        ]
        made = app(require_nonce=True, user_claims=people)
        with _threaded_server(made, host="127.0.0.1") as server:
            yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def configured(issuer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OIDC_ISSUER", issuer)
    monkeypatch.setenv("OIDC_CLIENT_ID", OURS)
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "geheim: %")
    settings.cache_clear()
    provider.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
    provider.cache_clear()
