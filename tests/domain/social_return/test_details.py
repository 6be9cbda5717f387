"""What a ledger knows of persons is forgotten in time, and the chain over it still holds."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.social_return.chain import GENESIS, Link, seal, verify_chain
from api.domain.social_return.details import (
    Held,
    commitment,
    kept_until,
    remainder,
    wrong_details,
)
from api.domain.social_return.entries import Act, Entry

TODAY = date(2029, 6, 1)
Ledger = list[tuple[Link, str]]


def a_ledger(details: list[str]) -> Ledger:
    """Entries behind one another, each sealed over the hash of its details."""
    made: Ledger = []
    previous = GENESIS
    for number, text in enumerate(details, start=1):
        entry = Entry(
            obligation_id="o",
            number=number,
            at=datetime(2026, 11, 1, tzinfo=UTC),
            actor="x",
            act=Act.SUBMIT,
            evidence=commitment(text),
        )
        link = seal(previous, entry)
        made.append((link, text))
        previous = link.hash
    return made


def held(ledger: Ledger) -> list[Held]:
    return [Held(link.entry.number, link.entry.evidence, text) for link, text in ledger]


def without(ledger: Ledger, numbers: set[int]) -> Ledger:
    return [
        (link, remainder(TODAY) if link.entry.number in numbers else text) for link, text in ledger
    ]


ledgers = st.lists(st.text(), min_size=1, max_size=8).map(a_ledger)
subsets = st.sets(st.integers(1, 8))


@given(ledgers, subsets)
def test_whichever_entries_are_anonymised_the_ledger_holds(ledger: Ledger, gone: set[int]) -> None:
    left = without(ledger, gone)

    assert verify_chain(link for link, _ in left) is None
    assert wrong_details(held(left), gone) is None


@given(ledgers, subsets, st.data())
def test_an_entry_that_was_changed_is_still_found(
    ledger: Ledger, gone: set[int], data: st.DataObject
) -> None:
    left = without(ledger, gone)
    place = data.draw(st.integers(0, len(left) - 1))
    link, text = left[place]
    other = data.draw(st.text().filter(lambda one: one != text))
    changed = [*left]
    changed[place] = (link, other)

    found = wrong_details(held(changed), gone)

    # Whoever puts the very words back that were sealed has changed nothing.
    assert (found is None) is (commitment(other) == link.entry.evidence)
    assert found is None or (found.number, found.reason.code) == (place + 1, "details-differ")


@given(ledgers, subsets, st.data())
def test_details_that_went_without_a_word_in_the_trail_are_found(
    ledger: Ledger, gone: set[int], data: st.DataObject
) -> None:
    number = data.draw(st.integers(1, len(ledger)))

    found = wrong_details(held(without(ledger, gone | {number})), gone - {number})

    assert found is not None
    assert (found.number, found.reason.code) == (number, "details-gone")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "nonsense",
        '{"anonymisedOn":"2029-06-01"}',
        '{"kind":"purchase","facts":{},"lines":[],"anonymisedOn":"2029-06-01"}',
        '{"kind":"placement","facts":{"block":"x"},"lines":[],"anonymisedOn":"2029-06-01"}',
        '{"kind":"placement","facts":{},"lines":[],"anonymisedOn":"2029-06-01" }',
    ],
)
def test_only_the_one_remainder_passes(text: str | None) -> None:
    [(link, _)] = a_ledger(["a"])

    found = wrong_details([Held(1, link.entry.evidence, text)], {1})

    assert found is not None
    assert found.reason.code == "details-differ"


def test_an_entry_without_details_holds_nothing() -> None:
    assert wrong_details([Held(1, "", None)], ()) is None


def test_the_remainder_says_that_there_was_a_placement_and_when_it_went() -> None:
    assert remainder(TODAY) == (
        '{"kind":"placement","facts":{},"lines":[],"anonymisedOn":"2029-06-01"}'
    )


@pytest.mark.parametrize(
    ("ends_on", "until"),
    [
        (date(2027, 6, 1), date(2029, 6, 1)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2026, 12, 31), date(2028, 12, 31)),
    ],
)
def test_facts_about_persons_are_kept_for_two_years(ends_on: date, until: date) -> None:
    assert kept_until(ends_on) == until
