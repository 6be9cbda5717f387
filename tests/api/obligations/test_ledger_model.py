"""A model of the ledger: whatever is booked, decided and corrected, in whatever order.

The model keeps claims in plain dictionaries and adds them up one by one. It says beforehand
of every act whether it is done or by which rule it is refused, and after every act what the
position is, now and at every instant before.
"""

import asyncio
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from api.database import copy_rows, fetch
from api.domain.tendering.notice import Nature
from api.enterprises.tables import Mark
from api.fulfilments import service
from api.fulfilments.schemas import (
    ArrangementIn,
    CounterIn,
    Decision,
    DecisionIn,
    DisputeAct,
    DisputeIn,
    NewClaimIn,
    PurchaseIn,
)
from api.ledgers import service as ledgers
from api.obligations import service as obligations
from api.obligations.schemas import AssessmentIn, ContractIn, ObligationIn
from api.rule_books import service as rule_books
from importers.rule_books.parse import parse_rule_book
from tests.api.obligations.conftest import World, add_mark, peopled
from tests.api.obligations.ledger_model import (
    FIRST,
    LIVE,
    SECOND,
    SECOND_BOOK,
    START,
    Book,
    Claim,
    has_claims,
    rounded,
    taken,
    told,
)
from tests.api.obligations.test_ledger import actors
from tests.stateful import DONE, Walk, walked

CAPPED = "pso-purchases"
EARLY, LATE = date(2026, 3, 1), date(2026, 8, 1)
AMOUNTS = st.sampled_from([1, 2, 99, 10_000, 33_333, 250_000, 1_000_001])
PART = st.sampled_from(["all of it", "half of it", "a cent", "a cent too much"])
"""How much of what is there is moved."""
CONTRACTS = st.sampled_from([1, 199, 1_000_000, 20_000_000, 33_333_333])
WHO = st.sampled_from([*["whose turn it is"] * 8, "contractor", "clerk", "verifier", "supplier"])
ANY = st.integers(0, 11)


class Ledgers(RuleBasedStateMachine):
    """Two obligations at most, some claims on each, four who act."""

    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk(self.loop)
        self.now = START
        self.books: dict[UUID, Book] = {}
        self.newer = False

    def teardown(self) -> None:
        self.walk.end()

    @initialize(cents=CONTRACTS)
    def begin(self, cents: int) -> None:
        # Services are asked, never the HTTP side: the world needs no client.
        self.world = self.walk.run(_world())
        self.who = actors(self.world)
        self.opened(EARLY, cents)

    @precondition(lambda self: len(self.books) < 2)
    @rule(published_on=st.sampled_from([EARLY, LATE]), cents=CONTRACTS)
    def opened(self, published_on: date, cents: int) -> None:
        made = self.walk.run(
            obligations.open_obligation(
                _obligation(self.world, published_on, cents), self.who["clerk"], self.now
            )
        )
        newer = self.newer and published_on == LATE
        terms = SECOND if newer else FIRST
        book = Book(terms, rounded(terms.owed * cents), last_at=self.now, claims={}, past=[])
        book.past.append((self.now, book.position()))
        self.books[made.id] = book

    @precondition(lambda self: not self.newer)
    @rule()
    def a_new_version_of_the_rule_book(self) -> None:
        self.walk.run(_second_version(self.world, self.now))
        self.newer = True

    @rule(seconds=st.sampled_from([1, 60, 86_400, -30]))
    def time_goes_on(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(which=ANY, who=WHO, cents=AMOUNTS, number=st.integers(1, 4), part=st.booleans())
    def buys(self, which: int, who: str, cents: int, number: int, *, part: bool) -> None:
        claimed = max(1, cents // 3) if part else cents
        _, book = self.one_of(which)
        draft = Claim(
            state="submitted",
            credit=rounded(book.terms.bought * claimed),
            capped=True,
            basis=claimed,
            invoice=f"F-{number}",
            whole=cents,
        )
        bought = _purchase(self.world, f"F-{number}", cents, claimed)
        refusal = "counted-twice" if self.twice(draft) else DONE
        self.books_it(which, who, NewClaimIn(fulfilment=bought), draft, refusal)

    @rule(which=ANY, who=WHO, cents=AMOUNTS, capped=st.booleans(), planned=st.booleans())
    def arranges(self, which: int, who: str, cents: int, *, capped: bool, planned: bool) -> None:
        state = "planned" if planned else "submitted"
        draft = Claim(state=state, credit=cents, capped=capped)
        category = CAPPED if capped else None
        agreed = ArrangementIn(agreed_cents=cents, agreement="mail 12", category=category)
        self.books_it(which, who, NewClaimIn(fulfilment=agreed, planned=planned), draft, DONE)

    def books_it(self, which: int, who: str, given: NewClaimIn, draft: Claim, refusal: str) -> None:
        """Book, whether bought or arranged; only what is submitted is cut at the cap."""
        (key, book), who = self.one_of(which), self.meant(who, "contractor")
        side = self.side(who, "contractor")
        expected = refusal if side == DONE else side
        if expected == DONE and draft.credit == 0:
            expected = "nothing-counts"
        found: list[str] = []

        async def act() -> None:
            made = await service.book(key, given, self.who[who], self.now)
            found.append(made.claim_id or "")
            assert made.number == book.entries + 1

        assert self.walk.outcome(act()) == expected
        if expected != DONE:
            return
        if draft.capped and draft.state == "submitted":
            draft.credit = min(draft.credit, max(0, book.room()))
        draft.place, draft.by = book.entries + 1, {who}
        book.claims[UUID(found[0])] = draft
        self.noted(book)

    def twice(self, draft: Claim) -> bool:
        """An invoice counts for the whole of it at most, wherever it was booked."""
        claims = [claim for book in self.books.values() for claim in book.claims.values()]
        same = [one for one in claims if one.state in LIVE and one.invoice == draft.invoice]
        before = sum(one.basis - one.credited for one in same)
        differs = any(one.whole != draft.whole for one in same)
        return differs or before + draft.basis > draft.whole

    @precondition(has_claims)
    @rule(which=ANY, claim=ANY, who=WHO)
    def confirms(self, which: int, claim: int, who: str) -> None:
        key, book = self.one_of(which)
        claim_id, one = self.claim(book, claim, ("submitted",))
        by_supplier = one.invoice is not None
        who = self.meant(who, "supplier" if by_supplier else "clerk")
        right = who == "supplier" if by_supplier else who in {"clerk", "verifier"}
        expected = DONE if right else "wrong-organisation"
        if who == "supplier" and not by_supplier:
            expected = "not-found"
        if expected == DONE and one.state != "submitted":
            expected = "illegal-ledger-transition"
        act = service.confirm(key, claim_id, "", self.who[who], self.now)

        assert self.walk.outcome(act) == expected
        if expected == DONE:
            one.state = "confirmed"
            one.by.add(who)
            self.noted(book)

    @precondition(has_claims)
    @rule(which=ANY, claim=ANY, who=WHO, accept=st.booleans())
    def decides(self, which: int, claim: int, who: str, *, accept: bool) -> None:
        key, book = self.one_of(which)
        claim_id, one = self.claim(book, claim, ("confirmed",))
        who = self.meant(who, "verifier")
        allowed = ("confirmed",) if accept else ("submitted", "confirmed")
        expected = self.side(who, "authority")
        if expected == DONE and one.state not in allowed:
            expected = "illegal-ledger-transition"
        if expected == DONE and accept and who in one.by:
            expected = "four-eyes"
        given = DecisionIn(decision=Decision.VERIFY if accept else Decision.REJECT)
        act = service.decide(key, claim_id, given, self.who[who], self.now)

        assert self.walk.outcome(act) == expected
        if expected == DONE:
            one.state = "verified" if accept else "rejected"
            self.noted(book)

    @precondition(has_claims)
    @rule(which=ANY, claim=ANY, who=WHO)
    def withdraws(self, which: int, claim: int, who: str) -> None:
        key, book = self.one_of(which)
        claim_id, one = self.claim(book, claim, ("planned", "submitted"))
        who = self.meant(who, "contractor")
        expected = self.side(who, "contractor")
        if expected == DONE and one.state not in {"planned", "submitted"}:
            expected = "illegal-ledger-transition"
        act = service.withdraw(key, claim_id, "r", self.who[who], self.now)

        assert self.walk.outcome(act) == expected
        if expected == DONE:
            one.state = "withdrawn"
            self.noted(book)

    @precondition(has_claims)
    @rule(which=ANY, claim=ANY, who=WHO, how=st.sampled_from(DisputeAct), part=PART)
    def disputes(self, which: int, claim: int, who: str, how: DisputeAct, part: str) -> None:
        key, book = self.one_of(which)
        parks, who = how is DisputeAct.DISPUTE, self.meant(who, "clerk")
        claim_id, one = self.claim(book, claim, LIVE, parked=not parks)
        there = one.free if parks else one.disputed
        cents = taken(part, there)
        expected = self.moves(self.side(who, "authority"), one, cents, there)
        given = DisputeIn(act=how, amount_cents=cents, reason="r")
        act = service.dispute(key, claim_id, given, self.who[who], self.now)

        assert self.walk.outcome(act) == expected
        if expected == DONE:
            one.disputed += cents if parks else -cents
            one.off += cents if how is DisputeAct.DISMISS else 0
            self.noted(book)

    @precondition(has_claims)
    @rule(which=ANY, claim=ANY, who=WHO, part=PART, note=st.booleans())
    def counters(self, which: int, claim: int, who: str, part: str, *, note: bool) -> None:
        key, book = self.one_of(which)
        claim_id, one = self.claim(book, claim, LIVE)
        who = self.meant(who, "contractor")
        cents = taken(part, one.basis - one.credited if note else one.free)
        off, expected = cents, self.side(who, "authority", "contractor")
        given = CounterIn(amount_cents=cents, reason="r")
        if note:
            given = CounterIn(credited_invoice_cents=cents, reason="r")
            if one.credited + cents <= one.basis:
                before, after = (
                    rounded(Fraction(one.credit * credited, one.basis))
                    for credited in (one.credited, one.credited + cents)
                )
                off = min(after - before, one.free)
            elif expected == DONE:
                expected = "illegal-ledger-amount"
        expected = self.moves(expected, one, off, one.free)
        act = service.counter(key, claim_id, given, self.who[who], self.now)

        assert self.walk.outcome(act) == expected
        if expected == DONE:
            one.off += off
            one.credited += cents if note else 0
            self.noted(book)

    @rule(which=ANY, who=WHO, cents=CONTRACTS)
    def assesses_anew(self, which: int, who: str, cents: int) -> None:
        key, book = self.one_of(which)
        who = self.meant(who, "clerk")
        expected = self.side(who, "authority")
        given = AssessmentIn(contract=ContractIn(kind=Nature.WORKS, value_cents=cents))
        act = obligations.reassess(key, given, self.who[who], self.now)

        assert self.walk.outcome(act) == expected
        if expected == DONE:
            book.owed = rounded(book.terms.owed * cents)
            self.noted(book)

    @rule(which=ANY)
    def the_kept_sums_are_lost(self, which: int) -> None:
        key, _ = self.one_of(which)
        sql = "UPDATE obligation SET ledger_sums = NULL, purchases = NULL WHERE id = $1"
        self.walk.run(fetch(sql, key))

    @rule(which=ANY, back=ANY)
    def looks_back(self, which: int, back: int) -> None:
        """Every instant that was, is what it was."""
        key, book = self.one_of(which)
        at, _ = book.past[back % len(book.past)]
        if at > self.now:
            act = ledgers.position_of(key, at, self.who["clerk"], self.now)
            assert self.walk.outcome(act) == "invalid-input"
            return
        found = self.walk.run(ledgers.position_of(key, at, self.who["clerk"], self.now))
        # Several entries may share an instant; the last of them counts.
        assert told(found) == [past for when, past in book.past if when <= at][-1]

    @invariant()
    def position_and_chain_hold(self) -> None:
        for key, book in self.books.items():
            clerk = self.who["clerk"]
            found = self.walk.run(ledgers.position_of(key, None, clerk, self.now))
            assert told(found) == book.position()
            verified = self.walk.run(ledgers.verify(key))
            assert verified.intact, verified.tampering
            assert verified.entries == book.entries

    def one_of(self, which: int) -> tuple[UUID, Book]:
        return list(self.books.items())[which % len(self.books)]

    def claim(
        self, book: Book, which: int, states: tuple[str, ...], *, parked: bool = False
    ) -> tuple[UUID, Claim]:
        """Give a claim, more often than not one to which this can happen."""
        everyone = list(book.claims.items())
        able = [
            (key, one)
            for key, one in everyone
            if one.state in states and one.disputed >= int(parked)
        ]
        chosen = able if able and which < 9 else everyone
        return chosen[which % len(chosen)]

    def meant(self, who: str, right: str) -> str:
        """Give who acts: mostly whose turn it is."""
        return right if who == "whose turn it is" else who

    def side(self, who: str, *sides: str) -> str:
        """Say whether somebody stands on the right side."""
        if who == "supplier":
            return "not-found"
        own = "contractor" if who == "contractor" else "authority"
        return DONE if own in sides else "wrong-organisation"

    def moves(self, expected: str, one: Claim, cents: int, there: int) -> str:
        """Say whether an amount of a claim can be moved."""
        if expected == DONE and one.state not in LIVE:
            return "illegal-ledger-transition"
        if expected == DONE and cents > there:
            return "illegal-ledger-amount"
        return expected

    def noted(self, book: Book) -> None:
        """Note an entry, and where it left the obligation."""
        book.entries += 1
        book.last_at = max(self.now, book.last_at)
        book.past.append((book.last_at, book.position()))


async def _world() -> World:
    from httpx import AsyncClient

    made = await peopled(World(AsyncClient()), "MODEL")
    await fetch("DELETE FROM quality_mark WHERE enterprise = $1", made.enterprise)
    await copy_rows(Mark, [add_mark(made.enterprise, "pso", "3")])
    return made


async def _second_version(world: World, now: datetime) -> None:
    text = SECOND_BOOK.replace("testland", f"testland-{world.enterprise.hex[-12:]}")
    assert await rule_books.store_shipped([(parse_rule_book(text), text)], now) == 1


def _obligation(world: World, published_on: date, cents: int) -> ObligationIn:
    return ObligationIn(
        contractor_id=world.ids["contractor"],
        title="Onderhoud wegen",
        municipality="GM9999",
        published_on=published_on,
        starts_on=date(2026, 9, 1),
        due_on=date(2027, 6, 1),
        contract=ContractIn(kind=Nature.WORKS, value_cents=cents),
    )


def _purchase(world: World, number: str, cents: int, claimed: int) -> PurchaseIn:
    return PurchaseIn(
        supplier_id=world.enterprise,
        invoice_number=number,
        invoiced_on=date(2026, 10, 1),
        invoice_cents=cents,
        claimed_cents=claimed,
    )


async def test_the_ledger_does_what_its_model_says(migrated: None) -> None:  # noqa: ARG001  depends by name
    await walked(Ledgers, examples=25, steps=60)
