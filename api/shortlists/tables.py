"""Tables of shortlists, saved searches and locks."""

from piccolo.columns import (
    JSONB,
    UUID,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from api.enterprises.tables import Enterprise


class Shortlist(Table):
    """A list of enterprises that a department considers (groslijst, shortlist)."""

    id = UUID(primary_key=True, default=None)
    owner = Varchar(length=100, null=False, default=None, index=True, help_text="name of the key")
    organisation = UUID(null=True, default=None, index=True, help_text="of the key, if it has one")
    department = Text(null=False, default=None)
    name = Text(null=False, default=None)
    purpose = Text(null=False, default=None)
    version = Integer(null=False, default=None, help_text="counts changes, entries included")
    created_at = Timestamptz(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)


class ShortlistEntry(Table):
    """An enterprise on a shortlist, and why it is there (Aw 2012 art. 1.4)."""

    id = UUID(primary_key=True, default=None)
    shortlist = ForeignKey(
        references=Shortlist, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    position = Integer(null=False, default=None, help_text="from 1, without gaps")
    reason = Text(null=False, default=None)
    author = Varchar(length=120, null=False, default=None, help_text="of the reason")
    added_at = Timestamptz(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)

    shortlist_entry_once = Unique([shortlist, enterprise])


class SavedSearch(Table):
    """The parameters of a directory search, kept under a name."""

    id = UUID(primary_key=True, default=None)
    owner = Varchar(length=100, null=False, default=None, index=True, help_text="name of the key")
    organisation = UUID(null=True, default=None, index=True, help_text="of the key, if it has one")
    name = Text(null=False, default=None)
    parameters = JSONB(null=False, default=None, help_text="as the search takes them")
    sort = Varchar(length=12, null=False, default=None)
    alerts = Varchar(length=10, null=False, default=None, help_text="off, daily, weekly")
    created_at = Timestamptz(null=False, default=None)


class SearchLock(Table):
    """The result of a saved search, frozen. Never changed or deleted."""

    id = UUID(primary_key=True, default=None)
    saved_search = ForeignKey(
        references=SavedSearch, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    author = Varchar(length=120, null=False, default=None)
    locked_at = Timestamptz(null=False, default=None)
    day = Date(null=False, default=None, help_text="on which marks had to be valid")
    settings_hash = Varchar(length=16, null=False, default=None, help_text="of the search index")


class SearchLockEntry(Table):
    """An enterprise as it was found when the search was locked."""

    id = UUID(primary_key=True, default=None)
    search_lock = ForeignKey(
        references=SearchLock, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    rank = Integer(null=False, default=None)
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    enterprise_version = Integer(null=False, default=None)
    offering_version = Integer(null=True, default=None, help_text="null: found without an offering")
    card = JSONB(null=False, default=None)
    why = JSONB(null=False, default=None)

    search_lock_entry_rank = Unique([search_lock, rank])
