import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.social_return.chain import GENESIS, Link, canonical_json, seal, verify_chain
from api.domain.social_return.entries import Act, Entry

START = datetime(2026, 1, 1, 12, 30, 0, 250_000, tzinfo=UTC)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
amounts = st.integers(0, 2**53 - 1)


def entry(number: int, reason: str = "") -> Entry:
    return Entry(
        obligation_id="ob-1",
        number=number,
        at=START + timedelta(days=number),
        actor="an",
        act=Act.PLAN,
        claim_id=f"claim-{number}",
        amount_cents=100 * number,
        reason=reason,
    )


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        links.append(seal(links[-1].hash if links else GENESIS, entry(number)))
    return links


def changed(link: Link, **facts: object) -> Link:
    return Link(msgspec.structs.replace(link.entry, **facts), link.hash)


def test_an_entry_has_one_spelling() -> None:
    assert (
        canonical_json(entry(1, 'said "é"'))
        == (
            '{"act":"plan","actor":"an","amountCents":100,"at":"2026-01-02T12:30:00.250000Z",'
            '"basisCents":0,"categories":[],"claimId":"claim-1","discountCents":0,"evidence":"",'
            '"form":1,"number":1,"obligationId":"ob-1","rawCents":0,"reason":"said \\"é\\"",'
            '"ruleBook":""}'
        ).encode()
    )


@given(text, text, amounts, st.lists(text, max_size=3))
def test_the_spelling_is_that_of_rfc_8785(
    actor: str, reason: str, amount: int, categories: list[str]
) -> None:
    # Sorted keys, no spaces, UTF-8, and escapes only for quotes, backslash and controls.
    given_entry = msgspec.structs.replace(
        entry(1), actor=actor, reason=reason, amount_cents=amount, categories=tuple(categories)
    )
    written = canonical_json(given_entry)
    plain = json.loads(written)
    again = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert written == again.encode()
    assert all(isinstance(value, str | int | list | None) for value in plain.values())


def test_the_hash_covers_the_hash_before_it() -> None:
    first, second = chain(2)
    assert first.hash == sha256(bytes(32) + canonical_json(entry(1))).hexdigest()
    assert second.hash == sha256(bytes.fromhex(first.hash) + canonical_json(entry(2))).hexdigest()


def test_a_whole_chain_holds() -> None:
    links = chain(5)
    assert verify_chain(links) is None
    assert verify_chain(links, published_head=links[2].hash) is None
    assert verify_chain([], published_head=GENESIS) is None


@pytest.mark.parametrize("place", [1, 3, 5])
def test_the_first_changed_entry_is_named(place: int) -> None:
    links = chain(5)
    links[place - 1] = changed(links[place - 1], amount_cents=1)
    found = verify_chain(links)
    assert found is not None
    assert (found.number, found.reason.code) == (place, "hash-differs")


def test_a_changed_hash_is_named() -> None:
    links = chain(3)
    links[1] = Link(links[1].entry, "not a hash")
    found = verify_chain(links)
    assert found is not None
    assert found.number == 2


def test_a_missing_entry_is_named_by_its_place() -> None:
    links = chain(4)
    del links[1]
    found = verify_chain(links)
    assert found is not None
    assert (found.number, found.reason.code) == (2, "entry-out-of-place")


def test_a_rewritten_entry_with_a_fresh_hash_breaks_the_next_one() -> None:
    links = chain(3)
    links[0] = seal(GENESIS, entry(1, "rewritten"))
    found = verify_chain(links)
    assert found is not None
    assert found.number == 2


def test_a_chain_cut_off_at_its_end_misses_the_published_head() -> None:
    links = chain(4)
    assert verify_chain(links[:2]) is None
    found = verify_chain(links[:2], published_head=links[3].hash)
    assert found is not None
    assert (found.number, found.reason.code) == (3, "chain-cut-off")


@given(st.integers(2, 8), st.data())
def test_any_two_entries_exchanged_are_noticed(length: int, data: st.DataObject) -> None:
    links = chain(length)
    at = data.draw(st.integers(0, length - 2))
    links[at], links[at + 1] = links[at + 1], links[at]
    found = verify_chain(links)
    assert found is not None
    assert found.number == at + 1
    assert all(one.hash != other.hash for one, other in pairwise(links))
