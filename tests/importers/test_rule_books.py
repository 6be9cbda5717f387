import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from api.domain.errors import Fault, InvalidInput, TooLarge
from api.domain.social_return.activity import Activity
from api.domain.social_return.caps import CapLimit, caps_of
from api.domain.social_return.discount import Contractor, own_discount
from api.domain.social_return.measures import months_later
from api.domain.social_return.obligation import Contract, assess_obligation, malus_cents
from api.domain.social_return.placement import Placement, hour_rate_cents
from api.domain.social_return.purchase import HeldMark, MarkStatus, Purchase
from api.domain.social_return.rule_book import BonusPer, RuleBook, SourceKind
from api.domain.social_return.rule_book_checks import shelf_faults
from api.domain.social_return.selection import TenderPlace, choose_rule_book
from api.domain.social_return.valuation import (
    credit_for_activity,
    credit_for_placement,
    credit_for_purchase,
)
from api.domain.tendering.notice import Nature
from api.domain.values import Cents, Period
from importers.rule_books.parse import SHIPPED, parse_rule_book, shipped_rule_books

MUNICIPALITIES = (
    Path(__file__).parents[2] / ".." / "shared" / "data" / "reference" / "nl-gemeenten.csv"
)
HEADER = """\
id: town
version: 1
name: Town
regions: [Region]
sourceKind: example
sources:
  - {id: page, title: Page, kind: example}
"""
"""Seven lines: what follows begins on line 8."""


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as refused:
        parse_rule_book(text)
    return refused.value.faults


def places(text: str) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in faults(text)]


def test_the_least_a_book_may_say() -> None:
    book = parse_rule_book(HEADER)
    assert (book.id, book.version, book.regions) == ("town", "1", ("Region",))
    assert book.source_kind is SourceKind.EXAMPLE
    assert (book.valid_from, book.obligation, book.blocks) == (None, None, ())


def test_values_are_read_as_written() -> None:
    book = parse_rule_book(
        HEADER
        + "validFrom: 2026-01-01\n"
        + "wageSubsidyLiftsMaximum: true\n"
        + "entryWindowMonths: 12\n"
        + "fullTime: {hoursPerWeek: 36.5}\n"
        + "bonuses:\n"
        + "  - {code: no, label: yes, per: once, amountEur: 7.21, stackable: false}\n"
    )
    assert book.valid_from == date(2026, 1, 1)
    assert book.wage_subsidy_lifts_maximum is True
    assert book.entry_window_months == 12
    assert book.week_hours == Decimal("36.5")
    [bonus] = book.bonuses
    assert (bonus.code, bonus.label, bonus.amount_cents) == ("no", "yes", 721)
    assert (bonus.per, bonus.stackable) == (BonusPer.ONCE, False)


BROKEN = (
    HEADER
    + """\
validFrm: 2026-01-01
validUntil: 1 januari
recognitions:
  - {code: pso, label: PSO}
caps:
  - {category: ghost, share: 0.5}
blocks:
  - {code: work, label: Work, unit: fortnight, valueEur: 50000}
  - {code: work, label: Again, unit: year, valueEur: 50.000}
  - {code: short, label: Short, unit: year, valueEur: 100, maxMonths: 0}
  - {label: Nameless, unit: year, valueEur: 100}
bonuses:
  - {code: luck, label: Luck, per: once, amountEur: 10, blocks: [gone]}
purchases:
  - {recognition: pso, level: "1", share: 10, part: invoice}
  - {recognition: pso, level: "1", share: 0.20, part: invoice}
  - {recognition: psso, share: 5%, part: invoice}
obligation:
  percentages:
    - {share: 0.02, labourShareBelow: 0.30}
    - {share: 0.05}
"""
)


def test_every_fault_is_reported_at_once_with_its_line() -> None:
    assert places(BROKEN) == [
        ("unknown-key", "line 8, column 1"),
        ("wrong-type", "line 9, column 13"),
        ("unknown-category", "line 13, column 16"),
        ("wrong-type", "line 15, column 37"),
        ("block-twice", "line 16, column 5"),
        ("wrong-type", "line 16, column 54"),
        ("not-above-zero", "line 17, column 71"),
        ("missing-key", "line 18, column 5"),
        ("unknown-block", "line 20, column 66"),
        ("share-out-of-range", "line 22, column 43"),
        ("level-twice", "line 23, column 5"),
        ("unknown-recognition", "line 24, column 19"),
        ("wrong-type", "line 24, column 32"),
        ("overlapping-rules", "line 28, column 7"),
    ]


def test_a_fault_says_what_to_write_instead() -> None:
    details = [fault.detail for fault in faults(BROKEN)]
    assert details[0] == "validFrm is no key here; validFrom is"
    assert details[1] == "'1 januari': no date such as 2025-01-31"
    assert details[3].startswith("'fortnight': none of year, month, week")
    assert details[5] == "'50.000': no amount in euros such as 50000 or 7.21"
    assert details[9] == "10 is no share between 0 and 1; write 5 % as 0.05"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("extra: [1]", ("unknown-key", "line 8, column 1")),
        ("id: twice", ("duplicate-key", "line 8, column 1")),
        ("blocks: none", ("wrong-type", "line 8, column 9")),
        ("blocks: [work]", ("wrong-type", "line 8, column 10")),
        ("blocks: [{}, 7]", ("wrong-type", "line 8, column 14")),
        ("fullTime: 36", ("wrong-type", "line 8, column 11")),
        ("fullTime: {hoursPerWeek: [36]}", ("wrong-type", "line 8, column 26")),
        ("fullTime: {hoursPerWeek: veel}", ("wrong-type", "line 8, column 26")),
        ("validFrom:", ("empty-value", "line 8, column 11")),
        ("validFrom: ~", ("empty-value", "line 8, column 12")),
        ('gaps: [""]', ("wrong-type", "line 8, column 8")),
        ("validFrom: 2026-02-30", ("wrong-type", "line 8, column 12")),
        ("entryWindowMonths: 12.5", ("wrong-type", "line 8, column 20")),
        ("wageSubsidyLiftsMaximum: yes", ("wrong-type", "line 8, column 26")),
        ("municipalities: [GM34]", ("invalid-municipality", "line 8, column 18")),
        ("malus: {factor: -1}", ("below-zero", "line 8, column 17")),
    ],
)
def test_one_wrong_line_is_named(line: str, fault: tuple[str, str]) -> None:
    assert fault in places(HEADER + line + "\n")


def test_what_follows_from_an_unreadable_value_is_not_reported_as_well() -> None:
    text = HEADER + "blocks:\n  - {code: a, label: A, unit: year, valueEur: veel}\n"
    assert places(text) == [("wrong-type", "line 9, column 47")]
    rows = HEADER + "fteRule: {share: many}\nbonuses:\n  - {code: [x], label: L, per: weekly}\n"
    assert [code for code, _ in places(rows)] == ["wrong-type", "wrong-type", "wrong-type"]


def test_a_fault_about_an_absent_key_is_placed_at_the_row_around_it() -> None:
    text = HEADER + (
        "blocks: [{code: a, label: A, unit: month, valueEur: 750}]\n"
        "bonuses:\n  - {code: b, label: B, per: year-value, multiple: 1}\n"
    )
    assert places(text) == [("no-year-value", "line 10, column 5")]


def test_a_book_without_a_header_names_every_missing_key() -> None:
    missing = [fault.detail.removesuffix(" is missing") for fault in faults("gaps: [all]\n")]
    assert missing == ["id", "version", "name", "regions", "sourceKind", "sources"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1, column 1"),
        ("- a list", "line 1, column 1"),
        ("id: [open", "line 1, column 10"),
        ("id: a\nname: b: c\n", "line 2, column 8"),
        ("id: a\nname: \x07\n", "line 2, column 1"),
        ("id: a\n---\nid: b\n", "line 2, column 1"),
        ("a: &x [1]\nb: *x\n", "line 2, column 4"),
        ("a: " + "[" * 9 + "]" * 9, "line 1, column 11"),
    ],
)
def test_text_that_is_no_book_is_refused_with_its_line(text: str, place: str) -> None:
    assert places(text) == [("yaml-syntax", place)]


def test_a_text_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        parse_rule_book("#" * 200_001)


UNSEEN_REGION = """\
id: unseen
version: 2027-03
name: A region nobody wrote code for
regions: [Parkrand]
municipalities: [GM0001, GM0002]
appliesBy: award-date
validFrom: 2027-03-01
validUntil: 2029-01-01
sourceKind: primary
sources:
  - {id: gazette, title: Gazette, url: "https://example.org/gazette", kind: primary}
obligation:
  base: labour-component
  kinds: [services]
  minMonths: 4
  percentages:
    - {share: 0.05, valueBelowEur: 1000000}
    - {share: 0.07, valueFromEur: 1000000}
  thresholds:
    - {reference: eu.services.sub-central, comparison: from, kinds: [services]}
fullTime: {hoursPerWeek: 38, hoursPerYear: 1976, hourRateRounding: cent}
categories:
  - {code: guidance, label: Begeleiding}
caps:
  - {category: guidance, share: 0.20}
recognitions:
  - {code: pso, label: PSO}
fteRule: {share: 0.05}
entryWindowMonths: 6
doubleCounting: full-time
blocks:
  - {code: wage, label: Loon, unit: actual-cost, markup: 0.30}
  - {code: trial, label: Proef, unit: month, valueEur: 750, maxMonths: 6, priorConsent: true}
activities:
  - code: guide
    label: Begeleiding
    unit: hour
    valueEur: 15
    maxHoursPerWeek: 5
    categories: [guidance]
  - {code: lesson, label: Gastles, unit: hour, valueEur: 100, ceiling: true}
  - {code: event, label: Evenement, unit: half-day, valueEur: 500}
bonuses:
  - {code: stays, label: Blijft, per: once, amountEur: 2500, stackable: true, blocks: [wage]}
purchases:
  - {recognition: pso, share: 0.5, part: labour, subjects: [catering]}
ownCertificates:
  - {recognition: pso, level: "3", discount: 0.75}
malus: {factor: 1.5, recoveryDays: 60, noFaultException: true}
"""


def test_a_new_region_needs_a_file_and_no_code() -> None:
    book = parse_rule_book(UNSEEN_REGION)
    thresholds = {"eu.services.sub-central": Cents(216_000_00)}
    contract = Contract(
        kind=Nature.SERVICES,
        value_cents=Cents(1_000_000_00),
        labour_cents=Cents(400_000_00),
        months=Decimal(4),
    )
    assert assess_obligation(contract, book, thresholds).amount_cents == 28_000_00

    guidance = Activity(activity="guide", quantity=Decimal(10), days=14)
    credit = credit_for_activity(guidance, book)
    assert (credit.amount_cents, credit.categories) == (150_00, ("guidance",))
    lesson = Activity(activity="lesson", quantity=Decimal(2), cost_cents=Cents(120_00))
    assert credit_for_activity(lesson, book).amount_cents == 120_00
    assert malus_cents(Cents(10_000_00), book.malus) == 15_000_00
    assert msgspec.json.decode(msgspec.json.encode(book), type=RuleBook) == book


@pytest.fixture(scope="module")
def shelf() -> dict[str, RuleBook]:
    return {book.id: book for book in shipped_rule_books()}


def test_eight_books_are_shipped_and_stand_together_on_one_shelf(
    shelf: dict[str, RuleBook],
) -> None:
    assert {book.id: book.version for book in shelf.values()} == {
        "groningen": "2025",
        "haaglanden": "2023-07",
        "holland-rijnland": "2023-09",
        "noordoost-brabant": "2025",
        "oost-nederland": "2026",
        "rijk": "current",
        "rijnmond": "2024",
        "utrecht": "current",
    }
    assert shelf_faults(tuple(shelf.values())) == ()
    assert sorted(path.stem for path in SHIPPED.glob("*.yaml")) == sorted(
        f"{book.id}-{book.version}" for book in shelf.values()
    )


def test_books_from_a_compilation_say_so(shelf: dict[str, RuleBook]) -> None:
    primary = {name for name, book in shelf.items() if book.source_kind is SourceKind.PRIMARY}
    assert primary == {"utrecht", "haaglanden", "holland-rijnland"}
    assert all(book.sources and book.gaps for book in shelf.values())


def test_municipality_codes_are_those_of_the_places_named(shelf: dict[str, RuleBook]) -> None:
    if not MUNICIPALITIES.exists():
        pytest.skip("the reference data is not beside the repository")
    with MUNICIPALITIES.open(encoding="utf-8") as lines:
        names = {row[0]: row[1] for row in csv.reader(lines)}
    codes = {name: [names[code] for code in book.municipalities] for name, book in shelf.items()}
    assert {name: towns for name, towns in codes.items() if towns} == {
        "utrecht": ["Utrecht"],
        "haaglanden": ["'s-Gravenhage"],
        "holland-rijnland": ["Leiden"],
        "groningen": ["Groningen"],
    }


def amount(book: RuleBook, block: str, months: int, hours: str | None = None) -> int | None:
    start = date(2025, 1, 1)
    given = Placement(
        block=block,
        started_on=start,
        period=Period(start, months_later(start, months)),
        hours_per_week=None if hours is None else Decimal(hours),
    )
    return credit_for_placement(given, book).amount_cents


def test_published_hourly_rates_follow_from_the_year_values(shelf: dict[str, RuleBook]) -> None:
    rates = {
        name: [hour_rate_cents(Cents(euros * 100), shelf[name].full_time) for euros in values]
        for name, values in (
            ("rijnmond", (50_000, 25_000, 15_000, 5_000)),
            ("noordoost-brabant", (45_000, 30_000, 20_000, 5_000, 10_000)),
        )
    }
    assert rates == {
        "rijnmond": [24_04, 12_02, 7_21, 2_40],
        "noordoost-brabant": [24_00, 16_00, 11_00, 3_00, 5_00],
    }


def test_placements_by_the_shipped_books(shelf: dict[str, RuleBook]) -> None:
    assert amount(shelf["haaglanden"], "job-agreement", 9, "24") == 25_000_00
    assert amount(shelf["haaglanden"], "ww-under-1y", 18, "36") == 20_000_00
    assert amount(shelf["utrecht"], "wajong", 6, "18") == 12_500_00
    assert amount(shelf["oost-nederland"], "work-experience", 4) == 3_000_00
    assert amount(shelf["oost-nederland"], "bol-1-2", 5) == 10_000_00
    assert amount(shelf["holland-rijnland"], "wajong", 12, "36") is None


def mark(scheme: str, level: str | None = None) -> HeldMark:
    return HeldMark(scheme=scheme, level=level, status=MarkStatus.VERIFIED)


def test_purchases_by_the_shipped_books(shelf: dict[str, RuleBook]) -> None:
    def credit(name: str, *marks: HeldMark, subject: str | None = None) -> int | None:
        bought = Purchase(
            invoice_cents=Cents(10_000_00),
            invoiced_on=date(2026, 2, 1),
            marks=marks,
            subject=subject,
        )
        return credit_for_purchase(bought, shelf[name]).amount_cents

    ladder = mark("pso", "3")
    assert credit("oost-nederland", ladder) == 3_000_00
    assert credit("oost-nederland", ladder, mark("pso-30plus", "3")) == 10_000_00
    assert credit("noordoost-brabant", mark("pso", "1")) == 1_000_00
    assert credit("haaglanden", mark("haaglanden-erkend", "aspirant")) == 10_000_00
    assert credit("utrecht", mark("social-enterprise")) is None
    assert credit("groningen", mark("social-enterprise"), subject="flowers") == 10_000_00
    assert caps_of(shelf["oost-nederland"]) == (CapLimit("pso-purchases", Decimal("0.50")),)


def test_t7_t9_and_t10_by_the_shipped_books(shelf: dict[str, RuleBook]) -> None:
    contractor = Contractor(marks=(mark("pso", "2"),), awarded_on=date(2026, 2, 1))
    assert own_discount(Cents(40_000_00), contractor, shelf["oost-nederland"]).amount_cents == (
        10_000_00
    )
    contract = Contract(
        kind=Nature.WORKS,
        value_cents=Cents(300_000_00),
        months=Decimal(6),
        wage_sum_cents=Cents(120_000_00),
    )
    assert assess_obligation(contract, shelf["rijk"], {}).amount_cents == 6_000_00
    assert malus_cents(Cents(4_000_00), shelf["rijnmond"].malus) == 5_000_00


def test_the_day_of_publication_selects_a_shipped_book(shelf: dict[str, RuleBook]) -> None:
    def chosen(published_on: date) -> RuleBook | None:
        tender = TenderPlace(municipality="GM0546", published_on=published_on)
        return choose_rule_book(shelf.values(), tender).book

    assert chosen(date(2023, 9, 1)) is shelf["holland-rijnland"]
    assert chosen(date(2023, 8, 31)) is None
