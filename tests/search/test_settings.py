from search.settings import mark_of, marked, settings, settings_hash


def test_the_hash_travels_in_the_settings() -> None:
    written = marked(settings(), "0123456789abcdef")
    assert mark_of(written["synonyms"]) == "0123456789abcdef"
    assert mark_of({}) is None
    assert mark_of({"other": ["word"]}) is None


def test_the_hash_is_stable_within_a_version() -> None:
    assert settings_hash() == settings_hash()
    assert len(settings_hash()) == 16


def test_only_long_words_may_have_typing_errors() -> None:
    tolerance = settings()["typoTolerance"]
    assert tolerance["minWordSizeForTypos"] == {"oneTypo": 7, "twoTypos": 11}
    assert tolerance["disableOnNumbers"]


def test_filters_ask_for_no_more_than_they_use() -> None:
    equal, compared, geo = settings()["filterableAttributes"]
    assert equal["features"] == {
        "facetSearch": False,
        "filter": {"equality": True, "comparison": False},
    }
    assert compared["attributePatterns"] == [
        "reliableCapacityCents",
        "marksFrom.*",
        "marksUntil.*",
        "lot",
        "sortName",
        "updatedAt",
    ]
    assert geo == "_geo"
