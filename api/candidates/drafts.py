"""From rows to facts: enterprises and offerings as the buyer of a lot sees them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec

from api.art77.schemas import Art77Facts
from api.database import Row
from api.domain.capacity import left
from api.domain.directory import LegalForm, QualityMark, ServiceMode, ShareBucket
from api.domain.matching.facts import (
    EnterpriseFacts,
    MarkFacts,
    OfferingFacts,
)
from api.domain.tendering.coverage import nearest_km
from api.domain.values import CpvCode, Period, Point

FEW: Final = 3
"""An empty set is as large as one of four."""
Marks = Mapping[str, Sequence[MarkFacts]]


class Sought(msgspec.Struct, frozen=True):
    """Whose facts are read, and for whom."""

    codes: tuple[CpvCode, ...] = ()
    places: tuple[str, ...] | None = None
    """Areas that matter; `None`: all of a coverage."""
    centres: tuple[Point, ...] = ()
    """Whereto distances are measured; empty: they are not."""
    found_by_text: tuple[UUID, ...] = ()
    text_decides: bool = False
    """Text may bring any offering, not just those without a code."""
    reserved: Mapping[str, int] = {}
    """Cents a year that are held of offerings in the term of the lot; ids as in facts."""
    excluded: Mapping[str, str] = {}
    """Whom the buyer leaves out, with the reason."""
    art77: Art77Facts = Art77Facts()


@lru_cache(maxsize=10_000)
def mark_facts(
    scheme: str,
    level: str | None,
    issued_on: date | None,
    valid_until: date | None,
    revoked_on: date | None,
    verified: bool,  # noqa: FBT001  a column
) -> MarkFacts:
    """Work out a mark; thousands of firms hold the same few."""
    mark = QualityMark(scheme, level, issued_on, valid_until, None, revoked_on)
    valid: Period = mark.validity
    return MarkFacts(scheme, level, valid, verified)


_LEGAL_FORMS: Final = {one.value: one for one in LegalForm}
_SHARES: Final = {one.value: one for one in ShareBucket}
_MODES: Final = {one.value: one for one in ServiceMode}


def enterprise_facts(
    rows: Sequence[Row], marks: Iterable[MarkFacts], sought: Sought
) -> EnterpriseFacts:
    """Read an enterprise from the rows of its offerings, as the buyer of a lot sees it."""
    offerings = [
        offering_facts(row, sought.reserved) for row in rows if row["offering_id"] is not None
    ]
    return firm_facts(rows[0], marks, offerings, sought)


def firm_facts(
    one: Row, marks: Iterable[MarkFacts], offerings: Iterable[OfferingFacts], sought: Sought
) -> EnterpriseFacts:
    """Read an enterprise from any row of it; its offerings are read already."""
    places = sought.centres
    firm = one["enterprise_id"]
    form, share, lat = one["legal_form"], one["target_group_share"], one["lat"]
    seat = Point(lat, one["lon"]) if places and lat is not None else None
    return EnterpriseFacts(
        id=firm,
        name=one["name"],
        visible=one["visible"],
        legal_form=None if form is None else _LEGAL_FORMS[form],
        turnover_cents=one["turnover_cents"],
        target_group_share=None if share is None else _SHARES[share],
        share_verified=one["share_verified"],
        main_aim_integration=one["main_aim_integration"],
        marks=tuple(marks),
        track_record=one["track_record"],
        public_service_mission=sought.art77.missions.get(firm),
        last_art77_award_on=sought.art77.last_awards.get(firm),
        excluded_by_buyer=sought.excluded.get(firm),
        distance_km=nearest_km(seat, places),
        offerings=tuple(offerings),
    )


def offering_facts(row: Row, reserved: Mapping[str, int]) -> OfferingFacts:
    """Read an offering, less what is reserved of it."""
    free = row["reliable_capacity_cents"]
    if reserved and free is not None:
        free = left(free, reserved.get(row["offering_id"], 0))
    return OfferingFacts(
        id=row["offering_id"],
        enterprise_id=row["enterprise_id"],
        cpv_codes=_codes(tuple(row["cpv_codes"])),
        service_mode=_MODES[row["service_mode"]],
        area_full=_areas(row["area_full"]),
        area_partial=_areas(row["area_partial"]),
        free_capacity_cents=free,
        lead_time_days=row["lead_time_days"],
        minimum_order_cents=row["minimum_order_cents"],
    )


def _areas(codes: Sequence[str]) -> frozenset[str]:
    """Give areas as a set; the same object where they are few, as nearly all are."""
    return _few(tuple(codes)) if len(codes) <= FEW else frozenset(codes)


@lru_cache(maxsize=10_000)
def _few(codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(codes)


@lru_cache(maxsize=10_000)
def _codes(codes: tuple[CpvCode, ...]) -> tuple[CpvCode, ...]:
    """Give the same codes as one object: thousands of offerings name the same few."""
    return codes
