"""Codes and areas, held in memory: they change once a year and are asked thousands of times."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Final

import msgspec

from api.database import Row, as_struct, copy_rows, fetch, lock, transaction
from api.domain.profile.marks import MarkScheme
from api.domain.tendering.coverage import COUNTRY, Geography, Municipality
from api.domain.tendering.cpv import prefix
from api.domain.values import CpvCode, Point
from api.reference.tables import Cpv, MarkSchemeRow, MunicipalityRow, Nuts, ReferenceList
from search.places import gazetteer, spelling

DIVISIONS: Final = frozenset(
    (
        *("03", "09", "14", "15", "16", "18", "19", "22", "24", "30", "31", "32", "33", "34"),
        *("35", "37", "38", "39", "41", "42", "43", "44", "45", "48", "50", "51", "55", "60"),
        *("63", "64", "65", "66", "70", "71", "72", "73", "75", "76", "77", "79", "80", "85"),
        *("90", "92", "98"),
    )
)
"""The 45 divisions of CPV 2008 (Reg. (EC) 213/2008, annex I)."""


_OFFERED_LEVELS: Final = (4, 5)
"""Lengths of the codes of provinces (NUTS-2) and COROP areas (NUTS-3)."""


class CpvEntry(msgspec.Struct, frozen=True):
    """A code with its labels."""

    code: CpvCode
    label_nl: str
    label_en: str | None = None
    social_service: bool | None = None


class SpelledMunicipality(msgspec.Struct, frozen=True):
    """A municipality with every spelling of its name."""

    municipality: Municipality
    spellings: tuple[str, ...] = ()


class NutsEntry(msgspec.Struct, frozen=True):
    """A NUTS area, or a superseded code with its successor."""

    code: str
    name: str
    successor: str | None = None


class Reference(msgspec.Struct, frozen=True):
    """All reference data of one moment."""

    cpv: Mapping[str, CpvEntry]
    cpv_complete: bool
    geography: Geography
    spellings: Mapping[str, tuple[str, ...]]
    nuts: Mapping[str, NutsEntry]
    places: Mapping[str, str]
    """Area code per spelling of the name of a municipality, COROP area or province."""
    mark_schemes: Mapping[str, MarkScheme] = {}

    def knows_cpv(self, code: CpvCode) -> bool:
        """Tell whether a code exists; with a partial list, whether its division does."""
        return code in self.cpv if self.cpv_complete else code[:2] in DIVISIONS

    def cpv_label(self, code: str) -> str:
        """Give the Dutch label of a code or of the nearest known code above it."""
        digits = prefix(CpvCode(code))
        for length in range(len(digits), 1, -1):
            entry = self.cpv.get(digits[:length].ljust(8, "0"))
            if entry is not None:
                return entry.label_nl
        return code

    def area(self, nuts: str) -> str | None:
        """Turn a NUTS code of any version and level into an area code, or `None`."""
        entry = self.nuts.get(nuts)
        current = nuts if entry is None or entry.successor is None else entry.successor
        if current in self.geography.members:
            return current
        known = entry is not None or current in self.nuts
        # NUTS-1 (landsdeel) is no area of offerings: the country is the nearest that holds it.
        return COUNTRY if current.startswith(COUNTRY) and known and len(current) == 3 else None  # noqa: PLR2004  length of a NUTS-1 code

    def area_named(self, name: str) -> str | None:
        """Give the code of an area by its code or by any spelling of its name."""
        return name if name in self.geography.members else self.places.get(spelling(name))

    def area_name(self, code: str) -> str:
        """Give the name of an area code."""
        if code in self.geography.municipalities:
            return self.geography.municipalities[code].name
        return self.nuts[code].name if code in self.nuts else code


class _Held(msgspec.Struct):
    """What this process knows, and when it last asked whether that is still so."""

    reference: Reference | None = None
    loaded: str = ""
    asked_at: float = 0.0


_held = _Held()
RECHECK_SECONDS: Final = 30
"""Other processes see a newly loaded list after this long."""


async def reference() -> Reference:
    """Give the reference data; read once, and again when another process loaded a new list."""
    if _held.reference is not None and monotonic() - _held.asked_at < RECHECK_SECONDS:
        return _held.reference
    rows = await fetch("SELECT max(loaded_at)::text || count(*) AS loaded FROM reference_list")
    loaded = str(rows[0]["loaded"])
    if _held.reference is None or loaded != _held.loaded:
        _held.reference = await _read()
    _held.loaded, _held.asked_at = loaded, monotonic()
    return _held.reference


def forget_reference() -> None:
    """Read the reference data anew at the next use."""
    _held.reference = None


async def replace_cpv(
    entries: Sequence[CpvEntry], *, complete: bool, source: str, now: datetime
) -> None:
    """Store a list of CPV codes in place of the former one."""
    rows = [msgspec.structs.asdict(entry) for entry in entries]
    await _replace(Cpv, rows, _list_row("cpv", len(rows), source, now, complete=complete))


async def replace_municipalities(
    entries: Sequence[SpelledMunicipality], *, complete: bool, source: str, now: datetime
) -> None:
    """Store a list of municipalities in place of the former one."""
    rows = [_municipality_row(entry) for entry in entries]
    kind = "municipalities"
    list_row = _list_row(kind, len(rows), source, now, complete=complete)
    await _replace(MunicipalityRow, rows, list_row)


async def replace_nuts(entries: Sequence[NutsEntry], *, source: str, now: datetime) -> None:
    """Store the NUTS areas, superseded codes included."""
    rows = [msgspec.structs.asdict(entry) for entry in entries]
    await _replace(Nuts, rows, _list_row("nuts", len(rows), source, now, complete=True))


async def replace_mark_schemes(
    entries: Sequence[MarkScheme], *, source: str, now: datetime
) -> None:
    """Store the kinds of quality marks in place of the former ones."""
    rows = [msgspec.structs.asdict(entry) | {"levels": list(entry.levels)} for entry in entries]
    list_row = _list_row("mark-schemes", len(rows), source, now, complete=True)
    await _replace(MarkSchemeRow, rows, list_row)


async def is_loaded() -> bool:
    """Tell whether every list of codes and areas is there."""
    return await loaded_lists() >= {"cpv", "municipalities", "nuts"}


async def loaded_lists() -> frozenset[str]:
    """Name the lists that are there."""
    return frozenset(row["kind"] for row in await fetch("SELECT kind FROM reference_list"))


async def _replace(
    table: type[Cpv | MunicipalityRow | Nuts | MarkSchemeRow], rows: Sequence[Row], list_row: Row
) -> None:
    async with transaction():
        await lock("reference")
        await table.delete(force=True)
        await copy_rows(table, rows)
        await ReferenceList.delete().where(ReferenceList.kind == list_row["kind"])
        await copy_rows(ReferenceList, [list_row])
    forget_reference()


def _list_row(kind: str, rows: int, source: str, now: datetime, *, complete: bool) -> Row:
    return {
        "kind": kind,
        "complete": complete,
        "source": source,
        "rows": rows,
        "loaded_at": now,
    }


def _municipality_row(entry: SpelledMunicipality) -> Row:
    one = entry.municipality
    return {
        "code": one.code,
        "name": one.name,
        "spellings": list(entry.spellings),
        "nuts3": one.nuts3,
        "lat": one.centre.lat,
        "lon": one.centre.lon,
    }


async def _read() -> Reference:
    lists = {row["kind"]: row for row in await fetch("SELECT kind, complete FROM reference_list")}
    cpv = await fetch("SELECT code, label_nl, label_en, social_service FROM cpv")
    places = await fetch("SELECT code, name, spellings, nuts3, lat, lon FROM municipality")
    nuts = await fetch("SELECT code, name, successor FROM nuts")
    schemes = await fetch("SELECT * FROM mark_scheme")
    return Reference(
        cpv={row["code"]: msgspec.convert(dict(row), CpvEntry) for row in cpv},
        cpv_complete="cpv" in lists and lists["cpv"]["complete"],
        geography=Geography(_municipalities(places)),
        spellings={row["code"]: (row["name"], *row["spellings"]) for row in places},
        nuts={row["code"]: msgspec.convert(dict(row), NutsEntry) for row in nuts},
        places=_places(places, nuts),
        mark_schemes={row["code"]: as_struct(row, MarkScheme) for row in schemes},
    )


def _places(municipalities: Sequence[Row], nuts: Sequence[Row]) -> Mapping[str, str]:
    """Name the areas; a municipality goes before a province of the same name (Utrecht)."""
    named = [
        (spelling, row["code"])
        for row in municipalities
        for spelling in (row["name"], *row["spellings"])
    ]
    smallest_first = sorted(nuts, key=lambda row: (-len(row["code"]), row["code"]))
    areas = [
        (row["name"], row["code"])
        for row in smallest_first
        if row["successor"] is None and len(row["code"]) in _OFFERED_LEVELS
    ]
    return gazetteer([*named, *areas])


def _municipalities(rows: Iterable[Row]) -> Iterable[Municipality]:
    for row in rows:
        centre = Point(row["lat"], row["lon"])
        yield Municipality(row["code"], row["name"], row["nuts3"], centre)
