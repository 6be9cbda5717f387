"""One row of a table under a mapping: every field of the enterprise, and all its faults."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from api.domain.errors import Fault, InvalidValue
from api.domain.profile.contact import parse_role_address, parse_telephone
from api.domain.tendering.coverage import COUNTRY
from api.domain.values import parse_cpv, parse_kvk
from api.enterprises.schemas import EnterpriseIn, Identifier, MarkIn, OfferingIn
from importers.enterprises import cells
from importers.enterprises.mapping import (
    CoverageSource,
    EnterpriseMapping,
    Given,
    Kind,
    OfferingSource,
    Source,
    as_source,
    kinds_of,
)
from importers.enterprises.tables import Cell, Record, folded, heading_key

T = TypeVar("T")
_ANY_OTHER: Final = "*"
_LISTS: Final = (Kind.LIST, Kind.CODES)
_NOWHERE: Final = Source()
"""For a field that the mapping gives no source."""
Raw = dict[str, object]
AREA_CODE: Final = re.compile(r"GM\d{4}|NL[0-9A-Z]{0,3}", re.ASCII)
_KINDS: Final = {
    schema: kinds_of(schema) for schema in (EnterpriseIn, Identifier, OfferingIn, MarkIn)
}
_DIGITS: Final = {"kvkNumber": 8, "holderKvkNumbers": 8, "cpvCodes": 8}
_CODES: Final[Mapping[str, Callable[[str], str]]] = {
    "kvkNumber": parse_kvk,
    "holderKvkNumbers": parse_kvk,
    "cpvCodes": parse_cpv,
}
_SIMPLE: Final[Mapping[Kind, Callable[[Cell], object]]] = {
    Kind.CODE: lambda cell: cells.text_of(cell).casefold(),
    Kind.NUMBER: cells.number_of,
    Kind.WHOLE: cells.whole_of,
    Kind.FLAG: cells.flag_of,
}


class RowFields:
    """Reads the fields of one row; gathers faults and warnings on the way."""

    def __init__(
        self,
        record: Record,
        mapping: EnterpriseMapping,
        headings: Mapping[str, str],
        areas: Mapping[str, str],
    ) -> None:
        self.record = record
        self.mapping = mapping
        self.headings = headings
        self.areas = areas
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self._offerings: list[OfferingSource] = []
        self._marks: list[Mapping[str, Given]] = []

    @property
    def blamed(self) -> frozenset[str]:
        """Places that have a fault already."""
        return frozenset(fault.place for fault in self.faults)

    def enterprise(self) -> Raw:
        """Give the whole row in the form of `EnterpriseIn`, as far as it can be read."""
        raw = self._struct(self.mapping.fields, _KINDS[EnterpriseIn])
        self._settle_municipality(raw)
        self._drop_unfit("email", parse_role_address, raw)
        self._drop_unfit("phone", parse_telephone, raw)
        identifier = self._struct(self.mapping.identifier, _KINDS[Identifier])
        if "id" in identifier:
            raw["identifier"] = identifier
        raw["offerings"] = self._all_offerings(raw)
        raw["marks"] = [found for one in self.mapping.marks if (found := self._mark(one))]
        return raw

    def located(self, fault: Fault) -> Fault:
        """Put a row and a column in the place of a JSON pointer."""
        match fault.place.split("/")[1:]:
            case ["offerings", index, "coverage", *_]:
                coverage = self._offerings[int(index)].coverage
                given = coverage.radius_km or coverage.places
            case ["offerings", index, name, *_]:
                given = self._offerings[int(index)].fields.get(name)
            case ["marks", index, name, *_]:
                given = self._marks[int(index)].get(name)
            case ["identifier", name, *_]:
                given = self.mapping.identifier.get(name)
            case [name, *_]:
                given = self.mapping.fields.get(name)
            case _:
                given = None
        place = f"row {self.record.number}, field {fault.place}" if given is None else ""
        return Fault(fault.code, fault.detail, place or self._place(as_source(given or _NOWHERE)))

    def _struct(self, fields: Mapping[str, Given], kinds: Mapping[str, Kind]) -> Raw:
        found = {
            name: self._value(as_source(given), kinds[name], name) for name, given in fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}

    def _all_offerings(self, raw: Raw) -> list[Raw]:
        before = len(self.warnings) + len(self.faults)
        found = [one for spec in self.mapping.offerings if (one := self._offering(spec, raw))]
        silent = len(self.warnings) + len(self.faults) == before
        if self.mapping.offerings and not found and silent:
            codes = as_source(self.mapping.offerings[0].cpv_codes)
            self._warn(codes, "no-offering", "without CPV codes there is no offering")
        return found

    def _offering(self, spec: OfferingSource, raw: Raw) -> Raw | None:
        faults_before = len(self.faults)
        codes = self._value(as_source(spec.cpv_codes), Kind.LIST, "cpvCodes")
        if codes is None and len(self.faults) == faults_before:
            self._explain_absence(spec)
            return None
        others = {name: given for name, given in spec.fields.items() if name != "cpvCodes"}
        offering = self._struct(others, _KINDS[OfferingIn])
        coverage = self._coverage(spec.coverage, raw)
        if codes is None or coverage is None:
            return None
        self._offerings.append(spec)
        return offering | {"cpvCodes": codes, "coverage": coverage}

    def _explain_absence(self, spec: OfferingSource) -> None:
        """Of an offering that is partly filled in, but has no codes: one without any is no slip."""
        codes = as_source(spec.cpv_codes)
        columns = {as_source(given).column for given in spec.fields.values()} - {codes.column, None}
        if any(heading_key(column or "") in self.record.cells for column in columns):
            self._warn(codes, "no-offering", "an offering without CPV codes is left out")

    def _mark(self, spec: Mapping[str, Given]) -> Raw | None:
        mark = self._struct(spec, _KINDS[MarkIn])
        if "scheme" not in mark:
            return None
        self._marks.append(spec)
        return mark

    def _coverage(self, spec: CoverageSource, raw: Raw) -> Raw | None:
        source = as_source(spec.places or spec.radius_km or _NOWHERE)
        places = self._areas(spec.places)
        radius = self._value(as_source(spec.radius_km or _NOWHERE), Kind.NUMBER)
        excluded = self._areas(spec.excluded_municipalities)
        apart: Raw = {"excludedMunicipalities": excluded} if excluded else {}
        if places and radius is not None:
            self._blame(source, "ambiguous-coverage", "give places or a radius")
        elif radius is not None:
            return self._around(raw, radius, apart)
        elif places == [COUNTRY] or (spec.country and not places):
            return {"kind": "country"} | apart
        elif places:
            return {"kind": "places", "places": places} | apart
        else:
            self._warn(source, "no-coverage", "no area, so no offering")
        return None

    def _around(self, raw: Raw, radius: object, apart: Raw) -> Raw | None:
        if "lat" not in raw or "lon" not in raw:
            self._warn(
                self._source_of("lat"),
                "no-point",
                "no point to draw a radius around, so no offering",
            )
            return None
        return {"kind": "radius", "lat": raw["lat"], "lon": raw["lon"], "radiusKm": radius} | apart

    def _source_of(self, name: str) -> Source:
        return as_source(self.mapping.fields.get(name, _NOWHERE))

    def _areas(self, given: Given | None) -> list[str]:
        if given is None:
            return []
        source = as_source(given)
        names = self._value(source, Kind.LIST)
        found: list[str] = []
        for name in names if isinstance(names, list) else []:
            code = self._area(str(name))
            if code is None:
                self._blame(source, "unknown-area", f"{str(name)[:40]!r} is no known area")
            else:
                found.append(code)
        return found

    def _area(self, name: str) -> str | None:
        if AREA_CODE.fullmatch(name.upper()):
            return name.upper()
        return self.areas.get(folded(name))

    def _settle_municipality(self, raw: Raw) -> None:
        """A name becomes a code; a code that belies the town's name gives a warning."""
        if "municipality" in raw:
            code = self._area(str(raw["municipality"]))
            if code is None or not code.startswith("GM"):
                detail = f"{str(raw['municipality'])[:40]!r} is no known municipality"
                self._blame(self._source_of("municipality"), "unknown-area", detail)
            raw["municipality"] = code
        named = self.areas.get(folded(str(raw.get("town", ""))), "")
        if "municipality" in raw and named.startswith("GM") and named != raw["municipality"]:
            detail = f"{raw['municipality']} is not {raw['town']}, which is {named}"
            self._warn(self._source_of("municipality"), "municipality-mismatch", detail)

    def _drop_unfit(self, name: str, parse: Callable[[str], str], raw: Raw) -> None:
        """Leave out an address that can't be kept: the firm itself is welcome without."""
        try:
            parse(str(raw.get(name, "")))
        except InvalidValue as error:
            if raw.pop(name, None) is not None:
                self._warn(self._source_of(name), error.value_code, f"left out: {error.detail}")

    def _value(self, source: Source, kind: Kind, name: str = "") -> object:
        """One field's value; `None` when there is none or when it has a fault."""
        if source.join:
            return self._joined(source, kind, name)
        if source.constant is not None:
            return list(source.constant) if isinstance(source.constant, tuple) else source.constant
        cell = self.record.cells.get(heading_key(source.column or ""))
        if cell is None:
            return None
        if kind in _LISTS:
            return self._list(source, cell, kind, name)
        return self._single(source, cell, kind, name)

    def _joined(self, source: Source, kind: Kind, name: str) -> object:
        found = [self._value(as_source(part), kind, name) for part in source.join]
        parts = [part for part in found if part is not None]
        if kind in _LISTS:
            return _flat(parts) or None
        return source.separator.join(map(str, parts)) or None

    def _list(self, source: Source, cell: Cell, kind: Kind, name: str) -> list[object] | None:
        one = Kind.CODE if kind is Kind.CODES else Kind.TEXT
        parts: list[Cell] = [cell]
        if isinstance(cell, str) and source.split is not None:
            parts = [part.strip() for part in cell.split(source.split)]
        found = [self._single(source, part, one, name) for part in parts if part != ""]
        return list(dict.fromkeys(_flat(found))) or None

    def _single(self, source: Source, cell: Cell, kind: Kind, name: str) -> object:
        if source.values is not None:
            known, meaning = self._meaning(source, cell)
            if known:
                return meaning
        return self._attempt(source, lambda: self._read(source, cell, kind, name))

    def _meaning(self, source: Source, cell: Cell) -> tuple[bool, object]:
        """What the value table says, and whether that settles the cell."""
        table = self.mapping.values[source.values or ""]
        text = cells.text_of(cell)
        meaning = table.get(folded(text), table.get(_ANY_OTHER))
        if meaning is not None:
            return True, list(meaning) if isinstance(meaning, tuple) else meaning
        if source.unmapped == "keep":
            return False, None
        tell = self._blame if source.unmapped == "refuse" else self._warn
        tell(source, "unmapped-value", f"{text[:40]!r} is not in the table values.{source.values}")
        return True, None

    def _read(self, source: Source, cell: Cell, kind: Kind, name: str) -> object:
        if kind in _SIMPLE:
            return _SIMPLE[kind](cell)
        if kind is Kind.DATE:
            return cells.date_of(cell, self.mapping.dates)
        if kind is Kind.CENTS:
            in_cents = source.unit == "cents"
            return cells.cents_of(cell, self.mapping.decimal, in_cents=in_cents)
        return self._text(source, cell, name)

    def _text(self, source: Source, cell: Cell, name: str) -> str:
        digits = source.digits or _DIGITS.get(name)
        text, repaired = cells.text_of(cell), False
        if digits is not None:
            text, repaired = cells.digits_of(cell, digits)
        if source.digits is not None and not (text.isdecimal() and len(text) == digits):
            raise InvalidValue(f"{text[:40]!r} has not {digits} digits", code="invalid-digits")
        if repaired:
            self._warn(source, "zeros-restored", f"a number lost its zeros; read as {text}")
        if name == "website":
            text, repaired = cells.site_of(cell)
            if repaired:
                self._warn(source, "address-completed", f"read as {text[:100]}")
        return _CODES[name](text) if name in _CODES else text

    def _attempt(self, source: Source, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except InvalidValue as error:
            self._blame(source, error.value_code, error.detail)
            return None

    def _blame(self, source: Source, code: str, detail: str) -> None:
        self.faults.append(Fault(code, detail, self._place(source)))

    def _warn(self, source: Source, code: str, detail: str) -> None:
        self.warnings.append(Fault(code, detail, self._place(source)))

    def _place(self, source: Source) -> str:
        """`row 12, column KvK`; the first column when several are joined."""
        while source.join:
            source = as_source(source.join[0])
        key = heading_key(source.column or "")
        column = self.headings.get(key, source.column)
        return f"row {self.record.number}" + (f", column {column}" if column else "")


def _flat(parts: list[object]) -> list[object]:
    """Lists within a list opened up, and what is unknown left out."""
    lists = (part if isinstance(part, list) else [part] for part in parts)
    return [item for one in lists for item in one if item is not None]
