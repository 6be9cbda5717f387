"""What is compared and what is stored, as plain values: facts of a lot, rows of a run."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from api.art77.schemas import Art77Facts
from api.clock import new_id
from api.database import Row
from api.domain.capacity import left
from api.domain.directory import LegalForm, QualityMark, ServiceMode, ShareBucket
from api.domain.matching.decide import Decision, Excluded, Match, NearMiss
from api.domain.matching.facts import (
    EnterpriseFacts,
    LotFacts,
    MarkFacts,
    OfferingFacts,
    Procedure,
    yearly_value,
)
from api.domain.matching.near_miss import Shortfall
from api.domain.matching.reasons import Reason, State
from api.domain.matching.score import Signal
from api.domain.tendering.coverage import nearest_km
from api.domain.tendering.notice import Nature
from api.domain.values import Cents, CpvCode, Period, Point
from api.matches.schemas import (
    Explanation,
    LotChange,
    MatchRequest,
    MatchRunBasis,
    VerdictChange,
)
from api.tenders.schemas import LotOut

Outcome = Literal["matched", "near", "excluded"]
Verdict = Match | NearMiss | Excluded
BY_INVITATION: Final = frozenset({"oth-single", "oth-mult", "neg-wo-call", "limited", "direct"})
"""Procedures in which the buyer chooses whom to invite (eForms BT-105, OCDS)."""
DAYS_A_YEAR: Final = 365
MONTHS_A_YEAR: Final = 12
MOST_DAYS: Final = 100 * DAYS_A_YEAR
"""What a faulty notice may claim to last, before the calendar ends."""
Marks = Mapping[str, Sequence[MarkFacts]]
Areas = tuple[frozenset[str], frozenset[str]]
"""What an offering covers whole, and in part."""


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


class Legend(msgspec.Struct, frozen=True, array_like=True):
    """Every reason and signal of a run once: thousands of verdicts share few."""

    reasons: tuple[Reason, ...] = ()
    signals: tuple[Signal, ...] = ()


class LeftOut(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An excluded enterprise, its reasons by their place in the legend."""

    enterprise_id: str
    offering_id: str | None
    reasons: tuple[int, ...]


class Kept(msgspec.Struct, frozen=True):
    """The verdicts of a run as they are stored."""

    verdicts: tuple[Row, ...]
    legend: Legend
    left_out: tuple[LeftOut, ...]


class _Numbers:
    """Gives equal values one number, in the order of first use."""

    def __init__(self) -> None:
        self.values: dict[Any, int] = {}
        self._by_identity: dict[int, int] = {}

    def of(self, values: Iterable[Any]) -> list[int]:
        # The rules share their reasons, so identity mostly decides and hashing is rare.
        known = self._by_identity
        return [known[place] if (place := id(one)) in known else self._new(one) for one in values]

    def _new(self, one: object) -> int:
        number = self.values.setdefault(one, len(self.values))
        self._by_identity[id(one)] = number
        return number


def kept(run_id: UUID, decision: Decision) -> Kept:
    """Write down every verdict of a decision, each reason once."""
    reasons, signals = _Numbers(), _Numbers()
    found: list[Row] = []
    shown: tuple[tuple[Outcome, Sequence[Match | NearMiss]], ...] = (
        ("matched", decision.matched),
        ("near", decision.near_misses),
    )
    for outcome, verdicts in shown:
        for rank, one in enumerate(verdicts, start=1):
            own = reasons.of(one.reasons)
            signs = signals.of(one.breakdown) if isinstance(one, Match) else []
            found.append(_verdict_row(run_id, outcome, (rank, own, signs), one))
    left_out = tuple(
        [
            LeftOut(one.enterprise_id, one.offering_id, tuple(reasons.of(one.reasons)))
            for one in decision.excluded
        ]
    )
    return Kept(tuple(found), Legend(tuple(reasons.values), tuple(signals.values)), left_out)


def _verdict_row(
    run_id: UUID,
    outcome: Outcome,
    placed: tuple[int, list[int], list[int]],
    verdict: Match | NearMiss,
) -> Row:
    """Give the row of a verdict. Its ids stay text, which the driver copies in as they are."""
    rank, reasons, signals = placed
    short = verdict.shortfall if isinstance(verdict, NearMiss) else None
    return {
        "id": new_id(),
        "run": run_id,
        "enterprise": verdict.enterprise_id,
        "offering": verdict.offering_id,
        "outcome": outcome,
        "rank": rank,
        "score": verdict.score,
        "reasons": reasons,
        "signals": signals,
        "shortfall": None if short is None else msgspec.json.encode(short).decode(),
    }


def told(
    legend: Legend,
    reasons: Iterable[int],
    signals: Iterable[int] = (),
    shortfall: Shortfall | None = None,
) -> Explanation:
    """Spell out a stored verdict."""
    found = tuple(legend.reasons[place] for place in reasons)
    return _explained(found, tuple(legend.signals[place] for place in signals), shortfall)


def explanation(verdict: Verdict) -> Explanation:
    """Spell out a verdict that was just reached."""
    breakdown = verdict.breakdown if isinstance(verdict, Match) else ()
    shortfall = verdict.shortfall if isinstance(verdict, NearMiss) else None
    return _explained(verdict.reasons, breakdown, shortfall)


def _explained(
    reasons: tuple[Reason, ...], breakdown: tuple[Signal, ...], shortfall: Shortfall | None
) -> Explanation:
    return Explanation(
        reasons=reasons,
        breakdown=breakdown,
        unknown=tuple(one.code for one in reasons if one.state is State.UNKNOWN),
        warnings=tuple(one.code for one in reasons if one.state is State.WARNING),
        shortfall=shortfall,
    )


def verdicts_of(decision: Decision) -> list[tuple[Outcome, Verdict]]:
    """Give every verdict with its outcome, in the order of the lists."""
    return [
        *(("matched", one) for one in decision.matched),
        *(("near", one) for one in decision.near_misses),
        *(("excluded", one) for one in decision.excluded),
    ]


def run_row(lot: LotOut, decision: Decision) -> dict[str, Any]:
    """Give the columns of a run that its decision fills."""
    return {
        "lot": lot.id,
        "lot_version": lot.version,
        "seed": decision.seed,
        "considered": decision.considered,
        "matched": len(decision.matched),
        "near_misses": len(decision.near_misses),
        "excluded": len(decision.excluded),
    }


def changes_of(before: LotFacts | None, after: LotFacts) -> tuple[LotChange, ...]:
    """Say what is asked otherwise than before."""
    if before is None:
        return ()
    found = []
    for one in msgspec.structs.fields(LotFacts):
        former, later = getattr(before, one.name), getattr(after, one.name)
        if former != later:
            found.append(LotChange(one.encode_name, _plain(former), _plain(later)))
    return tuple(found)


def _plain(value: object) -> object:
    """Give a value as JSON has it; sets in order."""
    return msgspec.to_builtins(value, order="deterministic")


Stored = tuple[str, int, int | None, Explanation]


def change_of(
    enterprise_id: UUID, name: str, before: Stored | None, since: Stored | None
) -> VerdictChange | None:
    """Compare two verdicts; a place in the list alone is no change."""
    outcome, rank, score, told = before or (None, None, None, Explanation())
    outcome_now, rank_now, score_now, told_now = since or (None, None, None, Explanation())
    if (outcome, score, told.reasons) == (outcome_now, score_now, told_now.reasons):
        return None
    codes, codes_now = ({reason.code.value for reason in one.reasons} for one in (told, told_now))
    return VerdictChange(
        enterprise_id=enterprise_id,
        name=name,
        outcome_before=outcome,
        outcome_after=outcome_now,
        rank_before=rank,
        rank_after=rank_now,
        score_before=score,
        score_after=score_now,
        reasons_gone=tuple(sorted(codes - codes_now)),
        reasons_new=tuple(sorted(codes_now - codes)),
    )


def basis_of(decision: Decision, request: MatchRequest, text_search: str) -> MatchRunBasis:
    """Say what a run stands on."""
    return MatchRunBasis(
        criteria=request,
        weights_version=decision.weights_version,
        rules_version=decision.rules_version,
        rules=decision.rules,
        text_search=text_search,
        warnings=decision.warnings,
    )


def lot_facts(lot: LotOut, procedure: str | None, request: MatchRequest) -> LotFacts:
    """Say what a lot asks: the notice, and what the buyer asks beyond it."""
    main = () if lot.cpv_main is None else (lot.cpv_main,)
    months = _months(lot)
    stated = Procedure.INVITATION if procedure in BY_INVITATION else Procedure.OPEN
    return LotFacts(
        id=str(lot.id),
        cpv_codes=tuple(CpvCode(code) for code in (*main, *lot.cpv_additional)),
        nature=None if lot.nature is None else Nature(lot.nature),
        areas=lot.areas,
        yearly_value_cents=yearly_value(lot.estimated_value or lot.framework_maximum, months),
        months=months,
        award_on=lot.starts_on,
        ends_on=lot.ends_on,
        reservations=lot.reservations,
        procedure=request.procedure or stated,
        required_marks=request.required_marks,
        service_modes=frozenset(request.service_modes),
        lead_time_days=request.lead_time_days,
        order_value_cents=_cents(request.order_value_cents),
    )


def term(lot: LotOut, today: date) -> tuple[date, date]:
    """Give the half-open period in which a lot needs capacity; a year where no term is known.

    What is past no longer needs any, so it starts today at the earliest (own choice, ADR 26).
    """
    starts_on = max(lot.starts_on or today, today)
    ends_on = None if lot.ends_on is None else lot.ends_on + timedelta(days=1)
    if ends_on is None:
        begun = lot.starts_on or today
        ends_on = begun + timedelta(days=min(lot.duration_days or DAYS_A_YEAR, MOST_DAYS))
    return starts_on, max(ends_on, starts_on + timedelta(days=1))


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


def offering_facts(
    row: Row, reserved: Mapping[str, int], areas: Areas | None = None
) -> OfferingFacts:
    """Read an offering, less what is reserved of it; `areas` are those that matter, if not all."""
    free = row["reliable_capacity_cents"]
    if reserved and free is not None:
        free = left(free, reserved.get(row["offering_id"], 0))
    full, partial = areas or (frozenset(row["area_full"]), frozenset(row["area_partial"]))
    return OfferingFacts(
        id=row["offering_id"],
        enterprise_id=row["enterprise_id"],
        cpv_codes=tuple(row["cpv_codes"]),
        service_mode=_MODES[row["service_mode"]],
        area_full=full,
        area_partial=partial,
        free_capacity_cents=free,
        lead_time_days=row["lead_time_days"],
        minimum_order_cents=row["minimum_order_cents"],
    )


def legend_of(columns: Mapping[str, Any]) -> Legend:
    """Read the legend of a stored run."""
    return msgspec.json.decode(columns["legend"], type=Legend)


def left_out_of(columns: Mapping[str, Any]) -> list[LeftOut]:
    """Read the excluded enterprises of a stored run."""
    return msgspec.json.decode(columns["left_out"], type=list[LeftOut])


def _cents(amount: int | None) -> Cents | None:
    return None if amount is None else Cents(amount)


def _months(lot: LotOut) -> int | None:
    """Count whole months, halves up; a year is 12 and a month of 30 days is one."""
    days = lot.duration_days
    if days is None and lot.starts_on is not None and lot.ends_on is not None:
        days = (lot.ends_on - lot.starts_on).days + 1
    if days is None:
        return None
    return max(1, (2 * days * MONTHS_A_YEAR + DAYS_A_YEAR) // (2 * DAYS_A_YEAR))
