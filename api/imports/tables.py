"""Tables of imports."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigSerial,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from api.accounts.tables import Organisation


class ImportJob(Table):
    """A list of enterprises that is to be stored, is being stored, or was."""

    id = UUID(primary_key=True, default=None)
    state = Varchar(
        length=10,
        null=False,
        default=None,
        index=True,
        help_text="queued|running|done|failed|cancelled",
    )
    form = Varchar(length=5, null=False, default=None, help_text="csv|xlsx|jsonl")
    mode = Varchar(length=6, null=False, default=None, help_text="atomic|skip")
    dry_run = Boolean(null=False, default=None)
    source = Varchar(length=60, null=False, default=None, help_text="names the list for good")
    mapping_name = Varchar(length=60, null=True, default=None, help_text="a shipped mapping")
    mapping = Bytea(null=True, default=None, help_text="a mapping of the caller's own, TOML")
    content = Bytea(null=True, default=None, help_text="the file; dropped after some weeks")
    author = Varchar(length=200, null=False, default=None)
    person = Varchar(length=50, null=True, default=None)
    organisation = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    attempt = Integer(null=False, default=None, help_text="who took it up last; fences the others")
    rows_read = Integer(null=False, default=None)
    rows_created = Integer(null=False, default=None)
    rows_updated = Integer(null=False, default=None)
    rows_unchanged = Integer(null=False, default=None)
    rows_rejected = Integer(null=False, default=None)
    faults = JSONB(null=False, default=None, help_text="why the job as a whole failed")
    created_at = Timestamptz(null=False, default=None)
    started_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None, help_text="what it made was taken back")


class ImportBatch(Table):
    """Rows that were worked through together; in skip mode stored in this row's transaction."""

    id = BigSerial(primary_key=True)
    job = ForeignKey(
        references=ImportJob, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    number = Integer(null=False, default=None, help_text="from 1")
    outcomes = JSONB(null=False, default=None, help_text="row and state of each")

    import_batch_once = Unique([job, number])


class ImportFinding(Table):
    """Something to say about a row, or about the file as a whole."""

    id = BigSerial(primary_key=True)
    job = ForeignKey(
        references=ImportJob, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    row = Integer(null=True, default=None, help_text="as a spreadsheet numbers it")
    field = Text(null=False, default=None, help_text="column, or field; empty: the row as a whole")
    severity = Varchar(length=7, null=False, default=None, help_text="error|warning")
    code = Varchar(length=60, null=False, default=None)
    detail = Text(null=False, default=None)
