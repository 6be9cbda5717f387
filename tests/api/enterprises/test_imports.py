"""Lists of enterprises: the same again changes nothing, and a newer one leaves no doubles."""

from uuid import UUID

import msgspec
import pytest

from api.accounts.service import SYSTEM
from api.domain.errors import InvalidInput
from api.enterprises import service
from api.enterprises.schemas import EnterpriseIn
from importers.enterprises import load
from tests.builders import an_enterprise, an_offering
from tests.conftest import NOW


def a_record(**changes: object) -> EnterpriseIn:
    return msgspec.convert(an_enterprise(externalId="7", **changes), EnterpriseIn)


async def states(*records: EnterpriseIn, source: str = "list") -> list[str]:
    stored = await service.store_batch(records, source, SYSTEM, NOW)
    return [one.state.value for one in stored]


async def the_id(record: EnterpriseIn) -> UUID:
    [stored] = await service.store_batch([record], "list", SYSTEM, NOW)
    assert stored.enterprise_id is not None
    return stored.enterprise_id


async def test_the_same_record_again_is_unchanged(db: None) -> None:  # noqa: ARG001  depends by name
    record = a_record()

    assert await states(record) == ["created"]
    assert await states(record) == ["unchanged"]


async def test_a_newer_record_keeps_the_ids_of_offerings_with_the_same_title(
    db: None,  # noqa: ARG001  depends by name
) -> None:
    record = a_record(offerings=[an_offering(title="A"), an_offering(title="B")])
    enterprise_id = await the_id(record)
    before = await service.offerings(enterprise_id, NOW.date())
    newer = msgspec.structs.replace(record, offerings=(record.offerings[1],), name="Nieuw")

    assert await states(newer) == ["updated"]

    after = await service.offerings(enterprise_id, NOW.date())
    assert [one.id for one in after] == [before[1].id]


async def test_two_offerings_with_one_title_stay_two_however_often_the_list_comes(
    db: None,  # noqa: ARG001  depends by name
) -> None:
    record = a_record(offerings=[an_offering(), an_offering(serviceMode="goods")])
    enterprise_id = await the_id(record)

    for name in ("Tweede", "Derde"):
        assert await states(msgspec.structs.replace(record, name=name)) == ["updated"]

    after = await service.offerings(enterprise_id, NOW.date())
    assert [one.service_mode.value for one in after] == ["service", "goods"]


async def test_a_faulty_record_does_not_hold_up_the_others(db: None) -> None:  # noqa: ARG001  depends by name
    number = "01234567"
    records = [
        msgspec.convert(one, EnterpriseIn)
        for one in (
            an_enterprise(externalId="1", kvkNumber=number),
            an_enterprise(externalId="2", kvkNumber="1"),
            an_enterprise(externalId="3", kvkNumber=number),
            an_enterprise(externalId="4"),
        )
    ]

    assert await states(*records) == ["created", "rejected", "rejected", "created"]


async def test_a_file_with_a_long_name_can_be_loaded(db: None) -> None:  # noqa: ARG001  depends by name
    line = msgspec.json.encode(an_enterprise())
    name = f"{'sociale-ondernemingen-' * 2}2026.jsonl"

    report = await load.load(name, line, None, NOW, lambda _: None)

    assert report.states == {"created": 1}


async def test_a_file_with_an_endless_name_is_refused_in_words(db: None) -> None:  # noqa: ARG001  depends by name
    line = msgspec.json.encode(an_enterprise())

    with pytest.raises(InvalidInput, match="more than 60 characters"):
        await load.load(f"{'x' * 60}.jsonl", line, None, NOW, lambda _: None)


async def test_an_offering_that_a_newer_record_leaves_alone_keeps_its_version(
    db: None,  # noqa: ARG001  depends by name
) -> None:
    details = [{"name": "Verf", "cpvCodes": ["44800000"]}]
    same = an_offering(title="Verf", productDetails=details, minimumOrderCents=5)
    given = {"kvkNumber": "01234567", "offerings": [same, an_offering(title="Lak")]}
    one = await the_id(a_record(**given))
    given["offerings"] = [same, an_offering(title="Lak", leadTimeDays=3)]

    await states(a_record(**given, mission="Kleur"))

    profile = await service.read(one, NOW.date())
    versions = {each.title: each.version for each in profile.offerings}
    assert versions == {"Verf": 1, "Lak": 2}
    assert profile.mission == "Kleur"


async def test_the_last_of_two_newer_statements_in_one_batch_stands(
    db: None,  # noqa: ARG001  depends by name
) -> None:
    given = {"kvkNumber": "01234567"}
    one = await the_id(a_record(**given))

    again = await states(a_record(**given, mission="Een"), a_record(**given, mission="Twee"))

    assert again == ["updated", "updated"]
    profile = await service.read(one, NOW.date())
    assert (profile.mission, len(profile.offerings)) == ("Twee", 1)
