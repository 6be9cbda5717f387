"""The yearly report of an authority."""

from datetime import UTC, datetime
from typing import Any

YEAR = datetime.now(UTC).year  # noqa: TID251  what is stored over HTTP bears the machine's year


async def realised(world: Any, path: str, people: int) -> None:
    for number in range(people):
        claim = await world.booked(path, world.placement(f"W-{number}"))
        await world.verified(claim, "authority")


async def test_a_year_is_told_by_kind_group_and_region(world: Any) -> None:
    path = await world.obligation()
    await realised(world, path, 5)
    await world.verified(await world.booked(path, world.purchase("F-1", 300_000)))
    await world.booked(path, world.purchase("F-2", 900_000))

    found = (await world.get("authority", f"/social-return-reports/{YEAR}")).json()

    assert (found["obligations"], found["dueCents"]) == (1, 5_000_000)
    assert found["spendCents"] == 300_000
    # 5 * 16,666.67 euros
    placed = {"key": "placement", "persons": 5, "creditCents": 8_333_335}
    bought = {"key": "purchase", "persons": 0, "creditCents": 300_000}
    assert found["byKind"]["cells"] == [placed, bought]
    assert found["byGroup"]["cells"] == [placed | {"key": "wajong"}]
    assert found["byRegion"]["cells"][0]["key"] == "GM9999"


async def test_few_persons_are_not_told(world: Any) -> None:
    path = await world.obligation()
    await realised(world, path, 4)

    found = (await world.get("authority", f"/social-return-reports/{YEAR}")).json()

    hidden = {"persons": None, "creditCents": None}
    for table in ("byKind", "byGroup", "byRegion"):
        assert found[table]["total"] == {"key": "total"} | hidden
        assert [cell["persons"] for cell in found[table]["cells"]] == [None]


async def test_the_same_instant_gives_the_same_report(world: Any) -> None:
    path = await world.obligation()
    await realised(world, path, 5)
    first = (await world.get("authority", f"/social-return-reports/{YEAR}")).json()

    await world.verified(await world.booked(path, world.purchase("F-9", 900_000)))
    await world.obligation()
    again = await world.get("authority", f"/social-return-reports/{YEAR}", asOf=first["asOf"])
    table = await world.get("authority", f"/social-return-reports/{YEAR}/csv", asOf=first["asOf"])

    assert again.json() == first
    assert table.text.splitlines()[1] == "kind;placement;5;8333335"


async def test_a_report_is_for_its_authority(world: Any) -> None:
    await world.obligation()

    contractor = await world.get("contractor", f"/social-return-reports/{YEAR}")
    other = await world.get("other_authority", f"/social-return-reports/{YEAR}")

    assert (contractor.status_code, other.status_code) == (403, 404)
