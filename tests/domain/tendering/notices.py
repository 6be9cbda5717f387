"""A notice with everything that the exports carry, and one with nothing beside its titles."""

from datetime import UTC, date, datetime

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
from api.domain.values import CpvCode

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
