"""What the engine answers, as far as it is used."""

from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

A = TypeVar("A")


class Hit(msgspec.Struct, frozen=True, rename="camel"):
    """An enterprise found, by its best offering."""

    id: str
    """The offering's id; the enterprise's own id if it has no offering."""
    enterprise_id: str
    tie_break: int = 0
    sort_name: str = ""
    updated_at: int = 0
    lot: int = 0
    distance: int = msgspec.field(name="_geoDistance", default=0)
    """Metres; only where a list goes by distance."""
    score: float = 1.0
    """How well the text fits, up to 1; less only where a text was ranked."""


class Page(msgspec.Struct, frozen=True, rename="camel"):
    """A page of enterprises, with exact numbers."""

    total_hits: int = 0
    estimated_total_hits: int = 0
    """Documents; exact where no enterprise has more than one."""
    hits: tuple[Hit, ...] = ()
    facet_distribution: dict[str, dict[str, int]] = {}


class Span(msgspec.Struct, frozen=True):
    """Where a word of the query was matched: in which of the tokens."""

    indices: tuple[int, ...] = ()


class Match(msgspec.Struct, frozen=True):
    """A document that holds a token, perhaps spelt a little otherwise."""

    terms: tuple[str, ...] = ()
    positions: dict[str, tuple[Span, ...]] = msgspec.field(name="_matchesPosition", default={})


class Probe(msgspec.Struct, frozen=True, rename="camel"):
    """What the index knows of one token."""

    estimated_total_hits: int
    """Documents; not an estimate when none are asked for."""
    hits: tuple[Match, ...] = ()


class Answers(msgspec.Struct, Generic[A], frozen=True):
    """The answers of a multi-search, in the order asked."""

    results: tuple[A, ...]


class Enqueued(msgspec.Struct, frozen=True, rename="camel"):
    """The receipt of a change: the engine works its tasks off in order."""

    task_uid: int


class Status(StrEnum):
    """How far a task is."""

    ENQUEUED = "enqueued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class Refusal(msgspec.Struct, frozen=True):
    """The engine's own error."""

    message: str = ""
    code: str = "unknown"


class Task(msgspec.Struct, frozen=True):
    """A change that was asked for."""

    uid: int
    status: Status
    error: Refusal | None = None


class IndexStats(msgspec.Struct, frozen=True, rename="camel"):
    """How full an index is."""

    number_of_documents: int
    is_indexing: bool


class Stored(msgspec.Struct, frozen=True, rename="camel"):
    """Enough of a stored document to compare it with the database."""

    id: str
    enterprise_id: str
    updated_at: int
    """Seconds since 1970, UTC."""


class StoredPage(msgspec.Struct, frozen=True):
    """Some of the stored documents."""

    results: tuple[Stored, ...]
    total: int
