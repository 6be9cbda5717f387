"""Keeps the index equal to the database: drains the outbox, rebuilds, compares (ADR 3)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg import PostgresError

from api.clock import new_id, now
from api.database import AWAY, lock, transaction, try_lock
from api.domain.directory import MarkState, ShareBucket, reserved_eligible
from api.domain.errors import Unavailable
from api.domain.matching.rules import RULES_2026
from api.enterprises import queries
from api.enterprises.schemas import EnterpriseOut, as_out
from api.index import client
from api.outbox import service as outbox
from api.reference.service import Reference, reference
from api.settings import settings
from search import rebuild as index
from search.documents import Document, EnterpriseFacts, Location, Mark, OfferingFacts, documents_of
from search.dutch import analyser
from search.errors import SearchError

logger = logging.getLogger(__name__)

BATCH: Final = 500
"""Enterprises a request: about 1,200 documents, made while the engine works on those before."""
STEP: Final = 25_000
"""Enterprises a step: the engine does many documents at once sooner than a few many times."""
IDLE_SECONDS: Final = 0.5
LONGEST_PAUSE: Final = 30.0
_LOCK: Final = "index"


class Difference(msgspec.Struct, frozen=True):
    """Where the index and the database disagree; both empty when they are equal."""

    missing: tuple[str, ...]
    """Documents that the index lacks, or has in an older state."""
    surplus: tuple[str, ...]
    """Documents that the index should not have."""


async def catch_up(unsure: set[UUID] | None = None) -> int:
    """Make the index whole: rebuild it where this code makes other documents, then drain."""
    if not await _is_ours():
        await _rebuild_once()
    drained = 0
    while step := await drain_once(unsure):
        drained += step
    return drained


async def rebuild() -> int:
    """Build the index anew and swap it in; the old one answers meanwhile."""
    async with transaction():
        await lock(_LOCK)
        return await _rebuilt()


async def _rebuild_once() -> None:
    """Rebuild, unless another process did so while this one waited for the lock."""
    async with transaction():
        await lock(_LOCK)
        if not await _is_ours():
            await _rebuilt()


async def _rebuilt() -> int:
    """Build, and remember which build that was.

    The lock is lost with the connection, and the engine swaps for whoever asks: a build
    that lost its lock can push aside what others brought up to date. It is not remembered,
    and so the index is made anew (ADR 50).
    """
    build, prefix = new_id(), settings().index_prefix
    sent = await index.rebuild(client(), prefix, _all_documents(), build.hex)
    await outbox.remember_build(index.live_index(prefix), build, now())
    return sent


async def _is_ours() -> bool:
    """Tell whether the live index is of this code, and of the build that was finished last."""
    prefix = settings().index_prefix
    build = await outbox.build_of(index.live_index(prefix))
    return build is not None and await index.up_to_date(client(), prefix, build.hex)


async def drain_once(unsure: set[UUID] | None = None) -> int:
    """Bring the index a step nearer. Gives the rows followed; 0 if nothing waits.

    The rows are deleted after the engine has done its task, in the transaction that holds
    the lock: killed at any moment, the step is done again. Only one drain runs at a time,
    so that an older state never overwrites a newer one. Where the lock was lost on the way,
    with the connection, it may have: `unsure` keeps whom a step sent that was not finished,
    and they are sent again with the next.
    """
    sent = set() if unsure is None else unsure
    async with transaction():
        if not await try_lock(_LOCK):
            return 0
        waiting = await outbox.oldest(STEP)
        sent |= {row.enterprise for row in waiting}
        if not sent:
            return 0
        await index.replace_all(client(), settings().index_prefix, _parts(sorted(sent)))
        await outbox.forget([row.id for row in waiting])
    sent.clear()
    return len(waiting)


async def drain_forever() -> None:
    """Drain until cancelled. An engine that is down delays, and loses nothing."""
    pause, unsure = IDLE_SECONDS, set[UUID]()
    while True:
        try:
            drained = await catch_up(unsure)
        except (SearchError, Unavailable, PostgresError, *AWAY) as error:
            pause = min(max(2 * pause, IDLE_SECONDS), LONGEST_PAUSE)
            logger.warning("the index lags: %s; next try in %.0f s", error, pause)
        else:
            pause = 0.0 if drained else IDLE_SECONDS
        await asyncio.sleep(pause)


async def compare() -> Difference:
    """Compare every document in the index with the database."""
    wanted = {one.id: one.updated_at async for one in _all_documents()}
    live = index.live_index(settings().index_prefix)
    found = {one.id: one.updated_at async for one in client().stored(live)}
    missing = sorted(key for key, stamp in wanted.items() if found.get(key) != stamp)
    return Difference(tuple(missing), tuple(sorted(set(found) - set(wanted))))


async def _all_documents() -> AsyncIterator[Document]:
    after: UUID | None = None
    while ids := await queries.page_of_ids(after, BATCH):
        after = ids[-1]
        for several in (await _documents(ids)).values():
            for document in several:
                yield document


async def _parts(ids: Sequence[UUID]) -> AsyncIterator[Mapping[str, Sequence[Document]]]:
    for start in range(0, len(ids), BATCH):
        yield await _documents(ids[start : start + BATCH])


async def _documents(ids: Sequence[UUID]) -> Mapping[str, Sequence[Document]]:
    """Make the documents of enterprises; one that left the directory has none."""
    rows = await queries.profiles(ids)
    known = await reference()
    return await asyncio.to_thread(_made, ids, rows, known)


def _made(
    ids: Sequence[UUID], rows: Sequence[dict[str, Any]], known: Reference
) -> Mapping[str, Sequence[Document]]:
    published = {row["id"]: row for row in rows if row["state"] == "published"}
    return {
        str(one): _documents_of(published[one], known) if one in published else () for one in ids
    }


def _documents_of(row: dict[str, Any], known: Reference) -> Sequence[Document]:
    # Any day will do: documents carry the dates of marks, and searches name theirs.
    profile = as_out(row, row["updated_at"].date())
    offered = [_offering(one, known) for one in row["offerings"]]
    return documents_of(_enterprise(profile), offered, analyser())


def _enterprise(profile: EnterpriseOut) -> EnterpriseFacts:
    located = profile.lat is not None and profile.lon is not None
    return EnterpriseFacts(
        id=str(profile.id),
        kvk_number=profile.kvk_number,
        name=profile.name,
        trade_names=profile.trade_names,
        mission=profile.mission,
        marks=_marks(profile),
        target_groups=tuple(group.value for group in profile.target_groups),
        target_group_share=_bucket(profile.target_group_share),
        reserved_eligible=reserved_eligible(
            profile.target_group_share,
            profile.share_verified_on,
            main_aim=profile.main_aim_integration,
            percent=RULES_2026.reserved_share_percent,
        ),
        location=Location(profile.lat or 0.0, profile.lon or 0.0) if located else None,
        updated_at=profile.updated_at,
    )


def _bucket(share: ShareBucket | None) -> str | None:
    return None if share is None else share.value


def _marks(profile: EnterpriseOut) -> tuple[Mark, ...]:
    """Give the verified marks; of one code held twice the one that lasts longest."""
    held: dict[str, Mark] = {}
    for mark in sorted(profile.marks, key=lambda one: str(one.valid_until or "9999")):
        if mark.verified_on is not None and mark.state is not MarkState.REVOKED:
            level = "" if mark.level is None else f"-{mark.level.replace('+', 'plus')}"
            code = f"{mark.scheme}{level}".lower()
            held[code] = Mark(code, mark.issued_on, mark.valid_until)
    return tuple(held.values())


def _offering(row: Mapping[str, Any], known: Reference) -> OfferingFacts:
    return OfferingFacts(
        id=row["id"],
        title=row["title"],
        products=tuple(row["products"]),
        description=row["description"],
        cpv_lineage=tuple(row["cpv_lineage"]),
        cpv_labels=tuple(known.cpv_label(code) for code in row["cpv_codes"]),
        service_mode=row["service_mode"],
        area_full=tuple(row["area_full"]),
        area_partial=tuple(row["area_partial"]),
        reliable_capacity_cents=row["reliable_capacity_cents"],
    )
