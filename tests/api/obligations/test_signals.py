"""Signals of displacement, market and concentration on what is booked."""

from typing import Any

from api.database import fetch

DECLARED = {"replaces": "additional", "paidJobsReplaced": False}


def colours(signals: Any) -> dict[str, str]:
    return {one["code"]: one["colour"] for one in signals["signals"]}


async def booked(world: Any, path: str, body: dict[str, Any]) -> Any:
    answer = await world.post("contractor", f"{path}/fulfilments", body)
    assert answer.status_code == 201, answer.text
    return answer.json()["details"]["signals"]


async def test_signals_are_frozen_with_the_entry_and_shown_in_the_queue(world: Any) -> None:
    path = await world.obligation()

    silent = await booked(world, path, world.purchase("F-1"))
    declared = await booked(world, path, world.placement() | {"declaration": DECLARED})

    assert silent["colour"] == "amber"
    assert colours(silent)["replaces-regular-staff"] == "amber"
    assert declared["colour"] == "green"
    queue = (await world.get("authority", "/fulfilments")).json()["items"]
    assert [one["signals"] for one in queue] == ["green", "amber"]
    assert (await world.get("authority", f"{path}/verification")).json()["intact"]


async def test_a_replacement_needs_a_reason(world: Any) -> None:
    path = await world.obligation()
    replaced = {"replaces": "replacement", "paidJobsReplaced": False}
    body = world.placement() | {"declaration": replaced}

    bare = await world.post("contractor", f"{path}/fulfilments", body)
    blank = body | {"declaration": replaced | {"justification": " "}}
    refused = await world.post("contractor", f"{path}/fulfilments", blank)
    told = body | {"declaration": replaced | {"justification": "the contract ended in May"}}

    for answer in (bare, refused):
        [fault] = answer.json()["errors"]
        assert (answer.status_code, fault["code"]) == (400, "missing-field")
    assert (await booked(world, path, told))["colour"] == "amber"


async def test_a_supplier_that_gets_nearly_all_is_a_concentration(world: Any) -> None:
    path = await world.obligation()
    await fetch("UPDATE enterprise SET turnover_cents = 100000 WHERE id = $1", world.enterprise)

    signals = await booked(
        world,
        path,
        world.purchase("F-1", 60_000) | {"declaration": DECLARED | {"referencePriceCents": 50_000}},
    )

    found = colours(signals)
    assert found["buyer-depends-on-supplier"] == "amber"
    assert found["supplier-depends-on-buyer"] == "amber"
    assert found["above-market"] == "amber"


async def test_unpaid_work_is_a_signal_once_it_is_much_or_long(world: Any) -> None:
    path = await world.obligation()
    body = world.placement(unpaid=True) | {"declaration": DECLARED}

    found = colours(await booked(world, path, body))

    assert (found["unpaid-hours"], found["unpaid-months"]) == ("amber", "amber")


async def test_a_preview_shows_the_signals(world: Any) -> None:
    path = await world.obligation()

    told = await world.post("contractor", f"{path}/fulfilments/previews", world.purchase("F-1"))

    signals = told.json()["signals"]
    assert (signals["normsVersion"], signals["normsVerified"]) == ("signals-2026-1", False)
    assert signals["normsSince"] == "2026-01-01"
    assert "ADR 31" in signals["normsSource"]


async def test_a_personal_number_in_a_justification_is_refused(world: Any) -> None:
    path = await world.obligation()
    declared = {"replaces": "replacement", "justification": "voor 111222333"}

    answer = await world.post(
        "contractor", f"{path}/fulfilments", world.placement() | {"declaration": declared}
    )

    assert [one["code"] for one in answer.json()["errors"]] == ["personal-number-suspected"]
