"""Codes of a lot: what is reserved, bought and where; fallbacks, unknown codes, gaps."""

import pytest

from api.domain.errors import InvalidInput
from api.domain.tendering.notice import (
    Money,
    Nature,
    NoticeLot,
    Place,
    Reservation,
    ReservedExecution,
)
from importers.eforms.parse import notices
from tests.importers.test_eforms_builder import CPV, NAME, a_lot, a_notice, extension, read

LOT = "/ContractNotice/cac:ProcurementProjectLot[cbc:ID='LOT-0001']"
NONE, WORKSHOP = Reservation.NONE, Reservation.SHELTERED_WORKSHOP
MISSION = Reservation.PUBLIC_SERVICE_MISSION


def the_lot(document: bytes) -> NoticeLot:
    [lot] = read(document).lots
    return lot


def codes(document: bytes) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        notices(document)
    return [fault.code for fault in refused.value.faults]


def requirement(*values: str, list_name: str = 'listName="reserved-procurement"') -> str:
    inner = "".join(
        "<cac:SpecificTendererRequirement><cbc:TendererRequirementTypeCode "
        f"{list_name}>{value}</cbc:TendererRequirementTypeCode></cac:SpecificTendererRequirement>"
        for value in values
    )
    return f"<cac:TendererQualificationRequest>{inner}</cac:TendererQualificationRequest>"


def execution(code: str, list_name: str = "reserved-execution") -> str:
    return (
        f'<cac:ContractExecutionRequirement><cbc:ExecutionRequirementCode listName="{list_name}">'
        f"{code}</cbc:ExecutionRequirementCode></cac:ContractExecutionRequirement>"
    )


def additional(*values: str) -> str:
    return "".join(
        "<cac:AdditionalCommodityClassification><cbc:ItemClassificationCode>"
        f"{value}</cbc:ItemClassificationCode></cac:AdditionalCommodityClassification>"
        for value in values
    )


def location(content: str) -> str:
    return f"<cac:RealizedLocation><cac:Address>{content}</cac:Address></cac:RealizedLocation>"


def nuts(code: str, country: str = "") -> str:
    state = f"<cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country>"
    subentity = f"<cbc:CountrySubentityCode>{code}</cbc:CountrySubentityCode>"
    return location(subentity + (state if country else ""))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("", ()),
        (requirement("none"), (NONE,)),
        (requirement("res-ws"), (WORKSHOP,)),
        (requirement("res-ws", "res-pub-ser"), (MISSION, WORKSHOP)),
        (requirement("res-ws") + requirement("res-pub-ser"), (MISSION, WORKSHOP)),
        (requirement("res-ws", "res-ws"), (WORKSHOP,)),
        (requirement("res-ws", list_name=""), (WORKSHOP,)),
        (requirement("late-all", list_name='listName="missing-info-submission"'), ()),
        (requirement("late-all", list_name=""), ()),
    ],
)
def test_a_reservation_is_read_and_never_lost(
    terms: str, expected: tuple[Reservation, ...]
) -> None:
    assert the_lot(a_notice(a_lot(terms=terms))).reservations == expected


def test_reserved_and_not_reserved_together_is_reserved() -> None:
    notice = read(a_notice(a_lot(terms=requirement("none", "res-ws"))))

    assert notice.lots[0].reservations == (WORKSHOP,)
    assert notice.warnings == (f"{LOT}: both reserved and not reserved (BT-71); kept as reserved",)


def test_an_unknown_reservation_is_a_fault_and_not_open_to_all() -> None:
    assert codes(a_notice(a_lot(terms=requirement("res-new")))) == ["unknown-code"]


@pytest.mark.parametrize("code", ["yes", "no", "not-known"])
def test_reserved_execution_is_told_from_other_conditions(code: str) -> None:
    terms = execution("required", "einvoicing") + execution(code)

    assert the_lot(a_notice(a_lot(terms=terms))).reserved_execution == ReservedExecution(code)


def test_cpv_codes_are_sorted_and_the_main_code_is_not_repeated() -> None:
    cpv = CPV + additional("90919200", "90910000-9", "90911300", "90911300")

    lot = the_lot(a_notice(a_lot(cpv=cpv)))

    assert lot.cpv_main == "90910000"
    assert lot.cpv_additional == ("90911300", "90919200")


def test_a_lot_without_codes_takes_all_codes_of_the_procedure() -> None:
    project = NAME + CPV + additional("90911300")

    bare = the_lot(a_notice(a_lot(cpv=""), project=project))
    own = the_lot(a_notice(a_lot(cpv=additional("77310000")), project=project))

    assert (bare.cpv_main, bare.cpv_additional) == ("90910000", ("90911300",))
    assert (own.cpv_main, own.cpv_additional) == (None, ("77310000",))


@pytest.mark.parametrize("code", ["9091000", "909100001", "abcdefgh", "90910000-99", "٩٠٩١٠٠٠٠"])
def test_what_is_no_cpv_code_is_a_fault_with_its_place(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        notices(a_notice(a_lot(cpv=additional("77310000", code))))

    [fault] = refused.value.faults
    classification = "cac:AdditionalCommodityClassification/cbc:ItemClassificationCode"
    assert fault.code == "invalid-cpv"
    assert fault.place == f"({LOT}/cac:ProcurementProject/{classification})[2]"


def test_the_nature_may_stand_at_the_procedure() -> None:
    works = "<cbc:ProcurementTypeCode>works</cbc:ProcurementTypeCode>"
    services = works.replace("works", "services")
    more = f"<cac:ProcurementAdditionalType>{services}</cac:ProcurementAdditionalType>"

    shared = the_lot(a_notice(a_lot(project=more), project=NAME + works))
    own = the_lot(a_notice(a_lot(project=services), project=NAME + works))

    assert (shared.nature, own.nature) == (Nature.WORKS, Nature.SERVICES)
    assert codes(a_notice(a_lot(project=works.replace("works", "art")))) == ["unknown-code"]


def test_places_are_unique_and_sorted_also_where_parts_are_absent() -> None:
    town = "<cbc:CityName>Doetinchem</cbc:CityName><cbc:PostalZone>7001 AA</cbc:PostalZone>"
    anywhere = "<cbc:Region>anyw-cou</cbc:Region>"
    project = nuts("NL350", "NLD") + location(town) + nuts("NL350", "NLD") + location(anywhere)

    assert the_lot(a_notice(a_lot(project=project))).places == (
        Place(region="anyw-cou"),
        Place(postcode="7001 AA", town="Doetinchem"),
        Place(country="NLD", nuts="NL350"),
    )


def test_a_lot_without_place_takes_those_of_the_procedure() -> None:
    street = location("<cbc:StreetName>Overal</cbc:StreetName>")
    words = "<cac:RealizedLocation><cbc:Description>Overal</cbc:Description></cac:RealizedLocation>"
    notice = read(a_notice(a_lot(project=street + words), project=NAME + nuts("NL225")))

    assert notice.lots[0].places == (Place(nuts="NL225"),)
    in_words, without_code = notice.warnings
    assert in_words == f"{LOT}: 1 places only in words; left out"
    assert without_code.endswith("without country, NUTS code, postcode or town; left out")


@pytest.mark.parametrize("code", ["NL 350", "nl350", "NL3500", "Utrecht"])
def test_what_is_no_nuts_code_is_a_fault(code: str) -> None:
    assert codes(a_notice(a_lot(project=nuts(code)))) == ["invalid-nuts"]


def test_a_code_that_does_not_lie_in_its_country_is_kept_with_a_warning() -> None:
    for code, country in (("NL421", "BEL"), ("BE211", "NLD")):
        notice = read(a_notice(a_lot(project=nuts(code, country))))

        assert notice.lots[0].places == (Place(country=country, nuts=code),)
        assert f"{code} does not lie in {country}; kept" in notice.warnings[0]


def test_an_unknown_region_is_left_out_with_a_warning() -> None:
    notice = read(a_notice(a_lot(project=location("<cbc:Region>moon</cbc:Region>"))))

    assert notice.lots[0].places == ()
    assert "'moon' is no code of BT-727; left out" in notice.warnings[0]


def test_social_objectives_are_sorted_and_other_objectives_left_apart() -> None:
    def objective(code: str, list_name: str = "social-objective") -> str:
        inner = f'<cbc:ProcurementTypeCode listName="{list_name}">{code}</cbc:ProcurementTypeCode>'
        return f"<cac:ProcurementAdditionalType>{inner}</cac:ProcurementAdditionalType>"

    project = objective("work-cond") + objective("opp") + objective("none", "strategic-procurement")

    assert the_lot(a_notice(a_lot(project=project))).social_objectives == ("opp", "work-cond")


def test_groups_and_parts_are_no_lots_and_lot_0000_is_one() -> None:
    group = a_lot("GLO-0001", scheme='schemeName="LotsGroup"')
    notice = read(a_notice(group, a_lot("LOT-0000"), a_lot("PAR-0001", scheme="")))

    assert [lot.source_lot_id for lot in notice.lots] == ["LOT-0000"]
    place = "(/ContractNotice/cac:ProcurementProjectLot)"
    assert notice.warnings == (
        f"{place}[1]: GLO-0001 is a LotsGroup, not a lot; left out",
        f"{place}[3]: PAR-0001 is a Part, not a lot; left out",
    )


def test_a_lot_may_be_known_by_the_form_of_its_identifier() -> None:
    assert the_lot(a_notice(a_lot("LOT-0007", scheme=""))).source_lot_id == "LOT-0007"


@pytest.mark.parametrize("lot_id", ["", "perceel 1", "X" * 51])
def test_a_lot_needs_an_identifier(lot_id: str) -> None:
    assert "invalid-lot-id" in codes(a_notice(a_lot(lot_id)))


def test_a_framework_maximum_of_a_lot_is_kept_and_that_of_the_procedure_told() -> None:
    maximum = '<efbc:FrameworkMaximumAmount currencyID="EUR">5</efbc:FrameworkMaximumAmount>'
    total = f"<cac:RequestedTenderTotal>{extension(maximum)}</cac:RequestedTenderTotal>"
    notice = read(a_notice(a_lot(project=total), project=NAME + total))

    assert notice.lots[0].framework_maximum == Money(500, "EUR")
    assert "the framework maximum of the whole procedure, '5', is not kept" in notice.warnings[0]


def test_placeholders_and_empty_elements_are_absent_and_counted() -> None:
    terms = "<cac:Document><cbc:ID>DOCUMENT_ID_REQUIRED_HERE</cbc:ID></cac:Document>"
    project = f"<cbc:ProcurementTypeCode/>{additional('TITLE_REQUIRED_HERE', '')}"
    notice = read(a_notice(a_lot(terms=terms, project=project)))

    assert notice.lots[0].nature is None
    assert notice.lots[0].cpv_additional == ()
    empty, placeholders = notice.warnings
    assert empty.endswith("because empty: ProcurementTypeCode (1), ItemClassificationCode (1)")
    assert placeholders == (
        "/ContractNotice: read as absent, because placeholder: ID DOCUMENT_ID_REQUIRED_HERE (1), "
        "ItemClassificationCode TITLE_REQUIRED_HERE (1)"
    )


def test_an_unknown_procedure_of_a_converter_is_absent() -> None:
    unknown = read(a_notice(process="<cbc:ProcedureCode>UNKNOWN</cbc:ProcedureCode>"))

    assert unknown.procedure is None
    assert "UNKNOWN is no procedure" in unknown.warnings[0]


def test_the_first_of_several_values_is_kept_with_a_warning() -> None:
    two = "<cbc:ProcurementTypeCode>works</cbc:ProcurementTypeCode>" * 2
    same = read(a_notice(a_lot(project=two)))
    other = read(a_notice(a_lot(project=two.replace("works", "supplies", 1))))

    assert (same.lots[0].nature, same.warnings) == (Nature.WORKS, ())
    assert other.lots[0].nature is Nature.SUPPLIES
    assert "2 different values; kept the first, 'supplies'" in other.warnings[0]
