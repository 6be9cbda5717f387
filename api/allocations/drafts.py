"""From verdicts per lot to a market: bids, and what each firm has free."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec

from api.domain.matching.allocate import Allocation, FirmSupply, LotDemand
from api.domain.matching.assignment import Bid, Part
from api.domain.matching.consortium import JointCoverage
from api.domain.matching.decide import Decision
from api.domain.matching.facts import EnterpriseFacts, LotFacts
from api.domain.values import Cents


class Judged(msgspec.Struct, frozen=True):
    """One lot with everybody who was considered for it, and the verdicts."""

    facts: LotFacts
    decision: Decision
    capacity: Mapping[str, Cents | None]
    """Free capacity per offering that decided for a matched firm."""
    fingerprint: str
    joint: JointCoverage | None = None


def deciding_capacity(
    decision: Decision, found: Iterable[EnterpriseFacts]
) -> Mapping[str, Cents | None]:
    """Give what each deciding offering has free; cents a year."""
    deciding = {one.offering_id for one in decision.matched}
    return {
        offering.id: offering.free_capacity_cents
        for one in found
        for offering in one.offerings
        if offering.id in deciding
    }


def demands(lots: Iterable[Judged]) -> list[LotDemand]:
    """Give the lots with their value a year."""
    return [LotDemand(one.facts.id, one.facts.yearly_value_cents) for one in lots]


def joint_bids(lots: Iterable[Judged]) -> Iterator[Bid]:
    """Turn joint sets whose every part has a known value into bids."""
    for lot in lots:
        for found in () if lot.joint is None else lot.joint.sets:
            parts = [
                Part(one.enterprise_id, one.value_cents)
                for one in found.members
                if one.value_cents is not None
            ]
            if len(parts) == len(found.members):
                yield Bid(lot.facts.id, tuple(parts))


def supplies(lots: Sequence[Judged]) -> list[FirmSupply]:
    """Count each firm once, with the largest free capacity among its offerings that match.

    Offerings of one firm may draw on the same people, so they are never added up (ADR 17).
    """
    free: dict[str, Cents | None] = {}
    for lot in lots:
        for one in lot.decision.matched:
            _raise(free, one.enterprise_id, lot.capacity[one.offering_id])
        for found in () if lot.joint is None else lot.joint.sets:
            for member in found.members:
                _raise(free, member.enterprise_id, member.free_capacity_cents)
    return [FirmSupply(firm, free[firm]) for firm in sorted(free)]


def _raise(free: dict[str, Cents | None], firm: str, cents: Cents | None) -> None:
    known = free.get(firm)
    free[firm] = cents if known is None or (cents is not None and cents > known) else known


def overcommitted(lots: Iterable[Judged], allocation: Allocation) -> tuple[str, ...]:
    """Name the offerings that would carry more than they have free by themselves."""
    by_lot = {one.facts.id: one for one in lots}
    taken: dict[str, int] = {}
    free: dict[str, int] = {}
    for bid in allocation.awards:
        lot = by_lot[bid.lot_id]
        deciding = {one.enterprise_id: one.offering_id for one in lot.decision.matched}
        for part in bid.parts:
            offering = deciding.get(part.enterprise_id)
            capacity = None if offering is None else lot.capacity[offering]
            if offering is not None and capacity is not None:
                taken[offering] = taken.get(offering, 0) + part.value_cents
                free[offering] = capacity
    return tuple(sorted(one for one in taken if taken[one] > free[one]))


def print_of(lots: Iterable[Judged], max_lots: int | None, seed: str, *, joint: bool) -> str:
    """Give the SHA-256 over the fingerprints of all lots, limit, seed, and whether bids join."""
    prints = sorted((one.facts.id, one.fingerprint) for one in lots)
    basis = {"joint": joint, "lots": prints, "maxLots": max_lots, "seed": seed}
    return sha256(msgspec.json.encode(basis, order="deterministic")).hexdigest()
