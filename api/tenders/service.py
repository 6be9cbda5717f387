"""Use cases of tenders: store what was published, give it back."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from api.accounts import service as accounts
from api.accounts.service import Actor, OrganisationKind
from api.audit import service as audit
from api.clock import legal_day, new_id
from api.database import lock as take_lock
from api.database import transaction, update_row
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.domain.tendering.eforms_notice import skeleton_of
from api.domain.tendering.notice import Buyer, Notice, NoticeLot, Place, Rejected
from api.domain.tendering.ocds_release import release_of
from api.domain.tendering.places import NETHERLANDS, settled
from api.domain.values import CpvCode
from api.pagination import Page, after, write_cursor
from api.preconditions import check_version
from api.problems import AccessDenied, UnsupportedMediaType
from api.reference.service import Reference, reference
from api.tenders import queries
from api.tenders.drafts import OCID_PREFIX, check_words, notice_of
from api.tenders.schemas import (
    LotOut,
    NoticeOutcome,
    NoticeReport,
    PublicationIn,
    TenderCard,
    TenderIn,
    TenderOut,
)

NoticeReader = Callable[[bytes], Iterator[Notice | Rejected]]
"""Turns a document into notices, and rejections that name their place."""
NoticeReaders = Mapping[str, NoticeReader]
"""A reader per media type."""
DUTCH: Final = "NLD"
"""The language of a draft, as eForms writes it."""
MANUAL: Final = "manual"
PLANNED: Final = "planned"
_BY_HAND_ONLY: Final = dict.fromkeys(("organisation", "buyer_level", "main_kind", "starts_on"))
_LONGEST: Final = {"source_id": 200, "notice_id": 200, "language": 20, "procedure": 60}
"""Characters that the columns hold."""


class AuthoritiesOnly(AccessDenied):
    """Those who sell do not prepare tenders."""

    code = "authorities-only"


class TenderPublished(RuleViolation):
    """What was published is not divided anew; write a draft."""

    code = "tender-published"


class NothingToPublish(RuleViolation):
    """A draft without lots can't be published."""

    code = "nothing-to-publish"


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
            queries.lot_columns(tender_id, position, one, areas_of(one, notice.buyer, areas))
            for position, one in enumerate(notice.lots)
        ]

        columns = queries.tender_columns(notice)
        columns |= {"content_hash": content_hash, "updated_at": now}
        if stored is None:
            new = {"id": tender_id, "version": 1, "created_at": now, **_BY_HAND_ONLY}
            await queries.insert_tender(columns | new, lots)
        else:
            await update_row("tender", tender_id, columns | {"version": stored.version + 1})
            await queries.update_lots(tender_id, lots)
        state = "created" if stored is None else "updated"
        await audit.record(f"tender.{state}", [tender_id], actor.name, now, hash=content_hash)
        return _outcome(notice, state, tender_id)


async def create_draft(given: TenderIn, actor: Actor, now: datetime) -> TenderOut:
    """Keep a tender that is being prepared."""
    check_writer(actor)
    check_words(given)
    buyer = given.buyer or await _own_organisation(actor)
    tender_id = new_id()
    row = queries.draft_columns(given, buyer) | {
        "id": tender_id,
        "source": MANUAL,
        "source_id": str(tender_id),
        "notice_id": None,
        "language": DUTCH,
        "published_on": None,
        "warnings": [],
        "content_hash": _content_hash(given),
        "organisation": actor.organisation,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    async with transaction():
        await queries.insert_tender(row, [])
        await audit.record("tender.drafted", [tender_id], actor.name, now)
        return await kept(tender_id)


async def change_draft(
    tender_id: UUID, given: TenderIn, version: int | None, actor: Actor, now: datetime
) -> TenderOut:
    """Replace what a draft says of the tender as a whole; items and lots stay."""
    check_words(given)
    async with transaction():
        stored = await locked_draft(tender_id, actor)
        check_version(stored.version, version)
        columns = queries.draft_columns(given, given.buyer or await _own_organisation(actor))
        columns |= {"content_hash": _content_hash(given)}
        await touch_draft(stored, columns, now)
        await audit.record("tender.changed", [tender_id], actor.name, now)
        return await kept(tender_id)


async def publish(tender_id: UUID, given: PublicationIn, actor: Actor, now: datetime) -> TenderOut:
    """Say that the notice of a draft went out: its planned lots open, and it is public."""
    check_words(given)
    async with transaction():
        stored = await locked_draft(tender_id, actor)
        if not any(one.status == PLANNED for one in stored.lots):
            raise NothingToPublish("The draft has no planned lots: adopt a lot plan first.")
        dispatched_on = given.dispatched_on or stored.dispatched_on or given.published_on
        if dispatched_on > given.published_on:
            detail = "A notice is dispatched before it is published, or on the same day."
            raise InvalidInput(Fault("invalid-period", detail, "/dispatchedOn"))
        columns = {"published_on": given.published_on, "dispatched_on": dispatched_on}
        await queries.activate_lots(tender_id)
        await touch_draft(stored, columns, now)
        await audit.record("tender.published", [tender_id], actor.name, now)
        return await kept(tender_id)


async def draft(tender_id: UUID, actor: Actor) -> TenderOut:
    """Give a draft of the own organisation; one of others, or published, is not found."""
    found = await kept(tender_id)
    if not is_draft(found) or not may_see(found, actor):
        raise NotFound(f"There is no draft {tender_id}.")
    return found


async def locked_draft(tender_id: UUID, actor: Actor) -> TenderOut:
    """Give a draft of the own organisation, held until the transaction ends."""
    await queries.lock_tender(tender_id)
    found = await kept(tender_id)
    if not may_see(found, actor):
        raise NotFound(f"There is no draft {tender_id}.")
    if not is_draft(found):
        raise TenderPublished(f"Tender {tender_id} was published: it is no longer divided here.")
    return found


async def touch_draft(stored: TenderOut, columns: Mapping[str, object], now: datetime) -> None:
    """Count a change of a draft. Needs a transaction that holds it."""
    counted = {"version": stored.version + 1, "updated_at": now}
    await update_row("tender", stored.id, dict(columns) | counted)


async def replace_lots(stored: TenderOut, lots: Sequence[NoticeLot], now: datetime) -> None:
    """Make these the lots of a draft; others are cancelled. Needs a transaction that holds it."""
    known = await reference()
    rows = [
        queries.lot_columns(stored.id, position, one, areas_of(one, stored.buyer, known))
        for position, one in enumerate(lots)
    ]
    await queries.update_lots(stored.id, rows)
    await touch_draft(stored, {}, now)


async def drafts(cursor: str | None, limit: int, actor: Actor) -> Page[TenderCard]:
    """List the drafts of the own organisation, the last added first."""
    everybodys = actor.kind is OrganisationKind.PLATFORM
    asked = (actor.organisation, after(cursor), limit + 1)
    found = await queries.draft_cards(*asked, everybodys=everybodys)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


def as_release(found: TenderOut) -> bytes:
    """Write a tender as an OCDS release."""
    return _exported(found, release_of, f"{OCID_PREFIX}-")


def as_eforms(found: TenderOut) -> bytes:
    """Write a tender as an eForms skeleton."""
    return _exported(found, skeleton_of, "")


def _exported(found: TenderOut, write: Callable[[Notice, date], bytes], prefix: str) -> bytes:
    notice = notice_of(found, prefix=prefix)
    if notice is None:
        raise NothingToPublish("The tender has no lots: adopt a lot plan first.")
    return write(notice, legal_day(found.updated_at))


def is_draft(found: TenderOut) -> bool:
    """Tell whether a tender was written by hand and is not published yet."""
    return found.source == MANUAL and found.published_on is None


def check_writer(actor: Actor) -> None:
    """Refuse those who do not buy: tenders are prepared by authorities and the platform."""
    if actor.kind in (OrganisationKind.ENTERPRISE, OrganisationKind.CONTRACTOR):
        raise AuthoritiesOnly("Tenders are prepared by authorities.")


def may_see(found: TenderOut, actor: Actor) -> bool:
    """Tell whether a tender by hand is of the actor's own organisation."""
    own = found.organisation_id == actor.organisation
    return own or actor.kind is OrganisationKind.PLATFORM


async def _own_organisation(actor: Actor) -> Buyer | None:
    found = None if actor.organisation is None else await accounts.organisation(actor.organisation)
    return None if found is None else Buyer(found.name, found.kvk_number, country=NETHERLANDS)


async def tender(tender_id: UUID) -> TenderOut:
    """Give a published tender with its lots; a draft is not found."""
    found = await kept(tender_id)
    if is_draft(found):
        raise NotFound(f"There is no tender {tender_id}.")
    return found


async def kept(tender_id: UUID) -> TenderOut:
    """Give a tender with its lots, drafts too: for those who ask whose it is."""
    found = await queries.tender(tender_id)
    if found is None:
        raise NotFound(f"There is no tender {tender_id}.")
    return found


async def lot(lot_id: UUID) -> LotOut:
    """Give one lot of a published tender."""
    [found] = await lots([lot_id])
    return found


async def lots(lot_ids: Sequence[UUID]) -> list[LotOut]:
    """Give some lots of published tenders, in the order asked."""
    found = await queries.published_lots(lot_ids)
    for lot_id in lot_ids:
        if lot_id not in found:
            raise NotFound(f"There is no lot {lot_id}.")
    return [found[lot_id] for lot_id in lot_ids]


async def tenders(cursor: str | None, limit: int) -> Page[TenderCard]:
    """List published tenders, the last added first."""
    found = await queries.cards(after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


def areas_of(lot: NoticeLot, buyer: Buyer | None, known: Reference) -> tuple[str, ...]:
    """Turn published places into area codes; a foreign place keeps its own code.

    Where code and country of a place exclude each other, the buyer's country decides. Where a
    notice from abroad names no place for a lot, the country of the buyer is its area.
    """
    country = None if buyer is None else buyer.country
    places = [settled(one, country) for one in lot.places]
    areas = {area for place in places if (area := _area(place, known)) is not None}
    abroad = None if country == NETHERLANDS else country
    if not areas and abroad is not None and not any(place.region for place in lot.places):
        return (abroad,)
    return tuple(sorted(areas))


_NOTHING = Fault("empty-document", "The document holds no notice.")


def _area(place: Place, known: Reference) -> str | None:
    if place.municipality is not None:
        return place.municipality
    if place.nuts is not None:
        return known.area(place.nuts) or place.nuts
    return "NL" if place.country == NETHERLANDS else place.country


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


def _content_hash(notice: msgspec.Struct) -> str:
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
