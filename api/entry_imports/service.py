"""Use cases of imports of entries: a list, or one invoice. The same again changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.audit import service as audit
from api.database import connection, transaction
from api.domain.errors import DomainError, Fault, InvalidInput
from api.domain.social_return.double_count import invoice_key
from api.domain.social_return.privacy import pseudonym
from api.domain.tendering.notice import Rejected
from api.domain.values import KvkNumber
from api.entry_imports import queries
from api.entry_imports.drafts import (
    CreditByHand,
    EntryForm,
    EntryReader,
    EntryRow,
    Invoice,
    NoSuchInvoice,
    NotYourInvoice,
    findings,
    refused,
    unread,
)
from api.entry_imports.schemas import EntryImportOut, InvoiceImportOut, Outcome, RowOutcome
from api.fulfilments import service as fulfilments
from api.fulfilments.drafts import CountedTwice
from api.fulfilments.schemas import CounterIn, NewClaimIn, PurchaseIn
from api.ledgers import service as ledgers
from api.ledgers.queries import Kept
from api.rule_books.service import WrongOrganisation
from api.settings import pseudonym_key

MOST_ROWS: Final = 500


class _Undone(Exception):
    """Takes back all that was done since the savepoint."""


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """How an import is done."""

    dry_run: bool = False
    partial: bool = False
    """Keep the sound rows although others are refused."""


async def import_rows(
    obligation_id: UUID,
    file: tuple[bytes, EntryForm],
    reader: EntryReader,
    choices: Choices,
    actor: Actor,
    now: datetime,
) -> EntryImportOut:
    """Book a list of fulfilments; all of them, unless `partial`. A dry run stores nothing."""
    await _own(await ledgers.seen(obligation_id, actor), actor)
    rows = await asyncio.to_thread(_read, reader, file)
    async with transaction():
        kept = await ledgers.locked(obligation_id, actor)
        outcomes: list[RowOutcome] = []
        async with _savepoint():
            for number, row in rows:
                outcomes.append(await _row(kept, number, row, actor, now))
            if choices.dry_run or (_refused(outcomes) and not choices.partial):
                raise _Undone
        stored = not choices.dry_run and (choices.partial or not _refused(outcomes))
        await _record(kept, outcomes, actor, now, stored=stored)
    return _report(outcomes, choices, stored=stored)


async def import_invoice(
    obligation_id: UUID,
    content: bytes,
    reader: EntryReader,
    choices: Choices,
    actor: Actor,
    now: datetime,
) -> InvoiceImportOut:
    """Book a purchase invoice, or counter one by its credit note."""
    await _own(await ledgers.seen(obligation_id, actor), actor)
    found = await asyncio.to_thread(reader.invoice, content)
    if found.customer_kvk is not None and found.customer_kvk != actor.kvk_number:
        raise NotYourInvoice("The invoice is addressed to another KvK number than yours.")
    done: list[InvoiceImportOut] = []
    trial = choices.dry_run
    try:
        async with transaction():
            kept = await ledgers.locked(obligation_id, actor)
            async with _savepoint():
                done.append(await _invoice(kept, found, actor, now))
                if choices.dry_run:
                    raise _Undone
    except CountedTwice:
        await _leave_trail(obligation_id, actor, now)
        raise
    [told] = done
    if trial and told.outcome is Outcome.BOOKED:
        told = msgspec.structs.replace(told, claim_id=None)
    return msgspec.structs.replace(told, dry_run=trial)


async def _row(
    kept: Kept, number: int, row: EntryRow | Rejected, actor: Actor, now: datetime
) -> RowOutcome:
    if isinstance(row, Rejected):
        return unread(row, number)
    key = _key(kept, msgspec.json.encode(row.claim).decode(), row.supplier_kvk or "", row.label)
    known = await queries.imported(kept.id, key)
    if known is not None:
        return RowOutcome(row=number, outcome=Outcome.ALREADY, claim_id=known)
    try:
        async with _savepoint():
            claim = await _with_supplier(row)
            entry = await fulfilments.book(kept.id, claim, actor, now)
    except DomainError as error:
        return refused(number, error)
    claim_id = UUID(entry.claim_id)
    await queries.keep(kept.id, key, claim_id, now)
    return RowOutcome(
        row=number, outcome=Outcome.BOOKED, claim_id=claim_id, credit_cents=entry.amount_cents
    )


async def _invoice(kept: Kept, found: Invoice, actor: Actor, now: datetime) -> InvoiceImportOut:
    supplier = await _supplier(found.supplier_kvk, "/AccountingSupplierParty")
    kind = "credit note" if found.is_credit_note else "invoice"
    key = _key(kept, kind, found.supplier_kvk, found.number)
    told = InvoiceImportOut(
        dry_run=False,
        outcome=Outcome.ALREADY,
        invoice_number=found.number,
        supplier_id=supplier,
        claim_id=await queries.imported(kept.id, key),
    )
    if told.claim_id is not None:
        return told
    if found.is_credit_note:
        claim_id, cents = await _credit(kept, found, actor, now)
        outcome = Outcome.CREDITED
    else:
        claim_id, cents = await _purchase(kept, found, supplier, actor, now)
        outcome = Outcome.BOOKED
    await queries.keep(kept.id, key, claim_id, now)
    return msgspec.structs.replace(told, outcome=outcome, claim_id=claim_id, credit_cents=cents)


async def _purchase(
    kept: Kept, found: Invoice, supplier: UUID, actor: Actor, now: datetime
) -> tuple[UUID, int]:
    bought = PurchaseIn(
        supplier_id=supplier,
        invoice_number=found.number,
        invoiced_on=found.issued_on,
        invoice_cents=found.amount_cents,
    )
    entry = await fulfilments.book(kept.id, NewClaimIn(fulfilment=bought), actor, now)
    return UUID(entry.claim_id), entry.amount_cents


async def _credit(kept: Kept, found: Invoice, actor: Actor, now: datetime) -> tuple[UUID, int]:
    """Counter the one claim that took the whole invoice; otherwise a person must say what."""
    if found.refers_to is None:
        raise NoSuchInvoice("The credit note does not name the invoice that it credits.")
    number = invoice_key(KvkNumber(found.supplier_kvk), found.refers_to)
    claims = await queries.claimed_invoices(kept.id, pseudonym(pseudonym_key(), "invoice", number))
    if not claims:
        raise NoSuchInvoice(f"Invoice {found.refers_to} was not booked on this obligation.")
    if len(claims) > 1 or claims[0]["basis_cents"] != claims[0]["whole_cents"]:
        raise CreditByHand(f"Of invoice {found.refers_to} only a part was claimed.")
    given = CounterIn(
        credited_invoice_cents=found.amount_cents, reason=f"credit note {found.number}"
    )
    entry = await fulfilments.counter(kept.id, claims[0]["id"], given, actor, now)
    return claims[0]["id"], entry.amount_cents


async def _with_supplier(row: EntryRow) -> NewClaimIn:
    if row.supplier_kvk is None:
        return row.claim
    supplier = await _supplier(row.supplier_kvk, "/fulfilment/supplierKvk")
    fulfilment = msgspec.structs.replace(row.claim.fulfilment, supplier_id=supplier)
    return msgspec.structs.replace(row.claim, fulfilment=fulfilment)


async def _supplier(kvk_number: str, place: str) -> UUID:
    found = await queries.enterprise(kvk_number)
    if found is None:
        detail = f"There is no enterprise with KvK number {kvk_number}."
        raise InvalidInput(Fault("unknown-supplier", detail, place))
    return found


async def _own(kept: Kept, actor: Actor) -> None:
    if actor.organisation != kept.contractor:
        raise WrongOrganisation("Only the contractor of an obligation imports entries.")


def _read(
    reader: EntryReader, file: tuple[bytes, EntryForm]
) -> list[tuple[int, EntryRow | Rejected]]:
    rows: list[tuple[int, EntryRow | Rejected]] = []
    for row in reader.rows(*file):
        if len(rows) == MOST_ROWS:
            detail = f"A list has at most {MOST_ROWS} rows; cut it up."
            raise InvalidInput(Fault("too-many-rows", detail, f"row {MOST_ROWS + 2}"))
        number = _number(row.place) if isinstance(row, Rejected) else row.number
        rows.append((number, row))
    if not rows:
        raise InvalidInput(Fault("empty-file", "There is no row under the heading.", "row 2"))
    return rows


def _number(place: str) -> int:
    digits = place.removeprefix("row ").partition(",")[0]
    return int(digits) if digits.isdecimal() else 0


def _key(kept: Kept, *parts: str) -> str:
    """Hash what was given with the secret key: a row may name a person by a reference."""
    return pseudonym(pseudonym_key(), f"import {kept.id}", "\n".join(parts))


@asynccontextmanager
async def _savepoint() -> AsyncIterator[None]:
    """Keep what is done inside, or take it back; `_Undone` ends here."""
    try:
        async with connection().transaction():
            yield
    except _Undone:
        return


def _refused(outcomes: Iterable[RowOutcome]) -> bool:
    return any(one.outcome is Outcome.REFUSED for one in outcomes)


async def _record(
    kept: Kept, outcomes: Sequence[RowOutcome], actor: Actor, now: datetime, *, stored: bool
) -> None:
    """Keep a trail, also of what was taken back: who probes what others booked (ADR 18)."""
    rows = len(outcomes)
    await audit.record("entries.imported", [kept.id], actor.name, now, rows=rows, stored=stored)
    for one in outcomes:
        if any(fault.code == CountedTwice.code for fault in one.faults):
            await audit.record("ledger.counted-twice", [kept.id], actor.name, now, row=one.row)


async def _leave_trail(obligation_id: UUID, actor: Actor, now: datetime) -> None:
    async with transaction():
        await audit.record("ledger.counted-twice", [obligation_id], actor.name, now)


def _report(outcomes: Sequence[RowOutcome], choices: Choices, *, stored: bool) -> EntryImportOut:
    counts = dict.fromkeys(Outcome, 0)
    for one in outcomes:
        counts[one.outcome] += 1
    return EntryImportOut(
        dry_run=choices.dry_run,
        stored=stored and counts[Outcome.BOOKED] > 0,
        rows=len(outcomes),
        booked=counts[Outcome.BOOKED],
        already=counts[Outcome.ALREADY],
        refused=counts[Outcome.REFUSED],
        credit_cents=sum(one.credit_cents or 0 for one in outcomes),
        findings=findings(outcomes),
        outcomes=tuple(outcomes if stored else [_untold(one) for one in outcomes]),
    )


def _untold(one: RowOutcome) -> RowOutcome:
    """Name no fulfilment that was taken back; one of an earlier import stays."""
    if one.outcome is not Outcome.BOOKED:
        return one
    return msgspec.structs.replace(one, claim_id=None)
