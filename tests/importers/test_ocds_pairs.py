"""One Norwegian call as eForms XML and as the OCDS made from it gives the same lots."""

from pathlib import Path

import pytest

from api.domain.tendering.notice import Notice, NoticeLot, Reservation, ReservedExecution
from importers.eforms.parse import notices as eforms_notices
from importers.ocds.parse import notices as ocds_notices

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
NOT_CARRIED = {
    "reservations": "the converter writes no reservation where BT-71 says `none`",
    "reserved_execution": "the converter writes nothing where BT-736 says `no`",
}
"""Fields of a lot that these OCDS files lack, and why."""

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside us")


def pair(name: str) -> tuple[Notice, Notice]:
    [from_xml] = eforms_notices((DATA / "eforms" / f"{name}.xml").read_bytes())
    [from_json] = ocds_notices((DATA / "ocds" / f"{name}-release.json").read_bytes())
    assert isinstance(from_xml, Notice)
    assert isinstance(from_json, Notice)
    return from_xml, from_json


def carried(lot: NoticeLot) -> dict[str, object]:
    fields = lot.__struct_fields__
    return {field: getattr(lot, field) for field in fields if field not in NOT_CARRIED}


@pytest.mark.parametrize("name", ["no-2023-629257", "no-2024-106286"])
def test_both_formats_of_one_call_give_equal_lots(name: str) -> None:
    from_xml, from_json = pair(name)

    assert [carried(lot) for lot in from_json.lots] == [carried(lot) for lot in from_xml.lots]


@pytest.mark.parametrize("name", ["no-2023-629257", "no-2024-106286"])
def test_both_formats_of_one_call_give_the_same_buyer_value_and_limits(name: str) -> None:
    from_xml, from_json = pair(name)

    assert from_json.buyer == from_xml.buyer
    assert from_json.title == from_xml.title
    assert from_json.estimated_value == from_xml.estimated_value
    assert from_json.max_lots_submitted == from_xml.max_lots_submitted
    assert from_json.dispatched_on == from_xml.dispatched_on


@pytest.mark.parametrize("name", ["no-2023-629257", "no-2024-106286"])
def test_what_the_ocds_files_lack_is_only_what_says_no(name: str) -> None:
    from_xml, from_json = pair(name)

    for xml_lot, json_lot in zip(from_xml.lots, from_json.lots, strict=True):
        named = tuple(one for one in xml_lot.reservations if one is not Reservation.NONE)
        assert json_lot.reservations == named
        assert xml_lot.reserved_execution is ReservedExecution.NO
        assert json_lot.reserved_execution is None


def test_the_reserved_call_is_reserved_in_both_formats() -> None:
    from_xml, from_json = pair("no-2024-106286")

    assert from_json.lots[0].reservations == (Reservation.SHELTERED_WORKSHOP,)
    assert from_xml.lots[0].reservations == (Reservation.SHELTERED_WORKSHOP,)
