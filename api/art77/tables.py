"""Tables of the register of art. 77 (Dir. 2014/24; Aw 2012 art. 2.82a)."""

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Date,
    ForeignKey,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from api.accounts.tables import Organisation
from api.enterprises.tables import Enterprise
from api.tenders.tables import Lot


class Art77Award(Table):
    """A contract that a buyer awarded under art. 77; it blocks the next one for three years."""

    id = UUID(primary_key=True, default=None)
    buyer_name = Text(null=False, default=None)
    buyer_keys = Array(
        base_column=Text(), null=False, default=None, help_text="folded name and identifier"
    )
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    lot = ForeignKey(
        references=Lot, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    awarded_on = Date(null=False, default=None)
    organisation = ForeignKey(
        references=Organisation,
        null=True,
        default=None,
        index=True,
        on_delete=OnDelete.restrict,
        help_text="who recorded it, and may strike it",
    )
    source = Text(null=False, default=None)
    author = Varchar(length=200, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)


class PublicServiceMission(Table):
    """Whether art. 77(2)(a) to (c) is met by an enterprise, and what shows it."""

    id = UUID(primary_key=True, default=None)
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    met = Boolean(null=False, default=None)
    basis = Text(null=False, default=None)
    author = Varchar(length=200, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)

    public_service_mission_once = Unique([enterprise])
