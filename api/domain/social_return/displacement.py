"""Signals that paid workers may be pushed out (verdringing): green, amber or red, with reasons.

Signals after TNO, Social return en verdringing (R14010, 2014). The bounds are dated data of
the caller; a bound or a fact that is unknown gives a signal without a colour.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.social_return.measures import in_digits, months_later
from api.domain.values import Cents

TNO: Final = "TNO R14010 (2014), Social return en verdringing"


class Colour(StrEnum):
    """How serious a signal is; `unknown` when it could not be judged."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"


class Replaces(StrEnum):
    """Whether the work is new, or done by regular staff now."""

    ADDITIONAL = "additional"
    REPLACEMENT = "replacement"


class DisplacementNorms(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The bounds in force, with where they come from. `None`: no bound was set."""

    version: str
    source: str
    since: date
    """The day from which this version was used."""
    verified: bool = False
    """False: rules of thumb, read in no text in force. Never law (dossier 7.1)."""
    unpaid_share_above: Decimal | None = None
    """Share of the hours that is unpaid (work experience, trial placement, traineeship)."""
    unpaid_months_above: Decimal | None = None
    price_tolerance: Decimal | None = None
    """Share of the reference price that an offer may lie below or above it."""
    buyer_spend_share_above: Decimal | None = None
    """One supplier's share in the spend of a buyer."""
    supplier_turnover_share_above: Decimal | None = None
    """One buyer's share in the turnover of a supplier."""


NORMS: Final = DisplacementNorms(
    version="signals-2026-1",
    source="own choice, ADR 31, within the rules of thumb of TNO R14010 and dossier 7.1",
    since=date(2026, 1, 1),
    verified=False,
    unpaid_share_above=Decimal("0.25"),
    unpaid_months_above=Decimal(3),
    price_tolerance=Decimal("0.15"),
    buyer_spend_share_above=Decimal("0.30"),
    supplier_turnover_share_above=Decimal("0.50"),
)
"""The bounds in force; other bounds are a new version."""


class DisplacementFacts(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the buyer and the supplier declare, and what the system knows. `None`: unknown."""

    replaces: Replaces | None = None
    justification: str = ""
    """Why work of regular staff is replaced all the same."""
    paid_jobs_replaced: bool | None = None
    """Declared by the supplier, over the past months that the question names."""
    unpaid_hours: Decimal | None = None
    all_hours: Decimal | None = None
    longest_unpaid_months: Decimal | None = None
    price_cents: Cents | None = None
    reference_price_cents: Cents | None = None
    counted_elsewhere: bool | None = None
    """The same person counts on another obligation (compared by pseudonym)."""
    started_on: date | None = None
    contract_starts_on: date | None = None
    entry_window_months: int | None = None
    """Of the rule book."""
    buyer_spend_share: Decimal | None = None
    supplier_turnover_share: Decimal | None = None


class Signal(msgspec.Struct, frozen=True, rename="camel"):
    """One signal, its colour, and the values that were compared."""

    code: str
    colour: Colour
    detail: str
    rule: str


class DisplacementCheck(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The colour of the worst signal, and all signals; never a bare colour."""

    colour: Colour
    signals: tuple[Signal, ...]
    norms_version: str
    norms_source: str | None = None
    """Absent in checks that were stored before it was told, like the two below."""
    norms_since: date | None = None
    norms_verified: bool | None = None
    """False: the bounds are rules of thumb and no law."""


def check_displacement(facts: DisplacementFacts, norms: DisplacementNorms) -> DisplacementCheck:
    """Judge every signal; the worst known colour is the result.

    A declaration that was not given is amber, since it is asked of people; a figure that is
    not known has no colour and changes nothing. Source: TNO R14010; own choice, ADR 7.
    """
    signals = tuple(judge(facts, norms) for judge in _JUDGES)
    known = [signal.colour for signal in signals if signal.colour is not Colour.UNKNOWN]
    worst = max(known, key=list(Colour).index)
    return DisplacementCheck(
        colour=worst,
        signals=signals,
        norms_version=norms.version,
        norms_source=norms.source,
        norms_since=norms.since,
        norms_verified=norms.verified,
    )


def _replacement(facts: DisplacementFacts, _: DisplacementNorms) -> Signal:
    code = "replaces-regular-staff"
    if facts.replaces is None:
        return Signal(code, Colour.AMBER, "the buyer did not say: additional or replacement", TNO)
    if facts.replaces is Replaces.ADDITIONAL:
        return Signal(code, Colour.GREEN, "declared additional", TNO)
    if facts.justification.strip():
        return Signal(code, Colour.AMBER, f"replacement, justified: {facts.justification}", TNO)
    return Signal(code, Colour.RED, "replaces work of regular staff, without justification", TNO)


def _paid_jobs(facts: DisplacementFacts, _: DisplacementNorms) -> Signal:
    code = "paid-jobs-replaced"
    if facts.paid_jobs_replaced is None:
        return Signal(code, Colour.AMBER, "the supplier did not declare this", TNO)
    if facts.paid_jobs_replaced:
        return Signal(code, Colour.RED, "the supplier declares that paid jobs were replaced", TNO)
    return Signal(code, Colour.GREEN, "declared: none", TNO)


def _unpaid_share(facts: DisplacementFacts, norms: DisplacementNorms) -> Signal:
    share = None
    if facts.unpaid_hours is not None and facts.all_hours:
        share = Fraction(facts.unpaid_hours) / Fraction(facts.all_hours)
    return _above("unpaid-hours", share, norms.unpaid_share_above, norms)


def _unpaid_months(facts: DisplacementFacts, norms: DisplacementNorms) -> Signal:
    months = facts.longest_unpaid_months
    return _above("unpaid-months", months, norms.unpaid_months_above, norms)


def _price(facts: DisplacementFacts, norms: DisplacementNorms) -> Signal:
    code, tolerance = "price-against-market", norms.price_tolerance
    price, reference = facts.price_cents, facts.reference_price_cents
    if price is None or not reference or tolerance is None:
        return Signal(
            code, Colour.UNKNOWN, "price, reference or tolerance is unknown", norms.source
        )
    ratio, margin = Fraction(price, reference), Fraction(tolerance)
    detail = f"{in_digits(ratio)} of the reference price, tolerance {in_digits(margin)}"
    if ratio < 1 - margin:
        return Signal("below-market", Colour.AMBER, detail, norms.source)
    if ratio > 1 + margin:
        return Signal("above-market", Colour.AMBER, f"{detail}: hidden subsidy?", norms.source)
    return Signal(code, Colour.GREEN, detail, norms.source)


def _counted_elsewhere(facts: DisplacementFacts, _: DisplacementNorms) -> Signal:
    code = "person-counted-twice"
    if facts.counted_elsewhere is None:
        return Signal(code, Colour.UNKNOWN, "not compared", TNO)
    if facts.counted_elsewhere:
        return Signal(code, Colour.RED, "the same person counts on another obligation", TNO)
    return Signal(code, Colour.GREEN, "on no other obligation", TNO)


def _entry_window(facts: DisplacementFacts, _: DisplacementNorms) -> Signal:
    code, rule = "outside-entry-window", "entry window of the rule book"
    started, begins, months = facts.started_on, facts.contract_starts_on, facts.entry_window_months
    if started is None or begins is None or months is None:
        return Signal(code, Colour.UNKNOWN, "start, contract or window is unknown", rule)
    earliest = months_later(begins, -months)
    detail = f"started on {started}, the window opens on {earliest}"
    return Signal(code, Colour.RED if started < earliest else Colour.GREEN, detail, rule)


def _buyer_spend(facts: DisplacementFacts, norms: DisplacementNorms) -> Signal:
    share = facts.buyer_spend_share
    return _above("buyer-depends-on-supplier", share, norms.buyer_spend_share_above, norms)


def _supplier_turnover(facts: DisplacementFacts, norms: DisplacementNorms) -> Signal:
    share = facts.supplier_turnover_share
    return _above("supplier-depends-on-buyer", share, norms.supplier_turnover_share_above, norms)


def _above(
    code: str, value: Fraction | Decimal | None, bound: Decimal | None, norms: DisplacementNorms
) -> Signal:
    if value is None or bound is None:
        missing = "the value" if value is None else "the bound"
        return Signal(code, Colour.UNKNOWN, f"{missing} is unknown", norms.source)
    detail = f"{in_digits(value)} against a bound of {in_digits(bound)}"
    colour = Colour.AMBER if value > bound else Colour.GREEN
    return Signal(code, colour, detail, norms.source)


_JUDGES: Final[tuple[Callable[[DisplacementFacts, DisplacementNorms], Signal], ...]] = (
    _replacement,
    _paid_jobs,
    _unpaid_share,
    _unpaid_months,
    _price,
    _counted_elsewhere,
    _entry_window,
    _buyer_spend,
    _supplier_turnover,
)
