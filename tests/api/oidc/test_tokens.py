"""Tokens of a provider that must not be believed, and what the client shows of itself."""

import hmac
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from api import provider as providers
from api.clock import now
from api.identities import Identity, ProviderRefused
from api.provider import Provider
from api.settings import settings
from tests.api.oidc.conftest import OURS

pytestmark = pytest.mark.usefixtures("configured")
KEY = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
ISSUER = "https://login.example"


def claims(**changes: Any) -> dict[str, Any]:
    moment = int(now().timestamp())
    given = {
        "iss": ISSUER,
        "aud": OURS,
        "sub": "eva",
        "exp": moment + 300,
        "iat": moment,
        "nonce": "n",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not ...}


def a_provider(issuer: str = ISSUER) -> Provider:
    made = Provider(issuer, httpx.AsyncClient())
    said = providers.Metadata(issuer, f"{issuer}/a", f"{issuer}/t", f"{issuer}/k")
    made._metadata = (time.monotonic(), said)
    return made


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def checked(token: str) -> Identity:
    return a_provider().checked(token, KeySet([KEY]), "n")


def test_a_good_token_is_believed() -> None:
    found = checked(jwt.encode({"alg": "RS256", "kid": "one"}, claims(), KEY))

    assert (found.issuer, found.subject, found.email) == (ISSUER, "eva", None)


HOUR = int(timedelta(hours=1).total_seconds())
PRESENT = int(now().timestamp())


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": ...},
        {"aud": "another"},
        {"aud": [OURS, "another"]},
        {"aud": [OURS, "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": ...},
        {"sub": ...},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"exp": PRESENT - HOUR},
        {"exp": ...},
        {"exp": "later"},
        {"iat": PRESENT + HOUR},
        {"iat": ...},
        {"nbf": PRESENT + HOUR},
        {"nonce": "another"},
        {"nonce": ...},
    ],
)
def test_a_token_with_a_wrong_claim_is_not_believed(changes: dict[str, Any]) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "one"}, claims(**changes), KEY)

    with pytest.raises(ProviderRefused):
        checked(token)


def test_a_token_that_another_key_signed_is_not_believed() -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
    forged = jwt.encode({"alg": "RS256", "kid": "one"}, claims(), other)
    unknown = jwt.encode({"alg": "RS256", "kid": "two"}, claims(), other)
    curve = ECKey.generate_key("P-256", {"kid": "one"}, auto_kid=False)
    other_kind = jwt.encode({"alg": "ES256", "kid": "one"}, claims(), curve)

    for token in (forged, unknown, other_kind):
        with pytest.raises(ProviderRefused):
            checked(token)


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    sent = [{"alg": "HS256", "kid": "one"}, claims()]
    signed = ".".join(encoded(msgspec.json.encode(part)) for part in sent)
    mac = hmac.new(KEY.as_pem(private=False), signed.encode(), sha256).digest()
    confused = f"{signed}.{encoded(mac)}"
    parts = jwt.encode({"alg": "RS256", "kid": "one"}, claims(), KEY).split(".")
    bare = f"eyJhbGciOiJub25lIn0.{parts[1]}."
    changed = ".".join([parts[0], parts[1][:-2] + "AA", parts[2]])

    for token in (confused, bare, changed, "", "a.b.c", "..", uuid4().hex, "é"):
        with pytest.raises(ProviderRefused):
            checked(token)


async def test_the_code_is_sent_with_verifier_and_secret() -> None:
    seen: list[httpx.Request] = []
    token = jwt.encode({"alg": "RS256", "kid": "one"}, claims(), KEY)

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path == "/t":
            return httpx.Response(200, json={"id_token": token})
        return httpx.Response(200, json=KeySet([KEY]).as_dict(private=False))

    there = a_provider()
    there._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    found = await there.identity("the code", "https://ours/back", "n", "the verifier")

    form = parse_qs(seen[0].content.decode())
    assert (form["code"], form["code_verifier"]) == (["the code"], ["the verifier"])
    assert seen[0].headers["Authorization"] == "Basic cGVyY2VlbDpnZWhlaW0lM0ElMjAlMjU="
    assert found.subject == "eva"
    await there.identity("another", "https://ours/back", "n", "v")
    assert [one.url.path for one in seen] == ["/t", "/k", "/t"], "keys are read once"


async def test_the_client_can_sign_instead_of_showing_a_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    key = ECKey.generate_key("P-256")
    file = tmp_path_factory.mktemp("oidc") / "key.pem"
    file.write_bytes(key.as_pem(private=True))
    monkeypatch.setenv("OIDC_PRIVATE_KEY", str(file))
    settings.cache_clear()

    sent = providers._assertion("https://login.example/token")

    assert providers._basic() == {}
    shown = jwt.decode(sent["client_assertion"], key, algorithms=["ES256"])
    assert shown.claims["aud"] == "https://login.example/token"
    assert (shown.claims["iss"], shown.claims["sub"]) == (OURS, OURS)
    assert shown.claims["exp"] - shown.claims["iat"] <= 60
