from datetime import UTC, date, datetime

import msgspec

from search.client import Client
from search.documents import (
    EnterpriseFacts,
    Location,
    Mark,
    OfferingFacts,
    documents_of,
    lot,
    tie_break,
)
from search.dutch import analyser
from tests.search.builders import documents, enterprise, fill, found, offering

DAY = date(2026, 3, 1).toordinal()
FIRM = EnterpriseFacts(
    id="firm-1",
    kvk_number="01234567",
    name="De Élan",
    trade_names=("Schoon!",),
    mission="Werk voor iedereen",
    marks=(Mark("pso-3", date(2025, 1, 1), date(2026, 12, 31)), Mark("member")),
    target_groups=("wajong",),
    target_group_share="30-49",
    reserved_eligible=True,
    location=Location(52.1, 5.1),
    updated_at=datetime(1970, 1, 2, tzinfo=UTC),
)
OFFERED = OfferingFacts(
    id="offering-1",
    title="Kantoorschoonmaak",
    products=("glasbewassing",),
    description="Ook in het weekend",
    cpv_lineage=("90000000", "90910000"),
    cpv_labels=("Reinigingsdiensten",),
    service_mode="onsite",
    area_full=("GM0355",),
    area_partial=("NL35",),
    reliable_capacity_cents=0,
)
STORED = {
    "id": "offering-1",
    "enterpriseId": "firm-1",
    "sortName": "de elan",
    "called": ("de elan", "schoon"),
    "cpvLineage": ("90000000", "90910000"),
    "serviceMode": "onsite",
    "enterpriseMode": "firm-1 onsite",
    "areaFull": ("GM0355",),
    "areaPartial": ("NL35",),
    "nationwide": False,
    "targetGroups": ("wajong",),
    "targetGroupShare": "30-49",
    "reservedEligible": True,
    "marksFrom": {"pso-3": 739252, "member": 1},
    "marksUntil": {"pso-3": 739981, "member": 3652059},
    "reliableCapacityCents": 0,
    "_geo": {"lat": 52.1, "lng": 5.1},
    "updatedAt": 86400,
    "tieBreak": tie_break("firm-1", "offering-1"),
    "lot": lot("firm-1"),
    "speaks": True,
    "speaksForMode": True,
    "provinces": ("NL35",),
    "provincesLocal": ("NL35",),
    "reachesAlone": ("NL35",),
    "titleTerms": ("kantoor", "kantoorschoonmaak", "schoonmaak"),
    "productTerms": ("glasbewas",),
    "categoryTerms": ("dienst", "rein"),
    "nameTerms": ("de", "elan", "schoon"),
    "terms": (
        *("01234567", "de", "dienst", "elan", "glasbewas", "iedereen", "kantoor"),
        *("kantoorschoonmaak", "rein", "schoon", "schoonmaak", "wajong", "weekend", "werk"),
    ),
}


def test_a_document_is_written_as_the_engine_stores_it() -> None:
    [document] = documents(FIRM, OFFERED)
    assert msgspec.to_builtins(document) == STORED


def test_what_is_unknown_is_left_out() -> None:
    [document] = documents(enterprise("e"), offering("o"))
    unknown = {"reliableCapacityCents", "_geo", "reservedEligible", "targetGroupShare", "kvkNumber"}
    assert not unknown & msgspec.to_builtins(document).keys()


def test_an_enterprise_without_offerings_has_a_document_of_its_own() -> None:
    [document] = documents(enterprise("e"))
    assert (document.id, document.enterprise_id, document.title_terms) == ("e", "e", ())


def test_the_whole_country_is_one_word_instead_of_four_hundred_areas() -> None:
    [document] = documents(enterprise("e"), offering("o", area_full=("GM0344", "NL", "NL35")))
    assert document.area_full == ("NL",)
    assert document.nationwide


def test_the_tie_break_fits_a_number_of_the_engine() -> None:
    drawn = [tie_break(str(firm), str(offered)) for firm in range(30) for offered in range(30)]
    assert len(set(drawn)) == 900
    assert 0 <= min(drawn) <= max(drawn) < 2**52


async def test_a_mark_that_lapses_stops_counting_by_itself(client: Client, prefix: str) -> None:
    lapsing = Mark("pso-3", date(2024, 3, 2), date(2026, 3, 1))
    coming = Mark("pso-3", date(2026, 3, 2), None)
    index = await fill(
        client,
        prefix,
        documents(enterprise("lapsing", marks=(lapsing, Mark("code", None, None)))),
        documents(enterprise("coming", marks=(coming,))),
        documents(enterprise("none")),
    )

    assert await found(client, index, marks=("pso-3",), day=DAY) == ["lapsing"]
    assert await found(client, index, marks=("pso-3",), day=DAY + 1) == ["coming"]
    assert set(await found(client, index, marks=("pso-3", "code"), day=DAY + 1)) == {
        "lapsing",
        "coming",
    }


async def test_a_firm_is_found_by_name_trade_name_and_kvk_number(
    client: Client, prefix: str
) -> None:
    firm = enterprise("1", kvk_number="01234567", trade_names=("Via Via",))
    firm = msgspec.structs.replace(firm, name="Stichting De Groene Draad")
    index = await fill(client, prefix, documents(firm), documents(enterprise("ander")))

    for text in ("groene draad", "De Groene Draden", "via", "01234567"):
        assert await found(client, index, text) == ["1"]
    assert await found(client, index, "01234568") == []


def test_one_document_speaks_for_its_enterprise_and_one_for_each_mode() -> None:
    offered = [
        OfferingFacts(id=f"o{n}", service_mode=mode, area_full=areas)
        for n, (mode, areas) in enumerate(
            (("goods", ("NL", "NL35")), ("service", ("NL41",)), ("goods", ("NL42",)))
        )
    ]
    made = documents_of(FIRM, offered, analyser())

    assert [one.speaks for one in made] == [True, False, False]
    assert [one.speaks_for_mode for one in made] == [True, True, False]
    assert [one.provinces for one in made] == [("NL35", "NL41", "NL42"), (), ()]
    assert [one.provinces_local for one in made] == [("NL41", "NL42"), (), ()]
    assert len({one.lot for one in made}) == 1


def test_a_document_tells_what_the_others_of_its_enterprise_hold() -> None:
    first = OfferingFacts(id="1", title="Lunch", cpv_lineage=("55000000",), service_mode="remote")
    second = OfferingFacts(id="2", title="Taart", cpv_lineage=("15000000",), area_full=("NL35",))
    one, other = documents_of(FIRM, [first, second], analyser())
    reach = ("NL35",)

    assert (one.alone, one.others_lineage, one.others_modes) == (False, ("15000000",), ())
    assert (other.others_lineage, other.others_modes) == (("55000000",), ("remote",))
    assert (one.others_terms, other.others_terms) == (other.terms, one.terms)
    assert (one.reaches_alone, one.reaches_too) == ((), ())
    assert (one.others_reaches, other.reaches_alone, other.reaches_too) == (reach, reach, ())
    third = msgspec.structs.replace(second, id="3")
    *_, last = documents_of(FIRM, [first, second, third], analyser())
    assert (other.alone_in_mode, last.alone_in_mode) == (True, False)
    assert (last.reaches_alone, last.reaches_too) == ((), reach)
    [only] = documents_of(FIRM, [first], analyser())
    assert (only.alone, only.others_lineage, only.others_terms) == (True, (), ())
