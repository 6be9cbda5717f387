from datetime import date
from typing import Any

import pytest

from api.domain.social_return.rule_book import RuleBook, SelectingDate, Source, SourceKind
from api.domain.social_return.selection import Choice, Found, TenderPlace, choose_rule_book


def book(series: str, version: str, starts_on: date | None = None, **more: Any) -> RuleBook:
    return RuleBook(
        id=series,
        version=version,
        name=series,
        source_kind=SourceKind.EXAMPLE,
        sources=(Source("page", "Page", SourceKind.EXAMPLE),),
        valid_from=starts_on,
        **({"regions": ("Region",)} | more),
    )


OLD = book("region", "2022", date(2022, 1, 1))
NEW = book("region", "2025", date(2025, 1, 1))
TOWN = book("town", "2025", date(2025, 1, 1), municipalities=("GM0001",), regions=("Town",))
BY_AWARD = book("award", "1", date(2025, 1, 1), applies_by=SelectingDate.AWARD, regions=("Away",))
UNDATED = book("undated", "1", regions=("Nowhere",))
SHELF = (OLD, NEW, TOWN, BY_AWARD, UNDATED)


def choose(**tender: Any) -> Choice:
    return choose_rule_book(SHELF, TenderPlace(**tender))


def codes(choice: Choice) -> list[str]:
    return [reason.code for reason in choice.reasons]


@pytest.mark.parametrize(
    ("published_on", "version"),
    [(date(2024, 12, 31), "2022"), (date(2025, 1, 1), "2025"), (date(2026, 1, 1), "2025")],
)
def test_the_day_of_publication_selects_the_version(published_on: date, version: str) -> None:
    choice = choose(region="region", published_on=published_on)
    assert choice.found is Found.ONE
    assert choice.book is not None
    assert (choice.book.version, choice.reasons) == (version, ())


def test_the_book_of_a_municipality_goes_before_that_of_its_region() -> None:
    choice = choose(municipality="GM0001", region="Region", published_on=date(2025, 6, 1))
    assert choice.book is TOWN


def test_a_book_may_look_at_the_day_of_the_award() -> None:
    assert choose(region="Away", awarded_on=date(2025, 6, 1)).book is BY_AWARD
    assert codes(choose(region="Away", published_on=date(2025, 6, 1))) == ["selecting-date-unknown"]


def test_a_tender_before_every_version_has_no_book() -> None:
    choice = choose(region="Region", published_on=date(2021, 12, 31))
    assert (choice.found, choice.candidates) == (Found.NONE, (OLD, NEW))
    assert codes(choice) == ["outside-period", "outside-period"]


def test_a_place_that_no_book_names_has_no_book() -> None:
    assert codes(choose(municipality="GM9999", published_on=date(2025, 6, 1))) == [
        "no-rule-book-for-place"
    ]


def test_a_book_of_which_the_start_is_unknown_says_so() -> None:
    choice = choose(region="Nowhere", published_on=date(2025, 6, 1))
    assert (choice.book, codes(choice)) == (UNDATED, ["period-unknown"])


def test_two_series_for_one_place_are_left_to_a_person() -> None:
    rival = book("rival", "1", date(2024, 1, 1))
    tender = TenderPlace(region="Region", published_on=date(2025, 6, 1))
    choice = choose_rule_book((*SHELF, rival), tender)
    assert (choice.found, choice.book) == (Found.SEVERAL, None)
    assert codes(choice) == ["several-rule-books"]
    assert choice.candidates == (NEW, rival)
