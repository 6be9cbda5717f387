"""Use cases of moderation: claim, review, look back, merge. Load, decide, store."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from api.accounts.service import Actor, OrganisationKind
from api.audit import service as audit
from api.clock import legal_day, new_id
from api.database import Row, as_struct, transaction
from api.domain.checks import Checks
from api.domain.errors import Fault, InvalidInput, NotFound, RuleViolation
from api.domain.profile.claims import WaitingFor, waiting_for
from api.domain.profile.marks import refuse_same_eyes
from api.domain.profile.merging import Listed, Refusal, still_holds
from api.domain.profile.merging import duplicates as find_duplicates
from api.domain.social_return.privacy import personal_number_faults
from api.enterprises import queries as profiles
from api.enterprises import service as enterprises
from api.enterprises.queries import Known
from api.enterprises.schemas import EnterpriseOut, EnterprisePatch
from api.enterprises.service import NotTheOwner
from api.moderation import queries
from api.moderation.drafts import refusal_row
from api.moderation.schemas import (
    ClaimIn,
    ClaimOut,
    DecisionIn,
    DuplicateOut,
    FieldSource,
    HistoryEntry,
    MergeIn,
    OwnContact,
    RefusalIn,
    RefusalOut,
    ReviewOut,
)
from api.pagination import Page, after, read_cursor, write_cursor
from api.preconditions import check_state, state_tag
from api.problems import AccessDenied

Item = TypeVar("Item", ClaimOut, ReviewOut, HistoryEntry, RefusalOut)


class ClaimRefused(RuleViolation):
    """This claim can't be made: by nobody's key, twice, or on one's own profile."""

    code = "claim-refused"


class NotYourTurn(RuleViolation):
    """Somebody else answers first, or it was decided already."""

    code = "not-your-turn"


class MergeRefused(RuleViolation):
    """These two profiles can't be merged."""

    code = "merge-refused"


class PairRefused(RuleViolation):
    """These two profiles are kept apart already."""

    code = "pair-refused"


async def own_profile(actor: Actor) -> UUID | None:
    """Give the profile that the organisation of somebody keeps, if it keeps one."""
    return None if actor.organisation is None else await queries.owned_by(actor.organisation)


async def contact(enterprise_id: UUID) -> OwnContact:
    """Give the role addresses of a profile, to who keeps it; others ask for them (ADR 24)."""
    row = await profiles.profile(enterprise_id)
    if row is None or row["state"] != "published":
        return OwnContact(None, None)
    return as_struct(row, OwnContact)


async def claim(enterprise_id: UUID, data: ClaimIn, actor: Actor, now: datetime) -> ClaimOut:
    """Say that a profile is one's own. A present owner answers first, a moderator last."""
    _refuse_personal_numbers(("/proof", data.proof), ("/reference", data.reference or ""))
    async with transaction():
        known = await profiles.lock_enterprise(enterprise_id)
        await enterprises.read(enterprise_id, legal_day(now))
        claimant = await _claimant(known, actor)

        claim_id = new_id()
        row = {
            "id": claim_id,
            "enterprise": enterprise_id,
            "organisation": claimant,
            "proof": data.proof,
            "reference": data.reference,
            "claimed_by": actor.identity,
            "claimed_at": now,
            "former_owner": None if known is None else known.owner,
            "state": "pending",
        }
        await queries.insert_claim(row)
        await audit.record("profile.claimed", [enterprise_id], actor.name, now)
        return _claim_out(await _claim(claim_id), now)


async def claims(actor: Actor, now: datetime, cursor: str | None, limit: int) -> Page[ClaimOut]:
    """Give the claims that the caller's organisation made, or must answer as owner."""
    if actor.organisation is None:
        return Page(items=())
    rows = await queries.claims_of(actor.organisation, after(cursor), limit + 1)
    return _page([_claim_out(row, now) for row in rows], limit)


async def answer(claim_id: UUID, data: DecisionIn, actor: Actor, now: datetime) -> ClaimOut:
    """Say as owner what one thinks of another's claim; a moderator then decides."""
    _refuse_personal_numbers(("/reason", data.reason))
    async with transaction():
        row = await _claim(claim_id)
        if actor.organisation is None or row["former_owner"] != actor.organisation:
            raise NotFound(f"There is no claim {claim_id} for you to answer.")
        if _claim_out(row, now).waiting_for is not WaitingFor.OWNER:
            raise NotYourTurn("The claim no longer waits for the owner.")

        values = {"owner_agrees": data.approve, "owner_reason": data.reason}
        await queries.update_claim(claim_id, values | {"owner_answered_at": now})
        await audit.record("profile.claim-answered", [row["enterprise_id"]], actor.name, now)
        return _claim_out(await _claim(claim_id), now)


async def reviews(now: datetime, cursor: str | None, limit: int) -> Page[ReviewOut]:
    """Give what waits for a decision, oldest first."""
    rows = await queries.reviews(after(cursor), limit + 1)
    return _page([_review_out(row, now) for row in rows], limit)


async def review(review_id: UUID, now: datetime) -> ReviewOut:
    """Give one thing that waits for a decision."""
    row = await queries.review(review_id)
    if row is None:
        raise NotFound(f"There is no review {review_id}.")
    return _review_out(row, now)


async def decide(review_id: UUID, data: DecisionIn, actor: Actor, now: datetime) -> None:
    """Decide on a claim or a proposed change; not on one's own."""
    _refuse_personal_numbers(("/reason", data.reason))
    async with transaction():
        proposed = await profiles.pending_revision(review_id)
        if proposed is not None:
            await _decide_change(proposed, data, actor, now)
        else:
            await _decide_claim(await _claim(review_id), data, actor, now)


async def history(
    enterprise_id: UUID, actor: Actor, now: datetime, cursor: str | None, limit: int
) -> Page[HistoryEntry]:
    """Give who changed which fields of a profile when, newest first; an enterprise: its own."""
    await enterprises.read(enterprise_id, legal_day(now))
    if actor.kind is OrganisationKind.ENTERPRISE and await own_profile(actor) != enterprise_id:
        raise NotTheOwner("An enterprise sees the history of its own profile only.")
    rows = await queries.history(enterprise_id, after(cursor), limit + 1)
    return _page([as_struct(row, HistoryEntry) for row in rows], limit)


async def provenance(enterprise_id: UUID, now: datetime) -> tuple[FieldSource, ...]:
    """Give where every field of a profile comes from, by name of the field."""
    await enterprises.read(enterprise_id, legal_day(now))
    rows = await queries.provenance(enterprise_id)
    return tuple(as_struct(row, FieldSource) for row in rows)


async def duplicates(
    municipality: str | None, cursor: str | None, limit: int, *, refused: bool = False
) -> Page[DuplicateOut]:
    """Give the pairs of profiles that may be one firm, the likeliest first.

    Those that somebody keeps apart are left out, unless `refused`.
    """
    here = {one.id: one for one in await queries.listed(municipality)}
    apart = _apart(await queries.refused_pairs(), here)
    found = await asyncio.to_thread(find_duplicates, list(here.values()))
    start = None if cursor is None else read_cursor(cursor, tuple[int, str, str])
    left = [
        one
        for one in found
        if (refused or (one.first, one.second) not in apart)
        and (start is None or (-one.percent, one.first, one.second) > start)
    ]
    items = tuple(
        DuplicateOut(
            percent=one.percent,
            reason=one.reason,
            first=UUID(one.first),
            first_name=here[one.first].name,
            second=UUID(one.second),
            second_name=here[one.second].name,
            refusal_id=apart.get((one.first, one.second)),
        )
        for one in left[:limit]
    )
    last = left[limit - 1] if len(left) > limit else None
    key = None if last is None else write_cursor((-last.percent, last.first, last.second))
    return Page(items=items, next_cursor=key)


async def refuse(data: RefusalIn, actor: Actor, now: datetime) -> RefusalOut:
    """Keep with its reason that two profiles are two firms; they are no longer offered."""
    _refuse_personal_numbers(("/reason", data.reason))
    first, second = sorted(data.enterprise_ids)
    if first == second:
        raise InvalidInput(Fault("duplicate-id", "Name two profiles.", "/enterpriseIds/1"))
    async with transaction():
        # In the order of ids, as merges lock them.
        both = [(await enterprises.locked(one, actor)).id for one in (first, second)]
        here = {one.id: one for one in await queries.listed(None, both)}
        if (str(first), str(second)) in _apart(await queries.refused_pairs(), here):
            raise PairRefused("These two are kept apart already.")

        row = refusal_row((here[str(first)], here[str(second)]), data.reason, actor.identity, now)
        await queries.put_refusal(row)
        await audit.record("duplicate.refused", both, actor.name, now, reason=data.reason)
        return _refusal_out(await _refusal(row["id"]), here)


async def refusals(cursor: str | None, limit: int) -> Page[RefusalOut]:
    """Give the pairs that somebody keeps apart, the oldest decision first."""
    rows = await queries.refusals(after(cursor), limit + 1)
    ids = [row[side] for row in rows for side in ("first", "second")]
    here = {one.id: one for one in await queries.listed(None, ids)}
    return _page([_refusal_out(row, here) for row in rows], limit)


async def offer_again(refusal_id: UUID, actor: Actor, now: datetime, *, wanted: str) -> None:
    """Take a refusal back; the audit trail keeps it."""
    async with transaction():
        row = await _refusal(refusal_id)
        check_state(state_tag(row["id"]), wanted)
        await queries.delete_refusal(refusal_id)
        both = [row["first"], row["second"]]
        reason = row["reason"]
        await audit.record("duplicate.offered-again", both, actor.name, now, reason=reason)


async def merge(enterprise_id: UUID, data: MergeIn, actor: Actor, now: datetime) -> EnterpriseOut:
    """Merge a profile into its successor; it answers 410 with the successor from then on."""
    _refuse_personal_numbers(("/reason", data.reason))
    if data.successor_id == enterprise_id:
        raise MergeRefused("A profile can't be merged into itself.")
    async with transaction():
        # In the order of ids, so that two merges never wait for each other.
        both = sorted((enterprise_id, data.successor_id))
        locked = {one: await enterprises.locked(one, actor) for one in both}
        merged, successor = locked[enterprise_id], locked[data.successor_id]

        await queries.move_to_successor(merged.id, successor.id)
        await queries.drop_proposals(merged.id, (now, actor.identity, "merged"))
        await _join(merged, successor)
        detail = {"reason": data.reason, "successor": str(successor.id)}
        await enterprises.touch(merged, "enterprise.merged", actor, now, **detail)
        taken = {"reason": data.reason, "merged": str(merged.id)}
        await enterprises.touch(successor, "enterprise.took-over", actor, now, **taken)
        return await enterprises.read(successor.id, legal_day(now))


def _apart(rows: Sequence[Row], here: Mapping[str, Listed]) -> dict[tuple[str, str], UUID]:
    """Give the pairs of which the refusal still holds, with its id."""
    read = {row["id"]: as_struct(row, Refusal) for row in rows}
    holding = {key: one for key, one in read.items() if still_holds(one, here)}
    return {(one.first, one.second): key for key, one in holding.items()}


async def _refusal(refusal_id: UUID) -> Row:
    row = await queries.refusal(refusal_id)
    if row is None:
        raise NotFound(f"No pair is kept apart as {refusal_id}.")
    return row


def _refusal_out(row: Row, here: Mapping[str, Listed]) -> RefusalOut:
    sides = {side: str(row[side]) for side in ("first", "second")}
    holds = still_holds(as_struct(dict(row) | sides, Refusal), here)
    told = {"holds": holds, "etag": state_tag(row["id"])}
    return as_struct(dict(row) | told, RefusalOut)


async def _join(merged: Known, successor: Known) -> None:
    gone = {"state": "merged", "successor": successor.id}
    kept: dict[str, Any] = {}
    if successor.kvk_number is None and merged.kvk_number is not None:
        gone["kvk_number"] = None
        kept["kvk_number"] = merged.kvk_number
    if successor.owner is None and merged.owner is not None:
        kept["owner"] = merged.owner
    await profiles.update_enterprise(merged.id, gone)
    if kept:
        await profiles.update_enterprise(successor.id, kept)
    await profiles.unverify_uncovered([successor.id])


async def _claimant(known: Known | None, actor: Actor) -> UUID:
    if actor.organisation is None or actor.kind is not OrganisationKind.ENTERPRISE:
        raise ClaimRefused("Only a key of an enterprise can claim a profile.")
    if known is not None and known.owner == actor.organisation:
        raise ClaimRefused("The profile is yours already.")
    if known is not None and await queries.claim_is_pending(known.id, actor.organisation):
        raise ClaimRefused("Your claim waits for a decision already.")
    return actor.organisation


async def _decide_change(row: Row, data: DecisionIn, actor: Actor, now: datetime) -> None:
    refuse_same_eyes(row["actor"], actor.identity)
    if actor.kind is OrganisationKind.ENTERPRISE:
        raise AccessDenied("An enterprise does not moderate the directory.")
    if data.approve:
        patch = msgspec.json.decode(row["patch"], type=EnterprisePatch)
        await enterprises.apply_revision(row["enterprise"], patch, actor, now)
    state = "applied" if data.approve else "refused"
    decided = {"decided_at": now, "decided_by": actor.identity, "reason": data.reason}
    await profiles.mark_revision(row["id"], decided | {"state": state})
    action = f"enterprise.change-{'approved' if data.approve else 'refused'}"
    await audit.record(action, [row["enterprise"]], actor.name, now, reason=data.reason)


async def _decide_claim(
    row: Mapping[str, Any], data: DecisionIn, actor: Actor, now: datetime
) -> None:
    refuse_same_eyes(row["claimed_by"], actor.identity)
    if actor.kind is OrganisationKind.ENTERPRISE:
        raise AccessDenied("An enterprise does not moderate the directory.")
    if _claim_out(row, now).waiting_for is not WaitingFor.MODERATOR:
        raise NotYourTurn("The claim was decided already, or the owner answers first.")
    state = "approved" if data.approve else "refused"
    decided = {"decided_at": now, "decided_by": actor.identity, "reason": data.reason}
    await queries.update_claim(row["id"], decided | {"state": state})
    known = await enterprises.locked(row["enterprise_id"], actor)
    if data.approve:
        await profiles.update_enterprise(known.id, {"owner": row["organisation_id"]})
        await queries.ask_new_owner(known.id, row["organisation_id"])
    await enterprises.touch(known, f"profile.claim-{state}", actor, now, claim=str(row["id"]))


async def _claim(claim_id: UUID) -> Mapping[str, Any]:
    row = await queries.claim(claim_id)
    if row is None:
        raise NotFound(f"There is no review or claim {claim_id}.")
    return row


def _turn(row: Mapping[str, Any], since: datetime, now: datetime) -> WaitingFor:
    has_owner, agrees = row["former_owner"] is not None, row["owner_agrees"]
    return waiting_for(has_owner=has_owner, owner_agrees=agrees, claimed_at=since, now=now)


def _claim_out(row: Mapping[str, Any], now: datetime) -> ClaimOut:
    turn = _turn(row, row["claimed_at"], now) if row["state"] == "pending" else None
    return as_struct(dict(row) | {"waiting_for": turn}, ClaimOut)


def _review_out(row: Mapping[str, Any], now: datetime) -> ReviewOut:
    read = {"patch": msgspec.json.decode(row["patch"]), "waiting_for": _turn(row, row["at"], now)}
    return as_struct(dict(row) | read, ReviewOut)


def _page(found: Sequence[Item], limit: int) -> Page[Item]:
    """Cut a page off what was read; one more than `limit` tells that there is a next."""
    more = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=more)


def _refuse_personal_numbers(*texts: tuple[str, str]) -> None:
    checks = Checks()
    for place, text in texts:
        checks.faults += personal_number_faults(text, place)
    checks.settle()
