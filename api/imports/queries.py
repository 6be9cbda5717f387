"""Reads and writes of imports, in SQL. No rule is decided here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.database import Row, as_json, as_struct, copy_rows, fetch, update_row
from api.domain.errors import Fault
from api.imports.drafts import BatchReport, Chosen, Finding, Note, Outcome
from api.imports.schemas import GroupedError, ImportMode, ImportOut, ListForm, RowRange, Severity
from api.imports.tables import ImportBatch, ImportFinding, ImportJob

_CARD: Final = """
SELECT id, state, mode, dry_run, form, source, mapping_name, author, rows_read, rows_created,
  rows_updated, rows_unchanged, rows_rejected, faults, created_at, started_at, finished_at,
  undone_at
FROM import_job
"""
_VISIBLE: Final = "($2::uuid IS NULL OR organisation = $2)"
# SKIP LOCKED: whoever changes the job at this moment settles it; another round finds it.
_CLAIM: Final = """
UPDATE import_job SET state = 'running', attempt = attempt + 1,
  started_at = coalesce(started_at, $2)
WHERE id = (SELECT id FROM import_job WHERE id = $1 AND state IN ('queued', 'running')
            FOR UPDATE SKIP LOCKED)
RETURNING id, form, mode, dry_run, source, mapping_name, mapping, content, author, person,
  organisation, attempt
"""
_PROGRESS: Final = """
UPDATE import_job SET rows_read = rows_read + $2, rows_created = rows_created + $3,
  rows_updated = rows_updated + $4, rows_unchanged = rows_unchanged + $5,
  rows_rejected = rows_rejected + $6 WHERE id = $1
"""
_GROUPS: Final = """
WITH found AS (
  SELECT min(id) AS place, severity, code, field, count(DISTINCT row) AS row_count,
    (array_agg(detail ORDER BY row, id))[1] AS detail,
    range_agg(int4range(row, row, '[]')) FILTER (WHERE row IS NOT NULL) AS rows
  FROM import_finding WHERE job = $1 GROUP BY severity, code, field
)
SELECT place, severity, code, field, row_count, detail,
  ARRAY(SELECT ARRAY[lower(one), upper(one) - 1] FROM unnest(rows) AS one LIMIT 10) AS first_rows,
  (SELECT count(*) FROM unnest(rows)) AS ranges
FROM found WHERE $2::bigint IS NULL OR place > $2 ORDER BY place LIMIT $3
"""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was taken up, with its file."""

    id: UUID
    form: ListForm
    mode: ImportMode
    dry_run: bool
    source: str
    mapping_name: str | None
    mapping: bytes | None
    content: bytes
    author: str
    person: str | None
    organisation: UUID | None
    attempt: int

    @property
    def chosen(self) -> Chosen:
        """Tell how the file is to be read."""
        return Chosen(self.form, self.mapping_name, self.mapping)


class Held(msgspec.Struct, frozen=True):
    """A job whose row is locked."""

    state: str
    attempt: int


async def insert(row: Row) -> None:
    """Add a job."""
    await copy_rows(ImportJob, [row])


async def card(job_id: UUID, organisation: UUID | None) -> ImportOut | None:
    """Give a job; of an organisation, when one is named."""
    rows = await fetch(f"{_CARD} WHERE id = $1 AND {_VISIBLE}", job_id, organisation)
    return _out(rows[0]) if rows else None


async def cards(before: UUID | None, limit: int, organisation: UUID | None) -> list[ImportOut]:
    """List jobs, the last added first."""
    sql = f"{_CARD} WHERE ($1::uuid IS NULL OR id < $1) AND {_VISIBLE} ORDER BY id DESC LIMIT $3"
    return [_out(row) for row in await fetch(sql, before, organisation, limit)]


async def open_jobs() -> list[UUID]:
    """Give the jobs that are not finished, the oldest first."""
    sql = "SELECT id FROM import_job WHERE state IN ('queued', 'running') ORDER BY id"
    return [row["id"] for row in await fetch(sql)]


async def claim(job_id: UUID, now: datetime) -> Job | None:
    """Take a job up, if it still waits; nobody who took it up before counts from here on."""
    rows = await fetch(_CLAIM, job_id, now)
    return msgspec.convert(dict(rows[0]), Job) if rows else None


async def held(job_id: UUID) -> Held:
    """Lock a job until the transaction ends, and tell how it stands."""
    sql = "SELECT state, attempt FROM import_job WHERE id = $1 FOR NO KEY UPDATE"
    return as_struct((await fetch(sql, job_id))[0], Held)


async def batches_done(job_id: UUID) -> int:
    """Count the batches that are stored."""
    sql = "SELECT count(*) AS done FROM import_batch WHERE job = $1"
    return int((await fetch(sql, job_id))[0]["done"])


async def note_batch(job_id: UUID, number: int, report: BatchReport) -> None:
    """Note what became of a batch, and count its rows."""
    outcomes = as_json(report.outcomes)
    await copy_rows(ImportBatch, [{"job": job_id, "number": number, "outcomes": outcomes}])
    counts = {state.value: count for state, count in report.counts.items()}
    states = ("created", "updated", "unchanged", "rejected")
    numbers = [counts.get(state, 0) for state in states]
    await fetch(_PROGRESS, job_id, sum(numbers), *numbers)


async def note_findings(job_id: UUID, findings: Iterable[Finding]) -> None:
    """Note what is to be said about rows."""
    rows = [msgspec.structs.asdict(one) | {"job": job_id} for one in findings]
    await copy_rows(ImportFinding, rows)


async def forget_report(job_id: UUID) -> None:
    """Drop what was noted by an attempt that came to nothing."""
    await fetch("DELETE FROM import_finding WHERE job = $1", job_id)
    await fetch("DELETE FROM import_batch WHERE job = $1", job_id)
    sql = """
    UPDATE import_job SET rows_read = 0, rows_created = 0, rows_updated = 0, rows_unchanged = 0,
      rows_rejected = 0 WHERE id = $1
    """
    await fetch(sql, job_id)


async def finish(job_id: UUID, state: str, faults: Sequence[Fault], now: datetime) -> None:
    """Close a job."""
    values = {"state": state, "faults": as_json(faults), "finished_at": now}
    await update_row("import_job", job_id, values)


async def made(job_id: UUID) -> list[UUID]:
    """Give the enterprises that a job made."""
    sql = "SELECT outcomes FROM import_batch WHERE job = $1 ORDER BY number"
    return [
        one.enterprise_id
        for row in await fetch(sql, job_id)
        for one in msgspec.json.decode(row["outcomes"], type=tuple[Outcome, ...])
        if one.enterprise_id is not None
    ]


async def note_undone(job_id: UUID, now: datetime) -> None:
    """Note that what a job made was taken back."""
    await update_row("import_job", job_id, {"undone_at": now})


async def forget_files(before: datetime) -> None:
    """Drop the files of jobs that finished before a moment."""
    sql = "UPDATE import_job SET content = NULL WHERE finished_at < $1 AND content IS NOT NULL"
    await fetch(sql, before)


async def grouped_errors(job_id: UUID, after: int | None, limit: int) -> list[Row]:
    """Give equal findings together, in the order in which they were found."""
    return await fetch(_GROUPS, job_id, after, limit)


def as_grouped(row: Row) -> GroupedError:
    """Turn a row of grouped findings into what is answered."""
    return GroupedError(
        severity=Severity(row["severity"]),
        code=row["code"],
        field=row["field"],
        detail=row["detail"],
        row_count=row["row_count"],
        rows=tuple(RowRange(first, last) for first, last in row["first_rows"]),
        more_ranges=max(0, row["ranges"] - len(row["first_rows"])),
    )


async def file_of(job_id: UUID) -> Row:
    """Give the file of a job, and how it is read."""
    sql = "SELECT form, mapping_name, mapping, content, state FROM import_job WHERE id = $1"
    return (await fetch(sql, job_id))[0]


async def notes(job_id: UUID) -> Mapping[int, Note]:
    """Give, per row, what became of it and what was found."""
    sql = "SELECT outcomes FROM import_batch WHERE job = $1"
    states = {
        one.row: one.state.value
        for row in await fetch(sql, job_id)
        for one in msgspec.json.decode(row["outcomes"], type=tuple[Outcome, ...])
    }
    sql = "SELECT row, field, code, detail FROM import_finding WHERE job = $1 ORDER BY row, id"
    said: dict[int, list[str]] = {}
    for row in await fetch(sql, job_id):
        where = f"{row['field']}: " if row["field"] else ""
        said.setdefault(row["row"] or 0, []).append(f"{where}{row['detail']} ({row['code']})")
    return {row: Note(states.get(row, ""), tuple(said.get(row, ()))) for row in {*states, *said}}


def job_row(job_id: UUID, columns: Row, actor: Actor, now: datetime) -> Row:
    """Give the row of a new job."""
    counts = dict.fromkeys(
        ("rows_read", "rows_created", "rows_updated", "rows_unchanged", "rows_rejected"), 0
    )
    author = {"author": actor.name, "person": actor.person, "organisation": actor.organisation}
    times = {"created_at": now, "started_at": None, "finished_at": None, "undone_at": None}
    own = {"id": job_id, "state": "queued", "attempt": 0, "faults": as_json(())}
    return own | dict(columns) | author | counts | times


def _out(row: Row) -> ImportOut:
    faults = msgspec.json.decode(row["faults"], type=tuple[Fault, ...])
    return msgspec.convert(
        {
            field.encode_name: faults if field.name == "faults" else row[field.name]
            for field in msgspec.structs.fields(ImportOut)
        },
        ImportOut,
    )
