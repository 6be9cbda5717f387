"""What goes out about rule books. They come in as the file itself."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.social_return.rule_book import RuleBook, SourceKind


class RuleBookCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A rule book in a list."""

    id: UUID
    book_id: Annotated[str, Meta(description="Names the series; later versions keep it.")]
    version: str
    name: str
    source_kind: Annotated[
        SourceKind, Meta(description="`secondary` and `example` are not verified at the source.")
    ]
    organisation_id: Annotated[
        UUID | None, Meta(description="Who wrote it; null: it came with the product.")
    ]
    state: Annotated[str, Meta(description="draft or published.")]
    published_at: datetime | None


class RuleBookOut(RuleBookCard, frozen=True, rename="camel", kw_only=True):
    """A version of a rule book. What is absent in the book is unknown, never zero."""

    book: RuleBook
