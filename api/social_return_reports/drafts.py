"""From the entries of ledgers to the rows of a report. Pure."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from api.domain.social_return.entries import Act, Entry
from api.domain.social_return.ledger import LedgerState, replay, up_to
from api.domain.social_return.report import Realised, realised_between, tabulate
from api.domain.values import Cents
from api.fulfilments.schemas import Details
from api.ledgers.queries import Kept
from api.social_return_reports.schemas import ReportOut

UNKNOWN = "unknown"


class Ledger(msgspec.Struct, frozen=True):
    """An obligation with its entries, and the details of those that book."""

    kept: Kept
    entries: Sequence[Entry]
    details: Mapping[int, str]
    """By the number of the entry."""


class Year(msgspec.Struct, frozen=True):
    """The span of a report: from its beginning up to and including an instant."""

    year: int
    begins: datetime
    as_of: datetime


def report_of(ledgers: Sequence[Ledger], year: Year) -> ReportOut:
    """Draw up the report; the same ledgers and instant give the same report."""
    rows: list[Realised] = []
    states: list[LedgerState] = []
    for one in ledgers:
        after = replay(up_to(one.entries, year.as_of))
        before = replay(entry for entry in one.entries if entry.at < year.begins)
        rows += _rows(one, before, after)
        states.append(after)
    due = [state.due_cents for state in states]
    return ReportOut(
        authority_id=ledgers[0].kept.authority,
        year=year.year,
        as_of=year.as_of,
        obligations=len(states),
        obligations_unknown=due.count(None),
        due_cents=sum(cents for cents in due if cents is not None),
        spend_cents=sum(row.spend_cents for row in rows),
        by_kind=tabulate(rows, lambda row: row.kind),
        by_group=tabulate([row for row in rows if row.person], lambda row: row.group or UNKNOWN),
        by_region=tabulate(rows, lambda row: row.region or UNKNOWN),
    )


def as_csv(report: ReportOut) -> str:
    """Write the tables as CSV with semicolons, as Dutch spreadsheets read it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("table", "key", "persons", "creditCents"))
    tables = (("kind", report.by_kind), ("group", report.by_group), ("region", report.by_region))
    for name, table in tables:
        for cell in (*table.cells, table.total):
            writer.writerow((name, _plain(cell.key), cell.persons, cell.credit_cents))
    writer.writerow(("spend", "total", "", report.spend_cents))
    writer.writerow(("due", "total", "", report.due_cents))
    return text.getvalue()


def _plain(key: str) -> str:
    """Keep a spreadsheet from reading a text as a formula (OWASP, CSV injection)."""
    return f"'{key}" if key[:1] in {"=", "+", "-", "@", "\t", "\r"} else key


def _rows(one: Ledger, before: LedgerState, after: LedgerState) -> list[Realised]:
    booked = {
        entry.claim_id: entry.number
        for entry in one.entries
        if entry.act is Act.SUBMIT and entry.claim_id is not None
    }
    return [
        _row(one, booked[claim_id], cents, _spend(after, claim_id) - _spend(before, claim_id))
        for claim_id, cents in realised_between(before, after).items()
    ]


def _row(one: Ledger, number: int, credit: Cents, spend: int) -> Realised:
    details = msgspec.json.decode(one.details[number], type=Details)
    return Realised(
        kind=details.kind,
        group=details.group,
        region=one.kept.region or one.kept.municipality,
        person=details.pseudonym,
        credit_cents=credit,
        spend_cents=Cents(spend),
    )


def _spend(state: LedgerState, claim_id: str) -> int:
    claim = state.claims.get(claim_id)
    if claim is None or claim.state != "verified":
        return 0
    return claim.basis_cents - claim.credited_basis_cents
