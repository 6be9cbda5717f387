import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordfreq import zipf_frequency

from search.compounds import Splitter
from search.dutch import Analyser, analyser
from search.folding import fold, words
from search.lexicon import Lexicon, lexicon
from search.stems import Stemmer

SMALL = Lexicon(
    zipf={"kantoor": 4.9, "schoonmaak": 3.7, "tuin": 4.5, "onderhoud": 4.4, "kast": 4.5},
    stop=frozenset({"van"}),
    light=frozenset({"bedrijf", "werk"}),
    synonyms=(("schoonmaak", "boenen"), ("boenen", "dweilen")),
)


def same_stem(*forms: str) -> bool:
    return len({analyser().stem(form) for form in forms}) == 1


def test_folding_drops_case_accents_and_apostrophes() -> None:
    assert fold("Conciërge 's-Gravenhage") == "concierge s-gravenhage"


def test_folding_drops_the_plural_behind_an_apostrophe() -> None:
    assert words("Foto's en auto\u2019s") == ["foto", "en", "auto"]


def test_a_compound_is_cut_into_its_words() -> None:
    assert analyser().split("kantoorschoonmaak") == ("kantoor", "schoonmaak")
    assert analyser().split("leerwerktrajecten") == ("leer", "werk", "trajecten")


def test_a_linking_letter_is_left_out() -> None:
    assert analyser().split("verpakkingsdiensten") == ("verpakking", "diensten")


def test_a_light_word_is_cut_off_a_word_that_nobody_knows() -> None:
    assert analyser().split("inpakwerk") == ("inpak", "werk")


def test_what_only_looks_like_a_compound_stays_whole() -> None:
    for word in ("kastanje", "hovenier", "matrassen", "bestrating", "boeketten", "schoonmaak"):
        assert analyser().split(word) == (word,)


def test_a_word_is_not_cut_at_a_prefix() -> None:
    for word in ("verhuren", "opruimen", "inzameling", "onderhoud"):
        assert analyser().split(word) == (word,)


def test_a_very_long_string_of_letters_is_left_alone() -> None:
    assert Splitter(SMALL).split("kantoor" * 6) == ("kantoor" * 6,)


def test_plurals_and_verb_forms_share_a_stem() -> None:
    assert same_stem("kantoor", "kantoren")
    assert same_stem("schoonmaak", "schoonmaken", "schoonmaakt")
    assert same_stem("fiets", "fietsen", "fietsje")
    assert same_stem("kast", "kasten", "kastje", "kastjes")
    assert same_stem("motor", "motoren")
    assert same_stem("paneel", "panelen")
    assert same_stem("reparatie", "reparaties", "repareren")
    assert same_stem("digitaliseren", "digitalisering")


def test_words_that_are_no_kin_keep_their_own_stems() -> None:
    for one, other in (("kast", "kastanje"), ("gebak", "bak"), ("tent", "ten"), ("gas", "ga")):
        assert not same_stem(one, other)


def test_a_stem_of_the_list_goes_before_the_rules() -> None:
    assert Stemmer(Lexicon(zipf={}, stems={"fietsen": "rijwiel"})).stem("fietsen") == "rijwiel"


def test_a_query_names_parts_in_the_order_written() -> None:
    assert analyser().query_tokens("Kantoorschoonmaak in de avond") == [
        "kantoor",
        "schoonmaak",
        "avond",
    ]


def test_a_query_drops_light_words_where_others_remain() -> None:
    known = Analyser(SMALL)

    assert known.query_tokens("schoonmaakbedrijf") == ["schoonmaak"]
    assert known.query_tokens("bedrijf") == ["bedrijf"]


def test_a_query_of_stop_words_asks_for_these() -> None:
    assert Analyser(SMALL).query_tokens("van") == ["van"]


def test_a_document_keeps_light_words_and_repetitions() -> None:
    tokens = Analyser(SMALL).document_tokens("Tuinonderhoud van het bedrijf; tuin")
    assert tokens == ["tuin", "onderhoud", "het", "bedrijf", "tuin"]


def test_compounds_are_kept_whole_beside_their_parts() -> None:
    assert Analyser(SMALL).whole_tokens("Tuinonderhoud en kantoorschoonmaak, kast") == [
        "tuinonderhoud",
        "kantoorschoonmaak",
    ]


def test_every_word_of_a_name_counts() -> None:
    assert Analyser(SMALL).name_tokens("Van Tuinonderhoud") == [
        "van",
        "tuin",
        "onderhoud",
        "tuinonderhoud",
    ]


def test_groups_of_synonyms_do_not_chain() -> None:
    synonyms = Analyser(SMALL).synonyms
    assert synonyms["schoonmaak"] == ["boen"]
    assert synonyms["boen"] == ["dweil", "schoonmaak"]


def test_every_synonym_that_ships_can_be_asked_for() -> None:
    known = analyser()
    for phrase, others in known.synonyms.items():
        assert phrase
        assert all(others)


@given(st.text(max_size=80))
def test_any_text_can_be_analysed(text: str) -> None:
    known = analyser()
    for token in known.document_tokens(text) + known.query_tokens(text) + known.name_tokens(text):
        assert token.isascii()
        assert token.isalnum()


@given(st.text(alphabet="abcdeknorst", min_size=1, max_size=60))
def test_cutting_loses_nothing_but_linking_letters(word: str) -> None:
    parts = analyser().split_eagerly(word)
    assert all(part in word for part in parts)
    assert len(word) - sum(map(len, parts)) <= 2 * (len(parts) - 1)


@given(st.text(max_size=60))
def test_whatever_a_query_asks_for_is_in_a_document_of_the_same_text(text: str) -> None:
    known = analyser()
    held = {*known.document_tokens(text), *known.whole_tokens(text), *known.name_tokens(text)}
    assert set(known.query_tokens(text)) <= held


def test_the_word_list_is_read_as_its_package_tells_it() -> None:
    for word, zipf in list(lexicon().zipf.items())[::1_000]:
        assert zipf_frequency(word, "nl", wordlist="large") == pytest.approx(zipf, abs=0.005), word
