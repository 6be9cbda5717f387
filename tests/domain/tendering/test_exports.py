"""What stands in a release and in a skeleton; that they come back is tested with the importers."""

import json
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest

from api.domain.tendering.eforms_notice import skeleton_of
from api.domain.tendering.notice import (
    Buyer,
    Money,
    Nature,
    Notice,
    NoticeLot,
    Place,
    Reservation,
    ReservedExecution,
)
from api.domain.tendering.ocds_release import release_of, tender_status
from api.domain.values import CpvCode

DAY = date(2026, 11, 28)
LOT = NoticeLot(
    source_lot_id="LOT-0001",
    title="Glas  & ramen",
    description="Buiten.",
    nature=Nature.SERVICES,
    cpv_main=CpvCode("90911300"),
    cpv_additional=(CpvCode("90910000"),),
    estimated_value=Money(79_999_99, "EUR"),
    framework_maximum=Money(100_000_00, "EUR"),
    duration_days=365,
    starts_on=date(2027, 1, 1),
    ends_on=date(2027, 12, 31),
    places=(Place(country="NLD", nuts="NL350", town="Utrecht"), Place(region="anyw")),
    deadline_at=datetime(2026, 12, 20, 11, 30, tzinfo=UTC),
    reservations=(Reservation.SHELTERED_WORKSHOP,),
    reserved_execution=ReservedExecution.NOT_KNOWN,
    social_objectives=("opp",),
    sme_suitable=False,
)
NOTICE = Notice(
    source="manual",
    source_id="x",
    notice_id="x-02",
    title="Diensten",
    description="Alles.",
    language="NLD",
    buyer=Buyer("Ede", "09215846", "NLD", "NL221", "Ede"),
    procedure="open",
    published_on=date(2026, 12, 2),
    dispatched_on=date(2026, 12, 1),
    max_lots_submitted=3,
    max_lots_awarded=2,
    estimated_value=Money(80_000_00, "EUR"),
    lots=(LOT,),
)
BARE = Notice(
    source="manual",
    source_id="y",
    title="y",
    estimated_value=Money(0, "EUR"),
    lots=(NoticeLot(source_lot_id="1", title="z\x07", planned=True, sme_suitable=True),),
)


def release(notice: Notice) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(release_of(notice, DAY))
    return found


def test_a_release_says_what_is_known() -> None:
    found = release(NOTICE)
    [lot], [item] = found["tender"]["lots"], found["tender"]["items"]

    assert found["date"] == "2026-12-01T00:00:00Z"
    assert found["tender"]["datePublished"] == "2026-12-02T00:00:00Z"
    assert found["tag"] == ["tender"]
    assert found["language"] == "nl"
    assert lot["value"] == {"amount": 79999.99, "currency": "EUR"}
    assert lot["otherRequirements"] == {"reservedParticipation": ["shelteredWorkshop"]}
    assert "contractTerms" not in lot
    assert lot["suitability"] == {"sme": False}
    assert item["relatedLot"] == "LOT-0001"
    assert item["deliveryLocations"] == [{"description": "anywhere"}]


def test_a_release_leaves_out_what_is_not_known() -> None:
    found = release(BARE)

    assert found["date"] == "2026-11-28T00:00:00Z"
    assert found["tag"] == ["planning"]
    assert "buyer" not in found
    assert "value" not in found["tender"]
    assert found["tender"]["lots"][0]["status"] == "planned"


def test_a_procedure_outside_the_closed_list_is_given_in_words() -> None:
    found = release(msgspec.structs.replace(NOTICE, procedure="oth-single"))

    assert "procurementMethod" not in found["tender"]
    assert found["tender"]["procurementMethodDetails"] == "oth-single"


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


def elements(notice: Notice) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in ET.fromstring(skeleton_of(notice, DAY)).iter():  # noqa: S314  our own
        text = (element.text or "").strip()
        if text:
            found.setdefault(element.tag.rpartition("}")[2], []).append(text)
    return found


def test_a_skeleton_says_what_is_known() -> None:
    found = elements(NOTICE)

    assert found["ContractFolderID"] == ["x"]
    assert found["VersionID"] == ["02"]
    assert found["EstimatedOverallContractAmount"] == ["80000.00", "79999.99"]
    assert found["FrameworkMaximumAmount"] == ["100000.00"]
    assert found["TendererRequirementTypeCode"] == ["res-ws"]
    assert found["ExecutionRequirementCode"] == ["not-known"]
    assert found["Name"] == ["Ede", "Diensten", "Glas & ramen"]
    assert found["EndTime"] == ["11:30:00Z"]
    assert found["SMESuitableIndicator"] == ["false"]


def test_a_limit_alone_is_written_alone() -> None:
    one = msgspec.structs.replace(NOTICE, max_lots_submitted=None)
    other = msgspec.structs.replace(NOTICE, max_lots_awarded=None)

    open_question = msgspec.structs.replace(LOT, sme_suitable=None)
    unsaid = msgspec.structs.replace(NOTICE, lots=(open_question,))

    assert "SMESuitableIndicator" not in elements(unsaid)
    assert "MaximumLotsSubmittedNumeric" not in elements(one)
    assert "MaximumLotsAwardedNumeric" not in elements(other)


def test_a_skeleton_leaves_out_what_is_not_known() -> None:
    found = elements(BARE)

    assert found["ID"] == ["y", "1"]
    assert found["VersionID"] == ["01"]
    assert found["IssueDate"] == ["2026-11-28Z"]
    assert found["Name"] == ["y", "z"]
    assert "EstimatedOverallContractAmount" not in found
    assert found["SMESuitableIndicator"] == ["true"]
