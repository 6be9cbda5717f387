"""A model of the funnel: two buyers, one lot, waves and answers in any order.

Above all: who declined is never contacted again for that lot by that buyer, whatever runs follow.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

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

from api.accounts import service as accounts
from api.accounts.service import SCOPES, SYSTEM, Actor, OrganisationKind
from api.clock import legal_day
from api.invitations import service
from api.invitations.drafts import State, after_workdays
from api.invitations.schemas import EventIn, WaveIn
from api.matches import service as matching
from api.matches.schemas import MatchRequest
from tests.builders import a_key
from tests.match_builders import a_painter, a_tender, lots_of
from tests.stateful import DONE, Walk, walked

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FIRMS = 5
BUYERS = ("Utrecht", "Ede")
ANSWERS = {
    "invited": ("viewed", "interested", "declined"),
    "viewed": ("interested", "declined"),
    "interested": ("declined", "awarded"),
    "declined": (),
    "awarded": (),
}
ANSWERED = ("interested", "declined", "awarded")
WHOSE = st.sampled_from(BUYERS)
ANY = st.integers(0, 11)


class Invited(msgspec.Struct):
    """An invitation as the model keeps it."""

    id: UUID
    firm: int
    wave: int
    state: str = "invited"


class Funnel(msgspec.Struct):
    """What a buyer did for the lot."""

    invited: list[Invited]
    waves: int = 0
    reply_by: date | None = None

    def of(self, firm: int) -> str | None:
        """Give the state of a firm, `None` when it was never contacted."""
        return next((one.state for one in self.invited if one.firm == firm), None)

    def hindrance(self, enough: int, today: date) -> str:
        """Say whether a wave may follow."""
        interested = [one for one in self.invited if one.state in {"interested", "awarded"}]
        if len(interested) >= enough:
            return "enough-interested"
        last = [one.state for one in self.invited if one.wave == self.waves]
        open_still = self.reply_by is not None and today <= self.reply_by
        return "wave-open" if open_still and not set(last) <= set(ANSWERED) else DONE


class Setting(msgspec.Struct):
    """The lot, who may be invited, and the run that found them."""

    lot: UUID
    firms: list[UUID]
    run: UUID
    buyers: dict[str, Actor]


class Funnels(RuleBasedStateMachine):
    """Two buyers invite five firms, of which the run did not find the last."""

    loop: asyncio.AbstractEventLoop
    desk: AsyncClient

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk(self.loop)
        self.now = START
        self.funnels = {name: Funnel([]) for name in BUYERS}
        self.matched = set(range(FIRMS - 1))

    def teardown(self) -> None:
        self.walk.end()

    @initialize()
    def begin(self) -> None:
        self.setting = self.walk.run(_setting(self.desk))

    @rule(
        whose=WHOSE,
        firms=st.lists(st.integers(0, FIRMS - 1), min_size=1, max_size=3),
        workdays=st.integers(1, 3),
        enough=st.integers(1, 4),
    )
    def invites(self, whose: str, firms: list[int], workdays: int, enough: int) -> None:
        funnel = self.funnels[whose]
        expected = funnel.hindrance(enough, legal_day(self.now))
        if expected == DONE:
            expected = self.refusal(funnel, firms)
        given = WaveIn(
            run_id=self.setting.run,
            enterprise_ids=tuple(self.setting.firms[one] for one in firms),
            reply_within_workdays=workdays,
            enough_interested=enough,
        )
        act = service.start_wave(self.setting.lot, given, self.setting.buyers[whose], self.now)

        assert self.walk.outcome(act) == expected
        if expected == DONE:
            funnel.waves += 1
            funnel.reply_by = after_workdays(legal_day(self.now), workdays)
            self.noted(whose, firms)

    def refusal(self, funnel: Funnel, firms: Sequence[int]) -> str:
        if len(set(firms)) != len(firms):
            return "invalid-input"
        for one in firms:
            if funnel.of(one) == "declined":
                return "declined-before"
            if funnel.of(one) is not None:
                return "already-invited"
            if one not in self.matched:
                return "not-in-run"
        return DONE

    def noted(self, whose: str, firms: Sequence[int]) -> None:
        told = self.told(whose)
        funnel = self.funnels[whose]
        for firm in firms:
            [made] = [one for one in told if one.enterprise_id == self.setting.firms[firm]]
            funnel.invited.append(Invited(made.id, firm, funnel.waves))

    @precondition(lambda self: any(one.invited for one in self.funnels.values()))
    @rule(
        whose=WHOSE,
        by_the_other=st.sampled_from([False] * 5 + [True]),
        which=ANY,
        state=st.sampled_from(State),
        reason=st.sampled_from(["Geen ruimte dit jaar.", "Geen ruimte dit jaar.", None]),
    )
    def answers(
        self, whose: str, which: int, state: State, reason: str | None, *, by_the_other: bool
    ) -> None:
        funnel = self.funnels[whose]
        if not funnel.invited:
            return
        one = funnel.invited[which % len(funnel.invited)]
        expected = DONE if state in ANSWERS[one.state] else "illegal-invitation-step"
        if one.state == "declined":
            expected = "declined-before"
        if by_the_other:
            expected = "not-found"
        if state is State.DECLINED and reason is None:
            expected = "invalid-input"
        by = BUYERS[BUYERS.index(whose) - 1] if by_the_other else whose
        given = EventIn(state=state, reason=reason)
        act = service.add_event(one.id, given, self.setting.buyers[by], self.now)

        assert self.walk.outcome(act) == expected
        if expected == DONE:
            one.state = state.value

    @rule(days=st.sampled_from([1, 7, 7]))
    def time_goes_on(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def the_lot_is_matched_anew(self) -> None:
        """A later run finds the last firm too; what was answered before still stands."""
        if len(self.matched) < FIRMS:
            self.setting.firms[-1] = self.walk.run(_late(self.desk))
            self.matched.add(FIRMS - 1)
        self.setting.run = self.walk.run(_run(self.setting.lot))

    @invariant()
    def every_funnel_is_as_the_model_says(self) -> None:
        for whose, funnel in self.funnels.items():
            found = {one.id: (one.wave, one.state) for one in self.told(whose)}
            assert found == {one.id: (one.wave, one.state) for one in funnel.invited}

    @invariant()
    def nobody_is_proposed_who_was_contacted(self) -> None:
        for whose, funnel in self.funnels.items():
            proposal = self.walk.run(
                service.propose(
                    *(self.setting.lot, self.setting.run, 10, 2),
                    self.setting.buyers[whose],
                    self.now,
                )
            )
            free = {n for n in self.matched if funnel.of(n) is None}
            assert set(proposal.enterprise_ids) == {self.setting.firms[n] for n in free}
            expected = funnel.hindrance(2, legal_day(self.now))
            assert (proposal.hindrance or DONE) == expected

    def told(self, whose: str) -> Any:
        act = service.funnel(self.setting.lot, self.setting.buyers[whose])
        return self.walk.run(act).invitations


async def _setting(desk: AsyncClient) -> Setting:
    desk.headers.update(await a_key())
    [lot] = await lots_of(await a_tender())
    firms = [await a_painter(desk, f"Firma {n}", 200_000) for n in range(FIRMS - 1)]
    buyers = {}
    for name in BUYERS:
        made = await accounts.create_organisation(OrganisationKind.AUTHORITY, name, None, now=START)
        buyers[name] = Actor(name, frozenset(SCOPES), made.id, OrganisationKind.AUTHORITY)
    run = await _run(UUID(lot))
    unknown = UUID(int=0)
    return Setting(UUID(lot), [*(UUID(one) for one in firms), unknown], run, buyers)


async def _late(desk: AsyncClient) -> UUID:
    return UUID(await a_painter(desk, "Firma laat", 200_000))


async def _run(lot: UUID) -> UUID:
    return (await matching.run_match(lot, MatchRequest(), SYSTEM, START)).id


async def test_the_funnel_does_what_its_model_says(
    client: AsyncClient,
    migrated: None,  # noqa: ARG001  depends by name
) -> None:
    await walked(Funnels, examples=15, steps=40, desk=client)
