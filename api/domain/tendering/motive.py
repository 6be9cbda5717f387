"""A first draft of why a tender is divided as it is: plain Dutch (B1), with its facts.

Aw 2012 art. 1.5 asks reasons for joining contracts and for not dividing. What only people
can judge is left open between square brackets.
"""

from collections.abc import Iterator, Sequence

import msgspec

from api.domain.tendering.lot_plan import Plan, PlannedLot
from api.domain.tendering.regime import Regime


class MotiveFact(msgspec.Struct, frozen=True, rename="camel"):
    """A fact that the text rests on."""

    name: str
    value: str


class Motive(msgspec.Struct, frozen=True, rename="camel"):
    """A draft (concept) that a buyer completes and signs."""

    text: str
    facts: tuple[MotiveFact, ...]
    rule: str = "Aw 2012 art. 1.5"


_REGIMES = {
    Regime.EU: "De waarde ligt op of boven de Europese drempel. De Europese regels gelden.",
    Regime.EU_LIGHT: "De waarde ligt op of boven de drempel voor sociale diensten."
    " Het lichte Europese regime geldt.",
    Regime.NATIONAL: "De waarde ligt onder de Europese drempel. De nationale regels gelden.",
    Regime.UNKNOWN: "Wij weten nog niet of de waarde boven de Europese drempel ligt."
    " [Vul de drempel in.]",
}


def draft_motive(plan: Plan) -> Motive:
    """Draft the reasons for a plan, in Dutch, with the facts they rest on.

    Amounts in euros excluding VAT. Source: Aw 2012 art. 1.5(1)-(3); Dir. 2014/24 art. 46(1).
    """
    paragraphs = (_division(plan), _market(plan), _risks(plan), _coherence(plan), _law(plan))
    return Motive("\n\n".join("\n".join(sentences) for sentences in paragraphs), _facts(plan))


def euros(cents: int) -> str:
    """Write an amount the Dutch way, cents only where there are any (own choice, ADR 16)."""
    whole, rest = divmod(cents, 100)
    amount = f"€ {whole:,}".replace(",", ".")
    return f"{amount},{rest:02}" if rest else amount


def _division(plan: Plan) -> Iterator[str]:
    yield f"De opdracht is {euros(plan.total_cents)} waard, zonder btw."
    if len(plan.lots) == 1:
        yield "Wij verdelen de opdracht niet in percelen."
        yield "[Leg uit waarom verdelen hier niet past.]"
        return
    yield f"Wij verdelen de opdracht in {len(plan.lots)} percelen."
    yield from (
        f"Perceel {lot.number}: {lot.title} ({euros(lot.value_cents)})." for lot in plan.lots
    )


def _market(plan: Plan) -> Iterator[str]:
    yield "Wij keken eerst naar de markt (a)."
    for lot in plan.lots:
        yield f"Perceel {lot.number}: {_able(lot)}"
        if lot.supply.unknown:
            yield f"Van {_firms(len(lot.supply.unknown))} weten wij dit nog niet."
        if not lot.supply.reached:
            yield f"Dat zijn er minder dan {lot.supply.asked}."
            yield from _together(lot)
    reach = euros(plan.reach_cents)
    yield f"Sociale ondernemingen kunnen samen voor {reach} aan percelen winnen."


def _able(lot: PlannedLot) -> str:
    count = len(lot.supply.able)
    verb = "kan" if count <= 1 else "kunnen"
    subject = _firms(count) if count else "Geen enkele sociale onderneming"
    return f"{subject} {verb} het hele perceel doen."


def _together(lot: PlannedLot) -> Iterator[str]:
    if lot.supply.joint_bids.found:
        yield "Samen met een ander kunnen ondernemingen dit perceel wel doen."


def _firms(count: int) -> str:
    return "1 sociale onderneming" if count == 1 else f"{count} sociale ondernemingen"


def _risks(plan: Plan) -> Iterator[str]:
    yield "Daarna keken wij naar het werk en de risico's voor ons en voor de ondernemingen (b)."
    if len(plan.lots) > 1:
        yield f"Wij krijgen hooguit {len(plan.lots)} contracten om te beheren."
    yield "[Vul aan: wie beheert de contracten, en welke risico's zijn er?]"


def _coherence(plan: Plan) -> Iterator[str]:
    yield "Ten slotte keken wij naar de samenhang (c)."
    joined = [lot for lot in plan.lots if len(lot.item_ids) > 1]
    for lot in joined:
        kinds = "dezelfde soort werk" if len(lot.cpv_codes) == 1 else "verschillende soorten werk"
        yield (
            f"In perceel {lot.number} voegen wij {len(lot.item_ids)} onderdelen samen:"
            f" {kinds}, in {_count(lot.areas, 'gebied', 'gebieden')}."
        )
    if joined:
        yield "[Leg uit waarom dit samenvoegen nodig is.]"
    else:
        yield "Wij voegen geen onderdelen samen."


def _count(things: Sequence[str], one: str, more: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else more}"


def _law(plan: Plan) -> Iterator[str]:
    yield _REGIMES[plan.regime.regime]
    if plan.exemption and plan.exemption.lot_ids:
        numbers = ", ".join(plan.exemption.lot_ids)
        yield (
            f"Deze percelen mogen wij volgens de percelenregeling apart gunnen: {numbers}."
            f" Samen zijn zij {euros(plan.exemption.value_cents)} waard."
            f" Dat mag hooguit {euros(plan.exemption.room_cents)} zijn."
        )
    reserved = [str(lot.number) for lot in plan.lots if lot.reserved]
    if reserved:
        yield f"Voorbehouden aan sociale werkgevers: perceel {', '.join(reserved)}."


def _facts(plan: Plan) -> tuple[MotiveFact, ...]:
    threshold = plan.regime.threshold
    facts = {
        "totalCents": plan.total_cents,
        "lots": len(plan.lots),
        "reachCents": plan.reach_cents,
        "regime": plan.regime.regime,
        "thresholdCents": threshold.amount_cents if threshold else "unknown",
        "thresholdSource": threshold.basis.source if threshold else "unknown",
    }
    for lot in plan.lots:
        facts[f"lot{lot.number}Able"] = ", ".join(lot.supply.able) or "none"
        facts[f"lot{lot.number}Unknown"] = ", ".join(lot.supply.unknown) or "none"
        facts[f"lot{lot.number}ValueCents"] = lot.value_cents
    return tuple(MotiveFact(name, str(value)) for name, value in facts.items())
