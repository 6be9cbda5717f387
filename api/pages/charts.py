"""Figures for pictures: parts of a bar in percent. The templates draw them as SVG."""

import msgspec

from api.domain.social_return.position import Position

WHOLE = 100.0


class Part(msgspec.Struct, frozen=True):
    """A piece of a bar."""

    kind: str
    cents: int
    start: float
    width: float


class Bar(msgspec.Struct, frozen=True):
    """An obligation as one bar: what counts, what may come, what is left, and where it is met."""

    parts: tuple[Part, ...]
    due_at: float | None
    """Where the due amount stands, in percent; `None` where it is unknown."""


def obligation_bar(stands: Position) -> Bar:
    """Divide a bar over verified, submitted and planned credit, and what is left."""
    claimed = stands.confirmed_cents + stands.submitted_cents
    amounts = {
        "verified": int(stands.verified_cents),
        "submitted": int(claimed),
        "planned": int(stands.planned_cents),
        "rest": int(stands.forecast_remaining_cents or 0),
    }
    whole = max(sum(amounts.values()), int(stands.due_cents or 0), 1)
    parts: list[Part] = []
    start = 0.0
    for kind, cents in amounts.items():
        width = round(WHOLE * cents / whole, 2)
        parts.append(Part(kind, cents, start, width))
        start = round(start + width, 2)
    due = None if stands.due_cents is None else round(WHOLE * stands.due_cents / whole, 2)
    return Bar(tuple(parts), due)
