"""An invoice counts for no more than the whole of it, a person for no more than a full week."""

from typing import Any

REFUSAL = (
    "This would count for more than the whole of it, together with what is booked already,"
    " here or elsewhere. Ask the authority's coordinator."
)


async def elsewhere(world: Any) -> str:
    """An obligation of another authority, on another contractor, by the same book."""
    path: str = await world.obligation(
        who="other_authority",
        contractorId=str(world.ids["stranger"]),
        ruleBookId=str(world.book),
    )
    return path


async def test_an_invoice_counts_once_over_all_authorities(world: Any) -> None:
    here, there = await world.obligation(), await elsewhere(world)
    first = await world.booked(there, world.purchase("2026/0012", 77_300), "stranger")

    same = world.purchase("2026-0012", 77_300)
    refused = await world.post("contractor", f"{here}/fulfilments", same)
    await world.post("stranger", f"{first}/withdrawals", {"reason": "booked too early"})
    free = await world.post("contractor", f"{here}/fulfilments", same)

    assert (refused.status_code, refused.json()["code"]) == (409, "counted-twice")
    assert refused.json()["detail"] == REFUSAL
    assert free.status_code == 201


async def test_two_parts_of_an_invoice_make_at_most_the_whole(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-1", 100_000, claimedCents=60_000))

    over = world.purchase("F-1", 100_000, claimedCents=40_001)
    refused = await world.post("contractor", f"{path}/fulfilments", over)
    fits = await world.post(
        "contractor", f"{path}/fulfilments", world.purchase("F-1", 100_000, claimedCents=40_000)
    )

    assert refused.json()["code"] == "counted-twice"
    assert fits.status_code == 201


async def test_another_amount_for_the_same_invoice_is_refused(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-2", 100_000, claimedCents=10_000))

    other = world.purchase("F-2", 200_000, claimedCents=10_000)
    refused = await world.post("contractor", f"{path}/fulfilments", other)

    assert refused.json()["code"] == "counted-twice"


async def test_a_person_counts_up_to_a_full_week_over_all_authorities(world: Any) -> None:
    here, there = await world.obligation(), await elsewhere(world)
    await world.booked(there, world.placement("W-1", hoursPerWeek="24"), "stranger")

    # 24 + 13 > 36 hours, 24 + 12 = 36 hours
    over = await world.post(
        "contractor", f"{here}/fulfilments", world.placement("w-1 ", hoursPerWeek="13")
    )
    fits = await world.post(
        "contractor", f"{here}/fulfilments", world.placement("W-1", hoursPerWeek="12")
    )

    assert (over.status_code, over.json()["detail"]) == (409, REFUSAL)
    assert fits.status_code == 201


async def test_the_same_person_has_another_pseudonym_at_another_authority(world: Any) -> None:
    here, there = await world.obligation(), await elsewhere(world)

    one = await world.post(
        "contractor", f"{here}/fulfilments", world.placement("W-2", hoursPerWeek="10")
    )
    other = await world.post(
        "stranger", f"{there}/fulfilments", world.placement("W-2", hoursPerWeek="10")
    )

    pseudonyms = {answer.json()["details"]["pseudonym"] for answer in (one, other)}
    assert len(pseudonyms) == 2


async def test_a_refused_attempt_leaves_a_trail(world: Any) -> None:
    from api.database import fetch

    path = await world.obligation()
    await world.booked(path, world.purchase("F-3", 1_000))
    await world.post("contractor", f"{path}/fulfilments", world.purchase("F-3", 1_000))

    sql = "SELECT actor FROM audit_event WHERE action = 'ledger.counted-twice' AND subject = $1"
    rows = await fetch(sql, path.rsplit("/", 1)[-1])
    assert [row["actor"].split()[0] for row in rows] == ["contractor"]


async def test_a_contractor_does_not_buy_from_itself(world: Any) -> None:
    path = await world.obligation(contractorId=str(world.ids["supplier"]))

    own = await world.post("supplier", f"{path}/fulfilments", world.purchase("F-4"))

    assert (own.status_code, own.json()["code"]) == (409, "own-invoice")
