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
    ("owner", "/mijn-onderneming/profiel/ervaring"),
    ("owner", "/mijn-onderneming/profiel/impact"),
    ("owner", "/mijn-onderneming/profiel/keurmerken?scheme=pso&level=3"),
    ("owner", "/mijn-onderneming/aanbod/{offering}"),
    ("owner", "/mijn-onderneming/aanbod/{offering}/producten"),
    ("owner", "/mijn-onderneming/ruimte"),
    ("owner", "/mijn-onderneming/zichtbaarheid"),
    (None, "/ondernemingen/{priced}"),
    ("moderator", "/moderatie"),
    ("moderator", "/moderatie/{change}"),
    ("moderator", "/moderatie/{claimed}"),
    ("moderator", "/moderatie/keurmerken"),
    ("moderator", "/moderatie/keurmerken/{mark}"),
    ("moderator", "/moderatie/doelgroep"),
    ("moderator", "/moderatie/dubbelen"),
    ("moderator", "/moderatie/dubbelen/apart"),
    ("moderator", "/moderatie/dubbelen/{double}"),
]


def member_ids(site: Site) -> dict[str, str]:
    """What the pages need that the demo has not: invitations, keys, webhooks, claims, doubles."""
    return _of_an_organisation(site) | _of_an_enterprise(site) | _of_moderators(site)


def _of_an_organisation(site: Site) -> dict[str, str]:
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


def _of_an_enterprise(site: Site) -> dict[str, str]:
    """Products with prices, a reference, room that is taken, a change that waits, a claim."""
    own = site.get("/v1/enterprises?q=Spadesteek")["items"][0]["id"]
    other = site.get("/v1/enterprises?q=Blinkerd")["items"][0]["id"]
    with signed_in(site, "owner") as here:
        path = f"/v1/enterprises/{own}"
        [offering, *_] = here.get(path).json()["offerings"]
        body = {name: one for name, one in offering.items() if name not in {"id", "version"}}
        body["productDetails"] = [
            {"name": "gazons maaien", "unit": "square-metre", "priceFromCents": 35},
            {"name": "bladruimen", "unit": "hour", "priceFromCents": 4200, "priceToCents": 5500},
        ]
        at = f"{path}/offerings/{offering['id']}"
        assert here.put(at, json=body, headers={"If-Match": "*"}).is_success
        period = {"startsOn": "2027-01-01", "endsOn": "2027-07-01"}
        _made(here, f"{at}/reservations", period | {"amountCents": 2_500_000})
        done = {"client": "Gemeente Lingedaal", "work": "plantsoen", "year": 2025}
        report = {"url": "https://spadesteek-groenbeheer.example/impact", "year": 2025}
        change = {"name": "Spadesteek Groen", "references": [done], "impactReport": report}
        assert here.patch(path, json=change, headers={"If-Match": "*"}).is_success
        proof = {"proof": "Wij namen dit bedrijf vorige maand over."}
        claimed = _made(here, f"/v1/enterprises/{other}/claims", proof)["id"]
    return {"priced": own, "offering": offering["id"], "claimed": claimed}


def _of_moderators(site: Site) -> dict[str, str]:
    with signed_in(site, "moderator") as here:
        twins = [
            _made(here, "/v1/enterprises", {"name": name, "municipality": "GM0344"})["id"]
            for name in ("Stichting Zwaluwstaart", "Zwaluwstaart")
        ]
        reviews = here.get("/v1/reviews").json()["items"]
        [change, *_] = [one["id"] for one in reviews if one["kind"] == "change"]
        [mark, *_] = here.get("/v1/claimed-marks").json()["items"]
    double = "/".join(sorted(twins))
    return {"change": change, "mark": f"{mark['enterpriseId']}/{mark['id']}", "double": double}


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
