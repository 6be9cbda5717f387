"""Use cases of quality marks: claim, verify, revoke. Load, decide, store."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from api.accounts.service import Actor
from api.audit import service as audit
from api.clock import legal_day
from api.database import Row, as_struct, transaction
from api.domain.checks import Checks
from api.domain.directory import QualityMark
from api.domain.errors import NotFound, RuleViolation
from api.domain.profile import marks as rules
from api.domain.profile.assessment import NORMS_2026, ProfileFacts, assess
from api.domain.profile.completeness import Completeness, completeness
from api.domain.profile.marks import MarkScheme
from api.domain.social_return.privacy import personal_number_faults
from api.enterprises import queries as profiles
from api.enterprises import service as enterprises
from api.enterprises.drafts import mark_row, sound_mark
from api.enterprises.queries import Known
from api.enterprises.schemas import EnterprisePatch, MarkIn, MarkOut, mark_out
from api.marks import queries
from api.marks.drafts import profile_facts
from api.marks.schemas import (
    AssessmentOut,
    ClaimedMark,
    ExpiringMark,
    RevocationIn,
    ShareRefusalIn,
    StatedShare,
    VerificationIn,
    VerifiedShare,
)
from api.pagination import Page, after, read_cursor, write_cursor
from api.reference.service import reference


class MarkHeld(RuleViolation):
    """The same certificate was claimed before."""

    code = "mark-held"


class ShareUnknown(RuleViolation):
    """There is no share to verify."""

    code = "share-unknown"


class MarkRevoked(RuleViolation):
    """The mark was revoked already."""

    code = "mark-revoked"


async def schemes() -> tuple[MarkScheme, ...]:
    """Give the kinds of marks, by code."""
    known = (await reference()).mark_schemes
    return tuple(known[code] for code in sorted(known))


async def marks(enterprise_id: UUID, today: date) -> tuple[MarkOut, ...]:
    """Give the marks of an enterprise with their state on a day."""
    return (await enterprises.read(enterprise_id, today)).marks


async def claim(enterprise_id: UUID, data: MarkIn, actor: Actor, now: datetime) -> MarkOut:
    """Claim a mark. It counts once somebody else has verified it."""
    async with transaction():
        known = await enterprises.locked(enterprise_id, actor)
        columns = sound_mark(data, await reference())
        if await queries.held_twice(enterprise_id, columns):
            raise MarkHeld("This certificate is on the profile already.")

        row = mark_row(enterprise_id, columns, actor.identity)
        await queries.insert(row)
        await enterprises.touch(known, "mark.claimed", actor, now, mark=str(row["id"]))
        return await _read(known, row["id"], legal_day(now))


async def verify(
    ids: tuple[UUID, UUID], data: VerificationIn, actor: Actor, now: datetime
) -> MarkOut:
    """Note that the proof of a mark was seen; `ids`: enterprise and mark."""
    today = legal_day(now)
    _sound(data.verified_on, data.reference, today)
    async with transaction():
        known, row = await _locked(ids, actor)
        scheme = (await reference()).mark_schemes.get(row["scheme"])
        if scheme is None:
            raise rules.MarkNotVerifiable(f"The scheme {row['scheme']!r} is no longer known.")
        rules.refuse_same_eyes(row["claimed_by"], actor.identity)
        holders = row["holder_kvk_numbers"]
        rules.refuse_verification(_mark(row), holders, known.kvk_number, scheme, today)

        seen = {"verified_on": data.verified_on, "verified_reference": data.reference}
        await queries.update(ids[1], seen | {"verified_by": actor.identity})
        detail = {"mark": str(ids[1]), "reference": data.reference}
        await enterprises.touch(known, "mark.verified", actor, now, **detail)
        return await _read(known, ids[1], today)


async def revoke(
    ids: tuple[UUID, UUID], data: RevocationIn, actor: Actor, now: datetime
) -> MarkOut:
    """Note that a mark no longer counts; `ids`: enterprise and mark.

    A certificate that names several firms ends for all of them.
    """
    today = legal_day(now)
    _sound(data.revoked_on, data.reason, today, "/revokedOn", "/reason")
    async with transaction():
        held = {row["enterprise"]: row["id"] for row in await queries.copies(ids[1])}
        held[ids[0]] = ids[1]
        # In the order of ids, so that two revocations never wait for each other.
        known = {one: await enterprises.locked(one, actor) for one in sorted(held)}
        _, row = await _locked(ids, actor)
        if row["revoked_on"] is not None:
            raise MarkRevoked(f"The mark was revoked on {row['revoked_on']}.")

        values = {"revoked_on": data.revoked_on, "revoked_by": actor.identity}
        for holder, mark_id in held.items():
            await queries.update(mark_id, values | {"revoked_because": data.reason})
            detail = {"mark": str(mark_id), "reason": data.reason}
            await enterprises.touch(known[holder], "mark.revoked", actor, now, **detail)
        return await _read(known[ids[0]], ids[1], today)


async def verify_share(
    enterprise_id: UUID, data: VerificationIn, actor: Actor, now: datetime
) -> VerifiedShare:
    """Note that proof of the stated share of target groups was seen."""
    _sound(data.verified_on, data.reference, legal_day(now))
    async with transaction():
        known = await enterprises.locked(enterprise_id, actor)
        stated = await queries.share(enterprise_id)
        if stated["target_group_share"] is None:
            raise ShareUnknown("The profile states no share of target groups.")
        rules.refuse_same_eyes(stated["share_stated_by"], actor.identity)

        verified = {"share_verified_on": data.verified_on}
        await profiles.update_enterprise(enterprise_id, verified)
        share = stated["target_group_share"]
        detail = {"share": share, "reference": data.reference}
        await enterprises.touch(known, "share.verified", actor, now, **detail)
        return VerifiedShare(
            enterprise_id=enterprise_id,
            target_group_share=share,
            verified_on=data.verified_on,
            reference=data.reference,
        )


async def refuse_share(
    enterprise_id: UUID, data: ShareRefusalIn, actor: Actor, now: datetime
) -> None:
    """Take a share of target groups off a profile that is not right; it is unknown from then on."""
    checks = Checks()
    checks.faults += personal_number_faults(data.reason, "/reason")
    checks.settle()
    async with transaction():
        profile = await enterprises.read(enterprise_id, legal_day(now))
        share = profile.target_group_share
        if share is None:
            raise ShareUnknown("The profile states no share of target groups.")

        unknown = EnterprisePatch(target_group_share=None)
        await enterprises.change(enterprise_id, unknown, profile.version, actor, now)
        detail = {"share": share.value, "reason": data.reason}
        await audit.record("share.refused", [enterprise_id], actor.name, now, **detail)


async def stated_shares(cursor: str | None, limit: int) -> Page[StatedShare]:
    """List the shares of target groups that wait until somebody has seen proof of them."""
    rows = await queries.stated_shares(after(cursor), limit + 1)
    items = tuple(as_struct(row, StatedShare) for row in rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next_cursor=write_cursor(items[-1].enterprise_id) if more else None)


async def expiring(today: date, within: int, cursor: str | None, limit: int) -> Page[ExpiringMark]:
    """List the verified marks that lapse within some days, soonest first."""
    start = None if cursor is None else read_cursor(cursor, tuple[date, UUID])
    until = today + timedelta(days=within)
    rows = await queries.expiring(today, until, start, limit + 1)
    items = tuple(_expiring(row) for row in rows[:limit])
    more = len(rows) > limit
    key = (items[-1].valid_until, items[-1].id) if more else None
    return Page(items=items, next_cursor=None if key is None else write_cursor(key))


async def claimed(today: date, cursor: str | None, limit: int) -> Page[ClaimedMark]:
    """List the marks that wait until somebody has seen their certificate, oldest first."""
    rows = await queries.claimed(today, after(cursor), limit + 1)
    items = tuple(as_struct(row, ClaimedMark) for row in rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next_cursor=write_cursor(items[-1].id) if more else None)


async def assessment(enterprise_id: UUID, today: date) -> AssessmentOut:
    """Test the published definitions of a social enterprise on a profile."""
    found = assess(await _facts(enterprise_id, today), NORMS_2026, today)
    return AssessmentOut(
        enterprise_id=enterprise_id,
        on=today,
        norms_version=NORMS_2026.version,
        definitions=found,
    )


async def complete(enterprise_id: UUID, today: date) -> Completeness:
    """Say what a profile lacks, and what an answer would unlock."""
    return completeness(await _facts(enterprise_id, today))


async def _facts(enterprise_id: UUID, today: date) -> ProfileFacts:
    profile = await enterprises.read(enterprise_id, today)
    return profile_facts(profile, (await reference()).mark_schemes)


async def _locked(ids: tuple[UUID, UUID], actor: Actor) -> tuple[Known, Mapping[str, Any]]:
    known = await enterprises.locked(ids[0], actor)
    row = await queries.mark(*ids)
    if row is None:
        raise NotFound(f"Enterprise {ids[0]} has no mark {ids[1]}.")
    return known, row


async def _read(known: Known, mark_id: UUID, today: date) -> MarkOut:
    row = await queries.mark(known.id, mark_id)
    if row is None:
        raise NotFound(f"Enterprise {known.id} has no mark {mark_id}.")
    return mark_out(row, known.kvk_number, today)


def _mark(row: Mapping[str, Any]) -> QualityMark:
    names = QualityMark.__struct_fields__
    return QualityMark(**{name: row[name] for name in names})


def _expiring(row: Row) -> ExpiringMark:
    return ExpiringMark(**{name: row[name] for name in ExpiringMark.__struct_fields__})


def _sound(
    day: date,
    text: str,
    today: date,
    day_place: str = "/verifiedOn",
    text_place: str = "/reference",
) -> None:
    checks = Checks()
    if day > today:
        checks.note("day-in-future", f"{day} lies after today, {today}.", day_place)
    checks.faults += personal_number_faults(text, text_place)
    checks.settle()
