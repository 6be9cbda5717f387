"""What is compared and what is stored, as plain values: facts of a lot, rows of a run."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from api.clock import new_id
from api.domain.matching.decide import Decision, Excluded, Match, NearMiss
from api.domain.matching.facts import LotFacts, Procedure, yearly_value
from api.domain.matching.near_miss import Shortfall
from api.domain.matching.reasons import Reason, State
from api.domain.matching.score import Signal
from api.domain.tendering.notice import Nature
from api.domain.values import Cents, CpvCode
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
VERDICT_COLUMNS: Final = (
    *("id", "run", "enterprise", "offering", "outcome", "rank", "score"),
    *("reasons", "signals", "shortfall"),
)
Values = tuple[Any, ...]


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

    verdicts: tuple[Values, ...]
    """In the order of `VERDICT_COLUMNS`."""
    legend: Legend
    left_out: tuple[LeftOut, ...]


class _Numbers:
    """Gives equal values one number, in the order of first use."""

    def __init__(self) -> None:
        self.values: dict[Any, int] = {}
        self._by_identity: dict[int, int] = {}
        self._several: dict[int, tuple[int, ...]] = {}

    def of_several(self, values: tuple[Any, ...]) -> tuple[int, ...]:
        """Give the numbers of values that stand together, as the reasons of thousands do."""
        known = self._several.get(id(values))
        if known is None:
            known = self._several[id(values)] = tuple(self.of(values))
        return known

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
    found: list[Values] = []
    shown: tuple[tuple[Outcome, Sequence[Match | NearMiss]], ...] = (
        ("matched", decision.matched),
        ("near", decision.near_misses),
    )
    for outcome, verdicts in shown:
        for rank, one in enumerate(verdicts, start=1):
            own = reasons.of(one.reasons)
            signs = signals.of(one.breakdown) if isinstance(one, Match) else []
            found.append(_verdict_row(run_id, outcome, (rank, own, signs), one))
    several = reasons.of_several
    left_out = tuple(
        [
            LeftOut(one.enterprise_id, one.offering_id, several(one.reasons))
            for one in decision.excluded
        ]
    )
    return Kept(tuple(found), Legend(tuple(reasons.values), tuple(signals.values)), left_out)


def _verdict_row(
    run_id: UUID,
    outcome: Outcome,
    placed: tuple[int, list[int], list[int]],
    verdict: Match | NearMiss,
) -> Values:
    """Give the row of a verdict. Its ids stay text, which the driver copies in as they are."""
    rank, reasons, signals = placed
    short = None
    if isinstance(verdict, NearMiss):
        short = msgspec.json.encode(verdict.shortfall).decode()
    ids = (new_id(), run_id, verdict.enterprise_id, verdict.offering_id)
    return (*ids, outcome, rank, verdict.score, reasons, signals, short)


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
