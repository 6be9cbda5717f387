"""A model of reservations: whoever reserves, extends, releases or lets expire, even two at once.

The model keeps a list of reservations and counts day by day. What is committed here is
removed after each walk.
"""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
from httpx import AsyncClient
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from api.accounts.service import SYSTEM
from api.capacity import service
from api.capacity.schemas import HeldFor, Purpose, ReservationIn, Wanted
from api.database import fetch, transaction
from tests.builders import an_offering, stored
from tests.conftest import NOW
from tests.stateful import DONE, Walk, walked

RELIABLE = (100, 70, None)
"""Cents a year of the three offerings; the last is not known."""
FIRST = date(2027, 1, 1)
DAYS = st.integers(0, 9)
AMOUNTS = st.sampled_from([1, 30, 35, 50, 70, 100, 101])
OFFERINGS = st.integers(0, 2)
PURPOSES = st.sampled_from([Purpose.LOT_PLAN, Purpose.OBLIGATION_PLAN, Purpose.ALLOCATION])
WAITS = st.sampled_from([None, 1, 5, 14])
"""Days until a reservation ends by itself."""
ASKED = st.tuples(OFFERINGS, AMOUNTS, DAYS, st.integers(1, 4))
ANY = st.integers(0, 11)


class Held(msgspec.Struct):
    """A reservation as the model keeps it."""

    offering: int
    cents: int
    days: range
    purpose: Purpose
    subject: UUID
    expires_at: datetime | None
    id: UUID
    released: bool = False

    def live(self, now: datetime) -> bool:
        return not self.released and (self.expires_at is None or self.expires_at > now)


class Ask(msgspec.Struct, frozen=True):
    """What somebody wants, as the model says it."""

    offering: int
    cents: int
    first: int
    length: int

    @property
    def days(self) -> range:
        return range(self.first, self.first + self.length)


class Reservations(RuleBasedStateMachine):
    """Three offerings, ten days and a bit, a clock that only goes on."""

    loop: asyncio.AbstractEventLoop
    firm: UUID
    offerings: tuple[UUID, ...]

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk(self.loop, commits=True)
        self.now = NOW
        self.held: list[Held] = []

    def teardown(self) -> None:
        self.walk.run(fetch("DELETE FROM capacity_reservation"))
        self.walk.end()

    @initialize()
    def nothing_is_reserved(self) -> None:
        assert not self.held

    @rule(asked=st.lists(ASKED, min_size=1, max_size=3), purpose=PURPOSES, waits=WAITS)
    def reserves(self, asked: list[Any], purpose: Purpose, waits: int | None) -> None:
        """All of it or none, for a plan or an allocation."""
        asks, held_for = [Ask(*one) for one in asked], self.held_for(purpose, waits)
        expected = DONE if self.fits(asks) else "capacity-taken"

        assert self.walk.outcome(self.reserving(asks, held_for)) == expected

    @rule(
        one=st.lists(ASKED, min_size=1, max_size=2),
        other=st.lists(ASKED, min_size=1, max_size=2),
        purpose=PURPOSES,
    )
    def two_at_once(self, one: list[Any], other: list[Any], purpose: Purpose) -> None:
        """It ends as if one had come after the other; nobody waits for ever."""
        asks = [Ask(*each) for each in one], [Ask(*each) for each in other]
        ahead, behind = self.in_turn(*asks), self.in_turn(*reversed(asks))
        acts = [self.reserving(ask, self.held_for(purpose, None)) for ask in asks]

        assert self.walk.run(_together(acts)) in (ahead, [*reversed(behind)])

    @rule(one=ASKED)
    def takes_off_the_market(self, one: Any) -> None:
        """The enterprise itself says that it has fewer hands."""
        ask = Ask(*one)
        given = ReservationIn(ask.cents, _day(ask.first), _day(ask.first + ask.length))
        expected = DONE if self.fits([ask]) else "capacity-taken"

        async def act() -> None:
            ids = (self.firm, self.offerings[ask.offering])
            made = await service.hold_own(ids, given, SYSTEM, self.now)
            held_for = HeldFor(Purpose.OWN, uuid4())
            self.keep([ask], held_for, [made.id])

        assert self.walk.outcome(act()) == expected

    @precondition(lambda self: self.held)
    @rule(which=ANY)
    def releases(self, which: int) -> None:
        """End all that is held for one thing; a second time there is nothing to end."""
        subject = self.held[which % len(self.held)]
        same = [one for one in self.held if one.subject == subject.subject]
        live = [one for one in same if one.live(self.now)]
        ended = self.walk.run(_release(subject, self.now))

        # An enterprise's own reservation has a subject that only the service knows.
        assert ended == (0 if subject.purpose is Purpose.OWN else len(live))
        if subject.purpose is not Purpose.OWN:
            for one in live:
                one.released = True

    @precondition(lambda self: self.held)
    @rule(which=ANY)
    def gives_back(self, which: int) -> None:
        """Only what the enterprise took off itself, and only once."""
        one = self.held[which % len(self.held)]
        own = one.purpose is Purpose.OWN and one.live(self.now)
        act = service.give_back(self.firm, one.id, SYSTEM, self.now)

        assert self.walk.outcome(act) == (DONE if own else "not-found")
        one.released = one.released or own

    @precondition(lambda self: self.held)
    @rule(which=ANY, waits=WAITS, cents=AMOUNTS)
    def extends(self, which: int, waits: int | None, cents: int) -> None:
        """Release and reserve anew in one transaction; refused, the first one still holds."""
        old = self.held[which % len(self.held)]
        if old.purpose is Purpose.OWN:
            return
        others = [one for one in self.held if one.subject != old.subject]
        ask = Ask(old.offering, cents, old.days.start, len(old.days) + 1)
        expected = DONE if self.fits([ask], others) else "capacity-taken"
        held_for = HeldFor(old.purpose, old.subject, self.until(waits))

        async def act() -> None:
            async with transaction():
                await service.release(old.purpose, old.subject, SYSTEM, self.now)
                made = await service.reserve(
                    [_wanted(ask, self.offerings)], held_for, SYSTEM, self.now
                )
            for one in self.held:
                one.released = one.released or one.subject == old.subject
            self.keep([ask], held_for, made)

        assert self.walk.outcome(act()) == expected

    @rule(hours=st.sampled_from([1, 24, 24 * 5]))
    def time_goes_on(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(first=DAYS, length=st.integers(1, 12))
    def looks(self, first: int, length: int) -> None:
        """Free is reliable less the most that is held on one day; unknown stays unknown."""
        window = (_day(first), _day(first + length))
        found = self.walk.run(service.free(self.offerings, window, self.now))
        days = range(first, first + length)
        assert found == {
            offering: None if reliable is None else reliable - self.most(place, days)
            for place, (offering, reliable) in enumerate(zip(self.offerings, RELIABLE, strict=True))
        }

    @invariant()
    def never_over_what_is_reliable(self) -> None:
        rows = self.walk.run(fetch(_LIVE, self.now))
        for place, (offering, reliable) in enumerate(zip(self.offerings, RELIABLE, strict=True)):
            known = {one.id for one in self.held if one.offering == place}
            live = {one.id for one in self.held if one.live(self.now)}
            assert {row["id"] for row in rows if row["offering"] == offering} == known & live
            if reliable is not None:
                assert self.most(place, range(20)) <= reliable

    def most(self, offering: int, days: Iterable[int], held: list[Held] | None = None) -> int:
        """Give the most that is held on one day."""
        live = [
            one
            for one in (self.held if held is None else held)
            if one.offering == offering and one.live(self.now)
        ]
        return max(sum(one.cents for one in live if day in one.days) for day in days)

    def fits(self, asks: list[Ask], held: list[Held] | None = None) -> bool:
        """Say whether all of it fits, one after the other."""
        trial = list(self.held if held is None else held)
        for ask in asks:
            reliable = RELIABLE[ask.offering]
            free = None if reliable is None else reliable - self.most(ask.offering, ask.days, trial)
            if free is not None and ask.cents > free:
                return False
            held_for = HeldFor(Purpose.ALLOCATION, uuid4())
            trial.append(_held(ask, held_for, uuid4()))
        return True

    def in_turn(self, first: list[Ask], second: list[Ask]) -> list[str]:
        """Say how it ends for two who come one after the other."""
        before = self.fits(first)
        after = self.fits([*first, *second] if before else second)
        return [DONE if fits else "capacity-taken" for fits in (before, after)]

    def reserving(self, asks: list[Ask], held_for: HeldFor) -> Any:
        async def act() -> None:
            async with transaction():
                wanted = [_wanted(ask, self.offerings) for ask in asks]
                made = await service.reserve(wanted, held_for, SYSTEM, self.now)
            self.keep(asks, held_for, made)

        return act()

    def held_for(self, purpose: Purpose, waits: int | None) -> HeldFor:
        return HeldFor(purpose, uuid4(), self.until(waits))

    def until(self, waits: int | None) -> datetime | None:
        return None if waits is None else self.now + timedelta(days=waits)

    def keep(self, asks: list[Ask], held_for: HeldFor, ids: Iterable[UUID]) -> None:
        pairs = zip(asks, ids, strict=True)
        self.held += [_held(ask, held_for, made) for ask, made in pairs]


_LIVE = """
SELECT id, offering FROM capacity_reservation
WHERE released_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
"""


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _wanted(ask: Ask, offerings: tuple[UUID, ...]) -> Wanted:
    return Wanted(offerings[ask.offering], ask.cents, _day(ask.first), _day(ask.first + ask.length))


def _held(ask: Ask, held_for: HeldFor, made: UUID) -> Held:
    return Held(
        ask.offering,
        ask.cents,
        ask.days,
        held_for.purpose,
        held_for.subject,
        held_for.expires_at,
        made,
    )


async def _release(one: Held, now: datetime) -> int:
    async with transaction():
        return await service.release(one.purpose, one.subject, SYSTEM, now)


async def _together(acts: list[Any]) -> list[str]:
    """Do acts at the same time, on connections of their own; give how each ended."""

    async def outcome(act: Any) -> str:
        try:
            await act
        except service.CapacityTaken as error:
            return error.code
        return DONE

    return list(await asyncio.gather(*(outcome(act) for act in acts)))


async def test_reservations_do_what_their_model_says(committing_desk: AsyncClient) -> None:
    wanted = [an_offering(title=f"{n}", reliableCapacityCents=n) for n in RELIABLE]
    firm = await stored(committing_desk, offerings=wanted)
    offerings = {one["title"]: UUID(one["id"]) for one in firm["offerings"]}
    ordered = tuple(offerings[f"{n}"] for n in RELIABLE)

    firm_id = UUID(firm["id"])
    await walked(Reservations, examples=40, steps=30, firm=firm_id, offerings=ordered)
