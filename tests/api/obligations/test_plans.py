"""Plans: from what remains to planned fulfilments with capacity held."""

from datetime import date
from typing import Any
from uuid import UUID

from api.clock import new_id
from api.database import copy_rows, fetch, transaction
from api.enterprises.tables import Enterprise, Mark
from tests.api.obligations.conftest import _enterprise, _mark, kvk

GREEN = "77310000"
NEED = {
    "key": "green",
    "cpvCode": GREEN,
    "amountCents": 3_000_000,
    "area": "GM0344",
    "fromDay": "2099-07-01",
    "untilDay": "2099-10-01",
}
PLACED = {
    "key": "wajong",
    "block": "wajong",
    "fromDay": "2099-07-01",
    "untilDay": "2100-01-01",
    "hoursPerWeek": "24",
    "atMost": 2,
    "costCents": 900_000,
}
ADVICE = {"key": "advice", "activity": "advice", "happensOn": "2099-09-01", "atMost": 20}


async def offers(
    enterprise: UUID, yearly_cents: int | None, areas: str = "NL", **more: Any
) -> UUID:
    """Let an enterprise offer greenery."""
    offering = new_id()
    await fetch(
        "INSERT INTO offering (id, enterprise, position, title, description, products, cpv_codes,"
        " cpv_lineage, service_mode, coverage, area_full, area_partial, reliable_capacity_cents,"
        " minimum_order_cents, lead_time_days, version) VALUES ($1, $2, 0, 'Groen', '', '{}',"
        " '{77310000}', '{77000000,77300000,77310000}', 'service', '{}', $3, '{}', $4, $5, $6, 1)",
        *(offering, enterprise, [areas], yearly_cents, more.get("minimum"), more.get("lead")),
    )
    return offering


async def supplier(scheme: str, level: str | None = None, name: str = "Nog een") -> UUID:
    """Add one more enterprise with a mark."""
    made = new_id()
    async with transaction():
        row = _enterprise(made, kvk()) | {"name": name, "content_hash": made.hex * 2}
        await copy_rows(Enterprise, [row])
        mark = _mark(made, scheme, level) | {"valid_until": date(2099, 10, 31)}
        await copy_rows(Mark, [mark])
    return made


async def owing(world: Any, value_cents: int = 100_000_000, **more: Any) -> str:
    """Open an obligation of 5 % that runs far from today, with marks that are valid then."""
    await fetch("UPDATE quality_mark SET valid_until = '2099-10-31'")
    days = {"startsOn": "2099-06-01", "dueOn": "2100-06-01"}
    path: str = await world.obligation(value_cents, **(days | more))
    return path


async def planned(world: Any, path: str, who: str = "contractor", **more: Any) -> Any:
    answer = await world.post(who, f"{path}/plans", {"needs": [NEED]} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_plan_closes_what_remains_and_explains_every_line(world: Any) -> None:
    path = await owing(world, 60_000_000)  # owed 30,000.00
    await world.booked(path, world.purchase("F-1", 500_000))
    await offers(world.enterprise, 20_000_000)

    made = await planned(world, path)

    found = made["proposal"]
    assert (made["targetCents"], found["closes"], found["proof"]) == (2_500_000, True, "optimal")
    [line] = found["lines"]
    assert (line["supplier"], line["amountCents"], line["creditCents"]) == (
        "De Werkplaats",
        2_500_000,
        2_500_000,
    )
    assert line["sums"][0]["numbers"] == "1 * € 25,000.00"
    why = {one["code"]: one["detail"] for one in line["why"]}
    assert "77310000" in why["category-same"]
    # 200,000 a year * 92/365 days
    assert why["free-capacity"].startswith("€ 50,410.95 from 2099-07-01")
    assert (await world.get("authority", f"{path}/plans/{made['id']}")).json() == made


async def test_what_purchases_leave_is_filled_with_placements_and_advice(world: Any) -> None:
    path = await owing(world, 60_000_000)
    await offers(world.enterprise, 2_000_000)  # 5,041.09 in the window

    made = await planned(
        world, path, placements=[PLACED], activities=[ADVICE], budgetCents=2_000_000
    )

    found = made["proposal"]
    lines = {line["key"]: line for line in found["lines"]}
    assert found["closes"]
    assert lines["wajong"]["count"] == 2
    # 50,000 euros * 24/36 hours * 6/12 months
    assert lines["wajong"]["sums"][0]["amountCents"] == 1_666_667
    assert (found["extraCostCents"], found["jobYears"]) == (1_800_000, "0.67")


async def test_where_nothing_closes_it_each_limit_says_what_it_costs(world: Any) -> None:
    path = await owing(world, 200_000_000)  # owed 100,000.00
    await offers(world.enterprise, None)

    found = (await planned(world, path, placements=[PLACED], budgetCents=100))["proposal"]

    assert not found["closes"]
    assert found["creditCents"] == 3_000_000
    assert {one["limit"]: one["wouldClose"] for one in found["blockers"]} == {
        "budget": False,
        "needs": True,
    }
    # Without the budget: 30,000 and two placements of 16,666.67
    assert found["blockers"][0]["reachableCents"] == 6_333_334


async def test_who_can_not_be_chosen_is_named_with_the_reason(world: Any) -> None:
    path = await owing(world)
    await offers(world.enterprise, 20_000_000, areas="GM0363")
    await offers(await supplier("pso", "1"), 20_000_000)
    await offers(await supplier("sw-bedrijf"), 0)
    await offers(await supplier("sw-bedrijf"), 20_000_000, minimum=4_000_000)
    await offers(await supplier("sw-bedrijf"), 20_000_000, lead=99_999)
    own = await supplier("sw-bedrijf")
    await fetch("UPDATE enterprise SET kvk_number = NULL WHERE id = $1", own)
    await fetch("UPDATE enterprise SET kvk_number = $2 WHERE id = $1", own, world.kvk["contractor"])
    await offers(own, 20_000_000)

    found = (await planned(world, path))["proposal"]

    codes = sorted(one["code"] for each in found["passedOver"] for one in each["reasons"])
    assert codes == [
        "area-not-covered",
        "below-minimum-order",
        "lead-time",
        "no-free-capacity",
        "no-recognition",
        "own-invoice",
    ]
    assert (found["considered"], found["lines"]) == (6, [])


async def test_a_mark_must_be_valid_on_the_day_of_the_invoice(world: Any) -> None:
    path = await owing(world)
    await offers(world.enterprise, 20_000_000)  # its mark is valid through October 2099

    late = NEED | {"untilDay": "2099-12-01", "invoiceOn": "2099-11-01"}
    found = (await planned(world, path, needs=[late]))["proposal"]

    assert found["passedOver"][0]["reasons"][0]["code"] == "mark-lapsed"


async def test_purchases_under_a_cap_go_no_further_than_its_room(world: Any) -> None:
    path = await owing(world, 20_000_000)  # owed 10,000.00; cap 5,000.00
    pso = await supplier("pso", "3")
    await offers(pso, None)
    already = world.purchase("F-1", 1_000_000, supplierId=str(pso)) | {"planned": True}
    await world.booked(path, already)  # takes 3,000.00 of the room

    found = (await planned(world, path))["proposal"]

    assert found["creditCents"] == 200_000
    assert "caps" in {one["limit"] for one in found["blockers"]}


async def test_accepting_plans_the_lines_and_holds_capacity(world: Any) -> None:
    path = await owing(world, 60_000_000)
    offering = await offers(world.enterprise, 10_000_000)  # 25,205.47 in the window
    made = await planned(world, path, placements=[PLACED], activities=[ADVICE])
    plan = f"{path}/plans/{made['id']}"

    accepted = await world.post("contractor", f"{plan}/acceptances", {"holdDays": 10})
    again = await world.post("contractor", f"{plan}/acceptances", {})

    assert accepted.status_code == 201, accepted.text
    assert (accepted.json()["state"], again.json()["code"]) == ("accepted", "plan-settled")
    position = (await world.get("contractor", f"{path}/position")).json()
    assert position["plannedCents"] == made["proposal"]["creditCents"]
    assert position["forecastRemainingCents"] == 0
    held = await fetch("SELECT * FROM capacity_reservation WHERE offering = $1", offering)
    assert [(row["purpose"], str(row["subject"])) for row in held] == [
        ("obligation-plan", made["id"])
    ]
    assert held[0]["expires_at"] is not None
    queue = await world.get("contractor", "/fulfilments", state="planned")
    assert {one["id"] for one in queue.json()["items"]} == set(accepted.json()["claimIds"])


async def test_two_plans_do_not_both_count_the_same_capacity(world: Any) -> None:
    first, second = await owing(world, 40_000_000), await owing(world, 40_000_000)
    await offers(world.enterprise, 10_000_000)  # 25,205.47 in the window; 20,000.00 is owed twice
    early, late = await planned(world, first), await planned(world, second)

    await world.post("contractor", f"{first}/plans/{early['id']}/acceptances")
    taken = await world.post("contractor", f"{second}/plans/{late['id']}/acceptances")
    anew = await planned(world, second)

    assert (taken.status_code, taken.json()["code"]) == (409, "capacity-taken")
    assert (await world.get("contractor", f"{second}/position")).json()["plannedCents"] == 0
    assert anew["proposal"]["creditCents"] < 600_000


async def test_releasing_gives_capacity_back_and_withdraws_what_is_planned(world: Any) -> None:
    path = await owing(world, 60_000_000)
    await offers(world.enterprise, 20_000_000)
    made = await planned(world, path)
    plan = f"{path}/plans/{made['id']}"
    early = await world.post("contractor", f"{plan}/releases")
    await world.post("contractor", f"{plan}/acceptances")

    released = await world.post("contractor", f"{plan}/releases")
    again = await world.post("contractor", f"{plan}/releases")

    assert released.json()["state"] == "released"
    assert {early.json()["code"], again.json()["code"]} == {"plan-settled"}
    assert (await world.get("contractor", f"{path}/position")).json()["plannedCents"] == 0
    assert (await planned(world, path))["proposal"]["closes"]


async def test_a_plan_of_before_the_last_booking_is_not_accepted(world: Any) -> None:
    path = await owing(world, 60_000_000)
    await offers(world.enterprise, 20_000_000)
    made = await planned(world, path)
    await world.booked(path, world.purchase("F-1"))

    answer = await world.post("contractor", f"{path}/plans/{made['id']}/acceptances")

    assert (answer.status_code, answer.json()["code"]) == (409, "plan-outdated")


async def test_the_authority_may_ask_for_a_plan_but_not_accept_it(world: Any) -> None:
    path = await owing(world, 60_000_000)
    await offers(world.enterprise, 20_000_000)
    made = await planned(world, path, who="authority")
    plan = f"{path}/plans/{made['id']}"

    for who, status in (("authority", 403), ("stranger", 404), ("supplier", 404)):
        assert (await world.post(who, f"{plan}/acceptances")).status_code == status
    for who in ("stranger", "supplier", "other_authority"):
        assert (await world.get(who, plan)).status_code == 404
        assert (await world.get(who, f"{path}/plans")).status_code == 404
    cards = (await world.get("contractor", f"{path}/plans")).json()["items"]
    assert [card["id"] for card in cards] == [made["id"]]


async def test_nothing_is_planned_for_what_is_covered_or_unknown(world: Any) -> None:
    path = await owing(world, 20_000_000)
    await world.booked(path, world.purchase("F-1", 1_000_000))
    unknown = await owing(world, contract={"kind": "works"})

    covered = await world.post("contractor", f"{path}/plans", {"needs": [NEED]})
    open_ = await world.post("contractor", f"{unknown}/plans", {"needs": [NEED]})

    assert (covered.status_code, covered.json()["code"]) == (409, "nothing-to-plan")
    assert (open_.status_code, open_.json()["code"]) == (409, "obligation-not-assessed")


async def test_faults_of_a_question_come_all_at_once(world: Any) -> None:
    path = await owing(world)
    body = {
        "needs": [
            NEED | {"cpvCode": "00000000", "area": "GM0000", "labourShare": "2"},
            NEED | {"untilDay": "2101-01-01", "key": "later 111222333"},
        ],
        "placements": [PLACED | {"key": "green", "hoursPerWeek": "200"}],
        "activities": [ADVICE | {"happensOn": "2130-01-01"}],
    }

    answer = await world.post("contractor", f"{path}/plans", body)

    codes = {one["code"] for one in answer.json()["errors"]}
    assert answer.status_code == 400
    assert codes == {
        "duplicate-key",
        "invalid-value",
        "outside-period",
        "personal-number-suspected",
        "unknown-area",
        "unknown-cpv",
    }
    empty = await world.post("contractor", f"{path}/plans", {})
    assert empty.json()["errors"][0]["code"] == "missing-field"


async def test_a_placement_that_brings_nothing_is_shown_with_its_reasons(world: Any) -> None:
    path = await owing(world, 60_000_000)
    late = PLACED | {"block": "trial", "key": "trial"}

    absent = await world.post("contractor", f"{path}/plans", {"placements": [late]})

    assert (absent.status_code, absent.json()["code"]) == (409, "not-in-rule-book")


async def test_job_years_behind_purchases_are_counted_with_their_source(world: Any) -> None:
    path = await owing(world, 60_000_000)
    await offers(world.enterprise, 20_000_000)
    jobs = {"centsPerJobYear": 6_000_000, "source": "own survey of 2025"}

    found = (await planned(world, path, jobs=jobs, objective="most-jobs"))["proposal"]

    assert found["jobYears"] == "0.50"
    assert "own survey of 2025" in found["sources"]


def test_the_need_of_the_tests_lies_within_the_obligation() -> None:
    assert date.fromisoformat(str(NEED["untilDay"])) < date(2100, 6, 1)
