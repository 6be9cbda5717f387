"""The releases inside an OCDS document, whichever of the four shapes it has."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from api.domain.errors import Fault, InvalidInput
from api.domain.tendering.notice import Rejected
from importers.ocds.decode import JsonValue
from importers.ocds.findings import Findings
from importers.ocds.section import Section
from importers.ocds.values import moment

UNDATED: Final = datetime.min.replace(tzinfo=UTC)


class Released(msgspec.Struct, frozen=True):
    """One release, with its place in the document."""

    fields: Mapping[str, JsonValue]
    place: str

    @property
    def date(self) -> datetime:
        """The moment of the release; one without a readable date counts as the oldest."""
        return moment(Section(self.fields, "", Findings()), "date") or UNDATED


def releases(document: JsonValue) -> list[Released | Rejected]:
    """Find the releases of a release, a release package, a record package or a bare list.

    Oldest first: of two releases of one process the later one counts (OCDS merging), so
    whoever stores them in this order ends with the newest. Raises `InvalidInput` when the
    document has none of these shapes.
    """
    return sorted(_found(document), key=_date)


def _date(one: Released | Rejected) -> datetime:
    return one.date if isinstance(one, Released) else UNDATED


def _found(document: JsonValue) -> Iterator[Released | Rejected]:
    match document:
        case {"records": records}:
            for place, record in _listed(records, "/records"):
                yield _of_record(record, place)
        case {"ocid": _, "compiledRelease": _} | {"ocid": _, "releases": _}:
            yield _of_record(document, "")
        case {"releases": listed}:
            yield from (_release(one, place) for place, one in _listed(listed, "/releases"))
        case {"ocid": _} | {"tender": _}:
            yield _release(document, "")
        case list():
            yield from (_release(one, place) for place, one in _listed(document, ""))
        case _:
            detail = "no release, release package, record package or list of releases (OCDS 1.1)"
            raise InvalidInput(Fault("not-ocds", detail))


def _listed(value: JsonValue, place: str) -> list[tuple[str, JsonValue]]:
    if not isinstance(value, list):
        raise InvalidInput(Fault("wrong-type", "expected a list", place))
    return [(f"{place}/{index}", one) for index, one in enumerate(value)]


def _release(value: JsonValue, place: str) -> Released | Rejected:
    if isinstance(value, dict):
        return Released(value, place)
    return Rejected(place, "wrong-type", "expected a release, which is an object")


def _of_record(record: JsonValue, place: str) -> Released | Rejected:
    """Take the compiled release, else the newest of those that are embedded."""
    if not isinstance(record, dict):
        return Rejected(place, "wrong-type", "expected a record, which is an object")
    compiled = record.get("compiledRelease")
    if isinstance(compiled, dict):
        return Released(compiled, f"{place}/compiledRelease")
    newest = max(_embedded(record.get("releases"), f"{place}/releases"), key=_date, default=None)
    if newest is not None:
        return newest
    ocid = record.get("ocid")
    detail = "a record without a compiled release and without an embedded one"
    return Rejected(place, "empty-record", detail, ocid if isinstance(ocid, str) else "")


def _embedded(listed: JsonValue, place: str) -> Iterator[Released]:
    """Pass over linked releases, which are an address only."""
    for index, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, dict) and "ocid" in one:
            yield Released(one, f"{place}/{index}")
