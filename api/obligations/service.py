"""Use cases of obligations: open, assess, look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from api.accounts import service as accounts
from api.accounts.service import Actor, OrganisationKind, OrganisationRecord
from api.audit import service as audit
from api.clock import legal_day, new_id
from api.database import as_json, transaction
from api.domain.errors import Fault, InvalidInput
from api.domain.social_return.chain import GENESIS
from api.domain.social_return.details import commitment
from api.domain.social_return.entries import Act
from api.domain.social_return.position import Position
from api.domain.social_return.rule_book import RuleBook
from api.domain.social_return.selection import Found, TenderPlace, choose_rule_book
from api.ledgers import queries as ledger_rows
from api.ledgers import service as ledgers
from api.ledgers.queries import Kept
from api.ledgers.service import Writing
from api.obligations import queries
from api.obligations.drafts import (
    NoRuleBook,
    assessed,
    basis_of,
    check,
    check_assessment,
    completed,
    discount_cents,
    state_of,
)
from api.obligations.schemas import (
    Assessed,
    AssessmentIn,
    Basis,
    ObligationCard,
    ObligationIn,
    ObligationOut,
    RuleBookRef,
)
from api.pagination import Page, after, write_cursor
from api.rule_books import service as rule_books
from api.rule_books.service import WrongOrganisation
from api.tenders import service as tenders


async def open_obligation(given: ObligationIn, actor: Actor, now: datetime) -> ObligationOut:
    """Open an obligation of the own authority, and assess it."""
    authority = await _authority(actor)
    await _check_contractor(given.contractor_id, authority.id)
    whole = _placed(await _from_lot(given), authority)
    check(whole)
    book_id, book = await _rule_book(whole, authority.id)

    basis = basis_of(whole, whole.awarded_on)
    found = assessed(basis, book, whole.published_on)

    row = _new_row(whole, authority.id, actor, now)
    row |= {"rule_book": book_id, "basis": as_json(basis), "assessment": as_json(found)}
    async with transaction():
        await ledger_rows.insert_obligation(row)
        await audit.record("obligation.opened", [row["id"]], actor.name, now)
        kept = await ledgers.locked(row["id"], actor)
        await _assess(kept, book, (basis, found), actor, now)
    return await read(row["id"], actor, now)


async def reassess(
    obligation_id: UUID, given: AssessmentIn, actor: Actor, now: datetime
) -> ObligationOut:
    """Assess an obligation anew, by the rule book that it was opened with."""
    check_assessment(given)
    async with transaction():
        kept = await ledgers.locked(obligation_id, actor)
        book = await rule_books.book(kept.rule_book)
        if actor.organisation != kept.authority:
            raise WrongOrganisation("Only the authority of an obligation assesses it.")

        basis = basis_of(given, kept.awarded_on)
        found = assessed(basis, book, kept.published_on)

        await _assess(kept, book, (basis, found), actor, now)
    return await read(obligation_id, actor, now)


async def read(obligation_id: UUID, actor: Actor, now: datetime) -> ObligationOut:
    """Give an obligation with its assessment and derived state."""
    kept = await ledgers.seen(obligation_id, actor)
    book = await rule_books.book(kept.rule_book)
    present = await ledgers.position_now(kept, book, now)
    return _out(kept, book, present, now)


async def obligations(cursor: str | None, limit: int, actor: Actor) -> Page[ObligationCard]:
    """List the obligations of the own organisation, the last opened first."""
    if actor.organisation is None:
        raise WrongOrganisation("This key acts for no organisation.")
    everything = actor.kind is OrganisationKind.PLATFORM
    organisation = None if everything else actor.organisation
    found = await queries.cards(organisation, after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def _assess(
    kept: Kept, book: RuleBook, outcome: tuple[Basis, Assessed], actor: Actor, now: datetime
) -> None:
    """Write what was found into the ledger. While it is unknown there is nothing to write."""
    basis, found = outcome
    head: dict[str, Any] = {"basis": as_json(basis), "assessment": as_json(found)}
    owed = found.obligation.amount_cents
    if owed is None:
        if kept.owed_cents is not None:
            gap = "; ".join(reason.detail for reason in found.obligation.reasons)
            raise InvalidInput(Fault("assessment-unknown", f"It was known before: {gap}."))
        await ledger_rows.update_obligation(kept.id, head)
        return
    discount = discount_cents(found)
    details = as_json({"basis": basis, "assessment": found})
    entry = msgspec.structs.replace(
        ledgers.next_entry(kept, Act.ASSESS, actor, now, book),
        amount_cents=owed,
        discount_cents=discount,
        evidence=commitment(details),
    )
    head |= {"owed_cents": owed, "discount_cents": discount}
    await ledgers.append(kept, entry, Writing(head=head, details=details), book, actor)


async def _authority(actor: Actor) -> OrganisationRecord:
    found = None if actor.organisation is None else await accounts.organisation(actor.organisation)
    if found is None or found.kind is not OrganisationKind.AUTHORITY:
        raise WrongOrganisation("Obligations are opened by an authority.")
    return found


async def _check_contractor(contractor_id: UUID, authority_id: UUID) -> None:
    found = await accounts.organisation(contractor_id)
    if found is None or found.id == authority_id:
        detail = "There is no such contractor, or it is the authority itself."
        raise InvalidInput(Fault("unknown-contractor", detail, "/contractorId"))


async def _from_lot(given: ObligationIn) -> ObligationIn:
    if given.lot_id is None:
        return given
    lot = await tenders.lot(given.lot_id)
    return completed(given, lot, (await tenders.tender(lot.tender_id)).published_on)


def _placed(given: ObligationIn, authority: OrganisationRecord) -> ObligationIn:
    """Take the authority's municipality, where it has one and no place was given."""
    if given.municipality or given.region or len(authority.municipalities) != 1:
        return given
    return msgspec.structs.replace(given, municipality=authority.municipalities[0])


async def _rule_book(given: ObligationIn, authority_id: UUID) -> tuple[UUID, RuleBook]:
    """Give the named rule book, or the one that place and date choose."""
    if given.rule_book_id is not None:
        return given.rule_book_id, await rule_books.book(given.rule_book_id)
    shelf = await rule_books.shelf(authority_id)
    place = TenderPlace(
        municipality=given.municipality,
        region=given.region,
        published_on=given.published_on,
        awarded_on=given.awarded_on,
    )
    choice = choose_rule_book((one.book for one in shelf), place)
    if choice.found is not Found.ONE or choice.book is None:
        raise NoRuleBook("; ".join(reason.detail for reason in choice.reasons))
    ids = {(one.book.id, one.book.version): one.id for one in shelf}
    return ids[choice.book.id, choice.book.version], choice.book


def _new_row(
    given: ObligationIn, authority_id: UUID, actor: Actor, now: datetime
) -> dict[str, Any]:
    names = ("title", "municipality", "region", "published_on", "awarded_on", "starts_on", "due_on")
    return {name: getattr(given, name) for name in names} | {
        "id": new_id(),
        "authority": authority_id,
        "contractor": given.contractor_id,
        "lot": given.lot_id,
        "owed_cents": None,
        "discount_cents": 0,
        "ledger_number": 0,
        "ledger_at": None,
        "ledger_hash": GENESIS,
        "ledger_sums": "[]",
        "purchases": "{}",
        "author": actor.identity,
        "created_at": now,
    }


def _out(kept: Kept, book: RuleBook, present: Position, now: datetime) -> ObligationOut:
    found = msgspec.json.decode(kept.assessment, type=Assessed)
    state = state_of(present, found.obligation.duty, kept.due_on, legal_day(now))
    return ObligationOut(
        id=kept.id,
        title=kept.title,
        authority_id=kept.authority,
        contractor_id=kept.contractor,
        lot_id=kept.lot,
        municipality=kept.municipality,
        region=kept.region,
        published_on=kept.published_on,
        awarded_on=kept.awarded_on,
        starts_on=kept.starts_on,
        due_on=kept.due_on,
        owed_cents=kept.owed_cents,
        discount_cents=kept.discount_cents,
        rule_book=RuleBookRef(
            id=kept.rule_book, book_id=book.id, version=book.version, name=book.name
        ),
        basis=msgspec.json.decode(kept.basis, type=Basis),
        assessment=found,
        state=state,
        ledger_number=kept.ledger_number,
        ledger_hash=kept.ledger_hash,
        created_at=kept.created_at,
    )
