"""The pages of buyers: which there are, and what must stand in the demo to open them."""

from typing import Any, Final

import httpx

from tests.browser.member_pages import signed_in
from tests.browser.site import Site
from tests.builders import a_csv_notice

PAGES: Final = [
    ("officer", "/percelen/{lot}/zoekrondes"),
    ("officer", "/zoekrondes/{later}"),
    ("officer", "/zoekrondes/{later}/verschil?sinds={run}"),
    ("officer", "/zoekrondes/{later}/uitsluiten/{firm}"),
    ("officer", "/concepten"),
    ("officer", "/concepten/nieuw"),
    ("officer", "/aanbestedingen/{draft}"),
    ("officer", "/aanbestedingen/{draft}/gegevens"),
    ("officer", "/aanbestedingen/{draft}/werk"),
    ("officer", "/aanbestedingen/{draft}/werk/nieuw"),
    ("officer", "/aanbestedingen/{draft}/werk/{item}"),
    ("officer", "/aanbestedingen/{notice}/verdelen"),
    ("officer", "/verdelingen/{division}/wat-als"),
    ("officer", "/verdelingen/{division}/wat-als?what=rules&maximumLots=1"),
    ("officer", "/plannen/{plan}/verdringing"),
    ("officer", "/plannen/{plan}/terugdraaien"),
    ("officer", "/zoeken?q=groen"),
    ("officer", "/ondernemingen/{firm}/shortlist"),
    ("officer", "/shortlists"),
    ("officer", "/shortlists/{shortlist}"),
    ("officer", "/zoekvragen"),
    ("officer", "/zoekvragen/nieuw?q=groen&municipality=Utrecht"),
    ("officer", "/zoekvragen/{search}"),
    ("officer", "/zoekvragen/{search}/vastgezet/{lock}"),
    ("officer", "/zoekvragen/{search}/vastgezet/{lock}/verschil"),
    ("officer", "/witte-vlekken"),
    ("officer", "/witte-vlekken?categorie=90919200"),
    ("officer", "/uitgaven"),
    ("officer", "/uitgaven/{spend}"),
    ("officer", "/werk-in-uitvoering"),
    ("officer", "/zoekopdrachten/{batch}"),
    ("contractor", "/uitgaven"),
    ("moderator", "/werk-in-uitvoering"),
]
SPEND: Final = """Leverancier;KvK-nummer;Bedrag excl. btw;Factuurdatum;CPV;Factuurnummer
Laakmond Werkbedrijf BV;;12.500,00;05-03-2026;77310000;A1
Groot Onderhoud NV;99999999;48.000,00;06-04-2026;77310000;A2
Kantoorhuis;99999998;9.000,00;07-05-2026;90919200;A3
Zonder bedrag;99999997;veel;07-05-2026;90919200;A4
"""


def officer_ids(site: Site, ids: dict[str, str]) -> dict[str, str]:
    """Make what the pages of an officer show, on top of the demo; `ids`: what is there."""
    with signed_in(site, "officer") as here:

        def made(path: str, body: object) -> str:
            answer = here.post(f"/v1{path}", json=body)
            assert answer.is_success, (path, answer.text)
            return str(answer.json()["id"])

        draft = made("/tenders", {"title": "Onderhoud van de openbare ruimte"})
        item = made(f"/tender-drafts/{draft}/work-items", _WORK)
        made(f"/tender-drafts/{draft}/work-items", {"code": "vegen", "title": "Straten vegen"})
        shortlist = made("/shortlists", {"name": "Groen 2027", "department": "Beheer"})
        entry = f"/v1/shortlists/{shortlist}/entries/{ids['firm']}"
        put = here.put(entry, json={"reason": "Werkte goed samen."}, headers={"If-Match": "*"})
        assert put.is_success, put.text
        asked = {"name": "Groen in de buurt", "parameters": {"q": "groen"}, "alerts": "weekly"}
        search = made("/saved-searches", asked)
        locking = here.post(f"/v1/match-runs/{ids['run']}/longlist-lock", json={"note": "college"})
        assert locking.is_success, locking.text
        left_out = f"/zoekrondes/{ids['run']}/uitsluiten/{ids['firm']}"
        here.post(left_out, data={"reason": "Is al leverancier van dit werk."})
        notices = _sent(here, "/v1/notices", a_csv_notice())["notices"]
        [plan, *_] = here.get(f"/v1/lot-plan-runs/{ids['division']}").json()["plans"]
        return {
            "later": made(f"/lots/{ids['lot']}/match-runs", {"leadTimeDays": 14}),
            "draft": draft,
            "item": item,
            "notice": notices[0]["tenderId"],
            "plan": plan["id"],
            "shortlist": shortlist,
            "search": search,
            "lock": made(f"/saved-searches/{search}/locks", {}),
            "spend": _sent(here, "/v1/spend-files?name=inkoop-2026.csv", SPEND.encode())["id"],
            "batch": made(f"/tenders/{ids['tender']}/match-runs", {}),
        }


_WORK: Final = {
    "code": "gras",
    "title": "Gras maaien",
    "cpv": "77310000",
    "kind": "services",
    "totalCents": 6_000_000,
    "months": 24,
    "areas": ["GM0344"],
}


def _sent(here: httpx.Client, path: str, body: bytes) -> Any:
    answer = here.post(path, content=body, headers={"Content-Type": "text/csv"})
    assert answer.is_success, (path, answer.text)
    return answer.json()
