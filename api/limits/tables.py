"""Table of what was asked."""

from piccolo.columns import BigInt, Timestamptz, Varchar
from piccolo.table import Table


class RateWindow(Table, tablename="rate_window"):
    """How much was taken of one limit in its present window."""

    bucket = Varchar(
        length=100, primary_key=True, default=None, help_text="limit and hashed caller"
    )
    ends_at = Timestamptz(null=False, default=None, index=True)
    taken = BigInt(null=False, default=None)
