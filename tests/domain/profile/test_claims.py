"""Whose turn it is when a profile is claimed."""

from datetime import UTC, datetime, timedelta

from api.domain.profile.claims import WaitingFor, waiting_for

CLAIMED = datetime(2026, 11, 1, 12, tzinfo=UTC)
SOON = CLAIMED + timedelta(days=13)


def turn(*, owner: bool, agrees: bool | None = None, now: datetime = SOON) -> WaitingFor:
    return waiting_for(has_owner=owner, owner_agrees=agrees, claimed_at=CLAIMED, now=now)


def test_a_profile_without_owner_waits_for_the_moderator() -> None:
    assert turn(owner=False) is WaitingFor.MODERATOR


def test_a_present_owner_goes_first_whatever_the_answer() -> None:
    assert turn(owner=True) is WaitingFor.OWNER
    assert turn(owner=True, agrees=True) is WaitingFor.MODERATOR
    assert turn(owner=True, agrees=False) is WaitingFor.MODERATOR


def test_a_silent_owner_holds_a_claim_up_for_14_days() -> None:
    assert turn(owner=True, now=CLAIMED + timedelta(days=14)) is WaitingFor.MODERATOR
