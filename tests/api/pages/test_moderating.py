"""Moderators decide with what is known in view, with a reason, and never on their own work."""

import re
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar

from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import faults_of, heading, text_of
from tests.api.pages.test_enterprise import _owner as an_owner
from tests.builders import a_kvk_number, an_offering, stored

pytestmark = pytest.mark.usefixtures("db")


async def _moderator(app: Litestar) -> AsyncClient:
    return await signed_in(app, await a_person("moderator", "editor", kind="platform"))


async def _claimed(app: Litestar, desk: AsyncClient) -> tuple[str, AsyncClient]:
    """A profile that somebody claims, and who does."""
    profile = await stored(desk)
    claimant = await signed_in(app, await a_person("editor", kind="enterprise"))
    sent = {"onderneming": profile["id"], "proof": "Wij staan met dit nummer bij de KvK."}
    answer = await claimant.post("/mijn-onderneming/claim", data=sent)
    assert answer.status_code == 303, text_of(answer)
    return str(profile["id"]), claimant


async def _only_review(browser: AsyncClient) -> str:
    page = await browser.get("/moderatie")
    [path] = re.findall(r'href="(/moderatie/[0-9a-f-]{36})"', page.text)
    return str(path)


async def test_a_claim_is_shown_with_its_proof_and_accepted(
    app: Litestar, desk: AsyncClient
) -> None:
    profile, claimant = await _claimed(app, desk)
    browser = await _moderator(app)
    path = await _only_review(browser)

    shown = text_of(await browser.get(path))
    empty = await browser.post(path, data={"besluit": "ja"})
    done = await browser.post(path, data={"besluit": "ja", "reason": "KvK-uittreksel gezien."})

    assert "Wij staan met dit nummer bij de KvK." in shown
    assert "Er is nog geen eigenaar" in shown
    assert faults_of(empty) == {"reason"}
    assert done.headers["Location"] == "/moderatie?gedaan=akkoord"
    assert (await desk.get(f"/v1/enterprises/{profile}")).json()["claimed"]
    assert heading(await claimant.get("/mijn-onderneming")) != "Mijn onderneming"
    assert (await browser.get(path)).status_code == 404


async def test_a_refused_claim_gives_nobody_the_profile(app: Litestar, desk: AsyncClient) -> None:
    profile, _ = await _claimed(app, desk)
    browser = await _moderator(app)
    path = await _only_review(browser)

    await browser.post(path, data={"besluit": "nee", "reason": "Geen bewijs."})

    assert not (await desk.get(f"/v1/enterprises/{profile}")).json()["claimed"]


async def test_a_change_shows_old_and_new_side_by_side(app: Litestar, desk: AsyncClient) -> None:
    owner, profile = await an_owner(app, desk, legalForm="bv")
    sent = {"version": "1", "name": "De Nieuwe Kwast", "legalForm": "stichting"}
    await owner.post("/mijn-onderneming/profiel/basis", data=sent)
    browser = await _moderator(app)
    path = await _only_review(browser)

    shown = text_of(await browser.get(path))
    await browser.post(path, data={"besluit": "ja", "reason": "Akte gezien."})

    assert "Naam De Kwast De Nieuwe Kwast" in shown
    assert "Rechtsvorm bv stichting" in shown
    read = (await desk.get(f"/v1/enterprises/{profile}")).json()
    assert (read["name"], read["legalForm"]) == ("De Nieuwe Kwast", "stichting")


async def test_a_present_owner_answers_first(app: Litestar, desk: AsyncClient) -> None:
    owner, profile = await an_owner(app, desk)
    rival = await signed_in(app, await a_person("editor", kind="enterprise"))
    sent = {"onderneming": profile, "proof": "Wij namen deze onderneming over."}
    await rival.post("/mijn-onderneming/claim", data=sent)
    browser = await _moderator(app)
    path = await _only_review(browser)
    early = await browser.post(path, data={"besluit": "ja", "reason": "Te vroeg."})
    home = await owner.get("/mijn-onderneming")
    [answer] = re.findall(r'action="(/mijn-onderneming/aanvragen/[^"]+)"', home.text)

    said = await owner.post(answer, data={"besluit": "nee", "reason": "Wij verkochten niets."})

    assert "de eigenaar antwoordt eerst" in text_of(early)
    assert "Wij namen deze onderneming over." in text_of(home)
    assert said.headers["Location"].endswith("gedaan=geantwoord")
    assert "Gaat niet akkoord: Wij verkochten niets." in text_of(await browser.get(path))
    assert "Wij namen" not in text_of(await owner.get("/mijn-onderneming"))


async def _with_mark(desk: AsyncClient) -> Any:
    given = {"scheme": "pso", "level": "3", "reference": "PSO-1", "issuedOn": "2026-01-01"}
    return await stored(desk, marks=[given | {"validUntil": "2027-12-31"}])


async def test_a_mark_counts_once_its_certificate_was_seen(
    app: Litestar, desk: AsyncClient
) -> None:
    profile = await _with_mark(desk)
    browser = await _moderator(app)
    path = f"/moderatie/keurmerken/{profile['id']}/{profile['marks'][0]['id']}"
    listed = await browser.get("/moderatie/keurmerken")
    shown = text_of(await browser.get(path))

    empty = await browser.post(path, data={"besluit": "ja"})
    future = await browser.post(
        path, data={"besluit": "ja", "verifiedOn": "2099-01-01", "reference": "PSO-1"}
    )
    seen = {"besluit": "ja", "verifiedOn": "2026-02-01", "reference": "PSO-1 in het register"}
    done = await browser.post(path, data=seen)

    assert path in listed.text
    assert "PSO-1" in shown
    assert faults_of(empty) == {"verifiedOn", "reference"}
    assert faults_of(future) == {"verifiedOn"}
    assert done.status_code == 303, text_of(done)
    [mark] = (await desk.get(f"/v1/enterprises/{profile['id']}/marks")).json()
    assert mark["verifiedReference"] == "PSO-1 in het register"
    assert path not in (await browser.get("/moderatie/keurmerken")).text


async def test_a_mark_that_is_not_right_is_revoked_with_a_reason(
    app: Litestar, desk: AsyncClient
) -> None:
    profile = await _with_mark(desk)
    browser = await _moderator(app)
    path = f"/moderatie/keurmerken/{profile['id']}/{profile['marks'][0]['id']}"

    empty = await browser.post(path, data={"besluit": "nee"})
    done = await browser.post(path, data={"besluit": "nee", "reason": "Staat niet in register."})

    assert faults_of(empty) == {"reason"}
    assert done.headers["Location"].endswith("gedaan=afgewezen")
    [mark] = (await desk.get(f"/v1/enterprises/{profile['id']}/marks")).json()
    assert mark["state"] == "revoked"


async def _with_share(desk: AsyncClient) -> str:
    mark = {"scheme": "pso-30plus", "reference": "PSO-30-7"}
    firm = await stored(desk, targetGroupShare="30-49", targetGroups=["wia"], marks=[mark])
    return str(firm["id"])


async def test_a_share_counts_as_proven_once_proof_was_seen(
    app: Litestar, desk: AsyncClient
) -> None:
    firm = await _with_share(desk)
    browser = await _moderator(app)
    path = f"/moderatie/doelgroep/{firm}"
    listed = await browser.get("/moderatie/doelgroep")
    shown = text_of(await browser.get(path))

    empty = await browser.post(path, data={"besluit": "ja"})
    future = await browser.post(
        path, data={"besluit": "ja", "verifiedOn": "2099-01-01", "reference": "Jaarverslag"}
    )
    seen = {"besluit": "ja", "verifiedOn": "2026-02-01", "reference": "Jaarverslag 2025, blz. 7"}
    done = await browser.post(path, data=seen)

    assert path in listed.text
    assert "PSO-30-7" in shown
    assert "met de hand ingevuld" in shown
    assert faults_of(empty) == {"verifiedOn", "reference"}
    assert faults_of(future) == {"verifiedOn"}
    assert done.headers["Location"] == "/moderatie/doelgroep?gedaan=akkoord"
    profile = (await desk.get(f"/v1/enterprises/{firm}")).json()
    assert profile["shareVerifiedOn"] == "2026-02-01"
    assert path not in (await browser.get("/moderatie/doelgroep")).text
    assert "Ik heb bewijs gezien" not in text_of(await browser.get(path))


async def test_a_share_that_is_not_right_is_taken_away_with_a_reason(
    app: Litestar, desk: AsyncClient
) -> None:
    firm = await _with_share(desk)
    browser = await _moderator(app)
    path = f"/moderatie/doelgroep/{firm}"

    empty = await browser.post(path, data={"besluit": "nee"})
    done = await browser.post(path, data={"besluit": "nee", "reason": "Staat nergens."})

    assert faults_of(empty) == {"reason"}
    assert done.headers["Location"] == "/moderatie/doelgroep?gedaan=afgewezen"
    assert (await desk.get(f"/v1/enterprises/{firm}")).json()["targetGroupShare"] is None
    assert (await browser.get(path)).status_code == 404


async def test_who_stated_a_share_does_not_verify_it(app: Litestar, desk: AsyncClient) -> None:
    browser = await _moderator(app)
    firm = await stored(desk)
    answer = await browser.patch(
        f"/v1/enterprises/{firm['id']}",
        json={"targetGroupShare": "50-74"},
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 200, answer.text
    seen = {"besluit": "ja", "verifiedOn": "2026-02-01", "reference": "Jaarverslag"}

    refused = await browser.post(f"/moderatie/doelgroep/{firm['id']}", data=seen)

    assert refused.status_code == 400
    assert (await desk.get(f"/v1/enterprises/{firm['id']}")).json()["shareVerifiedOn"] is None


async def test_claimed_marks_are_listed_page_by_page(desk: AsyncClient) -> None:
    made = [await _with_mark(desk) for _ in range(2)]

    first = (await desk.get("/v1/claimed-marks?limit=1")).json()
    second = (await desk.get(f"/v1/claimed-marks?cursor={first['nextCursor']}")).json()

    found = [one["enterpriseId"] for one in first["items"] + second["items"]]
    assert found == [one["id"] for one in made]
    assert first["items"][0]["reference"] == "PSO-1"


async def test_doubles_are_merged_with_a_reason_and_the_other_leads_on(
    app: Litestar, desk: AsyncClient
) -> None:
    names = ("Schildersbedrijf De Kwast", "Schildersbedrijf de Kwast B.V.")
    first, second = [
        await stored(
            desk,
            name=name,
            municipality="GM0344",
            kvkNumber=a_kvk_number(),
            offerings=[an_offering()],
        )
        for name in names
    ]
    browser = await _moderator(app)
    listed = await browser.get("/moderatie/dubbelen")
    [path] = re.findall(r'href="(/moderatie/dubbelen/[0-9a-f-]{36}/[^"]+)"', listed.text)
    shown = text_of(await browser.get(path))

    empty = await browser.post(path, data={"reason": ""})
    done = await browser.post(
        path, data={"successor": first["id"], "reason": "Zelfde bedrijf, ander nummer."}
    )

    assert "Dit kan niet ongedaan worden gemaakt" in shown
    assert second["kvkNumber"] in shown
    assert faults_of(empty) == {"reason", "successor"}
    assert done.status_code == 303, text_of(done)
    gone = await browser.get(f"/ondernemingen/{second['id']}", headers={"Accept": "text/html"})
    assert gone.status_code == 410
    assert f"/ondernemingen/{first['id']}" in gone.text
    assert len((await desk.get(f"/v1/enterprises/{first['id']}")).json()["offerings"]) == 2


async def test_two_firms_are_kept_apart_with_a_reason_until_somebody_thinks_again(
    app: Litestar, desk: AsyncClient
) -> None:
    for _ in range(2):
        await stored(desk, name="Schildersbedrijf De Kwast", municipality="GM0344")
    browser = await _moderator(app)
    listed = await browser.get("/moderatie/dubbelen")
    [path] = re.findall(r'href="(/moderatie/dubbelen/[0-9a-f-]{36}/[^"]+)"', listed.text)

    empty = await browser.post(path, data={"besluit": "apart", "reason": ""})
    done = await browser.post(path, data={"besluit": "apart", "reason": "Twee vestigingen."})
    again = await browser.post(path, data={"besluit": "apart", "reason": "Nog eens."})
    apart = await browser.get("/moderatie/dubbelen/apart")
    left = await browser.get(done.headers["Location"])
    [back] = re.findall(r'action="(/moderatie/dubbelen/apart/[^"]+)"', apart.text)
    undone = await browser.post(back)

    assert faults_of(empty) == {"reason"}
    assert (done.status_code, done.headers["Location"]) == (303, "/moderatie/dubbelen?gedaan=apart")
    assert "Deze profielen blijven al apart." in text_of(again)
    assert "De profielen blijven apart." in text_of(left)
    assert path not in left.text
    assert "Twee vestigingen." in text_of(apart)
    assert "geldt niet meer" not in re.findall(r"<article.*</article>", apart.text, re.DOTALL)[0]
    assert undone.headers["Location"] == "/moderatie/dubbelen?gedaan=opnieuw"
    assert path in (await browser.get("/moderatie/dubbelen")).text
    assert "Er zijn geen profielen die apart blijven." in text_of(
        await browser.get("/moderatie/dubbelen/apart")
    )


async def test_a_decision_that_no_longer_holds_says_so(app: Litestar, desk: AsyncClient) -> None:
    firms = [await stored(desk, name="De Kwast", municipality="GM0344") for _ in range(2)]
    body = {"enterpriseIds": [one["id"] for one in firms], "reason": "Twee vestigingen."}
    await desk.post("/v1/duplicate-refusals", json=body)
    path = f"/v1/enterprises/{firms[0]['id']}"
    await desk.patch(path, json={"name": "De Nieuwe Kwast"}, headers={"If-Match": "*"})

    shown = text_of(await (await _moderator(app)).get("/moderatie/dubbelen/apart"))

    assert "De Nieuwe Kwast en De Kwast geldt niet meer" in shown or (
        "De Kwast en De Nieuwe Kwast geldt niet meer" in shown
    )


@pytest.mark.parametrize(
    "path",
    [
        *("/moderatie", "/moderatie/keurmerken", "/moderatie/doelgroep"),
        *("/moderatie/dubbelen", "/moderatie/dubbelen/apart"),
    ],
)
async def test_only_moderators_moderate(app: Litestar, path: str) -> None:
    others = [("editor", "platform"), ("officer", "authority"), ("editor", "enterprise")]
    for role, kind in others:
        browser = await signed_in(app, await a_person(role, kind=kind))
        assert (await browser.get(path)).status_code == 403


async def test_a_form_of_another_site_decides_nothing(app: Litestar, desk: AsyncClient) -> None:
    await _claimed(app, desk)
    browser = await _moderator(app)
    path = await _only_review(browser)

    refused = await browser.post(
        path,
        data={"besluit": "ja", "reason": "Van elders."},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert refused.status_code == 403
    assert (await browser.get(path)).status_code == 200
