"""Reading the audit trail, and what the subjects of events look like now."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from api.database import Row, fetch

_ROW: Final = "SELECT to_jsonb(one) FROM {table} one WHERE one.id = wanted.id"
_WITH_PARTS: Final = """
SELECT jsonb_build_array(to_jsonb(one), {parts}) FROM {table} one WHERE one.id = wanted.id
"""
_PART: Final = """
(SELECT jsonb_agg(to_jsonb(part) ORDER BY part.id) FROM {part} part WHERE part.{key} = one.id)
"""


def _with_parts(table: str, key: str, *parts: str) -> str:
    joined = ", ".join(_PART.format(part=part, key=key) for part in parts)
    return _WITH_PARTS.format(table=table, parts=joined)


_ENTERPRISE: Final = _with_parts("enterprise", "enterprise", "offering", "quality_mark")
# A run is written once. Its two long lists go in as text: to parse them took the database longer
# than to store the run.
_MATCH_RUN: Final = """
SELECT jsonb_build_array(one.id, one.lot, one.lot_version, one.created_at, one.author,
  one.organisation, one.seed, one.fingerprint, one.basis, one.considered, one.matched,
  one.near_misses, one.excluded, one.outside_category,
  sha256(convert_to(one.legend::text, 'UTF8')), sha256(convert_to(one.left_out::text, 'UTF8')))
FROM match_run one WHERE one.id = wanted.id
"""
_STATES: Final[Mapping[str, str]] = {
    "enterprise": _ENTERPRISE,
    "profile": _ENTERPRISE,
    "mark": _ENTERPRISE,
    "share": _ENTERPRISE,
    "offering": _ENTERPRISE,
    "tender": _with_parts("tender", "tender", "lot"),
    "shortlist": _with_parts("shortlist", "shortlist", "shortlist_entry"),
    "saved-search": _ROW.format(table="saved_search"),
    "search-lock": _ROW.format(table="search_lock"),
    "match-run": _MATCH_RUN,
    "import": _ROW.format(table="import_job"),
    "invitation": _ROW.format(table="invitation"),
    "obligation": _ROW.format(table="obligation"),
    "ledger": _ROW.format(table="obligation"),
    "rule-book": _ROW.format(table="rule_book"),
    "webhook": _ROW.format(table="webhook"),
}
"""What stands behind the subject of an event, by the first word of its action."""
OFFSET: Final = "coalesce((SELECT amount FROM audit_offset WHERE id = 1), 0)"
"""Keeps the order of events over a restore (ADR 38)."""
SETTLED: Final = f"pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {OFFSET}"
"""No open transaction can still write an event with a number below this."""
_NO_STATE: Final = "SELECT NULL::jsonb"
# The states are texts of our own, chosen by a word of our own; ids are bound.
_TRACES: Final = """
SELECT wanted.id, pg_current_xact_id()::text::bigint + {offset} AS transaction_id,
  (SELECT last.after_hash FROM audit_event last WHERE last.subject = wanted.id
   ORDER BY last.transaction_id DESC NULLS LAST, last.id DESC LIMIT 1) AS before_hash,
  encode(sha256(convert_to(({state})::text, 'UTF8')), 'hex') AS after_hash
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted(id, place) ORDER BY wanted.place
"""
_COLUMNS: Final = """
id, at, actor, action, subject, request_id, detail, organisation, before_hash, after_hash,
transaction_id, hash
"""
_UNSEALED: Final = f"""
SELECT {_COLUMNS} FROM audit_event
WHERE hash IS NOT NULL AND (transaction_id, id) > ($1, $2)
AND transaction_id < {SETTLED}
ORDER BY transaction_id, id LIMIT $3
"""  # noqa: S608  columns of our own
_EVENTS: Final = f"""
SELECT {_COLUMNS} FROM audit_event
WHERE hash IS NOT NULL AND ($1::uuid IS NULL OR organisation = $1)
AND ($2::uuid IS NULL OR subject = $2) AND ($3::text IS NULL OR action = $3)
AND ($4::uuid IS NULL OR id < $4)
ORDER BY id DESC LIMIT $5
"""  # noqa: S608  columns of our own


async def traces(action: str, subjects: Sequence[UUID]) -> list[Row]:
    """Give the hash of each subject as it is now, and as it was at the event before."""
    state = _STATES.get(action.partition(".")[0], _NO_STATE)
    return await fetch(_TRACES.format(state=state, offset=OFFSET), list(subjects))


async def number_on() -> int | None:
    """After a restore let the numbers of transactions go on behind the last one kept.

    Gives the new offset, `None` where the numbers go on by themselves.
    """
    sql = f"""
    INSERT INTO audit_offset (id, amount)
    SELECT 1, max(transaction_id) FROM audit_event
    HAVING max(transaction_id) > pg_current_xact_id()::text::bigint + {OFFSET}
    ON CONFLICT (id) DO UPDATE SET amount = excluded.amount RETURNING amount
    """  # noqa: S608  texts of our own
    rows = await fetch(sql)
    return rows[0]["amount"] if rows else None


async def last_seal() -> Row | None:
    """Give the newest link of the chain."""
    rows = await fetch("SELECT * FROM audit_seal ORDER BY number DESC LIMIT 1")
    return rows[0] if rows else None


async def unsealed(transaction_id: int, event: UUID, limit: int) -> list[Row]:
    """Give events behind a place, in their order, that no open transaction can still precede."""
    return await fetch(_UNSEALED, transaction_id, event, limit)


async def seals(after: int, limit: int) -> list[Row]:
    """Give links of the chain in their order."""
    return await fetch(
        "SELECT * FROM audit_seal WHERE number > $1 ORDER BY number LIMIT $2", after, limit
    )


async def all_seals() -> AsyncIterator[Row]:
    """Walk the chain."""
    after = 0
    while found := await seals(after, 500):
        for one in found:
            yield one
        after = found[-1]["number"]


async def events(
    organisation: UUID | None,
    subject: UUID | None,
    action: str | None,
    before: UUID | None,
    limit: int,
) -> list[Row]:
    """Give events, the last first; of one organisation unless that is `None`."""
    return await fetch(_EVENTS, organisation, subject, action, before, limit)
