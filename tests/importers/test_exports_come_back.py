"""Export, import, export: the same bytes, in OCDS and in eForms, also for real notices."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
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
    Rejected,
    Reservation,
    ReservedExecution,
)
from api.domain.tendering.ocds_release import release_of
from api.domain.values import CpvCode
from importers.eforms import parse as eforms
from importers.ocds import parse as ocds
from tests.ocds_schema import RELEASE

DAY = date(2026, 11, 28)
FULL = NoticeLot(
    source_lot_id="LOT-0001",
    title='Glas & "ramen" <wassen>',
    description="Eerste regel.",
    nature=Nature.SERVICES,
    cpv_main=CpvCode("90911300"),
    cpv_additional=(CpvCode("90910000"),),
    estimated_value=Money(79_999_99, "EUR"),
    framework_maximum=Money(100_000_01, "EUR"),
    duration_days=365,
    starts_on=date(2027, 1, 1),
    ends_on=date(2027, 12, 31),
    places=(Place(country="NLD", nuts="NL350", municipality="GM0344", town="Utrecht"),),
    deadline_at=datetime(2026, 12, 20, 11, 30, tzinfo=UTC),
    reservations=(Reservation.SHELTERED_WORKSHOP,),
    reserved_execution=ReservedExecution.YES,
    social_objectives=("opp",),
    sme_suitable=True,
    planned=True,
)
NOTICE = Notice(
    source="manual",
    source_id="01a222ec-af6f-7271-ade9-2d4ce1f0a9e3",
    title="Facilitaire diensten",
    description="Voor het stadhuis.",
    language="NLD",
    buyer=Buyer("Gemeente Utrecht", "30280353", "NLD", "NL350", "Utrecht"),
    procedure="restricted",
    published_on=date(2026, 12, 2),
    dispatched_on=date(2026, 12, 1),
    max_lots_submitted=4,
    max_lots_awarded=2,
    estimated_value=Money(179_999_99, "EUR"),
    lots=(FULL, NoticeLot(source_lot_id="LOT-0002", title="Onbekend", planned=True)),
)
BARE = Notice(
    source="manual", source_id="x", title="x", lots=(NoticeLot(source_lot_id="1", title="y"),)
)


def read_one(found: object) -> Notice:
    [one] = list(found)  # type: ignore[call-overload]
    assert isinstance(one, Notice), one
    return one


@pytest.mark.parametrize("notice", [NOTICE, BARE])
def test_a_release_comes_back_the_same(notice: Notice) -> None:
    given = msgspec.structs.replace(notice, notice_id="r-01")

    once = release_of(given, DAY)
    again = read_one(ocds.notices(once))

    jsonschema.validate(json.loads(once), RELEASE, format_checker=jsonschema.FormatChecker())
    assert release_of(again, DAY) == once
    if notice is NOTICE:
        bare = msgspec.structs.replace(FULL.places[0], municipality=None)
        assert again.lots[0] == msgspec.structs.replace(FULL, places=(bare,))


@pytest.mark.parametrize("notice", [NOTICE, BARE])
def test_a_skeleton_comes_back_the_same(notice: Notice) -> None:
    once = skeleton_of(notice, DAY)
    again = read_one(eforms.notices(once))

    assert skeleton_of(again, DAY) == once
    if notice is NOTICE:
        bare = msgspec.structs.replace(FULL.places[0], municipality=None)
        opened = msgspec.structs.replace(FULL, places=(bare,), planned=False)
        assert again.lots[0] == opened


def test_real_notices_come_back_the_same_in_both_forms(shared: Path) -> None:
    files = sorted((shared / "eforms").glob("*.xml"))
    read = [one for file in files for one in eforms.notices(file.read_bytes())]
    notices = [one for one in read if not isinstance(one, Rejected)]

    assert len(notices) >= 10
    for one in notices:
        release = release_of(one, DAY)
        jsonschema.validate(json.loads(release), RELEASE)
        assert release_of(read_one(ocds.notices(release)), DAY) == release
        skeleton = skeleton_of(one, DAY)
        assert skeleton_of(read_one(eforms.notices(skeleton)), DAY) == skeleton
