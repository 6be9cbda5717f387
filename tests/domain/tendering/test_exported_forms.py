"""A tender written as an OCDS release and as an eForms skeleton; coming back is tested apart."""

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from defusedxml import ElementTree

from api.domain.tendering.eforms_notice import skeleton_of
from api.domain.tendering.notice import Notice, Place, Reservation, ReservedExecution
from api.domain.tendering.ocds_release import release_of, tender_status
from tests.domain.tendering.notices import BARE, DAY, FULL, NOTICE
from tests.ocds_schema import RELEASE

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def released(notice: Notice) -> dict[str, Any]:
    document = json.loads(release_of(notice, DAY))
    jsonschema.validate(document, RELEASE, format_checker=jsonschema.FormatChecker())
    found: dict[str, Any] = document
    return found


def texts(notice: Notice, name: str) -> list[str | None]:
    root = ElementTree.fromstring(skeleton_of(notice, DAY))
    return [one.text for one in root.iter(f"{CBC}{name}")]


def test_a_release_has_a_lot_for_every_lot_and_an_item_that_names_it() -> None:
    tender = released(NOTICE)["tender"]

    assert [lot["id"] for lot in tender["lots"]] == ["LOT-0001", "LOT-0002"]
    assert tender["items"][0]["relatedLot"] == "LOT-0001"
    assert tender["lots"][0]["value"] == {"amount": 79_999.99, "currency": "EUR"}


def test_what_is_unknown_is_left_out_of_a_release() -> None:
    [lot] = released(BARE)["tender"]["lots"]

    assert "value" not in lot
    assert "buyer" not in released(BARE)


def test_a_skeleton_carries_title_codes_and_value() -> None:
    assert '"ramen"' in str(texts(NOTICE, "Name"))
    assert "90911300" in texts(NOTICE, "ItemClassificationCode")
    assert "79999.99" in texts(NOTICE, "EstimatedOverallContractAmount")


def test_a_skeleton_of_a_bare_notice_says_no_more_than_is_known() -> None:
    assert texts(BARE, "EstimatedOverallContractAmount") == []
    assert "y" in texts(BARE, "Name")


@pytest.mark.parametrize(
    "changes",
    [
        {"reservations": (Reservation.PUBLIC_SERVICE_MISSION,)},
        {"reservations": (Reservation.NONE,)},
        {"reservations": ()},
        {"reserved_execution": ReservedExecution.NO},
        {"reserved_execution": None},
        {"sme_suitable": False},
        {"sme_suitable": None},
        {"places": (Place(country="NLD"), Place(nuts="NL33"))},
        {"places": ()},
        {"duration_days": None},
        {"starts_on": None},
        {"ends_on": None},
        {"deadline_at": None},
        {"framework_maximum": None},
        {"estimated_value": None},
        {"social_objectives": ()},
        {"nature": None},
        {"planned": False},
        {"description": ""},
    ],
)
def test_every_part_may_be_missing(changes: dict[str, Any]) -> None:
    lot = msgspec.structs.replace(FULL, **changes)
    notice = msgspec.structs.replace(NOTICE, lots=(lot,), notice_id="r-01")

    assert released(notice)["tender"]["lots"][0]["id"] == "LOT-0001"
    assert texts(notice, "ID")


@pytest.mark.parametrize(
    ("lots", "status"),
    [
        (("active", "planned"), "active"),
        (("complete", "unsuccessful"), "complete"),
        (("unsuccessful", "cancelled"), "unsuccessful"),
        (("planned", "cancelled"), "planned"),
        (("cancelled",), "cancelled"),
    ],
)
def test_the_lots_decide_the_status_of_the_tender(lots: tuple[str, ...], status: str) -> None:
    assert tender_status(lots) == status
