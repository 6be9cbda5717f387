"""From the sums of ledgers to a report, its tables, workbook and charts. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Final
from uuid import UUID

import msgspec

from api.domain.social_return.business_case import Amount, Factor, business_case
from api.domain.social_return.measures import in_euros, months_in
from api.domain.social_return.report import Cell, Realised, ReportTable, tabulate
from api.domain.social_return.rule_book import RuleBook
from api.domain.values import Cents, Period
from api.formulas import csv_rows, inert, workbook
from api.social_return_reports.queries import ClaimRow, Running
from api.social_return_reports.schemas import (
    BusinessCaseIn,
    BusinessCaseOut,
    ReportOut,
    SpendRow,
    TableName,
)

UNKNOWN: Final = "unknown"
MONTHS: Final = 12
SHARE: Final = Decimal("0.0001")
HEAD: Final = ("table", "key", "persons", "jobYears", "creditCents", "spendCents")
TITLES: Final = {
    TableName.KIND: "Gerealiseerde social return per soort",
    TableName.GROUP: "Gerealiseerde social return per doelgroep",
    TableName.REGION: "Gerealiseerde social return per regio",
}
_NAMES: Final = {
    "placement": "plaatsingen",
    "purchase": "inkoop",
    "activity": "activiteiten",
    "arrangement": "maatwerk",
    UNKNOWN: "onbekend",
}
_DUTCH: Final = str.maketrans(",.", ".,")
_ROW: Final = 28
_LEFT, _WIDE, _WIDTH, _TOP = 200, 340, 720, 44


class Year(msgspec.Struct, frozen=True):
    """The span of a report: from its beginning up to and including an instant."""

    year: int
    begins: datetime
    as_of: datetime


class Found(msgspec.Struct, frozen=True):
    """What was read of a year."""

    running: Sequence[Running]
    claims: Sequence[ClaimRow]
    books: Mapping[UUID, RuleBook]


def report_of(authority: UUID, found: Found, year: Year) -> ReportOut:
    """Draw up the report; the same ledgers and instant give the same report."""
    rows = [_row(one, found.books[one.rule_book]) for one in found.claims]
    rows = [row for row in rows if row.credit_cents or row.spend_cents]
    due = [one.due_cents for one in found.running]
    spend = _spend_by_supplier(rows)
    used = {one.rule_book for one in found.running}
    return ReportOut(
        authority_id=authority,
        year=year.year,
        as_of=year.as_of,
        obligations=len(due),
        obligations_unknown=due.count(None),
        due_cents=sum(cents for cents in due if cents is not None),
        spend_cents=sum(spend.values()),
        suppliers=len(spend),
        largest_supplier_share=_largest(spend),
        by_kind=tabulate(rows, lambda row: row.kind),
        by_group=tabulate([row for row in rows if row.person], lambda row: row.group or UNKNOWN),
        by_region=tabulate(rows, lambda row: row.region or UNKNOWN),
        spend_by_rule=tuple(_by_rule(rows)),
        rule_books=tuple(
            sorted(f"{found.books[one].id} {found.books[one].version}" for one in used)
        ),
    )


def case_of(report: ReportOut, given: BusinessCaseIn) -> BusinessCaseOut:
    """Set what was paid and earned beside what the job years of the report save."""
    money = tuple(
        [
            Amount(label=one.label, amount_cents=Cents(one.amount_cents), source=one.source)
            for one in some
        ]
        for some in (given.revenues, given.costs)
    )
    factors = [
        Factor(group=one.group, saving_cents=Cents(one.saving_cents), source=one.source)
        for one in given.factors
    ]
    years = [(cell.key, cell.job_years) for cell in report.by_group.cells]
    case = business_case((money[0], money[1]), years, factors)
    return BusinessCaseOut(**msgspec.structs.asdict(case), year=report.year, as_of=report.as_of)


def tables(report: ReportOut) -> Mapping[TableName, ReportTable]:
    """Name the tables of a report."""
    return {
        TableName.KIND: report.by_kind,
        TableName.GROUP: report.by_group,
        TableName.REGION: report.by_region,
    }


def lines(report: ReportOut) -> Iterator[tuple[str | int | Decimal | None, ...]]:
    """Give the tables as rows; texts can't be read as formulas (OWASP, CSV injection)."""
    for name, table in tables(report).items():
        for cell in (*table.cells, table.total):
            figures = (cell.persons, cell.job_years, cell.credit_cents, cell.spend_cents)
            yield (name.value, inert(cell.key), *figures)
    for one in report.spend_by_rule:
        yield ("spend-by-rule", inert(one.rule), None, None, one.credit_cents, one.spend_cents)
    yield ("spend", "total", None, None, None, report.spend_cents)
    yield ("due", "total", None, None, report.due_cents, None)


def as_csv(report: ReportOut) -> str:
    """Write the tables as CSV with semicolons, as Dutch spreadsheets read it."""
    return csv_rows((HEAD, *lines(report)))


def as_xlsx(report: ReportOut) -> bytes:
    """Write the tables as a workbook; what is suppressed is an empty cell."""
    about = (
        ("authorityId", str(report.authority_id)),
        ("year", report.year),
        ("asOf", report.as_of.isoformat()),
    )
    return workbook(("Social return", (*about, HEAD, *lines(report))))


def as_svg(report: ReportOut, name: TableName) -> str:
    """Draw a table as bars, with its figures in words for who can't see it."""
    table = tables(report)[name]
    most = max((cell.credit_cents or 0 for cell in table.cells), default=0)
    title = f"{TITLES[name]}, {report.year}"
    height = _TOP + _ROW * max(1, len(table.cells)) + 16
    bars = "".join(_bar(cell, row, most) for row, cell in enumerate(table.cells))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDTH} {height}"'
        ' font-family="sans-serif" font-size="14" aria-labelledby="t d">'
        f'<title id="t">{escape(title)}</title><desc id="d">{escape(_in_words(table))}</desc>'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
        f'<text x="8" y="24" font-weight="bold">{escape(title)}</text>{bars}</svg>'
    )


def _row(one: ClaimRow, book: RuleBook) -> Realised:
    return Realised(
        kind=one.kind,
        group=one.group,
        region=one.region,
        person=one.person,
        credit_cents=Cents(one.after.realised_cents - one.before.realised_cents),
        spend_cents=Cents(one.after.spend_cents - one.before.spend_cents),
        recognition=one.recognition,
        supplier=one.supplier,
        job_years=None if one.before.verified else _job_years(one, book),
    )


def _job_years(one: ClaimRow, book: RuleBook) -> Decimal | None:
    """Count a placement once, in the year that it was verified, over the days claimed."""
    full = book.week_hours
    if full is None or None in {one.hours_per_week, one.from_day, one.until_day}:
        return None
    starts_on, ends_on = (date.fromisoformat(str(day)) for day in (one.from_day, one.until_day))
    months = months_in(Period(starts_on, ends_on), starts_on)
    share = min(Decimal(str(one.hours_per_week)), full) / full
    return share * months.numerator / months.denominator / MONTHS


def _spend_by_supplier(rows: Iterable[Realised]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        if row.supplier is not None and row.spend_cents:
            found[row.supplier] = found.get(row.supplier, 0) + row.spend_cents
    return found


def _largest(spend: Mapping[str, int]) -> Decimal | None:
    whole = sum(spend.values())
    return (Decimal(max(spend.values())) / whole).quantize(SHARE) if whole > 0 else None


def _by_rule(rows: Iterable[Realised]) -> Iterator[SpendRow]:
    found: dict[str, list[Realised]] = {}
    for row in rows:
        if row.kind == "purchase":
            found.setdefault(row.recognition or UNKNOWN, []).append(row)
    for rule in sorted(found):
        yield SpendRow(
            rule=rule,
            spend_cents=sum(row.spend_cents for row in found[rule]),
            credit_cents=sum(row.credit_cents for row in found[rule]),
        )


def _bar(cell: Cell, row: int, most: int) -> str:
    y = _TOP + row * _ROW
    label = f'<text x="8" y="{y + 15}">{escape(_named(cell.key))}</text>'
    told = f'<text x="{{x}}" y="{y + 15}">{escape(_told(cell))}</text>'
    if cell.credit_cents is None:
        return label + told.format(x=_LEFT)
    wide = max(0, cell.credit_cents) * _WIDE // most if most > 0 else 0
    bar = f'<rect x="{_LEFT}" y="{y}" width="{wide}" height="20" fill="#154273"/>'
    return label + bar + told.format(x=_LEFT + wide + 8)


def _in_words(table: ReportTable) -> str:
    told = [f"{_named(cell.key)}: {_told(cell)}" for cell in table.cells]
    return "; ".join(told) or "Er is niets gerealiseerd."


def _named(key: str) -> str:
    return _NAMES.get(key, key)


def _told(cell: Cell) -> str:
    if cell.credit_cents is None:
        return "niet getoond"
    return in_euros(cell.credit_cents).translate(_DUTCH)
