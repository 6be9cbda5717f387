"""The TenderNed dataset into notices. Pure: bytes in, notices or rejections out.

Source: TenderNed, "Datasets aanbestedingen"; each column has its path in OCDS.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import msgspec

from api.domain.errors import InvalidValue
from api.domain.tendering.notice import Buyer, Money, Notice, Rejected
from importers.ocds.codes import country
from importers.ocds.findings import Findings
from importers.ocds.values import cents_of
from importers.tenderned.cells import Cells
from importers.tenderned.codes import AWARD, PLANS, PROCEDURES, YES
from importers.tenderned.columns import Column
from importers.tenderned.lots import VIRTUAL_LOT, lots_of
from importers.tenderned.table import Row, Table, table

SOURCE: Final = "tenderned"
EURO: Final = "EUR"
MAX_NAMED_FAULTS: Final = 10
MAX_RECORD: Final = 200
MAX_VAT_RATE: Final = 100


def notices(document: bytes) -> Iterator[Notice | Rejected]:
    """Read one file of the dataset: one item per tender (Tenderned kenmerk), in file order.

    A file that can't be read raises `InvalidInput` at once. A tender with a bad cell is
    `Rejected` with its row and column, the others continue. What is said about the whole
    file stands in the warnings of the first notice. Amounts in cents, excluding VAT.
    """
    found = table(document)
    return _with_warnings(_read_all(found), found.warnings)


def _with_warnings(
    items: Iterable[Notice | Rejected], warnings: tuple[str, ...]
) -> Iterator[Notice | Rejected]:
    for item in items:
        if isinstance(item, Notice):
            yield msgspec.structs.replace(item, warnings=(*warnings, *item.warnings))
            warnings = ()
        else:
            yield item


def _read_all(found: Table) -> Iterator[Notice | Rejected]:
    for first, last in found.misfits:
        place = f"row {first}" if first == last else f"rows {first} to {last}"
        yield Rejected(place, "ragged-row", "more or fewer cells than the header has")
    tenders: dict[str, list[Row]] = {}
    for row in found.rows:
        tender_id = row.cells.get(Column.TENDER_ID)
        if tender_id is None:
            detail = f"{Column.TENDER_ID.value} is empty"
            yield Rejected(row.place(Column.TENDER_ID), "missing", detail)
        else:
            tenders.setdefault(tender_id, []).append(row)
    for tender_id, rows in tenders.items():
        yield _read(tender_id, rows)


def _read(tender_id: str, rows: Sequence[Row]) -> Notice | Rejected:
    findings = Findings()
    publication = _publication(rows, findings)
    notice = _notice(publication)
    if findings.faults:
        first, *others = findings.faults
        more = (f"{fault.place}: {fault.detail}" for fault in others[:MAX_NAMED_FAULTS])
        return Rejected(
            first.place, first.code, "; ".join((first.detail, *more)), tender_id[:MAX_RECORD]
        )
    return msgspec.structs.replace(notice, warnings=findings.warnings())


def _publication(rows: Sequence[Row], findings: Findings) -> list[Cells]:
    """Choose the newest call among the publications of one tender, else the newest plan."""
    publications: dict[str, list[Cells]] = {}
    for row in rows:
        cells = Cells(row, findings)
        publications.setdefault(cells.needed(Column.PUBLICATION_ID), []).append(cells)
    chosen = max(publications, key=lambda publication: _rank(publications[publication][0]))
    for publication in publications:
        if publication != chosen:
            findings.leave_out("other publications of the same tender", publication)
    return publications[chosen]


def _rank(cells: Cells) -> tuple[bool, bool, date]:
    """A call before a plan before an award, and then the newest."""
    published_on = cells.day(Column.PUBLISHED_ON) or date.min
    return not _is_award(cells), not _is_plan(cells), published_on


def _kind(cells: Cells) -> str:
    return (cells.phrase(Column.KIND) or "").lower()


def _is_award(cells: Cells) -> bool:
    return AWARD in _kind(cells)


def _is_plan(cells: Cells) -> bool:
    return _kind(cells).startswith(PLANS)


def _notice(publication: Sequence[Cells]) -> Notice:
    first = publication[0]
    title = first.needed(Column.TITLE)
    estimate = _estimate(first)
    lots = lots_of(publication, title)
    if lots[0].source_lot_id == VIRTUAL_LOT:
        lots = (msgspec.structs.replace(lots[0], estimated_value=estimate),)
    _warn_of_stage(first)
    return Notice(
        source=SOURCE,
        source_id=first.needed(Column.TENDER_ID),
        notice_id=first.needed(Column.PUBLICATION_ID),
        title=title,
        description=first.text(Column.DESCRIPTION) or "",
        buyer=_buyer(first),
        procedure=_procedure(first),
        published_on=first.day(Column.PUBLISHED_ON),
        estimated_value=estimate,
        lots=lots,
    )


def _warn_of_stage(cells: Cells) -> None:
    if _is_award(cells):
        cells.findings.warn("an award: no longer open for tenders")
    elif _is_plan(cells):
        cells.findings.warn("a plan or consultation: not yet open for tenders")


def _buyer(cells: Cells) -> Buyer | None:
    name = cells.phrase(Column.AUTHORITY)
    if name is None:
        cells.findings.warn("names no contracting authority")
        return None
    land = cells.phrase(Column.AUTHORITY_COUNTRY)
    code = country(land) if land else None
    if land and code is None:
        cells.findings.leave_out("countries without a code", land)
    return Buyer(
        name=name,
        identifier=cells.phrase(Column.AUTHORITY_NUMBER),
        country=code,
        town=cells.phrase(Column.AUTHORITY_TOWN),
    )


def _procedure(cells: Cells) -> str | None:
    words = cells.phrase(Column.PROCEDURE)
    if words is not None and words.lower() not in PROCEDURES:
        cells.findings.leave_out("procedures without an eForms code", words)
    return PROCEDURES.get((words or "").lower())


def _estimate(cells: Cells) -> Money | None:
    """Read the estimate of the whole tender; 0 means that none was published."""
    amount, currency = cells.number(Column.ESTIMATE), cells.phrase(Column.ESTIMATE_CURRENCY)
    if amount is None:
        return None
    if currency != EURO:
        cells.findings.warn(f"an estimate in {(currency or 'an unknown currency')[:40]}; left out")
        return None
    period = cells.phrase(Column.ESTIMATE_PERIOD)
    if period:
        cells.findings.warn(f"the estimate is for this period: {period[:80]}")
    net = _without_vat(cells, amount)
    return None if net is None else _euros(cells, net)


def _euros(cells: Cells, amount: Decimal) -> Money | None:
    try:
        cents = cents_of(amount)
    except InvalidValue as error:
        cells.fault(Column.ESTIMATE, error.value_code, error.detail)
        return None
    if cents is None:
        cells.findings.warn("an estimate of 0 is read as not published")
        return None
    return Money(cents, EURO)


def _without_vat(cells: Cells, amount: Decimal) -> Decimal | None:
    """Take VAT off where the estimate has it, halves of a cent up (own choice, ADR 5)."""
    if (cells.phrase(Column.ESTIMATE_HAS_VAT) or "").lower() != YES:
        return amount
    rate = cells.number(Column.ESTIMATE_VAT_RATE)
    if rate is None or not 0 <= rate <= MAX_VAT_RATE:
        cells.findings.warn("the estimate has VAT in it, of an unknown rate; left out")
        return None
    cells.findings.warn(f"{rate} % VAT was taken off the estimate")
    return (amount * 100 / (100 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)
