"""The lists that people work from, and the sum shown while they type."""

from typing import Any

import pytest

from api.database import fetch


async def listed(world: Any, who: str, **query: Any) -> list[Any]:
    answer = await world.get(who, "/fulfilments", **query)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


def numbers(items: list[Any]) -> list[Any]:
    return [one["facts"].get("invoiceNumber", one["kind"]) for one in items]


async def test_a_coordinator_sees_what_waits_and_for_whom(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-1"))
    confirmed = await world.booked(path, world.purchase("F-2"))
    await world.booked(path, world.placement())
    await world.post("supplier", f"{confirmed}/confirmations")

    everything = await listed(world, "authority")
    mine = await listed(world, "authority", awaits="authority-confirmation")
    theirs = await listed(world, "authority", awaits="supplier-confirmation")
    ready = await listed(world, "authority", awaits="verification")

    assert numbers(everything) == ["placement", "F-2", "F-1"]
    assert numbers(mine) == ["placement"]
    assert numbers(theirs) == ["F-1"]
    assert [(one["state"], one["supplier"]) for one in ready] == [("confirmed", "De Werkplaats")]
    assert ready[0]["obligationTitle"] == "Onderhoud wegen"


async def test_a_list_keeps_to_state_kind_dispute_and_obligation(world: Any) -> None:
    path, other = await world.obligation(), await world.obligation()
    disputed = await world.booked(path, world.purchase("F-1", 500_00))
    await world.booked(path, world.placement() | {"planned": True})
    await world.booked(other, world.purchase("F-2"))
    parked = {"act": "dispute", "amountCents": 100, "reason": "hours"}
    await world.post("authority", f"{disputed}/disputes", parked)

    assert numbers(await listed(world, "contractor", disputed="true")) == ["F-1"]
    assert numbers(await listed(world, "contractor", state="planned")) == ["placement"]
    assert len(await listed(world, "contractor", state=["planned", "submitted"])) == 3
    assert numbers(await listed(world, "contractor", kind="purchase")) == ["F-2", "F-1"]
    of_other = await listed(world, "contractor", obligationId=other.rsplit("/", 1)[1])
    assert numbers(of_other) == ["F-2"]


async def test_pages_of_the_queue_hold_each_once(world: Any) -> None:
    path = await world.obligation()
    for number in range(3):
        await world.booked(path, world.purchase(f"F-{number}"))

    first = (await world.get("authority", "/fulfilments", limit=2)).json()
    rest = (await world.get("authority", "/fulfilments", cursor=first["nextCursor"])).json()

    assert numbers([*first["items"], *rest["items"]]) == ["F-2", "F-1", "F-0"]
    assert rest["nextCursor"] is None


async def test_others_find_nothing_in_the_lists(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-1"))

    for who in ("stranger", "other_authority", "supplier"):
        assert await listed(world, who) == []
        assert (await world.get(who, claim)).status_code == 404
        preview = await world.post(who, f"{path}/fulfilments/previews", world.purchase("F-2"))
        assert preview.status_code == 404
    assert (await world.get("nobody", "/fulfilments")).json()["code"] == "wrong-organisation"
    unknown = await world.get("authority", "/fulfilments", state="lost")
    assert unknown.status_code == 400


async def test_a_fulfilment_is_read_with_the_sum_behind_it(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.placement())

    found = (await world.get("authority", claim)).json()

    assert (found["creditCents"], found["awaits"]) == (1_666_667, "authority-confirmation")
    assert found["details"]["lines"][0]["numbers"] == "€ 50,000.00 * 24/36 * 6/12"
    assert "W-17" not in str(found)
    absent = await world.get("authority", f"{path}/fulfilments/{world.enterprise}")
    assert absent.status_code == 404


async def test_a_preview_shows_the_sum_and_stores_nothing(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-1", 700_000))
    before = await fetch("SELECT * FROM obligation")

    told = await world.post("contractor", f"{path}/fulfilments/previews", world.placement())
    again = await world.post(
        "contractor", f"{path}/fulfilments/previews", world.purchase("F-1", 700_000)
    )

    assert told.status_code == 200
    assert told.json()["creditCents"] == 1_666_667
    assert told.json()["lines"][0]["words"].startswith("year value * hours a week")
    # What others booked is not looked at: that would be a way to find out.
    assert again.json()["creditCents"] == 700_000
    assert await fetch("SELECT * FROM obligation") == before
    assert len(await fetch("SELECT id FROM fulfilment")) == 1


async def test_a_preview_says_why_nothing_counts_or_what_a_cap_cuts_off(world: Any) -> None:
    path = await world.obligation(1_000_000)  # owed 500.00
    late = world.purchase("F-1", 100_000, invoicedOn="2026-11-01")
    await fetch("UPDATE quality_mark SET scheme = 'pso', level = '3'")

    nothing = (await world.post("contractor", f"{path}/fulfilments/previews", late)).json()
    capped = await world.post(
        "contractor", f"{path}/fulfilments/previews", world.purchase("F-1", 100_000)
    )

    assert (nothing["creditCents"], nothing["lines"][0]["verdict"]) == (0, "not-counted")
    assert nothing["lines"][0]["reasons"][0]["code"] == "mark-lapsed"
    # 30 % of 1,000.00, under a cap of half of 500.00
    found = capped.json()
    assert (found["rawCents"], found["creditCents"], found["cutCents"]) == (30_000, 25_000, 5_000)
    assert found["reasons"][0]["code"] == "capped"


async def test_a_preview_refuses_personal_numbers_too(world: Any) -> None:
    path = await world.obligation()

    answer = await world.post(
        "contractor", f"{path}/fulfilments/previews", world.placement("111222333")
    )

    assert answer.status_code == 400
    assert "111222333" not in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"hoursPerWeek": "NaN"},
        {"hoursPerWeek": "-Infinity"},
        {"hoursTotal": "1e400"},
        {"startedOn": "0001-01-01", "fromDay": "0001-01-01"},
        {"untilDay": "9999-12-31"},
    ],
)
async def test_numbers_and_days_that_no_contract_holds_are_refused(
    world: Any, wrong: dict[str, str]
) -> None:
    path = await world.obligation()

    for tail in ("fulfilments", "fulfilments/previews"):
        answer = await world.post("contractor", f"{path}/{tail}", world.placement(**wrong))
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"][0]["code"] == "invalid-value"


@pytest.mark.parametrize(
    "wrong",
    [
        {"targetGroupShare": "NaN"},
        {"contract": {"kind": "works", "valueCents": 1, "months": "Infinity"}},
        {"terms": {"source": "p. 1", "base": "contract-sum", "share": "sNaN"}},
        {"dueOn": "9999-12-31"},
    ],
)
async def test_an_obligation_stands_on_numbers_and_days_that_can_be(
    world: Any, wrong: dict[str, Any]
) -> None:
    body = {
        "contractorId": str(world.ids["contractor"]),
        "title": "Onderhoud wegen",
        "municipality": "GM9999",
        "publishedOn": "2026-03-01",
        "startsOn": "2026-06-01",
        "dueOn": "2027-06-01",
    }
    path = await world.obligation()

    opened = await world.post("authority", "/obligations", body | wrong)
    kept = wrong if "dueOn" not in wrong else {"targetGroupShare": "-Infinity"}
    anew = await world.post("authority", f"{path}/assessments", kept)

    assert opened.status_code == 400
    assert anew.status_code == 400
