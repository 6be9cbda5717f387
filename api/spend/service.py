"""Use cases of spend: take a list in, say who is who, add up. Only the own organisation sees it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.api_keys.service import NoOrganisation
from api.audit import service as audit
from api.clock import new_id
from api.database import as_json, lock, transaction
from api.domain.errors import Fault, InvalidInput, NotFound
from api.pagination import Page, after, write_cursor
from api.preconditions import ANYHOW, check_state, state_tag
from api.reference.service import reference
from api.spend import queries
from api.spend.drafts import (
    Resolved,
    SpendReader,
    SpendRow,
    SpendTable,
    Supplier,
    analysis,
    by_name,
    group_of,
    resolved,
    tokens,
)
from api.spend.schemas import (
    DecimalMark,
    DecisionIn,
    SpendAnalysis,
    SpendFileOut,
    SpendForm,
    SupplierOut,
    SupplierState,
)

KEPT_FAULTS: Final = 500


async def take_in(
    sent: tuple[str, bytes, SpendForm, DecimalMark],
    reader: SpendReader,
    actor: Actor,
    now: datetime,
) -> SpendFileOut:
    """Store a list of purchases; `sent`: its name, bytes, form and decimal mark."""
    organisation, (name, content, form, decimal) = _own(actor), sent
    content_hash = sha256(content).hexdigest()
    same = await queries.same_file(organisation, content_hash)
    if same is not None:
        return await _unchanged(organisation, same)
    table = await asyncio.to_thread(reader, content, form, decimal)
    if not table.rows and not table.rejected:
        raise InvalidInput(Fault("empty-file", "There are no rows under the heading."))

    async with transaction():
        # Two uploads at once would both find lines and suppliers absent.
        await lock(f"spend {organisation}")
        same = await queries.same_file(organisation, content_hash)
        if same is not None:
            return await _unchanged(organisation, same)
        head = {
            "id": new_id(),
            "organisation": organisation,
            "name": name,
            "content_hash": content_hash,
            "author": actor.name,
            "created_at": now,
        }
        file_id = await _store(organisation, table, head)
        await audit.record("spend.uploaded", [file_id], actor.name, now, rows=len(table.rows))
        return await read(file_id, actor)


async def _unchanged(organisation: UUID, file_id: UUID) -> SpendFileOut:
    found = await queries.file(organisation, file_id)
    if found is None:
        raise NotFound(f"There is no spend file {file_id}.")
    return msgspec.structs.replace(found, state="unchanged")


async def _store(organisation: UUID, table: SpendTable, head: dict[str, Any]) -> UUID:
    told_apart = tokens(table.rows)
    before = await queries.known_tokens(organisation, [one for one in told_apart if one])
    fresh = [
        (row, token)
        for row, token in zip(table.rows, told_apart, strict=True)
        if token is None or token not in before
    ]
    known = await queries.keys(organisation)
    added = _new_suppliers(organisation, (row for row, _ in fresh), known)
    ids = known | {one["key"]: one["id"] for one in added}
    file_id: UUID = head["id"]
    lines = [_line(file_id, ids[row.key], row, token) for row, token in fresh]
    head |= {
        "counted": len(fresh),
        "duplicates": len(table.rows) - len(fresh),
        "rejected": len(table.rejected),
        "faults": as_json(table.rejected[:KEPT_FAULTS]),
    }
    await queries.insert(head, added, lines)
    return file_id


def _new_suppliers(
    organisation: UUID, rows: Iterable[SpendRow], known: Mapping[str, UUID]
) -> list[dict[str, Any]]:
    added: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.key not in known and row.key not in added:
            added[row.key] = {
                "id": new_id(),
                "organisation": organisation,
                "key": row.key,
                "name": row.supplier,
                "kvk_number": row.kvk_number,
                "enterprise": None,
                "decided_by": None,
                "decided_at": None,
            }
    return list(added.values())


def _line(file_id: UUID, supplier: UUID, row: SpendRow, token: str | None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "file": file_id,
        "supplier": supplier,
        "row_number": row.number,
        "amount_cents": row.amount_cents,
        "bought_on": row.bought_on,
        "cpv": row.cpv,
        "category": row.category,
        "token": token,
    }


async def read(file_id: UUID, actor: Actor) -> SpendFileOut:
    """Give a file of the own organisation."""
    found = await queries.file(_own(actor), file_id)
    if found is None:
        raise NotFound(f"There is no spend file {file_id}.")
    return found


async def files(cursor: str | None, limit: int, actor: Actor) -> Page[SpendFileOut]:
    """List the files of the own organisation, the last uploaded first."""
    found = await queries.files(_own(actor), after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


def file_tag(file_id: UUID) -> str:
    """Give the ETag of a file: it is there as it came, or it is not."""
    return state_tag(file_id)


async def drop(file_id: UUID, actor: Actor, now: datetime, *, wanted: str = ANYHOW) -> None:
    """Take a file back with its lines; what was decided about suppliers stays."""
    async with transaction():
        await lock(f"spend {_own(actor)}")
        await read(file_id, actor)
        check_state(file_tag(file_id), wanted)
        await queries.delete(file_id)
        await audit.record("spend.dropped", [file_id], actor.name, now)


async def suppliers(
    state: SupplierState | None, cursor: str | None, limit: int, actor: Actor
) -> Page[SupplierOut]:
    """List suppliers with who they are, or may be, in the directory."""
    found = await queries.suppliers(_own(actor), after(cursor))
    said = await _resolved(found)
    wanted = [one for one in found if state in {None, said[one.id].state}]
    next_cursor = write_cursor(wanted[limit - 1].id) if len(wanted) > limit else None
    items = tuple(_supplier(one, said[one.id]) for one in wanted[:limit])
    return Page(items=items, next_cursor=next_cursor)


async def _resolved(found: Sequence[Supplier]) -> dict[UUID, Resolved]:
    directory = await queries.directory()
    known = await queries.enterprises({one.by_kvk for one in found if one.by_kvk is not None})

    def said() -> dict[UUID, Resolved]:
        named = by_name(directory)
        return {one.id: resolved(one, named, known) for one in found}

    return await asyncio.to_thread(said)


def _supplier(one: Supplier, said: Resolved) -> SupplierOut:
    return SupplierOut(
        id=one.id,
        name=one.name,
        kvk_number=one.kvk_number,
        spend_cents=one.spend_cents,
        state=said.state,
        enterprise_id=said.enterprise_id,
        candidates=said.candidates,
        decided_by=one.decided_by,
        etag=_supplier_tag(one),
    )


def _supplier_tag(one: Supplier) -> str:
    """Tag what was decided; what is spent, and who is in the directory, move by themselves."""
    return state_tag(one.id, one.decided, one.decided_by, one.decided_at)


async def decide(
    supplier_id: UUID,
    given: DecisionIn | None,
    actor: Actor,
    now: datetime,
    *,
    wanted: str = ANYHOW,
) -> SupplierOut:
    """Say which enterprise a supplier is, or that it is none; `None` takes a decision back."""
    organisation = _own(actor)
    async with transaction():
        await lock(f"spend supplier {supplier_id}")
        before = await queries.supplier(organisation, supplier_id)
        if before is None:
            raise NotFound(f"There is no supplier {supplier_id}.")
        check_state(_supplier_tag(before), wanted)
        chosen = None if given is None else given.enterprise_id
        if chosen is not None and not await queries.enterprises([chosen]):
            detail = f"There is no enterprise {chosen}."
            raise InvalidInput(Fault("unknown-id", detail, "/enterpriseId"))
        decided = (None, None) if given is None else (actor.name, now)
        await queries.decide(supplier_id, chosen, *decided)
        told = None if chosen is None else str(chosen)
        await audit.record(
            "spend.decided", [supplier_id], actor.name, now, enterprise=told, open=given is None
        )
        found = await queries.supplier(organisation, supplier_id)
    if found is None:
        raise NotFound(f"There is no supplier {supplier_id}.")
    return _supplier(found, (await _resolved([found]))[found.id])


async def analyse(since: date, until: date, actor: Actor) -> SpendAnalysis:
    """Add up what was spent in a half-open period, by category and year."""
    if until <= since:
        raise InvalidInput(Fault("invalid-period", "The period ends before it starts.", "until"))
    organisation, known = _own(actor), await reference()
    booked = await queries.booked(organisation, (since, until))
    said = await _resolved(await queries.suppliers(organisation))
    groups = {group for one in booked if (group := group_of(one.cpv)) is not None}
    offered = await queries.offering_enterprises(groups)
    labels = {group: known.cpv_label(group) for group in groups}

    return analysis((since, until), booked, said, offered, labels)


def _own(actor: Actor) -> UUID:
    if actor.organisation is None:
        raise NoOrganisation("Spend belongs to an organisation; this caller acts for none.")
    return actor.organisation
