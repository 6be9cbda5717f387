"""The mapping file (TOML): which column of a table goes to which field of an enterprise.

Field names are those of the API (`EnterpriseIn`, `OfferingIn`, `MarkIn`), so that a mapping, a
JSON line and a request body speak of the same things. Described in
`docs/importing-enterprises.md`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import inspect

from api.decoding import as_fault, faults_of
from api.domain.errors import Fault, InvalidInput
from api.enterprises.schemas import EnterpriseIn, Identifier, MarkIn, OfferingIn
from importers.enterprises.tables import folded

MAX_BYTES: Final = 1024 * 1024
SHIPPED: Final = Path(__file__).parent / "mappings"
_PROBE: Final = date(2001, 12, 31)
Raw = dict[str, Any]
Scalar = str | int | float | bool
Meanings = dict[str, Scalar | tuple[Scalar, ...]]


class Kind(Enum):
    """What a field takes, and so how a cell is read for it."""

    TEXT = auto()
    CODE = auto()
    """One of a fixed set of codes, all in lower case."""
    LIST = auto()
    CODES = auto()
    """A list of such codes."""
    NUMBER = auto()
    WHOLE = auto()
    CENTS = auto()
    DATE = auto()
    FLAG = auto()


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Where one field comes from: exactly one of a column, a constant, several joined."""

    column: str | None = None
    constant: Scalar | tuple[Scalar, ...] | None = None
    join: tuple["str | Source", ...] = ()
    separator: str = "\n\n"
    """Between the joined parts."""
    values: str | None = None
    """The table under `[values]` that says what a cell means."""
    unmapped: Literal["refuse", "warn", "keep"] = "refuse"
    """What becomes of a cell that `values` doesn't know; `warn` leaves the field empty."""
    split: str | None = None
    """What parts the items of a list in one cell."""
    digits: int | None = None
    """How many digits a number has; zeros that a spreadsheet took off are put back."""
    unit: Literal["euros", "cents"] = "euros"


Given = str | Source
"""A bare text is the heading of a column."""


class CoverageSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """How the coverage area of an offering is found: places, a radius, or else the country."""

    places: Given | None = None
    radius_km: Given | None = None
    """Around the row's own point."""
    country: bool = False
    excluded_municipalities: Given | None = None


class OfferingSource(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """One offering that a row may hold; a row without its CPV codes doesn't hold it."""

    title: Given
    cpv_codes: Given
    service_mode: Given
    coverage: CoverageSource
    description: Given | None = None
    products: Given | None = None
    nominal_capacity_cents: Given | None = None
    reliable_capacity_cents: Given | None = None
    lead_time_days: Given | None = None
    minimum_order_cents: Given | None = None

    @property
    def fields(self) -> dict[str, Given]:
        """The fields that have a source, by their name in the API; coverage apart."""
        names = zip(self.__struct_encode_fields__, self.__struct_fields__, strict=True)
        named = {encoded: getattr(self, name) for encoded, name in names if name != "coverage"}
        return {name: given for name, given in named.items() if given}


class EnterpriseMapping(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A mapping that was read and found sound."""

    source: str
    """Names the list; with a record's own id it identifies the record for good."""
    title: str = ""
    decimal: Literal[",", "."] = ","
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    fields: dict[str, Given]
    identifier: dict[str, Given] = {}
    offerings: tuple[OfferingSource, ...] = ()
    marks: tuple[dict[str, Given], ...] = ()
    values: dict[str, Meanings] = {}
    """By name; the texts in a table are compared like headings."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every heading that is read, sorted."""
        found = (one.column for _, _, one in sources(self) if one.column is not None)
        return tuple(sorted(set(found)))


def kinds_of(schema: type[msgspec.Struct]) -> dict[str, Kind]:
    """Tell for each simple field of a schema, by its name in the API, what it takes."""
    kinds = {
        field.encode_name: _kind(field.encode_name, field.type)
        for field in msgspec.structs.fields(schema)
    }
    return {name: kind for name, kind in kinds.items() if kind is not None}


def as_source(given: Given) -> Source:
    """Take a bare text for the heading of a column."""
    return Source(column=given) if isinstance(given, str) else given


def read_mapping(content: bytes) -> EnterpriseMapping:
    """Read a mapping file; every fault found names its key, as in `fields.name`."""
    if len(content) > MAX_BYTES:
        raise InvalidInput(Fault("too-large", f"a mapping has at most {MAX_BYTES} bytes"))
    try:
        raw = tomllib.loads(content.decode("utf-8-sig"))
        encoded = msgspec.json.encode(raw)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InvalidInput(Fault("malformed-toml", str(error)[:300])) from error
    try:
        mapping = msgspec.json.decode(encoded, type=EnterpriseMapping)
    except msgspec.ValidationError as error:
        raise InvalidInput(*_shape_faults(raw, encoded, error)) from error
    broken = (*_missing(mapping), *_offering_faults(mapping), *_source_faults(mapping))
    if broken:
        raise InvalidInput(*broken)
    return _comparable(mapping)


def shipped_mapping(name: str) -> EnterpriseMapping:
    """Read one of the mappings of the product, such as `perceel`."""
    known = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    if name not in known:
        raise InvalidInput(Fault("unknown-mapping", f"{name!r} is none of {', '.join(known)}"))
    return read_mapping((SHIPPED / f"{name}.toml").read_bytes())


def sources(mapping: EnterpriseMapping) -> Iterator[tuple[str, Kind | None, Source]]:
    """Give each source with its key and what its field takes; an unknown field takes `None`."""
    simple: list[tuple[str, Mapping[str, Given], type[msgspec.Struct]]] = [
        ("fields", mapping.fields, EnterpriseIn),
        ("identifier", mapping.identifier, Identifier),
    ]
    for index, offering in enumerate(mapping.offerings):
        simple.append((f"offerings.{index}", offering.fields, OfferingIn))
        yield from _coverage_sources(f"offerings.{index}.coverage", offering.coverage)
    simple += [(f"marks.{n}", one, MarkIn) for n, one in enumerate(mapping.marks)]
    for place, fields, schema in simple:
        kinds = kinds_of(schema)
        for name, given in fields.items():
            yield from _flattened(f"{place}.{name}", kinds.get(name), as_source(given))


def _coverage_sources(
    place: str, coverage: CoverageSource
) -> Iterator[tuple[str, Kind | None, Source]]:
    named = (
        ("places", Kind.LIST, coverage.places),
        ("radiusKm", Kind.NUMBER, coverage.radius_km),
        ("excludedMunicipalities", Kind.LIST, coverage.excluded_municipalities),
    )
    for name, kind, given in named:
        if given is not None:
            yield from _flattened(f"{place}.{name}", kind, as_source(given))


def _flattened(
    place: str, kind: Kind | None, source: Source
) -> Iterator[tuple[str, Kind | None, Source]]:
    yield place, kind, source
    for index, part in enumerate(source.join):
        yield from _flattened(f"{place}.join.{index}", kind, as_source(part))


def _kind(name: str, annotation: Any) -> Kind | None:  # noqa: ANN401  any annotation of a schema
    found = _bare(inspect.type_info(annotation))
    if isinstance(found, inspect.IntType):
        return Kind.CENTS if name.endswith("Cents") else Kind.WHOLE
    if isinstance(found, inspect.VarTupleType):
        return _list_kind(found.item_type)
    by_type: dict[type[inspect.Type], Kind] = {
        inspect.StrType: Kind.TEXT,
        inspect.EnumType: Kind.CODE,
        inspect.FloatType: Kind.NUMBER,
        inspect.DateType: Kind.DATE,
        inspect.BoolType: Kind.FLAG,
    }
    return by_type.get(type(found))


def _bare(found: inspect.Type) -> inspect.Type:
    """Take off descriptions and `None`."""
    if isinstance(found, inspect.Metadata):
        return _bare(found.type)
    if isinstance(found, inspect.UnionType):
        parts = [one for one in found.types if not isinstance(one, inspect.NoneType)]
        return _bare(parts[0]) if len(parts) == 1 else found
    return found


def _list_kind(item: inspect.Type) -> Kind | None:
    if isinstance(item, inspect.StructType):
        return None
    return Kind.CODES if isinstance(item, inspect.EnumType) else Kind.LIST


def _shape_faults(raw: Raw, encoded: bytes, error: Exception) -> Iterator[Fault]:
    """Every key that is not of its form; msgspec shows the keys of its own structs only."""
    of_structs = [one for one in faults_of(encoded, EnterpriseMapping) if "..." not in one.place]
    of_tables = [
        as_fault(message, place)
        for place, value, kind in _free_keys(raw)
        if (message := _refusal(value, kind))
    ]
    for fault in (*of_structs, *of_tables) or (as_fault(str(error)),):
        yield Fault(fault.code, fault.detail, fault.place.strip("/").replace("/", "."))


def _free_keys(raw: Raw) -> Iterator[tuple[str, object, Any]]:
    """Keys that the writer of the mapping chose, with what must stand there."""
    marks = raw.get("marks")
    places: list[tuple[str, object]] = [
        ("/fields", raw.get("fields")),
        ("/identifier", raw.get("identifier")),
        *((f"/marks/{n}", one) for n, one in enumerate(marks if isinstance(marks, list) else [])),
    ]
    for place, table in places:
        for name, value in table.items() if isinstance(table, dict) else ():
            yield f"{place}/{name}", value, Given
    values = raw.get("values")
    for name, table in values.items() if isinstance(values, dict) else ():
        yield f"/values/{name}", table, Meanings


def _refusal(value: object, kind: Any) -> str:  # noqa: ANN401  a type, as msgspec takes it
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _missing(mapping: EnterpriseMapping) -> Iterator[Fault]:
    if "name" not in mapping.fields:
        yield Fault("missing-field", "an enterprise needs a name", "fields.name")
    if mapping.identifier and set(mapping.identifier) != {"scheme", "id"}:
        yield Fault("missing-field", "an identifier has a scheme and an id", "identifier")
    for index, mark in enumerate(mapping.marks):
        if "scheme" not in mark:
            yield Fault("missing-field", "a mark has a scheme", f"marks.{index}.scheme")
    for index, form in enumerate(mapping.dates):
        if not _gives_a_day(form):
            yield Fault("invalid-date-format", f"{form!r} names no single day", f"dates.{index}")


def _offering_faults(mapping: EnterpriseMapping) -> Iterator[Fault]:
    for index, offering in enumerate(mapping.offerings):
        coverage = offering.coverage
        if not (coverage.country or coverage.places or coverage.radius_km):
            detail = "one of places, radiusKm or country is needed"
            yield Fault("missing-field", detail, f"offerings.{index}.coverage")


def _source_faults(mapping: EnterpriseMapping) -> Iterator[Fault]:
    for place, kind, source in sources(mapping):
        given = (source.column is not None) + (source.constant is not None) + bool(source.join)
        if given != 1:
            yield Fault("ambiguous-source", "give one of column, constant, join", place)
        if kind is None:
            yield Fault("unknown-field", "there is no such field to fill", place)
        elif source.join and kind not in (Kind.TEXT, Kind.LIST, Kind.CODES):
            yield Fault("invalid-join", "only texts and lists can be joined", f"{place}.join")
        if source.values is not None and source.values not in mapping.values:
            detail = f"there is no table values.{source.values}"
            yield Fault("unknown-values", detail, f"{place}.values")


def _gives_a_day(form: str) -> bool:
    try:
        read = datetime.strptime(_PROBE.strftime(form), form)  # noqa: DTZ007  a day has no zone
    except ValueError:
        return False
    return read.date() == _PROBE


def _comparable(mapping: EnterpriseMapping) -> EnterpriseMapping:
    values = {
        name: {folded(text): meaning for text, meaning in table.items()}
        for name, table in mapping.values.items()
    }
    return msgspec.structs.replace(mapping, values=values)
