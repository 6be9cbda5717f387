from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from api.domain.errors import RuleViolation
from api.domain.social_return.caps import CapLimit
from api.domain.social_return.entries import (
    NEXT,
    Act,
    ClaimState,
    Entry,
    FourEyes,
    IllegalAmount,
    IllegalTransition,
    OutOfOrder,
    next_state,
)
from api.domain.social_return.ledger import (
    LedgerState,
    admit,
    counter_amount,
    freeze_credit,
    replay,
    up_to,
)
from api.domain.values import Cents

START = datetime(2026, 1, 1, tzinfo=UTC)
HALF = (CapLimit("ladder", Decimal("0.5")),)


def entry(number: int, act: Act, amount: int = 0, **more: Any) -> Entry:
    facts: dict[str, Any] = {
        "obligation_id": "ob-1",
        "at": START + timedelta(days=number),
        "actor": f"user-{act}",
        "claim_id": None if act is Act.ASSESS else "claim-1",
        "raw_cents": amount if act is Act.SUBMIT else 0,
    }
    return Entry(number=number, act=act, amount_cents=amount, **(facts | more))


Row = tuple[Act, int] | tuple[Act, int, dict[str, Any]]


def ledger(*acts: Row) -> list[Entry]:
    rows = [(*act, {}) if len(act) == 2 else act for act in acts]
    return [entry(n, act, amount, **more) for n, (act, amount, more) in enumerate(rows, start=1)]


VERIFIED = (
    (Act.ASSESS, 10_000),
    (Act.SUBMIT, 4_000, {"basis_cents": 8_000}),
    (Act.CONFIRM, 0),
    (Act.VERIFY, 0),
)


def test_a_claim_goes_from_plan_to_verified() -> None:
    acts = [(Act.PLAN, 5_000), (Act.SUBMIT, 4_000), (Act.CONFIRM, 0), (Act.VERIFY, 0)]
    states = [replay(ledger(*acts[: n + 1])).claims["claim-1"].state for n in range(4)]
    assert states == ["planned", "submitted", "confirmed", "verified"]


def test_submitting_freezes_a_new_credit_and_a_later_place_in_the_order() -> None:
    acts = ((Act.PLAN, 5_000), (Act.PLAN, 100, {"claim_id": "claim-2"}), (Act.SUBMIT, 4_000))
    claim = replay(ledger(*acts)).claims["claim-1"]
    assert (claim.credit_cents, claim.number) == (4_000, 3)


LEGAL = {
    (None, "plan"): "planned",
    (None, "submit"): "submitted",
    ("planned", "submit"): "submitted",
    ("planned", "withdraw"): "withdrawn",
    ("submitted", "confirm"): "confirmed",
    ("submitted", "reject"): "rejected",
    ("submitted", "withdraw"): "withdrawn",
    ("submitted", "dispute"): "submitted",
    ("submitted", "uphold"): "submitted",
    ("submitted", "dismiss"): "submitted",
    ("submitted", "counter"): "submitted",
    ("confirmed", "verify"): "verified",
    ("confirmed", "reject"): "rejected",
    ("confirmed", "dispute"): "confirmed",
    ("confirmed", "uphold"): "confirmed",
    ("confirmed", "dismiss"): "confirmed",
    ("confirmed", "counter"): "confirmed",
    ("verified", "dispute"): "verified",
    ("verified", "uphold"): "verified",
    ("verified", "dismiss"): "verified",
    ("verified", "counter"): "verified",
}


@pytest.mark.parametrize(("state", "act"), list(product([None, *ClaimState], Act)))
def test_only_the_transitions_of_the_table_may_happen(state: ClaimState | None, act: Act) -> None:
    if (state, act) in LEGAL:
        assert next_state(state, act) == LEGAL[(state, act)]
    else:
        with pytest.raises(IllegalTransition) as refused:
            next_state(state, act)
        assert isinstance(refused.value, RuleViolation)
        assert refused.value.code == "illegal-ledger-transition"


def test_the_table_holds_no_more_than_that() -> None:
    assert len(NEXT) == len(LEGAL)


def test_who_booked_or_confirmed_a_claim_does_not_verify_it() -> None:
    booked = ((Act.SUBMIT, 100, {"actor": "an"}), (Act.CONFIRM, 0, {"actor": "bo"}))
    for actor in ("an", "bo"):
        with pytest.raises(FourEyes):
            replay(ledger(*booked, (Act.VERIFY, 0, {"actor": actor})))
    assert replay(ledger(*booked, (Act.VERIFY, 0, {"actor": "cé"}))).number == 3


def test_a_dispute_parks_an_amount_and_a_decision_settles_it() -> None:
    parked = replay(ledger(*VERIFIED, (Act.DISPUTE, 1_500))).claims["claim-1"]
    assert (parked.left_cents, parked.free_cents, parked.disputed_cents) == (4_000, 2_500, 1_500)
    settled = replay(
        ledger(*VERIFIED, (Act.DISPUTE, 1_500), (Act.UPHOLD, 500), (Act.DISMISS, 1_000))
    ).claims["claim-1"]
    assert (settled.left_cents, settled.disputed_cents) == (3_000, 0)


@pytest.mark.parametrize(
    "acts",
    [
        ((Act.DISPUTE, 4_001),),
        ((Act.DISPUTE, 1_000), (Act.UPHOLD, 1_001)),
        ((Act.DISPUTE, 1_000), (Act.DISMISS, 1_001)),
        ((Act.DISPUTE, 1_000), (Act.COUNTER, 3_001)),
        ((Act.COUNTER, -1),),
        ((Act.COUNTER, 2**53),),
        ((Act.COUNTER, 999, {"basis_cents": 2_000}),),
        ((Act.SUBMIT, 100, {"raw_cents": 99, "claim_id": "claim-2"}),),
        ((Act.ASSESS, 100, {"discount_cents": 101}),),
    ],
)
def test_no_act_moves_more_than_there_is(acts: tuple[tuple[Act, int], ...]) -> None:
    with pytest.raises(IllegalAmount):
        replay(ledger(*VERIFIED, *acts))


def test_a_credit_note_takes_off_the_credit_at_the_weight_as_booked() -> None:
    after = ledger(*VERIFIED, (Act.COUNTER, 1_000, {"basis_cents": 2_000}))
    claim = replay(after).claims["claim-1"]
    assert (claim.left_cents, claim.credited_basis_cents) == (3_000, 2_000)
    assert counter_amount(claim, Cents(6_000)) == 3_000


def test_credit_notes_over_the_whole_invoice_take_off_all_in_spite_of_rounding() -> None:
    acts = [(Act.SUBMIT, 100, {"basis_cents": 300})]
    for _ in range(3):
        claim = replay(ledger(*acts)).claims["claim-1"]
        taken = counter_amount(claim, Cents(100))
        acts.append((Act.COUNTER, taken, {"basis_cents": 100}))
    assert [act[1] for act in acts[1:]] == [33, 34, 33]
    assert replay(ledger(*acts)).claims["claim-1"].left_cents == 0


@pytest.mark.parametrize("basis", [0, -1, 8_001])
def test_a_credit_note_lies_within_the_invoice(basis: int) -> None:
    claim = replay(ledger(*VERIFIED)).claims["claim-1"]
    with pytest.raises(IllegalAmount):
        counter_amount(claim, Cents(basis))


def test_a_credit_note_leaves_what_is_disputed() -> None:
    claim = replay(ledger(*VERIFIED, (Act.DISPUTE, 3_500))).claims["claim-1"]
    assert counter_amount(claim, Cents(8_000)) == 500


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 3},
        {"number": 1},
        {"at": START},
        {"at": datetime(2026, 2, 1, tzinfo=timezone(timedelta(hours=1)))},
        {"obligation_id": "ob-2"},
    ],
)
def test_entries_follow_on_each_other(wrong: dict[str, Any]) -> None:
    state = replay(ledger((Act.ASSESS, 100)))
    with pytest.raises(OutOfOrder):
        admit(state, entry(wrong.pop("number", 2), Act.PLAN, **wrong))


def test_an_act_on_a_claim_names_it() -> None:
    with pytest.raises(IllegalTransition, match="names no claim"):
        replay([entry(1, Act.PLAN, claim_id=None)])


def test_an_entry_admitted_to_a_state_equals_a_replay_with_it() -> None:
    entries = ledger(*VERIFIED, (Act.DISPUTE, 1_500))
    state = LedgerState()
    for one in entries:
        before, state = state, admit(state, one)
        assert one.claim_id is None or before.claims != state.claims
    assert state == replay(entries)


def test_entries_up_to_an_instant_include_that_instant() -> None:
    entries = ledger(*VERIFIED)
    assert up_to(entries, START + timedelta(days=2)) == tuple(entries[:2])
    assert up_to(entries, START) == ()


def test_the_obligation_is_due_less_its_discount() -> None:
    assert LedgerState().due_cents is None
    state = replay(ledger((Act.ASSESS, 10_000, {"discount_cents": 2_500})))
    assert state.due_cents == 7_500


CAPPED: dict[str, Any] = {"categories": ("ladder",)}


def test_a_reversal_frees_room_for_later_claims_and_revives_none() -> None:
    acts: list[Row] = [
        (Act.ASSESS, 1_000),
        (Act.SUBMIT, 400, CAPPED),
        (Act.SUBMIT, 100, CAPPED | {"claim_id": "cut", "raw_cents": 300}),
    ]
    full = replay(ledger(*acts))
    assert freeze_credit(full, Cents(50), ("ladder",), HALF).credit_cents == 0
    reversed_ = replay(ledger(*acts, (Act.COUNTER, 400, CAPPED)))
    assert reversed_.claims["cut"].left_cents == 100
    assert freeze_credit(reversed_, Cents(900), ("ladder",), HALF).credit_cents == 400
