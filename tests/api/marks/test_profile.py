"""What a profile says of mission, size, places and needs; and what definitions make of it."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.builders import stored

SAID: dict[str, Any] = {
    "vatId": "NL002455799B11",
    "establishments": [
        {
            "number": "000012345678",
            "town": "Utrecht",
            "municipality": "GM0344",
            "lat": 52.1,
            "lon": 5.1,
        }
    ],
    "sbiActivities": [{"code": "81210", "version": "2025"}],
    "incomeMix": {"marketPercent": 70, "subsidyPercent": 20, "giftPercent": 5, "otherPercent": 5},
    "governmentSharePercent": 0,
    "profitPolicy": "limited",
    "profitDistributedPercent": 10,
    "missionInStatutes": True,
    "statutesReference": "statuten art. 2",
    "stakeholderDialogueYear": 2026,
    "impactReport": {"url": "https://kwast.example/impact", "year": 2025},
    "sizeClass": "10-49",
    "targetGroupShares": [{"group": "wajong", "share": "30-49"}],
    "memberships": ["Social Enterprise NL"],
    "supportNeeds": [{"kind": "space", "text": "een hal van 400 m2"}],
    "references": [
        {"client": "Gemeente Ede", "work": "schilderwerk", "year": 2025, "value": "10k-49k"}
    ],
}  # fmt: skip


async def test_a_profile_says_what_it_was_told(desk: AsyncClient) -> None:
    firm = await stored(desk, **SAID)

    read = (await desk.get(f"/v1/enterprises/{firm['id']}")).json()

    place = {"street": None, "postcode": None}
    assert {name: read[name] for name in SAID} == SAID | {
        "establishments": [SAID["establishments"][0] | place]
    }


async def test_a_patch_changes_one_answer_and_leaves_the_others(desk: AsyncClient) -> None:
    firm = await stored(desk, **SAID)

    changed = await desk.patch(
        f"/v1/enterprises/{firm['id']}",
        json={"sizeClass": "50-249", "impactReport": None},
        headers={"If-Match": "*"},
    )

    assert changed.status_code == 200, changed.text
    assert (changed.json()["sizeClass"], changed.json()["impactReport"]) == ("50-249", None)
    assert changed.json()["references"] == SAID["references"]


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        ({"mission": "Bel 111.222.333"}, "personal-number-suspected", "/mission"),
        (
            {"supportNeeds": [{"kind": "coach", "text": "voor 111222333"}]},
            "personal-number-suspected",
            "/supportNeeds/0/text",
        ),
        (
            {"legalForm": "eenmanszaak", "vatId": "NL004495445B01"},
            "vat-id-of-a-person",
            "/vatId",
        ),
        (
            {"establishments": [{"number": "000012345678", "municipality": "GM9999"}]},
            "unknown-area",
            "/establishments/0/municipality",
        ),
        ({"targetGroupShares": [{"group": "wia", "share": "4"}]}, "invalid-value",
         "/targetGroupShares/0/share"),
        ({"establishments": [{"number": "12"}]}, "invalid-value", "/establishments/0/number"),
        ({"sizeClass": "12 fte"}, "invalid-value", "/sizeClass"),
        ({"headcount": 4}, "unknown-field", "/headcount"),
    ],
)  # fmt: skip
async def test_what_cannot_be_said_is_refused_with_its_place(
    desk: AsyncClient, said: dict[str, Any], code: str, place: str
) -> None:
    answer = await desk.post("/v1/enterprises", json={"name": "De Kwast", **said})

    assert answer.status_code == 400
    assert [(one["code"], one["place"]) for one in answer.json()["errors"]] == [(code, place)]


async def test_a_personal_number_is_refused_in_an_offering_too(desk: AsyncClient) -> None:
    firm = await stored(desk)
    [offering] = firm["offerings"]
    given = {name: offering[name] for name in ("title", "cpvCodes", "serviceMode", "coverage")}

    answer = await desk.post(
        f"/v1/enterprises/{firm['id']}/offerings", json=given | {"products": ["111222333"]}
    )

    assert [one["place"] for one in answer.json()["errors"]] == ["/products/0"]


async def test_definitions_are_tested_as_a_checklist(desk: AsyncClient) -> None:
    firm = await stored(desk, mission="Werk voor allen", legalForm="bv", **SAID)

    found = (await desk.get(f"/v1/enterprises/{firm['id']}/assessment")).json()

    assert found["normsVersion"] == "definitions-2026-2"
    assert {one["definition"]: one["verdict"] for one in found["definitions"]} == {
        "ser-2015-03": "met",
        "eu-social-business": "met",
        "code-sociale-ondernemingen": "met",
        "reserved-art-20": "unknown",
    }


async def test_completeness_says_what_a_missing_answer_would_unlock(desk: AsyncClient) -> None:
    firm = await stored(desk)

    found = (await desk.get(f"/v1/enterprises/{firm['id']}/completeness")).json()

    missing = {one["field"]: one["unlocks"] for one in found["missing"]}
    assert (found["asked"], found["known"]) == (18, 2)
    assert missing["turnoverCents"] == ["turnover-verdict"]
    assert "offerings" not in missing
    assert "kvkNumber" not in missing
