"""What the model of the ledger keeps: claims in plain dictionaries, added up one by one."""

from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from api.domain.social_return.position import Position
from tests.api.obligations.conftest import BOOK

START = datetime(2100, 1, 4, 9, tzinfo=UTC)
"""After anything that the clock of the machine says."""
LIVE = ("submitted", "confirmed", "verified")


class Terms(NamedTuple):
    """What a version of the rule book says."""

    owed: Fraction
    bought: Fraction
    cap: Fraction


FIRST = Terms(Fraction(5, 100), Fraction(30, 100), Fraction(50, 100))
SECOND = Terms(Fraction(2, 100), Fraction(45, 100), Fraction(25, 100))
SECOND_BOOK = (
    BOOK.replace("version: 2026-01", "version: 2026-07")
    .replace("validFrom: 2026-01-01", "validFrom: 2026-07-01")
    .replace("share: 0.05", "share: 0.02")
    .replace("share: 0.30", "share: 0.45")
    .replace("share: 0.50", "share: 0.25")
)


class Claim(msgspec.Struct):
    """A claim as the model keeps it; cents."""

    state: str
    credit: int
    capped: bool
    basis: int = 0
    invoice: str | None = None
    whole: int = 0
    place: int = 0
    by: set[str] = set()
    off: int = 0
    credited: int = 0
    disputed: int = 0

    @property
    def left(self) -> int:
        return self.credit - self.off

    @property
    def free(self) -> int:
        return self.left - self.disputed


class Book(msgspec.Struct):
    """An obligation as the model keeps it."""

    terms: Terms
    owed: int
    entries: int = 1
    last_at: datetime = START
    claims: dict[UUID, Claim] = {}
    past: list[tuple[datetime, dict[str, Any]]] = []

    def counted(self) -> list[tuple[Claim, int]]:
        """Give what counts of every open claim: booked ones in order, then plans."""
        room = floor(self.terms.cap * self.owed)
        found = []
        for states in (LIVE, ("planned",)):
            open_ones = [one for one in self.claims.values() if one.state in states]
            for one in sorted(open_ones, key=lambda claim: claim.place):
                counts = min(one.left, room) if one.capped else one.left
                room -= counts if one.capped else 0
                found.append((one, counts))
        return found

    def room(self) -> int:
        """Give the room under the cap for one more booked claim."""
        used = sum(n for one, n in self.counted() if one.capped and one.state in LIVE)
        return floor(self.terms.cap * self.owed) - used

    def position(self) -> dict[str, Any]:
        """Add up where it stands."""
        counted = self.counted()
        sums = dict.fromkeys((*LIVE, "planned"), 0)
        for one, counts in counted:
            sums[one.state] += counts - min(one.disputed, counts)
        live = [(one, counts) for one, counts in counted if one.state in LIVE]
        return {
            "owed_cents": self.owed,
            "discount_cents": 0,
            "due_cents": self.owed,
            **{f"{state}_cents": cents for state, cents in sums.items()},
            "disputed_cents": sum(min(one.disputed, counts) for one, counts in live),
            "over_cap_cents": sum(one.left - counts for one, counts in live),
            "remaining_cents": max(0, self.owed - sums["verified"]),
            "forecast_cents": sum(sums.values()),
            "used_cents": sum(counts for one, counts in live if one.capped),
        }


def has_claims(machine: Any) -> bool:
    """Tell whether anything was booked on every obligation."""
    return all(book.claims for book in machine.books.values())


def taken(part: str, there: int) -> int:
    """Give how many cents are moved; the API takes none below one."""
    cents = {"all of it": there, "half of it": there // 2, "a cent": 1}.get(part, there + 1)
    return max(1, cents)


def rounded(amount: Fraction) -> int:
    """Round cents, halves up."""
    return floor(amount + Fraction(1, 2))


def told(position: Position) -> dict[str, Any]:
    """Give of a position what the model knows too."""
    [cap] = position.caps
    found = msgspec.structs.asdict(position) | {"used_cents": cap.used_cents}
    return {name: found[name] for name in Book(FIRST, 0).position()}
