"""The demo obligations: something in every state, loaded once."""

from collections import Counter

from api.database import fetch
from importers.demo import load as demo
from importers.demo import obligations
from tests.conftest import NOW


async def test_every_state_is_there_and_a_second_load_adds_nothing(db: None) -> None:  # noqa: ARG001  depends by name
    await demo.load_enterprises(NOW)

    first = await obligations.load_obligations(NOW)
    second = await obligations.load_obligations(NOW)

    assert (first, second) == (2, 0)
    rows = await fetch("SELECT state, kind, disputed_cents FROM fulfilment")
    states = Counter(row["state"] for row in rows)
    assert set(states) == {"planned", "submitted", "confirmed", "verified"}
    assert any(row["disputed_cents"] for row in rows)
    owed = await fetch("SELECT owed_cents, discount_cents FROM obligation ORDER BY id")
    # 5 % of 5,370,000 and of 600,000 euros, the second less a quarter for PSO level 2
    assert [tuple(row.values()) for row in owed] == [(26_850_000, 0), (3_000_000, 750_000)]


async def test_without_the_demo_directory_there_is_nothing_to_buy_from(db: None) -> None:  # noqa: ARG001  depends by name
    assert await obligations.load_obligations(NOW) == 0
