"""What of a claim counts as bought from its supplier."""

import pytest

from api.domain.social_return.entries import ClaimState
from api.domain.social_return.ledger import LIVE, Claim
from api.domain.values import Cents


@pytest.mark.parametrize("state", ClaimState)
def test_only_a_live_claim_counts_less_what_was_credited(state: ClaimState) -> None:
    claim = Claim(
        claim_id="c",
        state=state,
        number=1,
        credit_cents=Cents(50),
        raw_cents=Cents(50),
        basis_cents=Cents(700),
        credited_basis_cents=Cents(200),
    )

    assert claim.bought_cents == (500 if state in LIVE else 0)
