"""What is read from reference tables, whatever their form."""

import msgspec

from api.domain.tendering.coverage import Municipality
from api.domain.values import CpvCode, Point


class CpvEntry(msgspec.Struct, frozen=True):
    """A code of the Common Procurement Vocabulary (Reg. (EC) 213/2008)."""

    code: CpvCode
    label_nl: str
    label_en: str | None = None
    social_service: bool | None = None
    """Listed in annex XIV of Dir. 2014/24; `None` where the table does not say."""


class MunicipalityEntry(msgspec.Struct, frozen=True):
    """A municipality (gemeente) with the other ways in which its name is written."""

    municipality: Municipality
    spellings: tuple[str, ...] = ()
    """Sorted, unique, without the name itself."""


class NutsEntry(msgspec.Struct, frozen=True):
    """A NUTS area of any country (Reg. (EC) 1059/2003), or a code that was superseded."""

    code: str
    name: str
    successor: str | None = None
    """The NUTS 2024 code of the area that bears the name now."""

    @property
    def level(self) -> int:
        """0 for a country, up to 3: the code grows by one character a level."""
        return len(self.code) - 2


class PostcodeEntry(msgspec.Struct, frozen=True):
    """Four digits of a Dutch postcode with the town they lie in."""

    postcode: str
    town: str
    spellings: tuple[str, ...]
    municipality: str | None
    """The name as in the table, which may be of an older year."""
    province: str | None
    point: Point


class TownEntry(msgspec.Struct, frozen=True):
    """A town (woonplaats) with its municipality and COROP area."""

    code: str
    """Four digits (BAG)."""
    name: str
    municipality: str
    """CBS code, such as `GM0873`."""
    municipality_name: str
    corop: str
    """The number of the COROP area as CBS gives it, two digits; not a NUTS code."""
    corop_name: str
