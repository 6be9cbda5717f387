"""What the scenario `replicas` counts: it must see what it looks for."""

from typing import Any

from tests.faults.asking import Asked, Window, least, windows
from tests.faults.receiver import gaps, out_of_order


def answers(began: float, status: int, number: int) -> list[Asked]:
    """Answers within one window of a minute, told to the second as the header does."""
    at = [began + 60 * n / number for n in range(number)]
    return [Asked(one, status, "known", 150, 0, one + int(began + 60 - one) + 1) for one in at]


def told(*versions: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"formerVersion": former, "version": version} for former, version in versions]


def test_answers_are_put_together_by_the_window_that_they_tell() -> None:
    one, next_one = answers(100.0, 200, 150), answers(163.0, 200, 151)
    refused = answers(163.0, 429, 40)

    first, second = windows([*next_one, *one, *refused])

    assert (first.served, first.refused) == (150, 0)
    assert (second.served, second.refused) == (151, 40)
    assert second.served > second.limit


def test_answers_that_count_by_address_are_left_out() -> None:
    assert windows([Asked(1.0, 200, "anonymous", 600, 9, 60.0)]) == []


def test_less_is_due_by_what_killed_replicas_held() -> None:
    window = Window(began=100.0, ends=160.0, limit=150, served=0, refused=0)

    assert least(window, []) == 150 - 7
    assert least(window, [99.5, 130.0, 159.0]) == 150 - 4 * 7
    assert least(window, [20.0, 161.0]) == 150 - 7


def test_a_version_that_nobody_told_of_and_one_out_of_order_are_seen() -> None:
    whole = told(("0", "1"), ("1", "2"), ("2", "3"))

    assert (gaps(whole), out_of_order(whole)) == (0, 0)
    assert (gaps([whole[0], whole[2]]), out_of_order([whole[0], whole[2]])) == (1, 1)
    assert (gaps([whole[1], whole[0], whole[2]]), out_of_order([whole[1], whole[0]])) == (0, 1)
