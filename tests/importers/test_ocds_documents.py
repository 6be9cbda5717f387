"""Whole OCDS documents: their four shapes, and hostile ones, which are refused with a place."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.errors import InvalidInput
from api.domain.tendering.notice import Notice, Rejected
from importers.ocds.decode import pointer, size
from importers.ocds.parse import notices


def a_release(ocid: str, on: str = "2026-02-01T00:00:00Z", **more: Any) -> dict[str, Any]:
    return {
        "ocid": ocid,
        "id": ocid,
        "date": on,
        "tag": ["tender"],
        "tender": {"title": "x"},
    } | more


def ids(document: object) -> list[str | None]:
    found = notices(json.dumps(document).encode())
    return [one.notice_id if isinstance(one, Notice) else f"! {one.code}" for one in found]


def fault(document: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        notices(document)
    return caught.value.faults[0].code, caught.value.faults[0].place


def test_a_release_alone_is_read() -> None:
    assert ids(a_release("a")) == ["a"]


def test_a_package_and_a_bare_list_give_their_releases() -> None:
    both = [a_release("a"), a_release("b")]

    assert ids({"releases": both}) == ids(both) == ["a", "b"]


def test_the_newest_release_comes_last_and_an_undated_one_first() -> None:
    dates = {"new": "2026-02-01T00:00:00Z", "old": "2026-01-31T23:30:00-02:00", "none": None}
    # 23:30 at two hours behind UTC is half past one on 1 February: later than `new`.
    listed = [{**a_release(key), "date": moment} for key, moment in dates.items()]

    assert ids(listed) == ["none", "new", "old"]


def test_a_record_gives_its_compiled_release() -> None:
    record = {
        "ocid": "a",
        "compiledRelease": a_release("compiled", tag=["compiled"]),
        "releases": [a_release("one")],
    }

    assert ids({"records": [record]}) == ids(record) == ["compiled"]


def test_the_date_of_a_compiled_release_is_marked_as_that_of_its_newest() -> None:
    [found] = notices(json.dumps(a_release("a", tag=["compiled"])).encode())

    assert isinstance(found, Notice)
    assert "/: compiled; its date is that of the newest release in it" in found.warnings


def test_a_cancelled_call_is_refused_and_a_planned_one_is_marked() -> None:
    planned = a_release("b", tender={"title": "x", "status": "planned"})
    cancelled = a_release("a", tag=["tenderCancellation"])

    first, second = notices(json.dumps([cancelled, planned]).encode())

    assert isinstance(first, Rejected)
    assert first.code == "cancelled-tender"
    assert isinstance(second, Notice)
    assert "/tender: status planned; not yet open for tenders" in second.warnings


def test_a_record_without_a_compiled_release_gives_the_newest() -> None:
    listed = [
        a_release("new", "2026-02-02T00:00:00Z"),
        a_release("old", "2026-02-01T00:00:00Z"),
        {"url": "https://example.org/1.json", "date": "2026-03-01T00:00:00Z", "tag": ["tender"]},
    ]

    assert ids({"records": [{"ocid": "a", "releases": listed}]}) == ["new"]


def test_a_record_of_links_only_is_refused_alone() -> None:
    package = {"records": [{"ocid": "a", "releases": [{"url": "x"}]}, a_release("b"), 5]}

    found = list(notices(json.dumps(package).encode()))

    assert [(one.place, one.code, one.record) for one in found if isinstance(one, Rejected)] == [
        ("/records/0", "empty-record", "a"),
        ("/records/1", "empty-record", "b"),
        ("/records/2", "wrong-type", ""),
    ]


def test_a_bad_release_does_not_stop_the_others() -> None:
    bad = a_release("bad", tender={"title": "x", "value": {"amount": -5, "currency": "EUR"}})

    found = list(notices(json.dumps({"releases": [bad, 7, a_release("good")]}).encode()))

    assert found[0] == Rejected(
        "/releases/1", "wrong-type", "expected a release, which is an object"
    )
    assert found[1] == Rejected(
        "/releases/0/tender/value/amount", "negative-amount", "-5 is below 0", "bad"
    )
    assert isinstance(found[2], Notice)


def test_a_byte_order_mark_is_tolerated() -> None:
    [found] = notices(b"\xef\xbb\xbf" + json.dumps(a_release("a")).encode())

    assert isinstance(found, Notice)


@pytest.mark.parametrize(
    ("document", "code", "place"),
    [
        (b"", "invalid-json", "line 1, column 1"),
        (b'{"ocid": "a",\n "id": }', "invalid-json", "line 2, column 8"),
        (b'[{"a": [1, {"b": 1, "b": 2}]}]', "duplicate-key", "/0/a/1/b"),
        (b'{"releases": [], "releases": []}', "duplicate-key", "/releases"),
        (b'{"a/b": {"~": NaN}}', "invalid-number", "/a~1b/~0"),
        (b'{"a": -Infinity}', "invalid-number", "/a"),
        (b'{"a": 1e99999999999999999999}', "invalid-number", "/a"),
        (b'{"a": ' + b"9" * 5000 + b"}", "invalid-number", "/a"),
        (b'{"a": ["x", "\\ud800"]}', "invalid-text", "/a/1"),
        (b'{"a": "\\u0000"}', "invalid-text", "/a"),
        (b'{"\\udfff": 1}', "invalid-text", "/?"),
        (b'{"a":\n "\xff"}', "invalid-encoding", "line 2, byte 3"),
        ("{}".encode("utf-16"), "invalid-encoding", "line 1, byte 1"),
        (b"[" * 100_000, "too-deep", "line 1, column 65"),
        (b'{"a":' * 100_000, "too-deep", "line 1, column 321"),
        (b"[" + b"1," * 1_000_001 + b"1]", "too-many-values", "line 1, column 2000001"),
        (b'"' + b'\\"' * 1_000_000, "invalid-json", "line 1, column 1"),
        (b"{}", "not-ocds", ""),
        (b'"text"', "not-ocds", ""),
        (b"null", "not-ocds", ""),
        (b'{"releases": {}}', "wrong-type", "/releases"),
        (b'{"records": 1}', "wrong-type", "/records"),
    ],
)
def test_a_document_that_can_not_be_read_is_refused_with_a_place(
    document: bytes, code: str, place: str
) -> None:
    assert fault(document) == (code, place)


def test_all_faults_of_a_document_are_told_in_its_order() -> None:
    with pytest.raises(InvalidInput) as caught:
        notices(b'{"a": NaN, "b": [{"c": 1, "c": 1}], "d": "\\u0000"}')

    assert [one.place for one in caught.value.faults] == ["/a", "/b/0/c", "/d"]


def test_a_thousand_faults_are_told_as_a_hundred() -> None:
    with pytest.raises(InvalidInput) as caught:
        notices(b"[" + b"NaN," * 999 + b"NaN]")

    assert len(caught.value.faults) == 100


def test_a_whole_surrogate_pair_is_a_character() -> None:
    [found] = notices(b'{"ocid": "a", "tender": {"title": "\\ud83c\\udf33"}}')

    assert isinstance(found, Notice)
    assert found.title == "\N{DECIDUOUS TREE}"


def test_more_lots_than_any_tender_has_are_refused() -> None:
    lots = [{"id": str(number)} for number in range(10_001)]
    [found] = notices(json.dumps(a_release("a", tender={"title": "x", "lots": lots})).encode())

    assert isinstance(found, Rejected)
    assert (found.place, found.code) == ("/tender/lots", "too-many-lots")


def test_what_counts_for_all_lots_is_not_copied_without_end() -> None:
    lots = [{"id": str(number)} for number in range(2_000)]
    items = [{"id": number} for number in range(2_000)]
    tender = {"title": "x", "lots": lots, "items": items}
    [found] = notices(json.dumps(a_release("a", tender=tender)).encode())

    assert isinstance(found, Rejected)
    assert (found.place, found.code) == ("/tender/lots", "too-many-lots")


def test_a_pointer_escapes_and_cuts_its_keys() -> None:
    assert pointer("a/b", "m~n") == "/a~1b/m~0n"
    assert len(pointer("x" * 10_000)) == 81


def test_the_size_of_a_tree_counts_each_value() -> None:
    assert size({"a": ["x", "y"], "b": True}) == 5
    assert size(None) == 0


KEYS = st.sampled_from(
    [
        *("ocid", "id", "date", "tag", "tender", "title", "lots", "items", "value", "amount"),
        *("currency", "buyer", "parties", "releases", "records", "compiledRelease", "relatedLot"),
        *("classification", "scheme", "deliveryAddresses", "region", "contractPeriod", "endDate"),
        *("startDate", "tenderPeriod", "otherRequirements", "reservedParticipation", "status"),
        *("sustainability", "goal", "lotDetails", "maximumLotsBidPerSupplier", "name", "roles"),
    ]
)
WORDS = st.sampled_from(
    [
        "CPV",
        "90910000",
        "EUR",
        "tender",
        "award",
        "2026-02-01T00:00:00Z",
        "0001-01-01",
        "NL225",
        "1",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=6)
    ),
    max_leaves=25,
)


def read_all(document: bytes) -> None:
    try:
        found = list(notices(document))
    except InvalidInput:
        return
    assert all(isinstance(one, (Notice, Rejected)) for one in found)
    assert msgspec.json.encode(found)  # all text in it can be stored


@settings(max_examples=100, deadline=None)
@given(ANY_JSON)
def test_any_json_gives_notices_rejections_or_a_refusal(document: object) -> None:
    read_all(json.dumps(document).encode())


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(KEYS, ANY_JSON, max_size=8), st.dictionaries(KEYS, ANY_JSON, max_size=3))
def test_any_value_in_any_field_of_a_tender_is_read_or_refused(
    tender: dict[str, object], release: dict[str, object]
) -> None:
    read_all(json.dumps(a_release("a") | release | {"tender": {"title": "x"} | tender}).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    read_all(document)


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_a_package_does_not_change_which_release_is_last(order: list[str]) -> None:
    days = {"a": "01", "b": "02", "c": "03", "d": "04"}
    listed = [a_release(key, f"2026-02-{days[key]}T00:00:00Z") for key in order]

    assert ids(listed) == ["a", "b", "c", "d"]
