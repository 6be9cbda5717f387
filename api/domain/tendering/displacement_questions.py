"""What a buyer is asked of each lot, so that it pushes no paid workers out (verdringing).

The judging stands in `social_return/displacement.py`; here are the questions, the bounds and
what the work items say already.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from api.domain.errors import Fault, InvalidInput
from api.domain.social_return.displacement import (
    DisplacementCheck,
    DisplacementFacts,
    DisplacementNorms,
    Replaces,
    check_displacement,
)
from api.domain.values import Cents

REPLACED: Final = frozenset({"own-staff", "firm"})
"""Who may lose work; where nobody does it now, it is additional."""


class Question(msgspec.Struct, frozen=True, rename="camel"):
    """One question; `field` is where its answer goes."""

    field: str
    text: str
    """In Dutch (B1)."""


class QuestionSet(msgspec.Struct, frozen=True, rename="camel"):
    """The questions of one version; a declaration names the version that it answers."""

    version: str
    source: str
    questions: tuple[Question, ...]


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What a buyer answers; `None` is not answered."""

    replaces: Replaces | None = None
    justification: str = ""
    paid_jobs_replaced: bool | None = None
    unpaid_hours: Decimal | None = None
    all_hours: Decimal | None = None
    longest_unpaid_months: Decimal | None = None
    price_cents: int | None = None
    reference_price_cents: int | None = None


QUESTIONS: Final = QuestionSet(
    version="verdringing-2026-1",
    source="TNO R14010 (2014), Social return en verdringing; own wording, ADR 28",
    questions=(
        Question("replaces", "Is dit werk nieuw, of doen vaste medewerkers of een bedrijf het nu?"),
        Question("justification", "Waarom mag dit werk van anderen worden overgenomen?"),
        Question("paidJobsReplaced", "Verdwijnen er betaalde banen door deze opdracht?"),
        Question("unpaidHours", "Hoeveel uren doen mensen zonder loon (stage, proefplaatsing)?"),
        Question("allHours", "Hoeveel uren kost het werk in totaal?"),
        Question("longestUnpaidMonths", "Hoeveel maanden werkt iemand hooguit zonder loon?"),
        Question("priceCents", "Wat is de verwachte prijs, in centen zonder btw?"),
        Question("referencePriceCents", "Wat is een gewone prijs in de markt, in centen?"),
    ),
)
NORMS: Final = DisplacementNorms(
    version="verdringing-2026-1",
    source="rules of thumb, not verified: replace them by the buyer's own (ADR 28)",
    since=date(2026, 1, 1),
    verified=False,
    unpaid_share_above=Decimal("0.25"),
    unpaid_months_above=Decimal(3),
    price_tolerance=Decimal("0.20"),
)


def check_lot(answers: Answers, done_now_by: Iterable[str | None]) -> DisplacementCheck:
    """Judge one lot. That somebody does the work now weighs more than a declared "additional".

    Source: TNO R14010; own choice, ADR 28.
    """
    doers = set(done_now_by)
    replaces = answers.replaces
    if doers & REPLACED:
        replaces = Replaces.REPLACEMENT
    elif replaces is None and doers == {"nobody"}:
        replaces = Replaces.ADDITIONAL
    facts = DisplacementFacts(
        replaces=replaces,
        justification=answers.justification,
        paid_jobs_replaced=answers.paid_jobs_replaced,
        unpaid_hours=answers.unpaid_hours,
        all_hours=answers.all_hours,
        longest_unpaid_months=answers.longest_unpaid_months,
        price_cents=_cents(answers.price_cents),
        reference_price_cents=_cents(answers.reference_price_cents),
    )
    return check_displacement(facts, NORMS)


def check_answers(answers: Answers) -> None:
    """Refuse amounts and hours that can't be (design decision 16)."""
    numbers = {
        "unpaidHours": answers.unpaid_hours,
        "allHours": answers.all_hours,
        "longestUnpaidMonths": answers.longest_unpaid_months,
        "priceCents": answers.price_cents,
        "referencePriceCents": answers.reference_price_cents,
    }
    faults = [
        Fault("negative-amount", "not below zero, and a number", f"/answers/{name}")
        for name, number in numbers.items()
        if number is not None and not (Decimal(number).is_finite() and number >= 0)
    ]
    if faults:
        raise InvalidInput(*faults)


def _cents(amount: int | None) -> Cents | None:
    return None if amount is None else Cents(amount)
