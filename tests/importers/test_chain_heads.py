"""Heads kept elsewhere: they show what a chain made anew can't."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from api import chain_heads
from api.chain_heads import Head, Heads
from api.database import fetch
from api.domain.errors import InvalidInput
from tests.conftest import NOW

LINK = """
INSERT INTO audit_seal (number, at, events, through_transaction, through_event, hash)
VALUES ($1, now(), 0, 0, '00000000-0000-0000-0000-000000000000', $2)
"""


@pytest.fixture
async def chain(migrated: None) -> AsyncIterator[None]:  # noqa: ARG001  depends by name
    """A chain of two links; other tests leave none."""
    await fetch("ALTER TABLE audit_seal DISABLE TRIGGER USER")
    await fetch("DELETE FROM audit_seal")
    for number in (1, 2):
        await fetch(LINK, number, f"{number}" * 64)
    yield
    await fetch("DELETE FROM audit_seal")


@pytest.mark.usefixtures("chain")
async def test_the_head_is_the_last_link_and_is_found_again() -> None:
    told = await chain_heads.heads(NOW)

    assert told.audit == Head(2, "2" * 64)
    assert await chain_heads.faults([told]) == []


@pytest.mark.usefixtures("chain")
async def test_a_chain_made_anew_or_set_back_is_seen() -> None:
    told = await chain_heads.heads(NOW)
    await fetch("UPDATE audit_seal SET hash = $1 WHERE number = 2", "f" * 64)
    anew = await chain_heads.faults([told])
    await fetch("DELETE FROM audit_seal WHERE number = 2")
    back = await chain_heads.faults([told])

    assert anew == [f"link 2 of the audit chain is not what was published, but {'f' * 64}"]
    assert back == ["link 2 of the audit chain is missing"]


@pytest.mark.usefixtures("chain")
async def test_an_entry_of_a_ledger_that_is_not_there_is_seen() -> None:
    ledger = "019200f0-0000-7000-8000-000000000000"
    told = Heads(at=NOW, audit=None, ledgers={ledger: Head(3, "a" * 64)})

    assert await chain_heads.faults([told]) == [f"entry 3 of ledger {ledger} is missing"]


def test_what_is_no_line_of_heads_is_named() -> None:
    good = msgspec.json.encode(Heads(at=NOW, audit=None))

    with pytest.raises(InvalidInput) as caught:
        chain_heads.read_heads(good + b"\n{}\n")

    assert [fault.place for fault in caught.value.faults] == ["line 2"]
