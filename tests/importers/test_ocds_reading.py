"""Field by field: what one OCDS release says, and what is repaired or left out of it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.domain.tendering.notice import (
    Buyer,
    Money,
    Notice,
    NoticeLot,
    Place,
    Rejected,
    Reservation,
    ReservedExecution,
)
from importers.ocds.parse import notices


def a_release(**tender: Any) -> dict[str, Any]:
    return {
        "ocid": "ocds-1",
        "id": "1",
        "date": "2026-02-01T09:00:00+01:00",
        "tag": ["tender"],
        "buyer": {"name": "Gemeente Utrecht"},
        "tender": {"title": "Groenonderhoud", **tender},
    }


def read(release: object) -> Notice:
    [found] = notices(json.dumps(release).encode())
    assert isinstance(found, Notice), found
    return found


def read_lot(**tender: Any) -> NoticeLot:
    [lot] = read(a_release(**tender)).lots
    return lot


def refused(release: object) -> Rejected:
    [found] = notices(json.dumps(release).encode())
    assert isinstance(found, Rejected), found
    return found


def cpv(code: str) -> dict[str, str]:
    return {"scheme": "CPV", "id": code}


def test_a_minimal_release_is_a_notice_without_warnings() -> None:
    assert read(a_release()) == Notice(
        source="ocds",
        source_id="ocds-1",
        notice_id="1",
        title="Groenonderhoud",
        buyer=Buyer(name="Gemeente Utrecht"),
        published_on=date(2026, 2, 1),
        dispatched_on=date(2026, 2, 1),
        lots=(NoticeLot(source_lot_id="LOT-0000", title="Groenonderhoud"),),
    )


def test_what_a_lot_does_not_say_is_taken_from_the_tender() -> None:
    lot = read_lot(
        lots=[{"id": "a", "title": "Noord"}],
        tenderPeriod={"endDate": "2026-03-31T12:00:00+02:00"},
        otherRequirements={"reservedParticipation": ["publicServiceMissionOrganization"]},
        contractTerms={"reservedExecution": True},
        suitability={"sme": True},
    )

    assert lot.deadline_at == datetime(2026, 3, 31, 10, 0, tzinfo=UTC)
    assert lot.reservations == (Reservation.PUBLIC_SERVICE_MISSION,)
    assert lot.reserved_execution is ReservedExecution.YES
    assert lot.sme_suitable is True


def test_what_a_lot_says_itself_counts_over_the_tender() -> None:
    lot = read_lot(
        lots=[
            {
                "id": 7,
                "title": "Noord",
                "otherRequirements": {"reservedParticipation": ["shelteredWorkshop"]},
                "contractTerms": {"reservedExecution": False},
            }
        ],
        otherRequirements={"reservedParticipation": ["publicServiceMissionOrganization"]},
        contractTerms={"reservedExecution": True},
    )

    assert lot.source_lot_id == "7"
    assert lot.reservations == (Reservation.SHELTERED_WORKSHOP,)
    assert lot.reserved_execution is ReservedExecution.NO


def test_social_goals_become_eforms_codes_and_other_goals_are_not_social() -> None:
    goals = [
        "social.laborRightsPromotion",
        "social.disadvantagedEmploymentOpportunities",
        "environmental.circularEconomy",
        "social.smeInclusion",
    ]
    notice = read(a_release(sustainability=[{"goal": goal} for goal in goals]))

    assert notice.lots[0].social_objectives == ("opp", "work-cond")
    assert notice.warnings == (
        "left out, social goals without an eForms code: social.smeInclusion",
    )


def test_codes_of_items_go_to_their_own_lot() -> None:
    notice = read(
        a_release(
            classification=cpv("77300000"),
            lots=[{"id": "1", "title": "Maaien"}, {"id": "2", "title": "Schoonmaak"}],
            items=[
                {"id": 1, "relatedLot": "1", "additionalClassifications": [cpv("77310000-6")]},
                {"id": 2, "relatedLot": "2", "classification": cpv("90910000-9")},
            ],
        )
    )

    mowing, cleaning = notice.lots
    assert (mowing.cpv_main, mowing.cpv_additional) == ("77300000", ("77310000",))
    assert (cleaning.cpv_main, cleaning.cpv_additional) == ("90910000", ())


def test_an_item_without_a_lot_counts_with_every_lot() -> None:
    notice = read(
        a_release(
            lots=[{"id": "1", "title": "a"}, {"id": "2", "title": "b"}],
            items=[{"id": 1, "classification": cpv("90910000")}, {"id": 2, "relatedLot": "9"}],
        )
    )

    assert [lot.cpv_main for lot in notice.lots] == ["90910000", "90910000"]
    assert notice.warnings == (
        "/tender/items/0: names no lot; counted with every lot",
        "/tender/items/1: relatedLot '9' is no lot of this tender; left out",
    )


def test_classifications_of_other_schemes_are_named_once() -> None:
    items = [{"id": n, "classification": {"scheme": "UNSPSC", "id": "1"}} for n in range(3)]

    assert read(a_release(items=items)).warnings == (
        "left out, classifications of other schemes: UNSPSC",
    )


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ({"region": "NL225"}, Place(nuts="NL225")),
        ({"countryName": "Nederland", "locality": "Ede"}, Place(country="NLD", town="Ede")),
        ({"country": "BE"}, Place(country="BEL")),
        ({"country": "DEU", "postalCode": "48143"}, Place(country="DEU", postcode="48143")),
        ({"country": "EL"}, Place(country="GRC")),
    ],
)
def test_an_address_becomes_a_place(address: dict[str, str], place: Place) -> None:
    assert read_lot(items=[{"id": 1, "deliveryAddresses": [address]}]).places == (place,)


@pytest.mark.parametrize("region", ["LONDON", "WALES", "ENG", "nl225", "NL2255"])
def test_a_region_in_words_is_no_nuts_code(region: str) -> None:
    notice = read(a_release(deliveryAddresses=[{"region": region}]))

    assert notice.lots[0].places == ()
    assert notice.warnings == (f"left out, regions that are no NUTS code: {region}",)


def test_a_region_of_another_country_is_kept_with_a_warning() -> None:
    address = {"region": "NL421", "countryName": "Belgium"}

    notice = read(a_release(items=[{"id": "1", "relatedLot": "1", "deliveryAddress": address}]))

    assert any("place-contradicts-country: NL421 does not lie in BEL" in w for w in notice.warnings)


def test_a_place_may_be_anywhere() -> None:
    location = {"description": "Anywhere in the European Economic Area"}

    assert read_lot(items=[{"id": 1, "deliveryLocations": [location]}]).places == (
        Place(region="anyw-eea"),
    )


def test_a_gazetteer_of_nuts_names_places() -> None:
    gazetteer = {"scheme": "NUTS", "identifiers": ["NL225", "Achterhoek"]}
    notice = read(a_release(items=[{"id": 1, "deliveryLocation": {"gazetteer": gazetteer}}]))

    assert notice.lots[0].places == (Place(nuts="NL225"),)
    assert notice.warnings == ("left out, regions that are no NUTS code: Achterhoek",)


def test_only_the_country_of_a_region_is_joined_with_it() -> None:
    addresses = [{"region": "NO071"}, {"country": "NO"}, {"country": "SE"}]

    assert read_lot(items=[{"id": 1, "deliveryAddresses": addresses}]).places == (
        Place(country="NOR", nuts="NO071"),
        Place(country="SWE"),
    )


@pytest.mark.parametrize(
    ("written", "cents"),
    [("0.005", 1), ("0.0149", 1), ("1234.565", 1_234_57), ("1e3", 1_000_00), ("1E+11", 10**13)],
)
def test_amounts_are_read_exactly_and_halves_round_up(written: str, cents: int) -> None:
    document = json.dumps(a_release(value={"amount": "@", "currency": "EUR"}))
    [notice] = notices(document.replace('"@"', written).encode())

    assert isinstance(notice, Notice)
    assert notice.estimated_value == Money(cents, "EUR")


@pytest.mark.parametrize(
    ("value", "warning"),
    [
        ({"amount": 0, "currency": "EUR"}, "an amount of 0 is read as not published"),
        ({"amount": 5}, "an amount needs both amount and currency; left out"),
        ({"currency": "EUR"}, "an amount needs both amount and currency; left out"),
        ({"amount": 5000, "currency": "CLP"}, "CLP has no hundredths; left out"),
    ],
)
def test_an_amount_that_says_nothing_is_unknown(value: dict[str, Any], warning: str) -> None:
    notice = read(a_release(value=value))

    assert notice.estimated_value is None
    assert notice.warnings == (f"/tender/value: {warning}",)


def test_a_deadline_without_time_or_offset_is_the_end_of_the_dutch_day() -> None:
    notice = read(a_release(tenderPeriod={"endDate": "2026-07-01"}))

    assert notice.lots[0].deadline_at == datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)
    assert notice.warnings == (
        "/tender/tenderPeriod: endDate has no time; the end of the day is taken",
        "/tender/tenderPeriod: endDate has no offset; Dutch time is taken",
    )


def test_days_are_those_of_their_own_offset() -> None:
    lot = read_lot(
        contractPeriod={
            "startDate": "2026-04-01T00:00:00+02:00",
            "endDate": "2027-03-31T23:59:59+02:00",
        }
    )

    assert (lot.starts_on, lot.ends_on) == (date(2026, 4, 1), date(2027, 3, 31))


def test_withdrawn_lots_are_left_out_and_closed_ones_are_marked() -> None:
    notice = read(
        a_release(
            lots=[
                {"id": "1", "title": "a", "status": "cancelled"},
                {"id": "2", "title": "b", "status": "complete"},
                {"id": "3", "title": "c", "status": "active"},
            ]
        )
    )

    assert [lot.source_lot_id for lot in notice.lots] == ["2", "3"]
    assert notice.warnings == (
        "/tender/lots/0: status cancelled; lot left out",
        "/tender/lots/1: status complete; no longer open for tenders",
    )


def test_the_buyer_is_put_together_from_reference_and_party() -> None:
    release = a_release()
    release["buyer"] = {"id": "org-2"}
    release["parties"] = [
        {"id": "org-1", "name": "Rechtbank", "roles": ["reviewBody"]},
        {
            "id": "org-2",
            "name": "Gemeente Ede",
            "roles": ["buyer"],
            "identifier": {"scheme": "NL-KVK", "id": "01234567"},
            "address": {"locality": "Ede", "region": "NL221", "countryName": "Nederland"},
        },
    ]

    assert read(release).buyer == Buyer(
        name="Gemeente Ede", identifier="01234567", country="NLD", nuts="NL221", town="Ede"
    )


def test_a_release_without_a_buyer_says_so() -> None:
    release = a_release()
    del release["buyer"]

    assert read(release).buyer is None
    assert read(release).warnings == ("/: names no buyer",)


def test_limits_on_lots_are_read() -> None:
    limits = {"maximumLotsBidPerSupplier": 2, "maximumLotsAwardedPerSupplier": 1}
    notice = read(a_release(lotDetails=limits))

    assert (notice.max_lots_submitted, notice.max_lots_awarded) == (2, 1)


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"value": {"amount": -1, "currency": "EUR"}}, "/value/amount", "negative-amount"),
        ({"value": {"amount": 1e12, "currency": "EUR"}}, "/value/amount", "absurd-amount"),
        ({"value": {"amount": "1", "currency": "EUR"}}, "/value/amount", "wrong-type"),
        ({"value": {"amount": 1, "currency": "euro"}}, "/value/currency", "invalid-currency"),
        ({"classification": cpv("9091")}, "/classification/id", "invalid-cpv"),
        ({"tenderPeriod": {"endDate": "31-12-2026"}}, "/tenderPeriod/endDate", "invalid-date"),
        ({"tenderPeriod": {"endDate": "2026-02-30"}}, "/tenderPeriod/endDate", "invalid-date"),
        ({"lots": [{"title": "x"}]}, "/lots/0/id", "missing"),
        ({"lots": [{"id": "1"}, {"id": "1"}]}, "/lots/1/id", "duplicate-lot"),
        ({"lots": "one"}, "/lots", "wrong-type"),
        ({"lots": [5]}, "/lots/0", "wrong-type"),
        ({"title": None}, "/title", "missing"),
        ({"title": "x" * 2001}, "/title", "text-too-long"),
        ({"status": "cancelled"}, "/status", "cancelled-tender"),
        ({"lots": [{"id": "1", "status": "withdrawn"}]}, "/lots", "cancelled-tender"),
        (
            {"contractPeriod": {"startDate": "2026-02-01", "endDate": "2026-01-31"}},
            "/contractPeriod/endDate",
            "invalid-period",
        ),
        (
            {"contractPeriod": {"durationInDays": 40_000}},
            "/contractPeriod/durationInDays",
            "invalid-duration",
        ),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_place(
    change: dict[str, Any], place: str, code: str
) -> None:
    found = refused(a_release(**change))

    assert (found.place, found.code, found.record) == (f"/tender{place}", code, "ocds-1")


def test_a_rejection_tells_every_fault_of_its_release() -> None:
    found = refused(a_release(classification=cpv("x"), tenderPeriod={"endDate": "soon"}))

    assert found.place == "/tender/classification/id"
    assert found.detail.endswith(
        "; /tender/tenderPeriod/endDate: 'soon' is not a date-time of RFC 3339"
    )


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        (["award"], "award-without-tender"),
        (["awardUpdate"], "award-without-tender"),
        (["contract"], "contract-without-tender"),
        (["implementation"], "implementation-without-tender"),
        (["planning"], "planning-without-tender"),
        ([], "release-without-tender"),
    ],
)
def test_a_release_without_a_call_is_refused_by_its_kind(tag: list[str], code: str) -> None:
    release = a_release()
    del release["tender"]

    assert refused(release | {"tag": tag}).code == code
