"""Writing the audit trail, always inside the transaction of the change itself, and its chain."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg import PostgresError

from api import trace
from api.audit import queries
from api.audit.tables import AuditEvent, AuditSeal
from api.clock import new_id, now
from api.database import AWAY, Row, as_json, copy_rows, transaction, try_lock
from api.domain.errors import Unavailable

logger = logging.getLogger(__name__)

LINK: Final = 5_000
"""Most events that one link of the chain holds."""
SECONDS: Final = 2.0
_START: Final = UUID(int=0)
_NOTHING: Final = "0" * 64


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk over the chain found."""

    events: int
    links: int
    waiting: int
    """Events that no link holds yet."""
    faults: tuple[str, ...]


async def record(
    action: str, subjects: Iterable[UUID], actor: str, now: datetime, **detail: object
) -> None:
    """Record that `actor` did `action` to each subject; after it was stored, before the commit."""
    await record_each(action, [(one, detail) for one in subjects], actor, now)


async def record_each(
    action: str, subjects: Sequence[tuple[UUID, Row]], actor: str, now: datetime
) -> None:
    """Record it with a detail of its own for each subject, in as many statements as for one."""
    if not subjects:
        return
    traces = await queries.traces(action, [one for one, _ in subjects])
    rows = [
        _hashed(
            {
                "id": new_id(),
                "at": now,
                "actor": actor,
                "action": action,
                "subject": traced["id"],
                "request_id": trace.request_id.get(),
                "detail": msgspec.json.decode(as_json(detail)),
                "organisation": trace.acting_for.get(),
                "before_hash": traced["before_hash"],
                "after_hash": traced["after_hash"],
                "transaction_id": traced["transaction_id"],
            }
        )
        for traced, (_, detail) in zip(traces, subjects, strict=True)
    ]
    await copy_rows(AuditEvent, rows)


async def seal(at: datetime) -> int:
    """Add a link to the chain: the events since the last one. Gives their number.

    Writers never wait for the chain (ADR 36); one process at a time makes a link.
    """
    async with transaction():
        if not await try_lock("audit-seal"):
            return 0
        last = await queries.last_seal()
        waiting = await queries.unsealed(*_place(last), LINK)
        if not waiting:
            return 0
        number = 1 if last is None else last["number"] + 1
        link = {
            "number": number,
            "at": at,
            "events": len(waiting),
            "through_transaction": waiting[-1]["transaction_id"],
            "through_event": waiting[-1]["id"],
            "hash": _link_hash(last, number, [one["hash"] for one in waiting]),
        }
        await copy_rows(AuditSeal, [link])
        return len(waiting)


async def go_on_after_restore() -> None:
    """See to it that events written from now on come behind those that a backup brought."""
    offset = await queries.number_on()
    if offset is not None:
        logger.warning("the database was restored: numbers of transactions go on at %s", offset)


async def seal_forever() -> None:
    """Keep the chain up with the events; survive whatever the database does."""
    while True:
        try:
            while await seal(now()) == LINK:
                pass
        except (*AWAY, PostgresError, Unavailable) as error:
            logger.warning("the audit chain waits: %s", error)
        await asyncio.sleep(SECONDS)


async def verify() -> Verified:
    """Walk the whole chain: every row, every link; name what does not hold."""
    faults: list[str] = []
    before: Row | None = None
    events = links = 0
    async for link in queries.all_seals():
        held = await queries.unsealed(*_place(before), link["events"])
        faults += _faults_of(link, before, held)
        before, events, links = link, events + len(held), links + 1
    waiting = await queries.unsealed(*_place(before), 1_000_000)
    faults += [_altered(one) for one in waiting if _digest(one) != one["hash"]]
    return Verified(events=events, links=links, waiting=len(waiting), faults=tuple(faults))


def _faults_of(link: Row, before: Row | None, held: Sequence[Row]) -> list[str]:
    faults = [_altered(one) for one in held if _digest(one) != one["hash"]]
    number = 1 if before is None else before["number"] + 1
    if link["number"] != number:
        faults.append(f"link {number} of the chain is missing")
    end = (held[-1]["transaction_id"], held[-1]["id"]) if held else _place(None)
    if end != _place(link) or link["hash"] != _link_hash(
        before, link["number"], [one["hash"] for one in held]
    ):
        faults.append(f"link {link['number']} does not hold: an event was added, taken or changed")
    return faults


def _altered(row: Row) -> str:
    return f"event {row['id']} was changed after it was written"


def _place(link: Row | None) -> tuple[int, UUID]:
    return (0, _START) if link is None else (link["through_transaction"], link["through_event"])


def _link_hash(before: Row | None, number: int, hashes: Sequence[str]) -> str:
    first = _NOTHING if before is None else before["hash"]
    return hashlib.sha256("\n".join([first, str(number), *hashes]).encode()).hexdigest()


def _hashed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"detail": as_json(row["detail"]), "hash": _digest(row)}


def _digest(row: Row) -> str:
    """Hash an event as written or as read: the same text for the same facts."""
    detail = row["detail"]
    facts = {
        "id": str(row["id"]),
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row["actor"],
        "action": row["action"],
        "subject": str(row["subject"]),
        "requestId": row["request_id"],
        "detail": msgspec.json.decode(detail) if isinstance(detail, str) else detail,
        "organisation": None if row["organisation"] is None else str(row["organisation"]),
        "before": row["before_hash"],
        "after": row["after_hash"],
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
