"""Tables of e-mail notifications."""

from piccolo.columns import (
    UUID,
    Array,
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

from api.accounts.tables import Person


class NotificationPreference(Table, tablename="notification_preference"):
    """What somebody wants to be told by e-mail; nobody's row: everything, in Dutch."""

    id = UUID(primary_key=True, default=None)
    person = ForeignKey(
        references=Person,
        null=False,
        default=None,
        index=True,
        unique=True,
        on_delete=OnDelete.restrict,
    )
    language = Varchar(length=2, null=False, default=None)
    tell = Array(base_column=Text(), null=False, default=None, help_text="empty: nothing")
    version = Integer(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)


class MailRound(Table, tablename="mail_round"):
    """A day on which digests were made: once, whichever worker came first."""

    id = UUID(primary_key=True, default=None)
    day = Date(null=False, default=None, unique=True)
    at = Timestamptz(null=False, default=None)


class MailDigest(Table, tablename="mail_digest"):
    """A mail to somebody. Its id is in the Message-ID, the same at every attempt."""

    id = UUID(primary_key=True, default=None)
    person = ForeignKey(
        references=Person, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    day = Date(null=False, default=None)
    language = Varchar(length=2, null=False, default=None)
    subject = Text(null=False, default=None)
    body = Text(null=False, default=None)
    state = Varchar(length=7, null=False, default=None, help_text="pending, sent, dead")
    attempts = Integer(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    due_at = Timestamptz(null=False, default=None, index=True)
    sent_at = Timestamptz(null=True, default=None)
    last_error = Varchar(length=100, null=True, default=None, help_text="kind and code alone")

    mail_digest_once_a_day = Unique([person, day])


class ToldItem(Table, tablename="told_item"):
    """Something that somebody was told, so that it is told once."""

    id = UUID(primary_key=True, default=None)
    person = ForeignKey(
        references=Person, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    item = Varchar(length=120, null=False, default=None, help_text="kind, id and what of it")
    told_at = Timestamptz(null=False, default=None)

    told_item_once = Unique([person, item])


class SearchWatch(Table, tablename="search_watch"):
    """What a saved search found when it was last looked at; the id is that of the search."""

    id = UUID(primary_key=True, default=None)
    found = Array(base_column=UUID(), null=False, default=None, help_text="enterprises")
    looked_on = Date(null=False, default=None)
