"""Tables of reference data."""

from piccolo.columns import Array, Boolean, DoublePrecision, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table


class ReferenceList(Table):
    """A loaded list, such as `cpv` or `nuts`, and whether it is the whole one."""

    kind = Varchar(length=20, primary_key=True, default=None)
    complete = Boolean(null=False, default=None)
    source = Text(null=False, default=None)
    rows = Integer(null=False, default=None)
    loaded_at = Timestamptz(null=False, default=None)


class Cpv(Table):
    """A code of the Common Procurement Vocabulary (Reg. (EC) 213/2008), without check digit."""

    code = Varchar(length=8, primary_key=True, default=None)
    label_nl = Text(null=False, default=None)
    label_en = Text(null=True, default=None)
    social_service = Boolean(null=True, default=None, help_text="annex XIV Dir. 2014/24")


class MunicipalityRow(Table, tablename="municipality"):
    """A municipality (gemeente) of the current year."""

    code = Varchar(length=6, primary_key=True, default=None)
    name = Text(null=False, default=None)
    spellings = Array(base_column=Text(), null=False, default=None)
    nuts3 = Varchar(length=5, null=False, default=None)
    lat = DoublePrecision(null=False, default=None)
    lon = DoublePrecision(null=False, default=None)


class Nuts(Table):
    """A NUTS area of the Netherlands (Reg. (EC) 1059/2003), or a superseded code."""

    code = Varchar(length=5, primary_key=True, default=None)
    name = Text(null=False, default=None)
    successor = Varchar(length=5, null=True, default=None, help_text="code of NUTS 2024")


class MarkSchemeRow(Table, tablename="mark_scheme"):
    """A kind of quality mark (keurmerk): its levels and longest validity, with a source."""

    code = Varchar(length=60, primary_key=True, default=None)
    name = Text(null=False, default=None)
    levels = Array(base_column=Text(), null=False, default=None, help_text="low to high")
    longest_months = Integer(null=True, default=None)
    kind = Varchar(length=12, null=False, default=None, help_text="social, certificate")
    reserved_evidence = Boolean(null=False, default=None, help_text="art. 20 Dir. 2014/24")
    source = Text(null=False, default=None)
    verified = Boolean(null=False, default=None, help_text="whether the source was read")
