"""The identity provider, by OpenID Connect: discovery, the code for a token, the token checked.

Authorization code flow with PKCE (RFC 7636, S256) and a nonce; the client shows a secret or a
signed assertion (RFC 7523, `private_key_jwt`). The provider is named by the operator, so its
addresses are trusted; what it says about people is checked. Loaded where somebody signs in so:
the libraries behind it take memory (ADR 49).
"""

import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from api.clock import new_id, now
from api.domain.errors import NotFound, Unavailable
from api.identities import Identity, ProviderRefused
from api.settings import settings

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
"""Of a public key only: a secret that both know would let either side sign."""
LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""
_FRESH: Final = 3_600.0
_SECONDS: Final = 10.0
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Metadata(msgspec.Struct, frozen=True):
    """What the provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class Provider:
    """One provider, with what was read of it kept for an hour."""

    def __init__(self, issuer: str, client: httpx.AsyncClient) -> None:
        self.issuer = issuer
        self._client = client
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self) -> Metadata:
        """Give what the provider says of itself; it must call itself what we call it."""
        if self._metadata is None or time.monotonic() - self._metadata[0] > _FRESH:
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = await self._read(address, Metadata)
            if found.issuer.rstrip("/") != self.issuer.rstrip("/"):
                raise Unavailable(f"The provider calls itself {found.issuer!r}.")
            self._metadata = time.monotonic(), found
        return self._metadata[1]

    async def address(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Give where a browser goes to be signed in."""
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": settings().oidc_client_id,
            "redirect_uri": redirect,
            "scope": settings().oidc_scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = (await self.metadata()).authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def identity(self, code: str, redirect: str, nonce: str, verifier: str) -> Identity:
        """Turn a code into who somebody is."""
        endpoint = (await self.metadata()).token_endpoint
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
            **_assertion(endpoint),
        }
        answer = await self._send("POST", endpoint, data=form, headers=_basic())
        if answer.status_code != httpx.codes.OK:
            raise ProviderRefused("The provider did not take the code.")
        token = _decoded(answer.content, _Tokens).id_token
        return self.checked(token, await self._keys_for(token), nonce)

    def checked(self, token: str, keys: KeySet, nonce: str) -> Identity:
        """Check an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
        client_id = str(settings().oidc_client_id)
        rules = jwt.JWTClaimsRegistry(
            now=lambda: int(now().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": (self._metadata or (0, self))[1].issuer},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderRefused(f"The ID token can't be trusted: {error}") from error
        if not _is_for_us(claims, client_id):
            raise ProviderRefused("The ID token was made for somebody else.")
        return _identity(claims)

    async def _keys_for(self, token: str) -> KeySet:
        """Give the provider's keys, read anew where the token names one that is not known."""
        if self._keys is not None and time.monotonic() - self._keys[0] < _FRESH:
            known = {key.kid for key in self._keys[1].keys}
            if _key_id(token) in known:
                return self._keys[1]
        found = await self._read((await self.metadata()).jwks_uri, dict[str, Any])
        try:
            self._keys = time.monotonic(), KeySet.import_key_set(found)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("The keys of the provider can't be read.") from error
        return self._keys[1]

    async def _read(self, address: str, kind: Any) -> Any:  # noqa: ANN401  as asked
        answer = await self._send("GET", address)
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(f"The provider answers {answer.status_code}.")
        return _decoded(answer.content, kind)

    async def _send(self, method: str, address: str, **more: Any) -> httpx.Response:  # noqa: ANN401  as httpx
        try:
            return await self._client.request(method, address, timeout=_SECONDS, **more)
        except httpx.HTTPError as error:
            raise Unavailable(f"The provider can't be reached: {error}") from error


@cache
def provider() -> Provider:
    """Give the provider of the settings; redirects of its endpoints are not followed."""
    issuer = settings().oidc_issuer
    if issuer is None or settings().oidc_client_id is None:
        raise NotFound("No identity provider is set up here.")
    return Provider(issuer, httpx.AsyncClient(follow_redirects=False, trust_env=False))


def _assertion(endpoint: str) -> dict[str, str]:
    """Show who we are by a signature, where the operator gave a key."""
    file = settings().oidc_private_key
    if file is None:
        return {} if settings().oidc_client_secret else {"client_id": _client_id()}
    key = _private_key(file.read_bytes())
    moment = int(now().timestamp())
    claims = {
        "iss": _client_id(),
        "sub": _client_id(),
        "aud": endpoint,
        "jti": str(new_id()),
        "iat": moment,
        "exp": moment + LEEWAY,
    }
    algorithm = "ES256" if isinstance(key, ECKey) else "PS256"
    signed = jwt.encode({"alg": algorithm, "kid": key.thumbprint()}, claims, key, [algorithm])
    return {
        "client_id": _client_id(),
        "client_assertion_type": _ASSERTION,
        "client_assertion": signed,
    }


def _private_key(pem: bytes) -> ECKey | RSAKey:
    try:
        return ECKey.import_key(pem)
    except (JoseError, ValueError):
        return RSAKey.import_key(pem)


def _basic() -> dict[str, str]:
    """Show who we are by a secret (RFC 6749, 2.3.1: both parts are form-encoded)."""
    secret = settings().oidc_client_secret
    if secret is None or settings().oidc_private_key is not None:
        return {}
    pair = f"{quote(_client_id(), safe='')}:{quote(secret, safe='')}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _client_id() -> str:
    return str(settings().oidc_client_id)


def _is_for_us(claims: Mapping[str, Any], client_id: str) -> bool:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    party = claims.get("azp")
    return party == client_id if several or party is not None else True


def _identity(claims: Mapping[str, Any]) -> Identity:
    def text(name: str) -> str | None:
        value = claims.get(name)
        return value if isinstance(value, str) and value else None

    subject = text("sub")
    if subject is None or len(subject) > 255:  # noqa: PLR2004  OpenID Connect Core, 2
        raise ProviderRefused("The ID token names nobody.")
    email = text("email")
    return Identity(
        issuer=str(claims["iss"]),
        subject=subject,
        email=email.strip().lower() if email and "@" in email else None,
        email_is_verified=claims.get("email_verified") is True,
        name=text("name") or text("preferred_username"),
        claims=claims,
    )


def _key_id(token: str) -> str | None:
    try:
        return jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def _decoded(content: bytes, kind: Any) -> Any:  # noqa: ANN401  as asked
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise Unavailable("The provider's answer can't be read.") from error
