"""Use cases of fulfilments: book, confirm, decide, correct. Each is one entry in a ledger."""

import secrets
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from api.accounts import service as accounts
from api.accounts.service import Actor, OrganisationKind
from api.audit import service as audit
from api.clock import new_id
from api.database import Row, apart, as_json, lock, transaction
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.domain.social_return.caps import Frozen, caps_of
from api.domain.social_return.credit import Credit
from api.domain.social_return.details import commitment
from api.domain.social_return.entries import Act, ClaimState, Entry, next_state
from api.domain.social_return.ledger import counter_amount
from api.domain.social_return.rule_book import RuleBook
from api.domain.social_return.sums import freeze_beside
from api.domain.values import Cents
from api.fulfilments import queries
from api.fulfilments.drafts import (
    CountedTwice,
    Earlier,
    Known,
    Token,
    basis_cents,
    check,
    check_reason,
    check_side,
    claim_columns,
    credit_of,
    details_of,
    facts_of,
    guard,
    salted,
    signals_of,
    token_of,
    valued,
)
from api.fulfilments.queries import Supplier
from api.fulfilments.schemas import (
    ActivityIn,
    ClaimIn,
    CounterIn,
    DecisionIn,
    DisputeIn,
    Filters,
    FulfilmentCard,
    FulfilmentOut,
    NewClaimIn,
    PlacementIn,
    PreviewOut,
    PurchaseIn,
    ToConfirm,
)
from api.ledgers import queries as ledger_rows
from api.ledgers import service as ledgers
from api.ledgers.queries import Kept
from api.ledgers.schemas import EntryOut
from api.ledgers.service import Writing
from api.pagination import Page, after, write_cursor
from api.rule_books import service as rule_books
from api.rule_books.service import WrongOrganisation
from api.settings import pseudonym_key

GUARDED: Final = "double-count"


class OwnInvoice(RuleViolation):
    """A contractor does not buy from itself."""

    code = "own-invoice"


class _Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that is being booked, on a locked ledger."""

    kept: Kept
    rules: RuleBook
    act: Act
    given: ClaimIn
    claim_id: UUID


class _Valued(msgspec.Struct, frozen=True):
    """The value of a claim before caps, and what makes it count once."""

    known: Known
    credit: Credit
    token: Token


async def book(obligation_id: UUID, given: NewClaimIn, actor: Actor, now: datetime) -> EntryOut:
    """Book a new fulfilment: plan it, or submit it with its credit frozen."""
    act = Act.PLAN if given.planned else Act.SUBMIT
    return await _book(obligation_id, None, act, given, actor, now)


async def submit(
    obligation_id: UUID, claim_id: UUID, given: ClaimIn, actor: Actor, now: datetime
) -> EntryOut:
    """Submit a planned fulfilment, as it turned out."""
    return await _book(obligation_id, claim_id, Act.SUBMIT, given, actor, now)


async def confirm(
    obligation_id: UUID, claim_id: UUID, reason: str, actor: Actor, now: datetime
) -> EntryOut:
    """Confirm that a claim happened: the supplier itself, or the authority where there is none."""
    check_reason(reason)
    async with transaction():
        kept, claim = await _claim_for_confirmation(obligation_id, claim_id, actor)
        rules = await rule_books.book(kept.rule_book)
        entry = _about(kept, Act.CONFIRM, claim, rules, actor, now)
        entry = msgspec.structs.replace(entry, reason=reason)
        return await ledgers.append(kept, entry, Writing(before=claim), rules, actor)


async def decide(
    obligation_id: UUID, claim_id: UUID, given: DecisionIn, actor: Actor, now: datetime
) -> EntryOut:
    """Verify or reject a claim; never by who booked or confirmed it."""
    act = Act(given.decision.value)
    return await _act(obligation_id, claim_id, act, {"reason": given.reason}, actor, now)


async def dispute(
    obligation_id: UUID, claim_id: UUID, given: DisputeIn, actor: Actor, now: datetime
) -> EntryOut:
    """Park an amount of a claim, give it back, or take it off."""
    values = {"reason": given.reason, "amount_cents": given.amount_cents}
    return await _act(obligation_id, claim_id, Act(given.act.value), values, actor, now)


async def withdraw(
    obligation_id: UUID, claim_id: UUID, reason: str, actor: Actor, now: datetime
) -> EntryOut:
    """Withdraw a claim that is only planned or submitted."""
    return await _act(obligation_id, claim_id, Act.WITHDRAW, {"reason": reason}, actor, now)


async def counter(
    obligation_id: UUID, claim_id: UUID, given: CounterIn, actor: Actor, now: datetime
) -> EntryOut:
    """Correct a claim by a counter-entry, at the weight at which it was booked."""
    if (given.amount_cents is None) == (given.credited_invoice_cents is None):
        detail = "give amountCents or creditedInvoiceCents, one of them"
        raise InvalidInput(Fault("one-of-two", detail, "/amountCents"))
    values: dict[str, Any] = {"reason": given.reason, "amount_cents": given.amount_cents}
    if given.credited_invoice_cents is not None:
        values |= {"amount_cents": None, "basis_cents": given.credited_invoice_cents}
    return await _act(obligation_id, claim_id, Act.COUNTER, values, actor, now)


async def fulfilments(
    wanted: Filters, cursor: str | None, limit: int, actor: Actor
) -> Page[FulfilmentCard]:
    """List the fulfilments on the own obligations, the last made first."""
    if actor.organisation is None:
        raise WrongOrganisation("This key acts for no organisation.")
    everything = actor.kind is OrganisationKind.PLATFORM
    organisation = None if everything else actor.organisation
    found = await queries.fulfilments(organisation, wanted, after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def fulfilment(obligation_id: UUID, claim_id: UUID, actor: Actor) -> FulfilmentOut:
    """Give a fulfilment to a side of its obligation, with the sum behind its credit."""
    await ledgers.seen(obligation_id, actor)
    found = await queries.fulfilment(obligation_id, claim_id)
    if found is None:
        raise NotFound(f"There is no fulfilment {claim_id} on this obligation.")
    return found


async def preview(obligation_id: UUID, given: ClaimIn, actor: Actor) -> PreviewOut:
    """Value a claim as if it were submitted now, and store nothing.

    It is not compared with what others booked: an attempt at that leaves a trail (ADR 18).
    """
    check(given)
    kept = await ledgers.seen(obligation_id, actor)
    rules = await rule_books.book(kept.rule_book)
    booking = _Booking(kept=kept, rules=rules, act=Act.SUBMIT, given=given, claim_id=new_id())
    supplier = await _supplier(getattr(given.fulfilment, "supplier_id", None), actor)

    known = await _known(booking, supplier, _token(booking, supplier))
    credit = valued(given.fulfilment, known)
    frozen = await _frozen(booking, credit) if credit.amount_cents else None

    return PreviewOut(
        raw_cents=credit.amount_cents,
        credit_cents=credit.amount_cents if frozen is None else frozen.credit_cents,
        cut_cents=0 if frozen is None else frozen.cut_cents,
        lines=credit.lines,
        reasons=() if frozen is None else frozen.reasons,
        signals=signals_of(given, known),
        rule_book=f"{rules.id} {rules.version}",
    )


async def to_confirm(cursor: str | None, limit: int, actor: Actor) -> Page[ToConfirm]:
    """List what waits for the confirmation of the own enterprise."""
    if actor.kvk_number is None:
        raise WrongOrganisation("This key acts for no organisation with a KvK number.")
    found = await queries.to_confirm(actor.kvk_number, after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].claim_id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def _book(
    obligation_id: UUID,
    claim_id: UUID | None,
    act: Act,
    given: ClaimIn,
    actor: Actor,
    now: datetime,
) -> EntryOut:
    check(given)
    try:
        async with transaction():
            kept = await ledgers.locked(obligation_id, actor)
            check_side(kept, act, actor)
            before = None if claim_id is None else await _claim(kept, claim_id)
            # Before any value is worked out, so that a wrong order is what is told.
            next_state(None if before is None else ClaimState(before["state"]), act)
            booking = _Booking(
                kept=kept,
                rules=await rule_books.book(kept.rule_book),
                act=act,
                given=given,
                claim_id=claim_id or new_id(),
            )
            valued = await _valued(booking, actor)
            return await _write(booking, valued, before, actor, now)
    except CountedTwice:
        # The attempt itself is kept: who probes what others booked leaves a trail (ADR 18).
        await apart(_note_attempt(obligation_id, actor, now))
        raise


async def _note_attempt(obligation_id: UUID, actor: Actor, now: datetime) -> None:
    async with transaction():
        await audit.record("ledger.counted-twice", [obligation_id], actor.name, now)


async def _valued(booking: _Booking, actor: Actor) -> _Valued:
    """Read what the value depends on, and value; what is submitted may not count twice."""
    kept, one = booking.kept, booking.given.fulfilment
    supplier = await _supplier(getattr(one, "supplier_id", None), actor)
    token = _token(booking, supplier)
    if booking.act is Act.SUBMIT and token.token is not None:
        await lock(f"{GUARDED} {token.token}")
        beside = await queries.beside(token.token, booking.claim_id)
        guard(one, kept.id, booking.rules, beside)
    known = await _known(booking, supplier, token)
    return _Valued(known, credit_of(one, known), token)


def _token(booking: _Booking, supplier: Supplier | None) -> Token:
    kvk = None if supplier is None else supplier.kvk_number
    return token_of(booking.given.fulfilment, booking.kept.authority, kvk, pseudonym_key())


async def _known(booking: _Booking, supplier: Supplier | None, token: Token) -> Known:
    one, kept = booking.given.fulfilment, booking.kept
    known = Known(
        book=booking.rules,
        contract_starts_on=kept.starts_on,
        earlier=await _earlier(booking, token),
    )
    if isinstance(one, PlacementIn):
        work = await queries.work(kept.id, booking.claim_id)
        return msgspec.structs.replace(known, work=work)
    if not isinstance(one, PurchaseIn) or supplier is None:
        return known
    sides = (kept.authority, kept.contractor)
    return msgspec.structs.replace(
        known,
        marks=supplier.marks,
        turnover_cents=supplier.turnover_cents,
        spend=await queries.spend(sides, one.supplier_id),
    )


async def _supplier(supplier_id: UUID | None, actor: Actor) -> Supplier | None:
    if supplier_id is None:
        return None
    found = await queries.supplier(supplier_id)
    if found is None:
        place = "/fulfilment/supplierId"
        raise InvalidInput(Fault("unknown-supplier", "There is no such enterprise.", place))
    if found.kvk_number is not None and found.kvk_number == actor.kvk_number:
        raise OwnInvoice("A contractor does not buy from itself, nor advise itself.")
    return found


async def _earlier(booking: _Booking, token: Token) -> tuple[Earlier, ...]:
    """Give what was booked before that maxima count along."""
    one, kept = booking.given.fulfilment, booking.kept
    if isinstance(one, PlacementIn):
        sides = (kept.authority, kept.contractor)
        return await queries.of_person(token.token, one.block, sides, booking.claim_id)
    if isinstance(one, ActivityIn):
        return await queries.of_activity(kept.id, one.activity, booking.claim_id)
    return ()


async def _write(
    booking: _Booking, valued: _Valued, before: Row | None, actor: Actor, now: datetime
) -> EntryOut:
    """Freeze the credit and append the entry."""
    kept, one, credit = booking.kept, booking.given.fulfilment, valued.credit
    frozen = await _frozen(booking, credit)

    made = details_of(booking.given, valued.known, credit, valued.token.pseudonym, frozen.reasons)
    details = as_json(salted(made, secrets.token_hex(16)))
    entry = msgspec.structs.replace(
        ledgers.next_entry(kept, booking.act, actor, now, booking.rules),
        claim_id=str(booking.claim_id),
        amount_cents=frozen.credit_cents,
        raw_cents=Cents(credit.amount_cents or 0),
        basis_cents=basis_cents(one),
        categories=credit.categories,
        evidence=commitment(details),
    )

    extra = claim_columns(one, valued.token) | {"facts": as_json(facts_of(one))}
    writing = Writing(before=before, extra=extra, details=details)
    return await ledgers.append(kept, entry, writing, booking.rules, actor)


async def _frozen(booking: _Booking, credit: Credit) -> Frozen:
    """Cut the value at the caps where it is submitted; a plan takes up no room."""
    raw = Cents(credit.amount_cents or 0)
    if booking.act is Act.PLAN:
        return Frozen(raw, Cents(0))
    standing = await ledgers.standing(booking.kept, booking.rules)
    return freeze_beside(standing, raw, credit.categories, caps_of(booking.rules))


async def _act(
    obligation_id: UUID,
    claim_id: UUID,
    act: Act,
    values: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> EntryOut:
    check_reason(values["reason"])
    async with transaction():
        kept = await ledgers.locked(obligation_id, actor)
        check_side(kept, act, actor)
        claim = await _claim(kept, claim_id)
        rules = await rule_books.book(kept.rule_book)

        entry = _about(kept, act, claim, rules, actor, now)
        if values.get("amount_cents", 0) is None:
            credited = Cents(values["basis_cents"]) if "basis_cents" in values else Cents(0)
            values["amount_cents"] = counter_amount(ledger_rows.claim_of(claim), credited)
        entry = msgspec.structs.replace(entry, **values)

        return await ledgers.append(kept, entry, Writing(before=claim), rules, actor)


def _about(kept: Kept, act: Act, claim: Row, rules: RuleBook, actor: Actor, now: datetime) -> Entry:
    entry = ledgers.next_entry(kept, act, actor, now, rules)
    return msgspec.structs.replace(entry, claim_id=str(claim["id"]))


async def _claim(kept: Kept, claim_id: UUID) -> Row:
    found = await ledger_rows.claim(kept.id, claim_id)
    if found is None:
        raise NotFound(f"There is no fulfilment {claim_id} on this obligation.")
    return found


async def _claim_for_confirmation(
    obligation_id: UUID, claim_id: UUID, actor: Actor
) -> tuple[Kept, Row]:
    """Give a claim to whom it is to confirm; to a supplier there is nothing but its own."""
    kept = await ledger_rows.locked(obligation_id)
    claim = None if kept is None else await ledger_rows.claim(obligation_id, claim_id)
    kvk: str | None = None
    if claim is not None and claim["supplier"] is not None:
        kvk = await queries.supplier_kvk(claim["supplier"])
    if kept is not None and claim is not None and kvk is not None and kvk == actor.kvk_number:
        return kept, claim
    kept = await ledgers.seen(obligation_id, actor)
    claim = await _claim(kept, claim_id)
    if actor.organisation != kept.authority or (
        kvk is not None and await accounts.organisation_with_kvk(kvk) is not None
    ):
        raise WrongOrganisation("The supplier itself confirms this.")
    return kept, claim
