"""Use cases of work items: keep them, read them from a list or a notice, estimate their value."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from api.accounts.service import Actor
from api.audit import service as audit
from api.clock import legal_day
from api.database import lock, transaction, update_row
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation, Unavailable
from api.domain.tendering.estimate import LotValue, lots_differ
from api.domain.tendering.evasion import BuyerTender, EvasionWarning, evasion_warnings
from api.domain.tendering.law import Basis, BuyerLevel, ProcedurePolicy
from api.domain.tendering.law_data import DEFAULT_PROCEDURES
from api.domain.tendering.procedures import national_procedures
from api.domain.tendering.regime import Regime, decide_regime
from api.preconditions import check_version
from api.reference.service import Reference, reference
from api.tenders import service as tenders
from api.tenders.schemas import TenderIn, TenderOut
from api.work_items import queries
from api.work_items.drafts import (
    arranged,
    buyer_tenders,
    check_items,
    check_policy,
    item_columns,
    item_out,
    items_of_lots,
    lot_values,
    main_cpv,
    missing,
    new_row,
    value_of,
    year_around,
)
from api.work_items.queries import KeptItem
from api.work_items.schemas import (
    PolicyIn,
    PolicyOut,
    ProposedItem,
    TenderEstimate,
    WorkItemIn,
    WorkItemOut,
)

ItemReader = Callable[[bytes, str, Reference], Sequence[tuple[str, WorkItemIn]]]
"""Reads a table of a media type into items, each with the place of its row."""
MOST_ITEMS: Final = 400


def no_item_reader(_: bytes, __: str, ___: Reference) -> Sequence[tuple[str, WorkItemIn]]:
    """Stand in where the application was composed without a reader of files."""
    raise Unavailable("No reader of work items was composed into this service.")


class NothingToEstimate(RuleViolation):
    """No item has a known kind, price and term."""

    code = "nothing-to-estimate"


async def items(tender_id: UUID, actor: Actor) -> tuple[WorkItemOut, ...]:
    """List the items of a draft, in the order in which they were added."""
    await tenders.draft(tender_id, actor)
    return tuple(item_out(one) for one in await queries.items([tender_id]))


async def item(tender_id: UUID, item_id: UUID, actor: Actor) -> WorkItemOut:
    """Give one item of a draft."""
    await tenders.draft(tender_id, actor)
    return item_out(await _existing(tender_id, item_id))


async def add(tender_id: UUID, given: WorkItemIn, actor: Actor, now: datetime) -> WorkItemOut:
    """Add an item to a draft."""
    [made] = await _store(tender_id, [("", given)], actor, now)
    return made


async def read_table(
    tender_id: UUID, file: tuple[bytes, str], reader: ItemReader, actor: Actor, now: datetime
) -> tuple[WorkItemOut, ...]:
    """Add the items of a spreadsheet, all or none; `file`: its bytes and media type."""
    await tenders.draft(tender_id, actor)
    rows = await asyncio.to_thread(reader, *file, await reference())
    return await _store(tender_id, rows, actor, now)


async def copy_lots(
    tender_id: UUID, source_id: UUID, actor: Actor, now: datetime
) -> tuple[WorkItemOut, ...]:
    """Copy the lots of a published tender; each becomes a group of one item."""
    await tenders.draft(tender_id, actor)
    source = await tenders.tender(source_id)
    copied = items_of_lots(source, await reference())
    return await _store(tender_id, [("", one) for one in copied], actor, now)


async def proposed(source_id: UUID) -> tuple[ProposedItem, ...]:
    """Give the items that the lots of a published tender would become, and what they lack."""
    source = await tenders.tender(source_id)
    found = items_of_lots(source, await reference())
    return tuple(ProposedItem(one, missing(one)) for one in found)


async def draft_of(
    source_id: UUID, given: Sequence[WorkItemIn], actor: Actor, now: datetime
) -> TenderOut:
    """Begin a draft after a published tender, with these items; all of it or nothing."""
    source = await tenders.tender(source_id)
    items = [(f"/{n}", one) for n, one in enumerate(given)]
    check_items(items, (), await reference())
    head = TenderIn(title=source.title, starts_on=source.starts_on)
    async with transaction():
        draft = await tenders.create_draft(head, actor, now)
        await _store(draft.id, items, actor, now)
        return draft


async def _store(
    tender_id: UUID, given: Sequence[tuple[str, WorkItemIn]], actor: Actor, now: datetime
) -> tuple[WorkItemOut, ...]:
    known = await reference()
    async with transaction():
        await tenders.locked_draft(tender_id, actor)
        present = await queries.items([tender_id])

        check_items(given, [one.code for one in present], known)
        if len(present) + len(given) > MOST_ITEMS:
            raise InvalidInput(Fault("item-count", f"A tender has at most {MOST_ITEMS} items."))

        rows = [new_row(tender_id, one, now) for _, one in given]
        await queries.insert(rows)
        await audit.record("work-items.added", [tender_id], actor.name, now, items=len(rows))
        stored = {one.id: one for one in await queries.items([tender_id])}
    return tuple(item_out(stored[row["id"]]) for row in rows)


async def replace(
    ids: tuple[UUID, UUID], given: WorkItemIn, version: int | None, actor: Actor, now: datetime
) -> WorkItemOut:
    """Replace an item; `ids`: tender and item. Pairs follow a new code."""
    tender_id, item_id = ids
    known = await reference()
    async with transaction():
        await tenders.locked_draft(tender_id, actor)
        kept = await _existing(tender_id, item_id)
        check_version(kept.version, version)
        others = [one.code for one in await queries.items([tender_id]) if one.id != item_id]
        check_items([("", given)], others, known)

        await queries.rename(tender_id, kept.code, given.code, now)
        columns = item_columns(given, now) | {"version": kept.version + 1}
        await update_row("work_item", item_id, columns)
        await audit.record("work-item.replaced", [tender_id], actor.name, now, item=given.code)
        return item_out(await _existing(tender_id, item_id))


async def arrange(
    tender_id: UUID, numbers: Mapping[UUID, int], actor: Actor, now: datetime
) -> tuple[WorkItemOut, ...]:
    """Divide by hand: items of one number share a lot, and stand apart from other numbers."""
    async with transaction():
        await tenders.locked_draft(tender_id, actor)
        kept = await queries.items([tender_id])

        for one, group, apart in arranged(kept, numbers):
            columns = {"stays_with": group, "apart": apart, "updated_at": now}
            await update_row("work_item", one.id, columns | {"version": one.version + 1})
        await audit.record("work-items.arranged", [tender_id], actor.name, now)
        return tuple(item_out(one) for one in await queries.items([tender_id]))


async def remove(ids: tuple[UUID, UUID], version: int | None, actor: Actor, now: datetime) -> None:
    """Drop an item; `ids`: tender and item. Others forget that they stood apart from it."""
    tender_id, item_id = ids
    async with transaction():
        await tenders.locked_draft(tender_id, actor)
        kept = await _existing(tender_id, item_id)
        check_version(kept.version, version)
        await queries.rename(tender_id, kept.code, None, now)
        await queries.delete(item_id)
        await audit.record("work-item.removed", [tender_id], actor.name, now, item=kept.code)


async def _existing(tender_id: UUID, item_id: UUID) -> KeptItem:
    found = await queries.item(tender_id, item_id)
    if found is None:
        raise NotFound(f"There is no work item {item_id} in this draft.")
    return found


async def estimate(tender_id: UUID, actor: Actor, now: datetime) -> TenderEstimate:
    """Say what a draft is worth, which regime holds, and whether it looks like evasion."""
    draft = await tenders.draft(tender_id, actor)
    kept = await queries.items([tender_id])
    policy = await policy_of(draft.organisation_id)
    values = lot_values(kept)
    if not values:
        raise NothingToEstimate("No item has a known kind, price and term.")

    day = draft.dispatched_on or legal_day(now)
    level = draft.buyer_level or BuyerLevel.SUB_CENTRAL
    decided = decide_regime(values, level, day, kind=draft.main_kind)
    national = decided.regime is Regime.NATIONAL
    stated = draft.estimated_value
    return TenderEstimate(
        tender_id=tender_id,
        dispatched_on=day,
        assumed_today=draft.dispatched_on is None,
        total_cents=decided.total_cents,
        items={one.code: found for one in kept if (found := value_of(one)) is not None},
        incomplete={one.code: gaps for one in kept if (gaps := missing(one))},
        regime=decided,
        procedures=national_procedures(decided.kind, level, decided.total_cents, policy)
        if national
        else None,
        stated_total=None if stated is None else lots_differ(stated.amount_cents, values),
        evasion=await warnings(draft, kept, values, now),
    )


async def warnings(
    draft: TenderOut, kept: Sequence[KeptItem], values: Sequence[LotValue], now: datetime
) -> tuple[EvasionWarning, ...]:
    """Warn when this draft and other tenders of the buyer look like one that was cut up."""
    day = draft.dispatched_on or legal_day(now)
    level = draft.buyer_level or BuyerLevel.SUB_CENTRAL
    cpv = main_cpv(kept)
    if cpv is None:
        return ()
    decided = decide_regime(values, level, day, kind=draft.main_kind)
    kind, total = decided.kind, decided.total_cents
    others = await queries.tenders_of_buyer(
        draft.id, draft.organisation_id, draft.buyer, year_around(day)
    )
    of_drafts: dict[UUID, list[KeptItem]] = {}
    for one in await queries.items([other.id for other in others if other.draft]):
        of_drafts.setdefault(one.tender, []).append(one)
    own = BuyerTender(str(draft.id), _buyer_id(draft), level, kind, cpv, total, day)
    found = evasion_warnings(buyer_tenders(level, own, others, of_drafts))
    return tuple(one for one in found if str(draft.id) in one.tender_ids)


def _buyer_id(draft: TenderOut) -> str:
    if draft.organisation_id is not None:
        return str(draft.organisation_id)
    return "" if draft.buyer is None else draft.buyer.identifier or draft.buyer.name


async def policy_of(organisation: UUID | None) -> ProcedurePolicy:
    """Give the procedure policy of an organisation, else the default."""
    found = None if organisation is None else await queries.policy(organisation)
    return DEFAULT_PROCEDURES if found is None else found.policy


async def own_policy(actor: Actor) -> PolicyOut:
    """Give the policy of the own organisation, else the default."""
    found = None if actor.organisation is None else await queries.policy(actor.organisation)
    if found is None:
        return PolicyOut(policy=DEFAULT_PROCEDURES, own=False, version=0)
    return PolicyOut(policy=found.policy, own=True, version=found.version)


async def put_policy(
    given: PolicyIn, version: int | None, actor: Actor, now: datetime
) -> PolicyOut:
    """Keep the policy of the own organisation; plans made before keep what they used."""
    tenders.check_writer(actor)
    if actor.organisation is None:
        raise tenders.AuthoritiesOnly("This key acts for no organisation.")
    basis = Basis("own procedure policy", given.edition, given.source, verified=True)
    policy = ProcedurePolicy(str(actor.organisation), given.ranges, basis)
    check_policy(policy)
    async with transaction():
        await lock(f"procedure policy {actor.organisation}")
        present = await own_policy(actor)
        check_version(present.version, version)
        new = present.version + 1
        await queries.put_policy(actor.organisation, policy, actor.name, new, now)
        await audit.record("procedure-policy.put", [actor.organisation], actor.name, now)
        return await own_policy(actor)
