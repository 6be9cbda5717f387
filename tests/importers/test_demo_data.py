"""The fictitious directory: every statement of its README, held against its lines."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import msgspec
import pytest
from stdnum.nl import postcode

from api.domain.directory import LegalForm, MarkState, QualityMark, ServiceMode, ShareBucket
from api.domain.tendering.coverage import Geography, Places, Radius, WholeCountry
from api.domain.tendering.cpv import relation
from api.domain.tendering.notice import Rejected
from api.domain.values import CpvCode, Point, parse_kvk
from api.enterprises.schemas import EnterpriseIn, MarkIn, OfferingIn
from importers.demo.load import DemoEnterprise, demo_enterprises
from importers.reference import parse

DATA = Path(__file__).parents[2] / "importers" / "demo" / "data"
TABLES = Path(parse.__file__).parent / "data"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "reference"
TODAY = date(2026, 11, 24)
PROVINCES = {
    "NL11": 7,
    "NL12": 6,
    "NL13": 5,
    "NL21": 13,
    "NL22": 24,
    "NL23": 5,
    "NL32": 18,
    "NL34": 4,
    "NL35": 36,
    "NL36": 21,
    "NL41": 14,
    "NL42": 7,
}
SCHEMES = {
    *("pso", "pso-30plus", "code-sociale-ondernemingen", "sebo", "werkpakt", "binnenbaan"),
    *("haaglanden-erkend", "rotterdam-erkend", "sw-bedrijf", "b-corp"),
    *("iso-9001", "vca", "haccp", "skal", "groenkeur"),
}
LOCAL = {
    "werkpakt": {"NL213"},
    "haaglanden-erkend": {"NL361", "NL362"},
    "rotterdam-erkend": {"NL366"},
    "sebo": {"NL361"},
    "binnenbaan": {"NL361"},
}
NOT_IN_REGISTER = {LegalForm.EENMANSZAAK, LegalForm.VOF, LegalForm.PUBLIC_LAW}


@pytest.fixture(scope="module")
def lines() -> list[DemoEnterprise]:
    return list(demo_enterprises())


@pytest.fixture(scope="module")
def firms(lines: list[DemoEnterprise]) -> list[EnterpriseIn]:
    return [line.enterprise for line in lines]


@pytest.fixture(scope="module")
def offerings(firms: list[EnterpriseIn]) -> list[OfferingIn]:
    return [offering for firm in firms for offering in firm.offerings]


@pytest.fixture(scope="module")
def geography() -> Geography:
    entries = parse.municipalities((TABLES / "municipalities.csv").read_bytes())
    return Geography(one.municipality for one in entries if not isinstance(one, Rejected))


def quality_mark(line: DemoEnterprise, mark: MarkIn) -> QualityMark:
    seen = {(one.scheme, one.level): one.verified_on for one in line.verified_marks}
    verified_on = seen.get((mark.scheme, mark.level))
    return QualityMark(mark.scheme, mark.level, mark.issued_on, mark.valid_until, verified_on)


def marks_of(lines: list[DemoEnterprise]) -> Iterator[tuple[DemoEnterprise, QualityMark]]:
    for line in lines:
        for mark in line.enterprise.marks:
            yield line, quality_mark(line, mark)


def test_every_line_decodes_strictly_and_the_totals_are_as_stated(
    lines: list[DemoEnterprise], offerings: list[OfferingIn]
) -> None:
    assert len(lines) == 160
    assert len(offerings) == 362
    assert {len(line.enterprise.offerings) for line in lines} == {1, 2, 3, 4, 5}
    assert sum(len(line.enterprise.marks) for line in lines) == 282
    assert sum(len(line.verified_marks) for line in lines) == 257


def test_a_line_holds_nothing_but_the_three_parts() -> None:
    text = (DATA / "enterprises.jsonl").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    parts = {"enterprise", "verifiedMarks", "shareVerifiedOn"}
    assert all(json.loads(line).keys() == parts for line in text.splitlines())


def test_names_and_external_ids_are_unique(firms: list[EnterpriseIn]) -> None:
    names = [firm.name for firm in firms] + [name for firm in firms for name in firm.trade_names]
    assert len({name.casefold() for name in names}) == len(names)
    assert len({firm.external_id for firm in firms}) == 160


def test_kvk_numbers_are_sound_unique_and_sometimes_start_with_zeros(
    firms: list[EnterpriseIn],
) -> None:
    numbers = [parse_kvk(firm.kvk_number or "") for firm in firms]
    assert numbers == [firm.kvk_number for firm in firms]
    assert len(set(numbers)) == 160
    assert Counter(number[:1] for number in numbers) == {"9": 154, "0": 6}


def test_other_holders_of_a_certificate_are_no_enterprise_of_the_directory(
    firms: list[EnterpriseIn],
) -> None:
    known = {firm.kvk_number for firm in firms}
    shared = [
        (firm, mark) for firm in firms for mark in firm.marks if len(mark.holder_kvk_numbers) > 1
    ]
    assert len({firm.name for firm, _ in shared}) == 10
    for firm, mark in shared:
        assert mark.holder_kvk_numbers[0] == firm.kvk_number
        assert not known & {parse_kvk(one) for one in mark.holder_kvk_numbers[1:]}


def test_missions_and_descriptions_are_all_different(
    firms: list[EnterpriseIn], offerings: list[OfferingIn]
) -> None:
    missions = [firm.mission for firm in firms]
    descriptions = [offering.description for offering in offerings]
    assert len(set(missions)) == 160
    assert len(set(descriptions)) == 362
    assert all(len(text) > 15 for text in chain(missions, descriptions))


def test_every_offering_names_products_of_which_most_are_named_once(
    offerings: list[OfferingIn],
) -> None:
    products = Counter(name for offering in offerings for name in offering.products)
    assert all(offering.products for offering in offerings)
    assert len(products) > 1_200
    assert max(products.values()) <= 12


def test_mail_and_web_addresses_never_resolve(firms: list[EnterpriseIn]) -> None:
    assert all((firm.email or "").endswith(".example") for firm in firms)
    sites = [firm.website for firm in firms if firm.website is not None]
    assert len(sites) == 154
    assert all(site.startswith("https://") and site.endswith(".example") for site in sites)


def test_all_provinces_and_corop_areas_have_an_enterprise(
    firms: list[EnterpriseIn], geography: Geography
) -> None:
    seats = [geography.municipalities[firm.municipality or ""] for firm in firms]
    assert Counter(seat.province for seat in seats) == PROVINCES
    assert len({seat.nuts3 for seat in seats}) == 40
    assert sum(seat.nuts3 == "NL225" for seat in seats) == 13


def test_an_enterprise_lies_near_the_seat_of_its_municipality(
    firms: list[EnterpriseIn], geography: Geography
) -> None:
    for firm in firms:
        assert firm.lat is not None
        assert firm.lon is not None
        seat = geography.municipalities[firm.municipality or ""].centre
        assert seat.distance_km(Point(firm.lat, firm.lon)) < 14, firm.name


def test_a_street_goes_with_a_sound_postcode(firms: list[EnterpriseIn]) -> None:
    housed = [firm for firm in firms if firm.street is not None]
    assert len(housed) == 156
    for firm in housed:
        assert postcode.validate(firm.postcode or "") == firm.postcode
    assert all(firm.postcode is None for firm in firms if firm.street is None)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the full tables lie beside the repository")
def test_a_postcode_lies_in_its_town(firms: list[EnterpriseIn]) -> None:
    entries = parse.postcodes((SHARED / "nl-postcode4.csv").read_bytes())
    towns = {one.postcode: one for one in entries if not isinstance(one, Rejected)}
    for firm in firms:
        if firm.postcode is not None:
            found = towns[firm.postcode[:4]]
            assert firm.town in {found.town, *found.spellings}, firm.name


def test_the_three_shapes_of_coverage_are_all_there(offerings: list[OfferingIn]) -> None:
    shapes = Counter(type(offering.coverage) for offering in offerings)
    assert shapes == {WholeCountry: 59, Radius: 124, Places: 179}
    assert sum(bool(offering.coverage.excluded_municipalities) for offering in offerings) == 10


def test_the_shipped_tables_know_every_area_and_code(
    offerings: list[OfferingIn], geography: Geography
) -> None:
    entries = parse.cpv_codes((TABLES / "cpv.csv").read_bytes())
    known = {one.code for one in entries if not isinstance(one, Rejected)}
    for offering in offerings:
        assert set(offering.cpv_codes) <= known, offering.title
        assert geography.reach(offering.coverage).full


def test_all_four_service_modes_are_offered(offerings: list[OfferingIn]) -> None:
    assert Counter(offering.service_mode for offering in offerings) == {
        ServiceMode.SERVICE: 241,
        ServiceMode.GOODS: 86,
        ServiceMode.HIRING_IN: 18,
        ServiceMode.ASSEMBLY_ON_SITE: 17,
    }


def test_reliable_capacity_is_half_to_85_percent_of_nominal(offerings: list[OfferingIn]) -> None:
    for offering in offerings:
        nominal, reliable = offering.nominal_capacity_cents, offering.reliable_capacity_cents
        if reliable is not None:
            assert nominal is not None
            assert nominal * 50 <= reliable * 100 <= nominal * 85, offering.title


def test_what_is_unknown_is_absent(firms: list[EnterpriseIn], offerings: list[OfferingIn]) -> None:
    assert sum(offering.nominal_capacity_cents is None for offering in offerings) == 23
    assert sum(offering.reliable_capacity_cents is None for offering in offerings) == 30
    assert sum(firm.turnover_cents is None for firm in firms) == 14
    assert sum(firm.target_group_share is None for firm in firms) == 4
    assert Counter(firm.main_aim_integration for firm in firms) == {True: 116, None: 30, False: 14}


def test_every_scheme_occurs_and_a_verified_mark_is_one_that_is_held(
    lines: list[DemoEnterprise],
) -> None:
    assert {mark.scheme for _, mark in marks_of(lines)} == SCHEMES
    for line in lines:
        held = [(mark.scheme, mark.level) for mark in line.enterprise.marks]
        assert len(set(held)) == len(held)
        assert {(one.scheme, one.level) for one in line.verified_marks} <= set(held)


def test_a_mark_was_verified_after_its_issue_and_while_valid(lines: list[DemoEnterprise]) -> None:
    for line, mark in marks_of(lines):
        if mark.verified_on is not None:
            assert mark.verified_on <= TODAY
            assert mark.validity.holds(mark.verified_on), (line.enterprise.name, mark.scheme)


def test_a_pso_certificate_is_valid_for_at_most_two_years(lines: list[DemoEnterprise]) -> None:
    certificates = [mark for _, mark in marks_of(lines) if mark.scheme in {"pso", "pso-30plus"}]
    assert len(certificates) == 164
    for mark in certificates:
        assert mark.issued_on is not None
        assert mark.valid_until is not None
        two_years_on = mark.issued_on.replace(year=mark.issued_on.year + 2)
        assert mark.issued_on < mark.valid_until < two_years_on


def test_pso_30_plus_stands_beside_level_3_and_a_proven_share(lines: list[DemoEnterprise]) -> None:
    holders = [line for line, mark in marks_of(lines) if mark.scheme == "pso-30plus"]
    assert len(holders) == 48
    for line in holders:
        assert ("pso", "3") in {(mark.scheme, mark.level) for mark in line.enterprise.marks}
        assert (line.enterprise.target_group_share or ShareBucket.UNDER_15).at_least >= 30
        assert line.share_verified_on is not None
    proven = [one.share_verified_on for one in lines if one.share_verified_on is not None]
    assert len(proven) == 110
    assert max(proven) <= TODAY


def test_a_mark_is_held_only_where_and_by_whom_it_can_be(
    lines: list[DemoEnterprise], geography: Geography
) -> None:
    for line, mark in marks_of(lines):
        firm = line.enterprise
        seat = geography.municipalities[firm.municipality or ""]
        assert seat.nuts3 in LOCAL.get(mark.scheme, {seat.nuts3}), firm.name
        if mark.scheme == "sw-bedrijf":
            assert firm.legal_form is LegalForm.PUBLIC_LAW
        if mark.scheme == "code-sociale-ondernemingen":
            assert firm.legal_form not in NOT_IN_REGISTER


def test_marks_are_verified_claimed_lapsed_and_lapsing(lines: list[DemoEnterprise]) -> None:
    marks = [mark for _, mark in marks_of(lines)]
    ends = [mark.valid_until for mark in marks if mark.valid_until is not None]
    assert sum(mark.verified_on is None for mark in marks) == 25
    assert sum(mark.state(TODAY) is MarkState.LAPSED for mark in marks) == 31
    assert sum(day < date(2026, 11, 1) for day in ends) == 24
    assert sum(TODAY <= day <= TODAY + timedelta(days=90) for day in ends) == 46


class Want(msgspec.Struct, frozen=True):
    """A lot of the demo notices, with who can do all of it and who is up to a quarter too small."""

    cpv_code: str
    area: str
    yearly_euros: int
    able: set[str]
    nearly: set[str]


GREENERY = Want(
    *("77310000", "NL350", 120_000),
    able={
        *("Laakmond Werkbedrijf", "Spadesteek Groenbeheer"),
        *("Tuinmeesters van Plettenburg", "Wildgroei Natuurbeheer"),
    },
    nearly={"Bermgoed"},
)
CLEANING = Want(
    *("90910000", "NL350", 90_000),
    able={"Blinkerd Schoonmaakdiensten", "De Wijkwisser", "Laakmond Werkbedrijf"},
    nearly={"Sopje Schoonmaak", "Stoepzorg Houten"},
)
STREETS = Want(
    *("90610000", "NL350", 65_000),
    able={"Laakmond Werkbedrijf", "Stoepzorg Houten", "Veegkracht"},
    nearly={"Kolk & Goot"},
)
LUNCHES = Want(
    *("55520000", "NL350", 39_000),
    able={"De Gulle Schaal", "Soeplepel & Zusters", "Tafel Twaalf"},
    nearly=set(),
)
LAUNDRY = Want(
    *("98310000", "NL350", 22_000),
    able={"Het Strijkvierkant", "Schone Mangel", "Wasserij Wolkenwit"},
    nearly={"Bleekveld"},
)
PRINTING = Want(
    *("79824000", "NL225", 48_000),
    able={"Drukkerij De Letterkast", "Inktvis Print & Post", "Slingewerk"},
    nearly=set(),
)
PARCELS = Want(
    *("64121200", "NL225", 36_000),
    able={"Brievenbus Oost", "Fietspost Zwaluwstaart", "Wielwind Stadslogistiek"},
    nearly=set(),
)
PACKING = Want(
    *("79921000", "NL225", 30_000),
    able={
        *("De Vouwerij", "Keerlus Logistiek", "Loods Twaalf Fulfilment"),
        *("Omdoos Verpakkingsdienst", "Pakhuis Lindewal", "Slingewerk"),
    },
    nearly={"Strik & Zegel"},
)


@pytest.mark.parametrize(
    "want", [GREENERY, CLEANING, STREETS, LUNCHES, LAUNDRY, PRINTING, PARCELS, PACKING]
)
def test_each_demo_lot_finds_firms_that_can_do_it_all(
    want: Want, firms: list[EnterpriseIn], geography: Geography
) -> None:
    most: dict[str, int] = {}
    for firm in firms:
        for offering in firm.offerings:
            suits = any(
                relation(CpvCode(one), CpvCode(want.cpv_code)) for one in offering.cpv_codes
            )
            if suits and want.area in geography.reach(offering.coverage).full:
                capacity = offering.reliable_capacity_cents or 0
                most[firm.name] = max(capacity, most.get(firm.name, 0))
    need = want.yearly_euros * 100
    assert {name for name, cents in most.items() if cents >= need} == want.able
    assert {name for name, cents in most.items() if need * 3 <= cents * 4 < need * 4} == want.nearly


def test_the_authorities_are_three_fictitious_municipalities() -> None:
    authorities = json.loads((DATA / "authorities.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["nuts3"], one["town"]) for one in authorities] == [
        ("Gemeente Lingedaal", "NL350", "Lingedaal"),
        ("Gemeente Veenmeer", "NL225", "Veenmeer"),
        ("Gemeente Oosterhaven", "NL366", "Oosterhaven"),
    ]
    assert {one["level"] for one in authorities} == {"sub-central"}
