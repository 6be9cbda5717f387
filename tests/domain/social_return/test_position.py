from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import RuleViolation
from api.domain.social_return.caps import CapLimit
from api.domain.social_return.entries import Act, Entry
from api.domain.social_return.ledger import LedgerState, admit, freeze_credit, replay
from api.domain.social_return.position import (
    Position,
    Terms,
    position,
    position_at,
    standing_position,
)
from api.domain.social_return.rule_book import Malus
from api.domain.social_return.sums import freeze_beside, moved, rooms_left, standing_of
from api.domain.values import Cents

START = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 3, 1)
HALF = Terms(caps=(CapLimit("ladder", Decimal("0.5")),), malus=Malus(factor=Decimal("1.25")))
CAPPED = ("ladder",)


def entry(number: int, act: Act, claim: str, amount: int = 0, **more: Any) -> Entry:
    facts: dict[str, Any] = {
        "obligation_id": "ob-1",
        "at": START + timedelta(hours=number // 2),
        "actor": f"user-{act}",
        "claim_id": None if act is Act.ASSESS else claim,
        "raw_cents": amount if act is Act.SUBMIT else 0,
    }
    return Entry(number=number, act=act, amount_cents=amount, **(facts | more))


def of(*rows: tuple[Any, ...], terms: Terms = HALF) -> Position:
    entries = []
    for n, (act, claim, *rest) in enumerate(rows, start=1):
        more = rest.pop() if rest and isinstance(rest[-1], dict) else {}
        entries.append(entry(n, act, claim, *rest, **more))
    return position(replay(entries), terms, TODAY)


def test_every_claim_stands_in_its_own_column_and_only_verified_counts() -> None:
    found = of(
        (Act.ASSESS, "", 10_000, {"discount_cents": 2_000}),
        (Act.SUBMIT, "verified", 3_000),
        (Act.CONFIRM, "verified"),
        (Act.VERIFY, "verified"),
        (Act.DISPUTE, "verified", 500),
        (Act.SUBMIT, "confirmed", 1_000),
        (Act.CONFIRM, "confirmed"),
        (Act.SUBMIT, "submitted", 700),
        (Act.PLAN, "planned", 400),
        (Act.SUBMIT, "rejected", 900),
        (Act.REJECT, "rejected"),
    )
    assert (found.owed_cents, found.discount_cents, found.due_cents) == (10_000, 2_000, 8_000)
    assert (found.verified_cents, found.disputed_cents) == (2_500, 500)
    assert (found.confirmed_cents, found.submitted_cents, found.planned_cents) == (1_000, 700, 400)
    assert found.remaining_cents == 5_500
    assert (found.forecast_cents, found.forecast_remaining_cents) == (4_600, 3_400)
    assert found.malus_at_stake_cents == 6_875
    assert found.over_cap_cents == 0


def test_an_obligation_that_is_more_than_fulfilled_leaves_nothing() -> None:
    found = of(
        (Act.ASSESS, "", 1_000),
        (Act.SUBMIT, "one", 3_000),
        (Act.CONFIRM, "one"),
        (Act.VERIFY, "one"),
    )
    assert (found.remaining_cents, found.malus_at_stake_cents) == (0, 0)


def test_before_an_assessment_nothing_is_known_to_remain() -> None:
    found = of((Act.PLAN, "one", 100))
    assert (found.owed_cents, found.due_cents, found.remaining_cents) == (None, None, None)
    assert (found.malus_at_stake_cents, found.forecast_remaining_cents) == (None, None)


def test_days_left_run_below_zero_after_the_day() -> None:
    assert of((Act.ASSESS, "", 1)).days_left is None
    assert of((Act.ASSESS, "", 1), terms=Terms(due_on=date(2026, 3, 31))).days_left == 30
    assert of((Act.ASSESS, "", 1), terms=Terms(due_on=date(2026, 2, 28))).days_left == -1


def test_plans_come_after_booked_claims_under_a_cap() -> None:
    found = of(
        (Act.ASSESS, "", 1_000),
        (Act.PLAN, "plan", 300, {"categories": CAPPED}),
        (Act.SUBMIT, "booked", 400, {"categories": CAPPED}),
    )
    assert (found.submitted_cents, found.planned_cents) == (400, 100)
    [use] = found.caps
    assert (use.cap_cents, use.used_cents, use.room_cents) == (500, 400, 100)


def test_a_lower_obligation_takes_the_room_of_the_latest_claims() -> None:
    found = of(
        (Act.ASSESS, "", 1_000),
        (Act.SUBMIT, "early", 300, {"categories": CAPPED}),
        (Act.SUBMIT, "late", 200, {"categories": CAPPED}),
        (Act.DISPUTE, "late", 50),
        (Act.ASSESS, "", 800),
    )
    assert (found.submitted_cents, found.disputed_cents) == (350, 50)
    assert found.over_cap_cents == 100


claims = st.sampled_from(["a", "b", "c", "d"])
moves = st.lists(
    st.tuples(
        st.sampled_from(list(Act)),
        claims,
        st.integers(0, 900),
        st.sampled_from([(), CAPPED]),
    ),
    max_size=30,
)


def played(rows: list[tuple[Act, str, int, tuple[str, ...]]], *, fixed: bool) -> list[Entry]:
    """Turn random moves into a ledger; what the rules refuse is left out."""
    state = LedgerState()
    entries = [entry(1, Act.ASSESS, "", 1_000)]
    state = admit(state, entries[0])
    for act, claim, amount, categories in rows:
        if act is Act.ASSESS and fixed:
            continue
        raw = Cents(amount) if act is Act.SUBMIT else Cents(0)
        credit = freeze_credit(state, raw, categories, HALF.caps).credit_cents if raw else amount
        move = entry(state.number + 1, act, claim, credit, raw_cents=raw, categories=categories)
        try:
            state = admit(state, move)
        except RuleViolation:
            continue
        entries.append(move)
    return entries


@given(moves)
def test_the_balance_at_every_instant_is_the_replay_up_to_it(
    rows: list[tuple[Act, str, int, tuple[str, ...]]],
) -> None:
    entries = played(rows, fixed=False)
    state = LedgerState()
    for n, one in enumerate(entries):
        state = admit(state, one)
        last_of_instant = n + 1 == len(entries) or entries[n + 1].at > one.at
        if last_of_instant:
            assert position_at(entries, one.at, HALF) == position(state, HALF, one.at.date())


def test_the_recovery_period_runs_from_the_day_that_all_is_due() -> None:
    malus = Malus(factor=Decimal(1), recovery_days=60)
    found = of((Act.ASSESS, "", 1), terms=Terms(due_on=date(2026, 3, 1), malus=malus))

    assert found.recovery_until == date(2026, 4, 30)
    assert of((Act.ASSESS, "", 1), terms=Terms(malus=malus)).recovery_until is None


@given(rows=moves, fixed=st.booleans())
def test_sums_that_move_with_every_entry_equal_those_of_the_replay(
    rows: list[tuple[Act, str, int, tuple[str, ...]]], *, fixed: bool
) -> None:
    state = LedgerState()
    kept = standing_of(state, HALF.caps)
    for one in played(rows, fixed=fixed):
        before, state = state, admit(state, one)
        replayed = standing_of(state, HALF.caps)
        head = {"owed_cents": state.owed_cents, "discount_cents": state.discount_cents}
        known = msgspec.structs.replace(kept, **head)
        claim = one.claim_id or ""
        found = moved(known, before.claims.get(claim), state.claims.get(claim), HALF.caps)
        assert found in (replayed, None)
        kept = replayed
        assert standing_position(kept, HALF, TODAY) == position(state, HALF, TODAY)


@given(moves, st.integers(1, 900))
def test_room_is_the_same_by_sums_as_claim_by_claim(
    rows: list[tuple[Act, str, int, tuple[str, ...]]], raw: int
) -> None:
    state = replay(played(rows, fixed=False))
    by_claim = freeze_credit(state, Cents(raw), CAPPED, HALF.caps)
    by_sums = freeze_beside(standing_of(state, HALF.caps), Cents(raw), CAPPED, HALF.caps)
    assert by_sums == by_claim


def test_the_room_for_a_plan_is_what_booked_claims_and_plans_leave() -> None:
    state = replay(
        (
            entry(1, Act.ASSESS, "", 1_000),
            entry(2, Act.SUBMIT, "one", 300, categories=CAPPED),
            entry(3, Act.PLAN, "two", 150, categories=CAPPED),
        )
    )
    assert rooms_left(standing_of(state, HALF.caps), HALF.caps) == {"ladder": 50}
    assert rooms_left(standing_of(LedgerState(), ()), HALF.caps) == {"ladder": 0}


def test_while_all_fits_the_sums_move_without_looking_at_each_claim() -> None:
    booked = (
        entry(1, Act.ASSESS, "", 1_000),
        entry(2, Act.SUBMIT, "one", 300, categories=CAPPED),
        entry(3, Act.CONFIRM, "one"),
    )
    before, after = replay(booked[:2]), replay(booked)
    found = moved(
        standing_of(before, HALF.caps), before.claims["one"], after.claims["one"], HALF.caps
    )
    assert found == standing_of(after, HALF.caps)


@given(moves)
def test_no_course_of_events_exceeds_a_cap(
    rows: list[tuple[Act, str, int, tuple[str, ...]]],
) -> None:
    entries = played(rows, fixed=False)
    for n in range(1, len(entries) + 1):
        found = position(replay(entries[:n]), HALF, TODAY)
        [use] = found.caps
        assert use.cap_cents is not None
        assert 0 <= use.used_cents <= use.cap_cents


@given(moves)
def test_while_the_obligation_stands_what_was_frozen_counts_in_full(
    rows: list[tuple[Act, str, int, tuple[str, ...]]],
) -> None:
    found = position(replay(played(rows, fixed=True)), HALF, TODAY)
    assert found.over_cap_cents == 0


def test_before_an_assessment_no_cap_is_in_the_way() -> None:
    booked = (entry(1, Act.PLAN, "one", 300, categories=CAPPED),)
    state = replay(booked)

    found = moved(standing_of(LedgerState(), HALF.caps), None, state.claims["one"], HALF.caps)

    assert found == standing_of(state, HALF.caps)
