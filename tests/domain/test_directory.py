"""Marks and shares: what counts on which day."""

from datetime import date

import pytest

from api.domain.directory import MarkState, QualityMark, ShareBucket, reserved_eligible
from api.domain.values import Period

TODAY = date(2026, 11, 24)


def mark(
    *,
    issued_on: date | None = date(2025, 3, 1),
    valid_until: date | None = date(2027, 2, 28),
    verified_on: date | None = date(2025, 3, 10),
    revoked_on: date | None = None,
) -> QualityMark:
    return QualityMark("pso", "2", issued_on, valid_until, verified_on, revoked_on)


def test_the_printed_last_day_still_counts() -> None:
    assert mark().validity == Period(date(2025, 3, 1), date(2027, 3, 1))
    assert mark(valid_until=TODAY).state(TODAY) is MarkState.VERIFIED
    assert mark(valid_until=date(2026, 11, 23)).state(TODAY) is MarkState.LAPSED


def test_a_claim_alone_is_only_a_claim() -> None:
    assert mark(verified_on=None).state(TODAY) is MarkState.CLAIMED


def test_a_revoked_mark_holds_up_to_the_day_of_revocation() -> None:
    revoked = mark(revoked_on=date(2026, 5, 1))

    assert revoked.state(TODAY) is MarkState.REVOKED
    assert revoked.state(date(2026, 4, 30)) is MarkState.VERIFIED
    assert revoked.validity == Period(date(2025, 3, 1), date(2026, 5, 1))


def test_a_mark_revoked_before_it_was_issued_never_held() -> None:
    never = mark(revoked_on=date(2025, 1, 1)).validity

    assert never == Period(date(2025, 3, 1), date(2025, 3, 1))


def test_a_mark_without_dates_is_open() -> None:
    assert mark(issued_on=None, valid_until=None).validity == Period()


@pytest.mark.parametrize(
    ("bucket", "percent"),
    [("<15", 0), ("15-29", 15), ("30-49", 30), ("50-74", 50), ("75+", 75)],
)
def test_a_bucket_proves_its_lowest_share(bucket: str, percent: int) -> None:
    assert ShareBucket(bucket).at_least == percent


@pytest.mark.parametrize(
    ("share", "verified_on", "main_aim", "eligible"),
    [
        (ShareBucket.FROM_30, TODAY, True, True),
        (ShareBucket.FROM_15, TODAY, True, False),
        (ShareBucket.FROM_75, TODAY, False, False),
        (ShareBucket.FROM_30, None, True, None),
        (ShareBucket.FROM_30, TODAY, None, None),
        (None, None, True, None),
    ],
)
def test_a_reserved_lot_needs_a_proven_share_and_the_main_aim(
    share: ShareBucket | None,
    verified_on: date | None,
    main_aim: bool | None,  # noqa: FBT001  a table of cases
    eligible: bool | None,  # noqa: FBT001  as above
) -> None:
    assert reserved_eligible(share, verified_on, main_aim=main_aim, percent=30) is eligible
