import csv
from pathlib import Path

import pytest

from search.places import Placed, gazetteer, recognise, spelling

REFERENCE = Path(__file__).parents[2] / ".." / "shared" / "data" / "reference"
PLACES = gazetteer(
    [
        ("Utrecht", "GM0344"),
        ("provincie Utrecht", "NL35"),
        ("'s-Hertogenbosch", "GM0796"),
        ("'s-Gravenhage", "GM0518"),
        ("Houten", "GM0321"),
        ("Bergen (L.)", "GM0893"),
        ("Bergen (NH.)", "GM0373"),
        ("Hengelo (O)", "GM0164"),
        ("Alphen aan den Rijn", "GM0484"),
        ("Nieuw Bergen", "GM0893"),
    ]
)


def test_a_place_is_taken_out_of_the_text() -> None:
    assert recognise("broodjes vergadering Utrecht", PLACES) == Placed(
        "broodjes vergadering", ("GM0344",)
    )


def test_what_leads_up_to_a_place_and_trails_it_goes_too() -> None:
    expected = Placed("schoonmaak", ("GM0344",))
    assert recognise("schoonmaak in regio Utrecht", PLACES) == expected
    assert recognise("schoonmaak Utrecht en omgeving", PLACES) == expected
    assert recognise("schoonmaak Utrecht e.o.", PLACES) == expected


def test_all_spellings_of_a_place_are_one() -> None:
    for spelt in ("Den Bosch", "'s-Hertogenbosch", "s-Hertogenbosch", "\u2019s Hertogenbosch"):
        assert recognise(f"catering {spelt}", PLACES) == Placed("catering", ("GM0796",))


def test_den_haag_is_s_gravenhage() -> None:
    assert recognise("drukwerk den haag", PLACES) == Placed("drukwerk", ("GM0518",))
    listed_the_other_way = gazetteer([("Den Haag", "GM0518")])
    assert recognise("drukwerk 's-Gravenhage", listed_the_other_way).areas == ("GM0518",)


def test_the_longest_name_wins() -> None:
    assert recognise("post provincie Utrecht", PLACES) == Placed("post", ("NL35",))
    assert recognise("groen nieuw bergen", PLACES) == Placed("groen", ("GM0893",))


def test_several_places_come_in_order_and_once() -> None:
    placed = recognise("Alphen aan den Rijn, Utrecht en utrecht", PLACES)
    assert placed == Placed("en", ("GM0484", "GM0344"))


def test_an_ordinary_word_is_a_place_only_where_a_place_would_stand() -> None:
    assert recognise("houten kisten", PLACES) == Placed("houten kisten", ())
    assert recognise("kisten in houten dozen", PLACES) == Placed("kisten in houten dozen", ())
    assert recognise("kisten in Houten", PLACES) == Placed("kisten", ("GM0321",))


def test_what_everybody_says_is_never_a_place() -> None:
    places = gazetteer([("de Wijk", "GM1690")])
    assert recognise("kinderopvang in de wijk", places) == Placed("kinderopvang in de wijk", ())


def test_brackets_are_optional_unless_two_places_differ_by_them() -> None:
    assert "hengelo" in PLACES
    assert "bergen" not in PLACES
    assert PLACES["bergen l"] == "GM0893"


def test_the_first_of_two_places_with_one_spelling_wins() -> None:
    assert gazetteer([("Rijswijk", "GM0603"), ("Rijswijk", "GM0214")]) == {"rijswijk": "GM0603"}


def test_text_without_places_stays() -> None:
    assert recognise("", PLACES) == Placed("", ())
    assert recognise("broodjes", {}) == Placed("broodjes", ())


def test_every_municipality_can_be_asked_for() -> None:
    listed = REFERENCE / "nl-gemeenten.csv"
    if not listed.exists():
        pytest.skip("the shared reference data is not beside the repository")
    with listed.open(encoding="utf-8", newline="") as file:
        rows = [(row["gemeente"], row["gm_code"]) for row in csv.DictReader(file)]
    places = gazetteer(rows)
    for name, code in rows:
        assert places[spelling(name)] == code
        assert recognise(f"schoonmaak in {name}", places) == Placed("schoonmaak", (code,))
