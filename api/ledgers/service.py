"""Use cases of ledgers: append an entry, replay, verify."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor, OrganisationKind
from api.audit import service as audit
from api.clock import legal_day
from api.database import Row, as_json, transaction
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.domain.social_return.caps import CapLimit, caps_of
from api.domain.social_return.chain import Link, Tampering, seal, verify_chain
from api.domain.social_return.credit import Reason
from api.domain.social_return.details import Held, wrong_details
from api.domain.social_return.entries import Act, Entry
from api.domain.social_return.ledger import Claim, LedgerState, admit, replay, up_to
from api.domain.social_return.position import Position, Terms, position, standing_position
from api.domain.social_return.rule_book import RuleBook
from api.domain.social_return.sums import Standing, Sum, moved, standing_of
from api.domain.values import Cents
from api.ledgers import queries
from api.ledgers.queries import Kept, Stored
from api.ledgers.schemas import EntryOut, VerificationOut
from api.pagination import Page, read_position, write_cursor
from api.rule_books import service as rule_books
from api.rule_books.service import WrongOrganisation

PURCHASE: Final = "purchase"


class LedgerBroken(RuleViolation):
    """A row of the ledger was changed from outside."""

    code = "ledger-broken"


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry brings along beside itself."""

    before: Row | None = None
    """The fulfilment that it is about, as kept; `None` when the entry is its first."""
    extra: Mapping[str, object] = {}
    """Columns of the fulfilment that the rules of the ledger do not decide."""
    head: Mapping[str, object] = {}
    """Columns of the obligation."""
    details: str | None = None


async def seen(obligation_id: UUID, actor: Actor) -> Kept:
    """Give an obligation to one of its sides; to others there is none."""
    return _if_visible(await queries.obligation(obligation_id), obligation_id, actor)


async def locked(obligation_id: UUID, actor: Actor) -> Kept:
    """Give an obligation to one of its sides, locked until the transaction ends."""
    return _if_visible(await queries.locked(obligation_id), obligation_id, actor)


async def append(
    kept: Kept, entry: Entry, writing: Writing, rules: RuleBook, actor: Actor
) -> EntryOut:
    """Write one entry behind the last of a locked ledger, with its audit row."""
    before = writing.before
    claims = {} if before is None else {str(before["id"]): queries.claim_of(before)}
    state = admit(_state(kept, claims), entry)
    link = seal(kept.ledger_hash, entry)

    claim: Row | None = None
    if entry.claim_id is not None:
        own = {"obligation": kept.id}
        claim = queries.claim_columns(state.claims[entry.claim_id]) | own | dict(writing.extra)
    await queries.append(link, writing.details, writing.head, claim, new=before is None)
    sums = await _sums(kept, claims, state, caps_of(rules))
    bought = await _purchases(kept, before, claim)
    await queries.update_obligation(kept.id, sums | bought)
    action = f"ledger.{entry.act}"
    await audit.record(action, [kept.id], actor.name, entry.at, number=entry.number)
    return _out(link, writing.details)


async def _sums(
    kept: Kept, before: Mapping[str, Claim], after: LedgerState, caps: Sequence[CapLimit]
) -> dict[str, object]:
    """Move the sums that are kept with an entry that was written; gives the column."""
    claim_id = next(iter(after.claims), "")
    found: Standing | None = None
    if kept.ledger_sums is not None:
        known = Standing(
            owed_cents=after.owed_cents,
            discount_cents=after.discount_cents,
            sums=msgspec.json.decode(kept.ledger_sums, type=tuple[Sum, ...]),
        )
        found = moved(known, before.get(claim_id), after.claims.get(claim_id), caps)
    if found is None:
        whole = msgspec.structs.replace(after, claims=await queries.open_claims(kept.id))
        found = await asyncio.to_thread(standing_of, whole, caps)
    return {"ledger_sums": as_json(found.sums)}


async def _purchases(kept: Kept, before: Row | None, after: Row | None) -> dict[str, object]:
    """Move what is kept of purchases by supplier; gives the column, if they changed.

    So a booking reads no purchase but its own.
    """
    whole = dict(before or {}) | dict(after or {})
    if whole.get("kind") != PURCHASE:
        return {}
    if kept.purchases is None:
        return {"purchases": as_json(await queries.purchases(kept.id))}
    found = msgspec.json.decode(kept.purchases, type=dict[str, int])
    for row, sign in ((before, -1), (whole, 1)):
        if row is not None:
            supplier = str(row["supplier"] or "")
            cents = sign * queries.claim_of(row).bought_cents
            found[supplier] = found.get(supplier, 0) + cents
    return {"purchases": as_json(found)}


def next_entry(kept: Kept, act: Act, actor: Actor, now: datetime, book: RuleBook) -> Entry:
    """Start the entry that follows on the last one; it is never earlier than that one."""
    return Entry(
        obligation_id=str(kept.id),
        number=kept.ledger_number + 1,
        at=now if kept.ledger_at is None else max(now, kept.ledger_at),
        actor=actor.identity,
        act=act,
        rule_book=f"{book.id} {book.version}",
    )


async def standing(kept: Kept, book: RuleBook) -> Standing:
    """Give what caps and position need of the ledger as it stands now."""
    state = _state(kept, {})
    if kept.ledger_sums is None:
        whole = msgspec.structs.replace(state, claims=await queries.open_claims(kept.id))
        return standing_of(whole, caps_of(book))
    return Standing(
        owed_cents=state.owed_cents,
        discount_cents=state.discount_cents,
        sums=msgspec.json.decode(kept.ledger_sums, type=tuple[Sum, ...]),
    )


async def state_at(obligation_id: UUID, instant: datetime) -> LedgerState:
    """Replay the entries of a ledger up to an instant."""
    stored = await queries.entries(obligation_id, 0, None)
    return await asyncio.to_thread(lambda: replay(up_to(sound(stored), instant)))


async def position_of(
    obligation_id: UUID, as_of: datetime | None, actor: Actor, now: datetime
) -> Position:
    """Give the position now, or as it was at an instant: the replay of the entries up to it."""
    kept = await seen(obligation_id, actor)
    book = await rule_books.book(kept.rule_book)
    if as_of is None:
        return await position_now(kept, book, now)
    if as_of.utcoffset() is None:
        raise InvalidInput(Fault("invalid-value", "asOf needs an offset, such as Z.", "asOf"))
    if as_of > now:
        raise InvalidInput(Fault("in-the-future", "asOf lies in the future.", "asOf"))
    state = await state_at(obligation_id, as_of)
    return position(state, terms_of(kept, book), legal_day(as_of))


async def position_now(kept: Kept, book: RuleBook, now: datetime) -> Position:
    """Give the position as the ledger stands."""
    return standing_position(await standing(kept, book), terms_of(kept, book), legal_day(now))


def terms_of(kept: Kept, book: RuleBook) -> Terms:
    """Give what the position needs beside the entries."""
    return Terms(caps=caps_of(book), malus=book.malus, due_on=kept.due_on)


async def entries(
    obligation_id: UUID, cursor: str | None, limit: int, actor: Actor
) -> Page[EntryOut]:
    """List the entries of a ledger in their order."""
    await seen(obligation_id, actor)
    number = 0 if cursor is None else read_position(cursor)
    stored = await queries.entries(obligation_id, number, limit + 1)
    sound(stored)
    next_cursor = write_cursor(stored[limit - 1].number) if len(stored) > limit else None
    shown = [_out(one.link, one.details) for one in stored[:limit] if one.link is not None]
    return Page(items=tuple(shown), next_cursor=next_cursor)


def sound(stored: Sequence[Stored]) -> tuple[Entry, ...]:
    """Give the entries of rows, or refuse where a row can't be read."""
    unreadable = [one.number for one in stored if one.link is None]
    if unreadable:
        raise LedgerBroken(f"Entry {unreadable[0]} can't be read: verify this ledger.")
    return tuple(one.link.entry for one in stored if one.link is not None)


async def verification(
    obligation_id: UUID, published_head: str | None, actor: Actor
) -> VerificationOut:
    """Verify a ledger for one of its sides."""
    await seen(obligation_id, actor)
    return await verify(obligation_id, published_head)


async def verify(obligation_id: UUID, published_head: str | None = None) -> VerificationOut:
    """Verify the chain of a ledger, its details, and what was made of it."""
    async with transaction():
        kept = await queries.locked(obligation_id)
        stored = await queries.entries(obligation_id, 0, None)
        claims = await queries.claims_of(obligation_id)
        forgotten = await queries.forgotten(obligation_id)
        purchases = await queries.purchases(obligation_id)
    if kept is None:
        raise NotFound(f"There is no obligation {obligation_id}.")
    caps = caps_of(await rule_books.book(kept.rule_book))
    ledger = _Ledger(kept, stored, claims, caps, forgotten, purchases)
    found = await asyncio.to_thread(_tampering, ledger, published_head)
    return VerificationOut(
        obligation_id=obligation_id,
        intact=found is None,
        entries=len(stored),
        head=kept.ledger_hash,
        tampering=found,
    )


async def verify_all(authority: UUID | None = None) -> list[VerificationOut]:
    """Verify every ledger, or those of one authority."""
    return [await verify(one) for one in await queries.ids_of_authority(authority)]


class _Ledger(msgspec.Struct, frozen=True):
    """Everything that is kept of an obligation, to be compared."""

    kept: Kept
    stored: Sequence[Stored]
    claims: Mapping[str, Claim]
    caps: Sequence[CapLimit]
    forgotten: Collection[int]
    """Entries of which the audit trail tells that their details were anonymised."""
    purchases: Mapping[str, int]
    """Cents by supplier, by the rows of fulfilments."""


def _tampering(ledger: _Ledger, head: str | None) -> Tampering | None:
    """Name the first thing that does not hold, the entries before what was made of them."""
    links: list[Link] = []
    for place, one in enumerate(ledger.stored, start=1):
        if one.link is None:
            return Tampering(place, Reason("entry-unreadable", f"entry {place} can't be read"))
        links.append(one.link)
    found = verify_chain(links, head) or verify_chain(links, ledger.kept.ledger_hash)
    held = (
        Held(one.number, one.link.entry.evidence, one.details)
        for one in ledger.stored
        if one.link is not None
    )
    found = found or wrong_details(held, ledger.forgotten)
    return found or _wrong_projection(ledger, links)


def _wrong_projection(ledger: _Ledger, links: Sequence[Link]) -> Tampering | None:
    """Compare what is kept for quick reading with the replay of the entries."""
    kept, claims = ledger.kept, ledger.claims
    state = replay(link.entry for link in links)
    head = (state.number, state.owed_cents, state.discount_cents)
    if head != (kept.ledger_number, kept.owed_cents, kept.discount_cents):
        detail = "the obligation's row differs from its entries"
        return Tampering(state.number, Reason("row-differs", detail))
    for claim_id in sorted({*state.claims, *claims}):
        if state.claims.get(claim_id) != claims.get(claim_id):
            known = state.claims.get(claim_id)
            number = state.number if known is None else known.number
            detail = f"the row of fulfilment {claim_id} differs from its entries"
            return Tampering(number, Reason("row-differs", detail))
    return _wrong_sums(ledger, state)


def _wrong_sums(ledger: _Ledger, state: LedgerState) -> Tampering | None:
    kept = ledger.kept
    sums = msgspec.json.decode(kept.ledger_sums or "null", type=tuple[Sum, ...] | None)
    bought = msgspec.json.decode(kept.purchases or "null", type=dict[str, int] | None)
    same = sums is None or sums == standing_of(state, ledger.caps).sums
    if same and (bought is None or _some(bought) == _some(ledger.purchases)):
        return None
    detail = "the sums kept with the obligation differ from its entries"
    return Tampering(state.number, Reason("row-differs", detail))


def _some(cents: Mapping[str, int]) -> dict[str, int]:
    return {supplier: amount for supplier, amount in cents.items() if amount}


def _state(kept: Kept, claims: Mapping[str, Claim]) -> LedgerState:
    begun = kept.ledger_number > 0
    return LedgerState(
        obligation_id=str(kept.id) if begun else None,
        number=kept.ledger_number,
        at=kept.ledger_at,
        owed_cents=None if kept.owed_cents is None else Cents(kept.owed_cents),
        discount_cents=Cents(kept.discount_cents),
        claims=claims,
    )


def _if_visible(kept: Kept | None, obligation_id: UUID, actor: Actor) -> Kept:
    if actor.organisation is None:
        raise WrongOrganisation("This key acts for no organisation.")
    sides = () if kept is None else (kept.authority, kept.contractor)
    if kept is None or not (actor.organisation in sides or actor.kind is OrganisationKind.PLATFORM):
        raise NotFound(f"There is no obligation {obligation_id}.")
    return kept


def _out(link: Link, details: str | None) -> EntryOut:
    raw = None if details is None else msgspec.Raw(details.encode())
    return EntryOut(**msgspec.structs.asdict(link.entry), details=raw, hash=link.hash)
