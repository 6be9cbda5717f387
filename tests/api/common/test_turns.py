"""Heavy requests take turns; everything else is let in at once."""

import asyncio
from typing import Any

import pytest

from api.turns import AT_ONCE, taking_turns

MATCH = "/v1/lots/0197e2a4-0000-7000-8000-000000000001/match-runs"
ALLOCATION = "/v1/tenders/0197e2a4-0000-7000-8000-000000000001/allocations"
PLAN = "/v1/tenders/0197e2a4-0000-7000-8000-000000000001/lot-plans"
MANY = 12


class Counting:
    """An application that notes how many were in it at once, and who came in what order."""

    def __init__(self) -> None:
        self.inside = self.most = 0
        self.order: list[Any] = []

    async def __call__(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.order.append(scope["number"])
        await asyncio.sleep(0.001)
        self.inside -= 1


async def most_at_once(method: str, path: str) -> Counting:
    counting = Counting()
    app = taking_turns(counting)
    unused: Any = None
    scopes: list[Any] = [
        {"type": "http", "method": method, "path": path, "number": number} for number in range(MANY)
    ]
    await asyncio.gather(*(app(scope, unused, unused) for scope in scopes))
    return counting


@pytest.mark.parametrize("path", [MATCH, ALLOCATION, PLAN])
async def test_only_a_few_heavy_requests_are_worked_on_at_once_in_the_order_they_came(
    path: str,
) -> None:
    counting = await most_at_once("POST", path)

    assert counting.most == AT_ONCE[path.rsplit("/", 1)[1]] < MANY
    assert counting.order == list(range(MANY))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", MATCH),
        ("POST", "/v1/notices"),
        ("POST", "/v1/tenders/0197e2a4-0000-7000-8000-000000000001/match-runs"),
    ],
)
async def test_everything_else_is_let_in_at_once(method: str, path: str) -> None:
    counting = await most_at_once(method, path)

    assert counting.most == MANY


async def test_a_turn_that_fails_is_given_back() -> None:
    async def failing(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ValueError("no answer")

    app = taking_turns(failing)
    scope: Any = {"type": "http", "method": "POST", "path": MATCH}
    unused: Any = None
    for _ in range(MANY):
        with pytest.raises(ValueError, match="no answer"):
            await asyncio.wait_for(app(scope, unused, unused), 1)
