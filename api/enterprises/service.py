"""Use cases of the directory: keep profiles and offerings. Load, decide, store."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor, OrganisationKind
from api.audit import service as audit
from api.clock import legal_day
from api.database import Row, lock, transaction
from api.domain.errors import Fault, Gone, InvalidInput, NotFound
from api.domain.profile.restating import new_marks, restated
from api.domain.values import digits
from api.enterprises import queries
from api.enterprises.drafts import (
    Draft,
    ExternalIdTaken,
    KvkTaken,
    Plan,
    Stored,
    StoreState,
    drafted,
    mark_row,
    offering_row,
    only_patched,
    patched_columns,
    restatement,
    revision_row,
    sound_offering,
    whole_revision,
)
from api.enterprises.queries import Known
from api.enterprises.schemas import (
    EnterpriseIn,
    EnterpriseOut,
    EnterprisePatch,
    OfferingIn,
    OfferingOut,
    as_out,
    changed_fields,
    split_patch,
)
from api.outbox import service as outbox
from api.preconditions import check_version
from api.problems import AccessDenied
from api.reference.service import reference

MANUAL: Final = "manual"
_IDENTITY_LOCK: Final = "enterprise-identity"
_CHANGED: Final = frozenset({StoreState.CREATED, StoreState.UPDATED})


class NotTheOwner(AccessDenied):
    """The profile is another enterprise's, or nobody's yet."""

    code = "not-the-owner"


class Changed(msgspec.Struct, frozen=True):
    """A profile after a change, and the review that the rest of the change waits for."""

    profile: EnterpriseOut
    review: UUID | None


async def create(data: EnterpriseIn, actor: Actor, now: datetime) -> EnterpriseOut:
    """Add an enterprise with its offerings and claimed marks."""
    async with transaction():
        _refuse_strange_owner(data, actor)
        [stored] = await store_batch([data], MANUAL, actor, now)
        if stored.enterprise_id is None or stored.state is not StoreState.CREATED:
            raise _refusal(stored)
        return await read(stored.enterprise_id, legal_day(now))


async def read(enterprise_id: UUID, today: date) -> EnterpriseOut:
    """Give a profile. Withdrawn or merged: gone, with the successor."""
    row = await queries.profile(enterprise_id)
    if row is None:
        raise NotFound(f"There is no enterprise {enterprise_id}.")
    if row["state"] != "published":
        raise _gone(enterprise_id, row["successor"])
    return as_out(row, today)


async def change(
    enterprise_id: UUID, patch: EnterprisePatch, version: int | None, actor: Actor, now: datetime
) -> Changed:
    """Change fields of a profile; `version` guards against overwriting what was not seen.

    What an owner changes in a verified field waits for a moderator; the rest is done at once.
    """
    async with transaction():
        await lock(_IDENTITY_LOCK)
        known = await locked(enterprise_id, actor)
        check_version(known.version, version)
        before = await read(enterprise_id, legal_day(now))
        sound = patched_columns(before, patch, await reference())
        await _refuse_taken_kvk(sound.get("kvk_number"), enterprise_id)

        owner = known.owner is not None and known.owner == actor.organisation
        free, guarded = split_patch(patch) if owner else (patch, EnterprisePatch())
        proposed = changed_fields(before, guarded)
        review = await _propose(known, guarded, proposed, actor, now) if proposed else None
        if changed_fields(before, free) or not proposed:
            await _apply(before, free, sound, actor, now)
        return Changed(await read(enterprise_id, legal_day(now)), review)


async def apply_revision(
    enterprise_id: UUID, patch: EnterprisePatch, actor: Actor, now: datetime
) -> None:
    """Do what an owner proposed and a moderator approved; the rules are asked once more."""
    await lock(_IDENTITY_LOCK)
    await locked(enterprise_id, actor)
    before = await read(enterprise_id, legal_day(now))
    sound = patched_columns(before, patch, await reference())
    await _refuse_taken_kvk(sound.get("kvk_number"), enterprise_id)
    await _apply(before, patch, sound, actor, now, revise=False)


async def withdraw(enterprise_id: UUID, version: int | None, actor: Actor, now: datetime) -> None:
    """Take an enterprise out of the directory. Its match runs and bookings remain."""
    async with transaction():
        known = await locked(enterprise_id, actor)
        check_version(known.version, version)
        values = {"state": "withdrawn", "version": known.version + 1, "updated_at": now}
        await queries.update_enterprise(enterprise_id, values)
        await announce("enterprise.withdrawn", [enterprise_id], actor, now)


async def offerings(enterprise_id: UUID, today: date) -> tuple[OfferingOut, ...]:
    """Give the offerings of an enterprise."""
    return (await read(enterprise_id, today)).offerings


async def offering(enterprise_id: UUID, offering_id: UUID, today: date) -> OfferingOut:
    """Give one offering."""
    for one in await offerings(enterprise_id, today):
        if one.id == offering_id:
            return one
    raise NotFound(f"Enterprise {enterprise_id} has no offering {offering_id}.")


async def add_offering(
    enterprise_id: UUID, data: OfferingIn, actor: Actor, now: datetime
) -> OfferingOut:
    """Add an offering to an enterprise."""
    async with transaction():
        known = await locked(enterprise_id, actor)
        columns = sound_offering(data, await reference())
        position = await queries.offering_count(enterprise_id)

        row = offering_row(enterprise_id, columns, position)
        await queries.insert([], [row], [])
        await touch(known, "offering.added", actor, now)
        return await offering(enterprise_id, row["id"], legal_day(now))


async def replace_offering(
    ids: tuple[UUID, UUID], data: OfferingIn, version: int | None, actor: Actor, now: datetime
) -> OfferingOut:
    """Replace an offering by a new statement of it; `ids`: enterprise and offering."""
    enterprise_id, offering_id = ids
    async with transaction():
        known = await locked(enterprise_id, actor)
        before = await offering(enterprise_id, offering_id, legal_day(now))
        check_version(before.version, version)
        columns = sound_offering(data, await reference())

        await queries.update_offering(offering_id, columns | {"version": before.version + 1})
        await touch(known, "offering.changed", actor, now)
        return await offering(enterprise_id, offering_id, legal_day(now))


async def withdraw_offering(
    ids: tuple[UUID, UUID], version: int | None, actor: Actor, now: datetime
) -> None:
    """Take one offering out of the directory; `ids`: enterprise and offering."""
    enterprise_id, offering_id = ids
    async with transaction():
        known = await locked(enterprise_id, actor)
        before = await offering(enterprise_id, offering_id, legal_day(now))
        check_version(before.version, version)

        await queries.withdraw_offerings([offering_id], now)
        await touch(known, "offering.withdrawn", actor, now)


async def store_batch(
    records: Sequence[EnterpriseIn], source: str, actor: Actor, now: datetime
) -> list[Stored]:
    """Store many records of one source in one transaction. A record seen before is updated.

    A record with faults, or with a KvK number that another enterprise has, is rejected
    by itself; the others go on.
    """
    areas_and_codes = await reference()
    drafts = [drafted(record, areas_and_codes) for record in records]
    return await store_drafts(records, drafts, source, actor, now)


async def store_drafts(
    records: Sequence[EnterpriseIn],
    drafts: Sequence[Draft | tuple[Fault, ...]],
    source: str,
    actor: Actor,
    now: datetime,
) -> list[Stored]:
    """Store records that were checked before: a draft, or the faults, for each."""
    async with transaction():
        await lock(_IDENTITY_LOCK)
        known = await _known(records, source)

        plan = Plan(source, known, actor, now)
        outcomes = [plan.decide(record, one) for record, one in zip(records, drafts, strict=True)]

        await queries.insert(plan.enterprises, plan.offerings, plan.marks)
        who = (actor.name, source)
        begun = [whole_revision(row, who, now) for row in plan.enterprises]
        rewritten = await _overwrite(plan.updates, source, actor, now) if plan.updates else []
        await queries.insert_revisions([*begun, *rewritten])
        changed = [one.enterprise_id for one in outcomes if one.state in _CHANGED]
        ids = [one for one in changed if one is not None]
        await announce("enterprise.stored", ids, actor, now, source=source)
        return outcomes


async def record_verification(
    enterprise_id: UUID,
    marks: Sequence[tuple[str, str | None, date]],
    share_verified_on: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record that certificates, and the target-group share, were seen and found good."""
    async with transaction():
        known = await locked(enterprise_id, actor)
        for scheme, level, verified_on in marks:
            await queries.verify_mark(enterprise_id, (scheme, level), verified_on, actor.name)
        if share_verified_on is not None:
            verified = {"share_verified_on": share_verified_on}
            await queries.update_enterprise(enterprise_id, verified)
        await touch(known, "enterprise.verified", actor, now)


async def refresh_reach(actor: Actor, now: datetime) -> int:
    """Work out every coverage anew, after a new list of municipalities. Gives what changed."""
    geography = (await reference()).geography
    changed = 0
    after: UUID | None = None
    while batch := await queries.coverages(after, 1_000):
        after = batch[-1].offering_id
        moved = [one for one in batch if one.reach != geography.reach(one.coverage)]
        async with transaction():
            for one in moved:
                reach = geography.reach(one.coverage)
                areas = {"area_full": list(reach.full), "area_partial": list(reach.partial)}
                await queries.update_offering(one.offering_id, areas)
            ids = sorted({one.enterprise_id for one in moved})
            await announce("offering.reach-refreshed", ids, actor, now)
        changed += len(moved)
    return changed


async def _known(records: Sequence[EnterpriseIn], source: str) -> list[Known]:
    external = [one.external_id for one in records if one.external_id is not None]
    numbers = [digits(one.kvk_number) for one in records if one.kvk_number is not None]
    return await queries.known(source, external, numbers)


async def _refuse_taken_kvk(kvk_number: str | None, enterprise_id: UUID) -> None:
    if kvk_number is None:
        return
    owners = await queries.known("", (), [kvk_number])
    if any(one.id != enterprise_id for one in owners):
        raise KvkTaken(f"KvK number {kvk_number} belongs to another enterprise.")


async def locked(enterprise_id: UUID, actor: Actor) -> Known:
    """Lock a published enterprise that the actor may change."""
    known = await queries.lock_enterprise(enterprise_id)
    if known is None:
        raise NotFound(f"There is no enterprise {enterprise_id}.")
    if known.state != "published":
        raise _gone(enterprise_id, known.successor)
    if actor.kind is OrganisationKind.ENTERPRISE and known.owner != actor.organisation:
        raise NotTheOwner("An enterprise changes its own profile only; claim it first.")
    return known


def _refuse_strange_owner(data: EnterpriseIn, actor: Actor) -> None:
    if actor.kind is not OrganisationKind.ENTERPRISE:
        return
    if data.kvk_number is None or digits(data.kvk_number) != actor.kvk_number:
        raise NotTheOwner("An enterprise adds the profile of its own KvK number only.")


async def _propose(
    known: Known, patch: EnterprisePatch, fields: Sequence[str], actor: Actor, now: datetime
) -> UUID:
    """Keep for review what an owner wants to change in verified fields."""
    row = revision_row(known.id, fields, patch, (actor.identity, MANUAL), now)
    await queries.insert_revisions([row | {"state": "pending"}])
    await audit.record("enterprise.change-proposed", [known.id], actor.name, now)
    return UUID(str(row["id"]))


async def _apply(
    before: EnterpriseOut,
    patch: EnterprisePatch,
    sound: dict[str, Any],
    actor: Actor,
    now: datetime,
    *,
    revise: bool = True,
) -> None:
    """Write the columns of a patch; what a change makes unproven loses its verification."""
    columns = only_patched(sound, patch)
    fields = changed_fields(before, patch)
    if "targetGroupShare" in fields:
        columns |= {"share_verified_on": None, "share_stated_by": actor.identity}
    columns |= {"version": before.version + 1, "updated_at": now}
    await queries.update_enterprise(before.id, columns)
    if "kvkNumber" in fields:
        await queries.unverify_uncovered([before.id])
    if revise:
        revision = revision_row(before.id, fields, patch, (actor.name, MANUAL), now)
        await queries.insert_revisions([revision])
    await announce("enterprise.changed", [before.id], actor, now, fields=fields)


async def _overwrite(
    updates: Mapping[UUID, Draft], source: str, actor: Actor, now: datetime
) -> list[Row]:
    """Write newer statements of imported records over the former ones; gives the revisions.

    A certificate that was verified or revoked stays as it is.
    """
    ids, who = list(updates), (actor.name, source)
    former = {row["id"]: row for row in await queries.profiles(ids)}
    await queries.delete_claims(ids)
    offerings: list[Row] = []
    marks: list[Row] = []
    dropped: list[UUID] = []
    revisions: list[Row] = []
    for enterprise_id, draft in updates.items():
        before = former[enterprise_id]
        parts = restated(before["offerings"], draft.offerings)
        for offering_id, values in parts.changed:
            await queries.update_offering(offering_id, values)
        offerings += [offering_row(enterprise_id, columns, n) for n, columns in parts.added]
        dropped += parts.dropped
        fresh = new_marks(before["marks"], draft.marks)
        marks += [mark_row(enterprise_id, columns, actor.identity) for columns in fresh]
        fields, values = restatement(before, draft, actor, now)
        await queries.update_enterprise(enterprise_id, values)
        revisions.append(revision_row(enterprise_id, fields, {}, who, now))
    await queries.withdraw_offerings(dropped, now)
    await queries.insert([], offerings, marks)
    await queries.unverify_uncovered(ids)
    return revisions


async def touch(known: Known, action: str, actor: Actor, now: datetime, **detail: object) -> None:
    """Count a change of an enterprise, and leave its audit row and outbox row."""
    values = {"version": known.version + 1, "updated_at": now}
    await queries.update_enterprise(known.id, values)
    await announce(action, [known.id], actor, now, **detail)


async def announce(
    action: str, ids: Sequence[UUID], actor: Actor, now: datetime, **detail: object
) -> None:
    """Leave the audit row and the outbox row of a change, in its own transaction."""
    await audit.record(action, ids, actor.name, now, **detail)
    await outbox.enqueue(ids, now)


def _gone(enterprise_id: UUID, successor: UUID | None) -> Gone:
    merged = "" if successor is None else f"; {successor} took its place"
    detail = f"Enterprise {enterprise_id} left the directory{merged}."
    return Gone(detail, None if successor is None else str(successor))


def _refusal(stored: Stored) -> InvalidInput | KvkTaken | ExternalIdTaken:
    if stored.state is not StoreState.REJECTED:
        return ExternalIdTaken("An enterprise with this externalId is here already; change it.")
    taken = [fault for fault in stored.faults if fault.code == KvkTaken.code]
    return KvkTaken(taken[0].detail) if taken else InvalidInput(*stored.faults)
