"""The product's own reference tables, checked in themselves and against the full ones."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from api.domain.tendering.coverage import Geography
from api.domain.tendering.cpv import lineage
from api.domain.tendering.notice import Rejected
from importers.reference import parse
from importers.reference.records import CpvEntry, MunicipalityEntry, NutsEntry

OWN = Path(parse.__file__).parent / "data"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "reference"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the full tables lie beside the repository, not in it"
)
T = TypeVar("T")


def accepted(path: Path, read: Callable[[bytes], Iterable[T | Rejected]]) -> Iterator[T]:
    for entry in read(path.read_bytes()):
        assert not isinstance(entry, Rejected), entry
        yield entry


def cpv_of(folder: Path) -> dict[str, CpvEntry]:
    return {entry.code: entry for entry in accepted(folder / "cpv.csv", parse.cpv_codes)}


def municipalities_of(path: Path) -> dict[str, MunicipalityEntry]:
    return {
        entry.municipality.code: entry for entry in accepted(path, parse.municipalities)
    }  # fmt: skip


def nuts_of(path: Path) -> dict[str, NutsEntry]:
    return {entry.code: entry for entry in accepted(path, parse.nuts)}


def plain(name: str) -> str:
    return name.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def test_all_45_divisions_are_listed_and_no_label_stands_twice() -> None:
    entries = cpv_of(OWN)
    assert sum(code.endswith("000000") for code in entries) == 45
    labels = [entry.label_nl for entry in entries.values()]
    assert len(set(labels)) == len(labels)
    assert all(entry.label_en for entry in entries.values())


def test_the_own_tables_are_sorted_by_code() -> None:
    for codes in (
        cpv_of(OWN),
        municipalities_of(OWN / "municipalities.csv"),
        nuts_of(OWN / "nuts.csv"),
        nuts_of(OWN / "nuts_2021.csv"),
    ):
        assert list(codes) == sorted(codes)


def test_each_of_the_40_corop_areas_has_a_municipality() -> None:
    corop = {entry.code for entry in nuts_of(OWN / "nuts.csv").values() if entry.level == 3}
    entries = municipalities_of(OWN / "municipalities.csv").values()
    assert len(corop) == 40
    assert {entry.municipality.nuts3 for entry in entries} == corop


def test_the_own_municipalities_make_a_geography_of_twelve_provinces() -> None:
    entries = municipalities_of(OWN / "municipalities.csv").values()
    geography = Geography(entry.municipality for entry in entries)
    assert sum(len(area) == 4 and area.startswith("NL") for area in geography.members) == 12


def test_no_spelling_means_two_municipalities() -> None:
    entries = municipalities_of(OWN / "municipalities.csv").values()
    names = [name for entry in entries for name in (entry.municipality.name, *entry.spellings)]
    assert len(set(names)) == len(names)
    assert {"Den Haag", "Den Bosch"} <= set(names)


def test_every_successor_is_an_area_of_today_and_no_superseded_code_is() -> None:
    today = nuts_of(OWN / "nuts.csv")
    for code, entry in nuts_of(OWN / "nuts_2021.csv").items():
        assert code not in today
        assert entry.successor in today
        assert today[entry.successor].name == entry.name


@needs_shared
def test_every_own_cpv_code_exists_with_everything_above_it() -> None:
    own, full = cpv_of(OWN), cpv_of(SHARED)
    assert own.keys() <= full.keys()
    for entry in own.values():
        assert {above for above in lineage(entry.code) if above in full} <= own.keys()


@needs_shared
def test_every_own_municipality_has_its_true_name_area_and_place() -> None:
    full = municipalities_of(SHARED / "nl-gemeenten.csv")
    for code, entry in municipalities_of(OWN / "municipalities.csv").items():
        ours, theirs = entry.municipality, full[code].municipality
        assert (ours.name, ours.nuts3) == (theirs.name, theirs.nuts3)
        assert ours.centre.distance_km(theirs.centre) < 6, ours.name


@needs_shared
def test_every_own_nuts_area_has_its_true_name() -> None:
    full = nuts_of(SHARED / "nuts-nl-be-de-lu.csv")
    own = nuts_of(OWN / "nuts.csv")
    theirs = {code: plain(entry.name).removesuffix(" (NL)") for code, entry in full.items()}
    assert {code: entry.name for code, entry in own.items()} == {
        code: theirs[code] for code in theirs if code.startswith("NL") and code[:3] != "NLZ"
    }


@needs_shared
def test_the_superseded_codes_are_all_that_2021_had_and_2024_has_not() -> None:
    old = nuts_of(SHARED / "nuts-nl-2021.csv")
    today = nuts_of(OWN / "nuts.csv")
    superseded = nuts_of(OWN / "nuts_2021.csv")
    gone = {code for code in old if code not in today and not code.startswith("NLZ")}
    assert superseded.keys() == gone
    assert {code: entry.name for code, entry in superseded.items()} == {
        code: plain(old[code].name) for code in gone
    }
