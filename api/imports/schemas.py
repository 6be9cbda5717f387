"""What goes in and out about imports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.errors import Fault


class ListForm(StrEnum):
    """The forms in which a list of enterprises comes."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON_LINES = "jsonl"


class ImportMode(StrEnum):
    """What one rejected row does to the others."""

    ATOMIC = "atomic"
    """All rows are stored, or none."""
    SKIP = "skip"
    """The sound rows are stored, batch by batch."""


class ImportState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Severity(StrEnum):
    """Whether a finding kept a row out."""

    ERROR = "error"
    WARNING = "warning"


class ImportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it was sent in."""

    form: ListForm
    content: bytes
    dry_run: bool = False
    mode: ImportMode = ImportMode.ATOMIC
    mapping_name: str | None = None
    mapping: bytes | None = None
    """A mapping of the caller's own, TOML."""
    source: str | None = None
    """For JSON lines; a mapping brings its own."""


class ImportOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A job and how far it is. Rows that were not stored yet, or never will be, count as well."""

    id: UUID
    state: ImportState
    mode: ImportMode
    dry_run: Annotated[bool, Meta(description="Everything is done, and then undone.")]
    form: ListForm
    source: Annotated[str, Meta(description="With a record's own id it identifies the record.")]
    mapping_name: str | None
    author: str
    rows_read: int
    rows_created: int
    rows_updated: int
    rows_unchanged: int
    rows_rejected: int
    faults: Annotated[
        tuple[Fault, ...],
        Meta(description="Why the job as a whole failed; faults of rows are under `errors`."),
    ]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None


class UndoneOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was taken back of an import, and what was not."""

    withdrawn: Annotated[int, Meta(description="Profiles that the import had made.")]
    kept: Annotated[
        int, Meta(description="Made by it too, but changed, verified, claimed or merged since.")
    ]
    updated: Annotated[
        int, Meta(description="Profiles that were there before: import the former list again.")
    ]


class RowRange(msgspec.Struct, frozen=True, rename="camel"):
    """Rows in a row, both ends included."""

    first: int
    last: int


class GroupedError(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Equal findings of many rows, together."""

    severity: Severity
    code: str
    field: Annotated[
        str, Meta(description="Column, or field of JSON lines; empty: the row or file as a whole.")
    ]
    detail: Annotated[str, Meta(description="Of the first row.")]
    row_count: int
    rows: Annotated[
        tuple[RowRange, ...],
        Meta(description="The first ten ranges, numbered as a spreadsheet does: heading is row 1."),
    ]
    more_ranges: Annotated[int, Meta(description="How many ranges follow those ten.")]
