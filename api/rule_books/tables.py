"""Table of rule books."""

from piccolo.columns import JSONB, UUID, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from api.accounts.tables import Organisation


class RuleBookVersion(Table, tablename="rule_book"):
    """One version of a rule book (spelregels). Once published it never changes."""

    id = UUID(primary_key=True, default=None)
    book_id = Varchar(length=60, null=False, default=None, help_text="names the series")
    version = Varchar(length=40, null=False, default=None)
    organisation = ForeignKey(
        references=Organisation,
        null=True,
        default=None,
        index=True,
        on_delete=OnDelete.restrict,
        help_text="who wrote it; null: it came with the product",
    )
    content = JSONB(null=False, default=None, help_text="the book as read")
    source_text = Text(null=False, default=None, help_text="the file as given")
    author = Varchar(length=100, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    published_by = Varchar(length=100, null=True, default=None)
    published_at = Timestamptz(null=True, default=None, help_text="null: a draft")

    rule_book_series_version = Unique([book_id, version])
