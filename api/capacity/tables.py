"""Reservations of capacity. A row is written once; only its release is added."""

from piccolo.columns import UUID, BigInt, Date, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from api.enterprises.tables import Offering


class CapacityReservation(Table):
    """Capacity of an offering that is held for something (gereserveerde capaciteit)."""

    id = UUID(primary_key=True, default=None)
    offering = ForeignKey(
        references=Offering, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    purpose = Varchar(length=20, null=False, default=None)
    subject = UUID(null=False, default=None, index=True, help_text="what it is held for")
    amount_cents = BigInt(null=False, default=None, help_text="a year, excl. VAT")
    starts_on = Date(null=False, default=None)
    ends_on = Date(null=False, default=None, help_text="half-open")
    expires_at = Timestamptz(null=True, default=None, help_text="null: until released")
    released_at = Timestamptz(null=True, default=None)
    author = Varchar(length=200, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)

    capacity_reservation_period = Check(starts_on < ends_on)
    capacity_reservation_amount = Check(amount_cents > 0)
