"""A division worked out: who is able per lot, what the law says, how much paperwork it is."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.tendering.estimate import LotValue
from api.domain.tendering.exemption import (
    ExemptionLot,
    ExemptSet,
    best_exempt_set,
    exemption_matters,
)
from api.domain.tendering.joint_bids import JointBids, joint_bids
from api.domain.tendering.law import ContractKind
from api.domain.tendering.law_data import ADMINISTRATION
from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_model import SplitRequest
from api.domain.tendering.lot_solver import Solved
from api.domain.tendering.procedures import ProcedureAdvice, national_procedures
from api.domain.tendering.regime import Regime, RegimeDecision, decide_regime, main_kind
from api.domain.tendering.reserved import (
    Answer,
    ReservedOption,
    reserve_article_20,
    reserve_article_77,
)
from api.domain.tendering.turnover import TurnoverDemand, turnover_allowed
from api.domain.values import CpvCode

EXEMPTION_STATES: Final = 16_384
"""Combinations kept per half when lots of a plan are exempted: any 28 lots are exact."""


class Proof(StrEnum):
    """How sure a plan is."""

    OPTIMAL = "optimal"
    """No division does better on the objective: every lot was a candidate."""
    REACH = "reach"
    """No division with so many lots or fewer reaches more; the rest is the best found."""
    NONE = "none"
    """The best found; the gap says how much more reach is not ruled out."""


class SmeIndicator(msgspec.Struct, frozen=True, rename="camel"):
    """Whether small and medium-sized firms can win a lot (mkb-toets; Dir. 2014/24 rec. 78)."""

    able_smes: int
    able_larger: int
    able_unknown: int
    suitable: Answer


class LotSupply(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who can carry out a lot."""

    able: tuple[str, ...]
    """Firm ids: one offering of each satisfies category, place and capacity."""
    unknown: tuple[str, ...]
    """A fact is missing: counted neither as able nor as unable."""
    asked: int
    """Able firms that make the lot count as reached."""
    reached: bool
    joint_bids: JointBids
    sme: SmeIndicator


class LotLaw(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the law says of a lot; every part names its basis."""

    exempt: bool
    """In the best exempt set, where EU rules hold."""
    procedures: ProcedureAdvice | None
    """National procedures: below the threshold, or when exempt."""
    turnover: TurnoverDemand
    article_20: ReservedOption
    """For the firms that are able."""
    article_77: ReservedOption


class PlannedLot(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A proposed lot (perceel). Money in cents excluding VAT."""

    number: int
    item_ids: tuple[str, ...]
    title: str
    kind: ContractKind
    """The kind with the highest value in the lot."""
    cpv_codes: tuple[CpvCode, ...]
    areas: tuple[str, ...]
    months: int | None
    """The longest term; `None` when an item has no end."""
    value_cents: int
    yearly_need_cents: int
    reserved: bool
    """By the buyer's wish, under art. 20."""
    supply: LotSupply
    law: LotLaw


class Plan(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A division of the tender with its consequences."""

    lots: tuple[PlannedLot, ...]
    total_cents: int
    """Sum of all lots, to the cent the value of the tender."""
    reach_cents: int
    """What social enterprises can win together, with enough able firms in each lot."""
    reach_bound_cents: int
    """No division of at most so many lots reaches more."""
    gap: str
    """The part of the bound that is not reached, as a share: 0 is proven."""
    proof: Proof
    administration: int
    """Points for procedures, lots and offers (own choice, ADR 16)."""
    regime: RegimeDecision
    procedures: ProcedureAdvice | None
    """National procedures for the whole tender, where it is below the threshold."""
    exemption: ExemptSet | None
    """`None` where EU rules hold for no lot; lots by number."""


class Outline(msgspec.Struct, frozen=True):
    """A division before it is worked out: enough to compare it with others."""

    solved: Solved
    administration: int
    regime: RegimeDecision
    exemption: ExemptSet | None


def outline(request: SplitRequest, case: Case, solved: Solved) -> Outline:
    """Decide regime and exempt lots of a division, and count its administration.

    Source: Aw 2012 art. 2.18 and 2.19; points: own choice, ADR 16.
    """
    lots = list(_numbered(case, solved.lots))
    values = [_lot_value(case, number, lot) for number, lot in lots]
    day, kind = request.dispatched_on, request.main_kind
    regime = decide_regime(values, request.level, day, kind=kind)
    exemption = None
    if exemption_matters(regime.regime):
        exemption = best_exempt_set(
            [_exemption_lot(case, number, lot) for number, lot in lots],
            inclusive=request.inclusive_ceiling,
            max_states=EXEMPTION_STATES,
        )
    return Outline(solved, _administration(case, solved.lots, exemption), regime, exemption)


def work_out(request: SplitRequest, case: Case, outlined: Outline, *, complete: bool) -> Plan:
    """Work out a plan lot by lot; `complete` when every lot was a candidate.

    Money in cents excluding VAT; lots in the order of their first items.
    Source: the functions called; the gap and the proof: own choice, ADR 16.
    """
    solved = outlined.solved
    lots = tuple(
        _planned(request, case, outlined, number, lot)
        for number, lot in _numbered(case, solved.lots)
    )
    whole = LotValue("", outlined.regime.kind, outlined.regime.total_cents)
    national = outlined.regime.regime is Regime.NATIONAL
    short = solved.bound - solved.reach
    return Plan(
        lots=lots,
        total_cents=sum(lot.value_cents for lot in lots),
        reach_cents=solved.reach,
        reach_bound_cents=solved.bound,
        gap=f"{short / solved.bound:.4f}" if short else "0",
        proof=_proof(solved, complete=complete),
        administration=outlined.administration,
        regime=outlined.regime,
        procedures=_procedures(request, whole) if national else None,
        exemption=outlined.exemption,
    )


def _proof(solved: Solved, *, complete: bool) -> Proof:
    if solved.bound > solved.reach:
        return Proof.NONE
    return Proof.OPTIMAL if complete else Proof.REACH


def _numbered(case: Case, lots: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give lots with their numbers, in the order of their first items."""
    return enumerate(sorted(lots, key=case.items_of), 1)


def _lot_value(case: Case, number: int, lot: int) -> LotValue:
    parts = [LotValue("", case.items[i].kind, case.item_values[i]) for i in case.items_of(lot)]
    return LotValue(str(number), main_kind(parts), case.value_of(lot))


def _exemption_lot(case: Case, number: int, lot: int) -> ExemptionLot:
    """A lot with works and other items has the lower ceiling: the safe side (ADR 16)."""
    kinds = {case.items[i].kind for i in case.items_of(lot)}
    safest = min(kinds - {ContractKind.WORKS}, default=ContractKind.WORKS)
    value = case.value_of(lot)
    return ExemptionLot(str(number), safest, value, value if case.able(lot) else 0)


def _administration(case: Case, lots: Sequence[int], exemption: ExemptSet | None) -> int:
    rule, exempt = ADMINISTRATION, len(exemption.lot_ids) if exemption else 0
    procedures = exempt + (exempt < len(lots))
    able = (len(case.supply.firms_of(case.able(lot))) for lot in lots)
    offers = sum(min(count, rule.offers_counted) for count in able)
    return rule.per_procedure * procedures + rule.per_lot * len(lots) + rule.per_offer * offers


def _planned(
    request: SplitRequest, case: Case, outlined: Outline, number: int, lot: int
) -> PlannedLot:
    items = [case.items[i] for i in case.items_of(lot)]
    value = _lot_value(case, number, lot)
    return PlannedLot(
        number=number,
        item_ids=tuple(item.id for item in items),
        title=" / ".join(dict.fromkeys(item.title for item in items)),
        kind=value.kind,
        cpv_codes=tuple(sorted({item.cpv for item in items})),
        areas=tuple(sorted({area for item in items for area in item.areas})),
        months=_longest([item.months for item in items]),
        value_cents=value.value_cents,
        yearly_need_cents=case.need_of(lot),
        reserved=case.is_reserved(lot),
        supply=_lot_supply(case, lot),
        law=_lot_law(request, case, outlined, value, lot),
    )


def _longest(terms: Sequence[int | None]) -> int | None:
    known = [term for term in terms if term is not None]
    return max(known) if len(known) == len(terms) else None


def _lot_supply(case: Case, lot: int) -> LotSupply:
    firms, able = case.supply.firms, sorted(case.supply.firms_of(case.able(lot)))
    return LotSupply(
        able=tuple(firms[number].id for number in able),
        unknown=tuple(firms[number].id for number in sorted(case.unknown(lot))),
        asked=case.asked(lot),
        reached=case.is_reached(lot),
        joint_bids=joint_bids(case, lot),
        sme=_sme([firms[number].is_sme for number in able]),
    )


def _lot_law(
    request: SplitRequest, case: Case, outlined: Outline, value: LotValue, lot: int
) -> LotLaw:
    day = request.dispatched_on
    items = [case.items[i] for i in case.items_of(lot)]
    able = sorted(case.supply.firms_of(case.able(lot)))
    facts = [case.supply.firms[number].reserved_facts for number in able]
    codes, months = [item.cpv for item in items], _longest([item.months for item in items])
    exempt = outlined.exemption is not None and value.id in outlined.exemption.lot_ids
    national = exempt or outlined.regime.regime is Regime.NATIONAL
    return LotLaw(
        exempt=exempt,
        procedures=_procedures(request, value) if national else None,
        turnover=turnover_allowed([value.value_cents], day),
        article_20=reserve_article_20(facts),
        article_77=reserve_article_77(facts, codes, months, day),
    )


def _procedures(request: SplitRequest, value: LotValue) -> ProcedureAdvice:
    level, policy = request.level, request.procedure_policy
    return national_procedures(value.kind, level, value.value_cents, policy)


def _sme(answers: Sequence[bool | None]) -> SmeIndicator:
    small, larger = answers.count(True), answers.count(False)
    unknown = len(answers) - small - larger
    suitable = Answer.YES if small else Answer.UNKNOWN if unknown else Answer.NO
    return SmeIndicator(small, larger, unknown, suitable)
