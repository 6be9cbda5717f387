"""Keeping and finding answers. A key belongs to the caller: nobody meets another's."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from api.clock import new_id
from api.database import as_json, copy_rows, fetch
from api.idempotency.tables import KeptAnswer

KEPT_FOR: Final = timedelta(hours=24)
_SWEEP: Final = """
DELETE FROM kept_answer WHERE id IN (
    SELECT id FROM kept_answer WHERE expires_at <= $1 LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


class Asked(msgspec.Struct, frozen=True):
    """A request under a key."""

    caller: str
    key: str
    request_hash: bytes


class Answer(msgspec.Struct, frozen=True):
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes


async def kept(asked: Asked, now: datetime) -> tuple[bytes, Answer] | None:
    """Give what was asked and answered under this key, while it is kept."""
    sql = """
    SELECT request_hash, status, headers, body FROM kept_answer
    WHERE caller = $1 AND key = $2 AND expires_at > $3
    """
    rows = await fetch(sql, asked.caller, asked.key, now)
    if not rows:
        return None
    headers = msgspec.json.decode(rows[0]["headers"], type=dict[str, str])
    return rows[0]["request_hash"], Answer(rows[0]["status"], headers, rows[0]["body"])


async def keep(asked: Asked, answer: Answer, now: datetime) -> None:
    """Keep an answer; needs the transaction of the effect."""
    await fetch(_SWEEP, now)
    sql = "DELETE FROM kept_answer WHERE caller = $1 AND key = $2"
    await fetch(sql, asked.caller, asked.key)
    row = msgspec.structs.asdict(asked) | {
        "id": new_id(),
        "status": answer.status,
        "headers": as_json(answer.headers),
        "body": answer.body,
        "created_at": now,
        "expires_at": now + KEPT_FOR,
    }
    await copy_rows(KeptAnswer, [row])
