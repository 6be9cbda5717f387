"""The pages of people, enterprises and moderators: which are looked at, and what they need."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.browser.site import PEOPLE, Site

PAGES = [
    (None, "/wachtwoord-vergeten"),
    (None, "/inloggen?gedaan=wachtwoord"),
    (None, "/nieuw-wachtwoord/aaaaaaaaaaaaaaaaaaaaaaaa"),
    (None, "/uitnodiging/{token}"),
    ("officer", "/uitnodiging/{token}"),
    ("officer", "/account/berichten"),
    ("officer", "/account/tweede-factor"),
    ("officer", "/account/gegevens"),
    ("officer", "/kies-organisatie"),
    ("officer", "/organisatie/mensen"),
    ("coordinator", "/organisatie/mensen"),
    ("coordinator", "/organisatie/mensen/{person}"),
    ("coordinator", "/organisatie/sleutels"),
    ("coordinator", "/organisatie/webhooks"),
    ("coordinator", "/organisatie/webhooks/{hook}"),
    ("coordinator", "/organisatie/webhooks/{hook}?stand=dead"),
]


def member_ids(site: Site) -> dict[str, str]:
    """What the pages need that the demo has not: an invitation, a key, a webhook."""
    with signed_in(site, "coordinator") as here:
        me = here.get("/v1/me").json()
        home = me["organisation"]["id"]
        sent = {"email": "nieuw@lingedaal.example", "roles": ["officer"]}
        invited = _made(here, f"/v1/organisations/{home}/member-invitations", sent)
        hook = {"url": "https://inkoop.lingedaal.invalid/perceel", "events": ["mark.verified"]}
        made = _made(here, "/v1/webhooks", hook | {"description": "Inkoopsysteem"})
        _made(here, f"/v1/webhooks/{made['webhook']['id']}/pings", {})
        _made(here, "/v1/api-keys", {"name": "Koppeling", "scopes": ["obligations:read"]})
        members = here.get(f"/v1/organisations/{home}/members").json()["items"]
    [mate] = [one["personId"] for one in members if one["email"] == PEOPLE["officer"]]
    return {"token": invited["token"], "hook": made["webhook"]["id"], "person": mate}


@contextmanager
def signed_in(site: Site, who: str) -> Iterator[httpx.Client]:
    """A program that keeps the cookie of somebody; pages and API take it as a browser's."""
    headers = {"Origin": site.address}
    with httpx.Client(base_url=site.address, headers=headers, timeout=30) as here:
        sent = {"email": PEOPLE[who], "password": site.password}
        assert here.post("/v1/sign-ins", json=sent).status_code == 201
        yield here


def _made(here: httpx.Client, path: str, body: Any) -> Any:
    answer = here.post(path, json=body)
    assert answer.is_success, (urlsplit(path).path, answer.text)
    return answer.json()
