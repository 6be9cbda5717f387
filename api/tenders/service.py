"""Use cases of tenders: store what was published, give it back."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.audit import service as audit
from api.clock import new_id
from api.database import lock as take_lock
from api.database import transaction, update_row
from api.domain.errors import Fault, InvalidInput, NotFound
from api.domain.tendering.notice import Notice, NoticeLot, Place, Rejected
from api.domain.values import CpvCode
from api.pagination import Page, after, write_cursor
from api.problems import UnsupportedMediaType
from api.reference.service import Reference, reference
from api.tenders import queries
from api.tenders.schemas import LotOut, NoticeOutcome, NoticeReport, TenderCard, TenderOut

NoticeReader = Callable[[bytes], Iterator[Notice | Rejected]]
"""Turns a document into notices, and rejections that name their place."""
NoticeReaders = Mapping[str, NoticeReader]
"""A reader per media type."""
DUTCH = "NLD"
_LONGEST: Final = {"source_id": 200, "notice_id": 200, "language": 20, "procedure": 60}
"""Characters that the columns hold."""


async def read_document(
    body: bytes, media_type: str, readers: NoticeReaders, actor: Actor, now: datetime
) -> NoticeReport:
    """Read an uploaded document and store its notices in one transaction.

    A document of which no record is sound is refused whole, with every fault.
    """
    reader = readers.get(media_type)
    if reader is None:
        known = ", ".join(sorted(readers))
        raise UnsupportedMediaType(f"{media_type or 'No media type'} is not one of: {known}.")
    records = await asyncio.to_thread(lambda: list(reader(body)))
    return await store_records(records, actor, now)


async def store_records(
    records: Iterable[Notice | Rejected], actor: Actor, now: datetime
) -> NoticeReport:
    """Store the sound records in one transaction; report the others."""
    known = await reference()
    checked = [_checked(record, known) for record in records]
    rejected = tuple(one for one in checked if isinstance(one, Rejected))
    notices = [one for one in checked if isinstance(one, Notice)]
    if not notices:
        raise InvalidInput(*([_fault(one) for one in rejected] or [_NOTHING]))

    last = {(one.source, one.source_id): index for index, one in enumerate(notices)}
    async with transaction():
        # All locks first and in one order, so that two uploads never wait for each other.
        for source, source_id in sorted(last):
            await take_lock(f"tender {source} {source_id}")
        outcomes = [
            await store_notice(one, actor, now)
            if last[one.source, one.source_id] == index
            else _outcome(one, "superseded")
            for index, one in enumerate(notices)
        ]
    return NoticeReport(notices=tuple(outcomes), rejected=rejected)


async def store_notice(notice: Notice, actor: Actor, now: datetime) -> NoticeOutcome:
    """Store one notice. The same content again changes nothing."""
    async with transaction():
        await take_lock(f"tender {notice.source} {notice.source_id}")
        stored = await queries.stored_tender(notice.source, notice.source_id)
        areas = await reference()

        content_hash = _content_hash(notice)
        if stored is not None and stored.content_hash == content_hash:
            return _outcome(notice, "unchanged", stored.id)
        tender_id = new_id() if stored is None else stored.id
        lots = [
            queries.lot_columns(tender_id, position, one, areas_of(one.places, areas))
            for position, one in enumerate(notice.lots)
        ]

        columns = queries.tender_columns(notice)
        columns |= {"content_hash": content_hash, "updated_at": now}
        if stored is None:
            new = {"id": tender_id, "version": 1, "created_at": now}
            await queries.insert_tender(columns | new, lots)
        else:
            await update_row("tender", tender_id, columns | {"version": stored.version + 1})
            await queries.update_lots(tender_id, lots)
        state = "created" if stored is None else "updated"
        await audit.record(f"tender.{state}", [tender_id], actor.name, now, hash=content_hash)
        return _outcome(notice, state, tender_id)


async def tender(tender_id: UUID) -> TenderOut:
    """Give a tender with its lots."""
    found = await queries.tender(tender_id)
    if found is None:
        raise NotFound(f"There is no tender {tender_id}.")
    return found


async def lot(lot_id: UUID) -> LotOut:
    """Give one lot."""
    found = await queries.lot(lot_id)
    if found is None:
        raise NotFound(f"There is no lot {lot_id}.")
    return found


async def tenders(cursor: str | None, limit: int) -> Page[TenderCard]:
    """List tenders, the last added first."""
    found = await queries.cards(after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


def areas_of(places: Sequence[Place], known: Reference) -> tuple[str, ...]:
    """Turn published places into area codes; a foreign place keeps its own code."""
    return tuple(sorted({area for place in places if (area := _area(place, known)) is not None}))


_NOTHING = Fault("empty-document", "The document holds no notice.")


def _area(place: Place, known: Reference) -> str | None:
    if place.municipality is not None:
        return place.municipality
    if place.nuts is not None:
        return known.area(place.nuts) or place.nuts
    return "NL" if place.country == DUTCH else place.country


def _checked(record: Notice | Rejected, known: Reference) -> Notice | Rejected:
    """Reject a notice that names a CPV code which does not exist, or an endless id."""
    if isinstance(record, Rejected):
        return record
    for name, characters in _LONGEST.items():
        if len(getattr(record, name) or "") > characters:
            detail = f"It has more than {characters} characters."
            return Rejected(name.replace("_", " "), "invalid-value", detail, record.source_id[:100])
    for position, one in enumerate(record.lots):
        place = f"lot {one.source_lot_id[:100] or position + 1}"
        if len(one.source_lot_id) > _LONGEST["source_id"]:
            return Rejected(place, "invalid-value", "Its id is too long.", record.source_id)
        unknown = [code for code in _codes(one) if not known.knows_cpv(code)]
        if unknown:
            detail = f"There is no CPV code {', '.join(unknown)}."
            return Rejected(place, "unknown-cpv", detail, record.source_id)
    return record


def _codes(one: NoticeLot) -> tuple[CpvCode, ...]:
    main = () if one.cpv_main is None else (one.cpv_main,)
    return (*main, *one.cpv_additional)


def _fault(rejected: Rejected) -> Fault:
    return Fault(rejected.code, rejected.detail, rejected.place)


def _content_hash(notice: Notice) -> str:
    return hashlib.sha256(msgspec.json.encode(notice, order="sorted")).hexdigest()


def _outcome(notice: Notice, state: str, tender_id: UUID | None = None) -> NoticeOutcome:
    return NoticeOutcome(
        state=state,
        source=notice.source,
        source_id=notice.source_id,
        title=notice.title,
        lots=len(notice.lots),
        tender_id=tender_id,
        warnings=notice.warnings,
    )
