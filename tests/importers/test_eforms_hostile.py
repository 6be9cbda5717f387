"""Broken and hostile bytes: refused with a fault and its place, never a crash."""

import pytest

from api.domain.errors import Fault, InvalidInput, TooLarge
from importers.eforms.document import MAX_NODES, MAX_TEXT
from importers.eforms.parse import notices
from tests.importers.test_eforms_builder import a_lot, a_notice, read, rejection


def faults(document: bytes) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as refused:
        notices(document)
    return refused.value.faults


def the_fault(document: bytes) -> tuple[str, str]:
    [fault] = faults(document)
    return fault.code, fault.place


def declared(encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()


@pytest.mark.parametrize("document", [b"", b"   \r\n\t"])
def test_an_empty_document_is_refused(document: bytes) -> None:
    assert the_fault(document) == ("xml-empty", "line 1, column 1")


@pytest.mark.parametrize(
    ("document", "code", "place"),
    [
        (b"hello", "xml-malformed", "line 1, column 1"),
        (b'{"a": 1}', "xml-malformed", "line 1, column 1"),
        (b"PK\x03\x04", "xml-malformed", "line 1, column 3"),
        (b"%PDF-1.7", "xml-truncated", "line 1, column 1"),
        (b"<a>\n<b></a>", "xml-malformed", "line 2, column 6"),
        (b"<a/><b/>", "xml-malformed", "line 1, column 5"),
        (b"<x:a/>", "xml-malformed", "line 1, column 1"),
        (b"<a>&undefined;</a>", "xml-malformed", "line 1, column 4"),
        (b"<a>\x00</a>", "xml-malformed", "line 1, column 4"),
        (b'<a b="" b=""/>', "xml-malformed", "line 1, column 9"),
        (b"<a>", "xml-truncated", "line 1, column 4"),
        (b"<a>\n  <b", "xml-truncated", "line 2, column 3"),
        (b"<a><![CDATA[x", "xml-truncated", "line 1, column 14"),
        ("<a>é".encode()[:-1], "xml-truncated", "line 1, column 4"),
    ],
)
def test_what_is_no_whole_xml_is_refused_at_its_place(
    document: bytes, code: str, place: str
) -> None:
    assert the_fault(document) == (code, place)


def test_every_truncation_of_a_notice_is_refused() -> None:
    document = a_notice()

    for length in range(0, len(document) - 1, 7):
        assert the_fault(document[:length])[0] in {"xml-empty", "xml-truncated"}


def test_latin_1_bytes_that_call_themselves_utf_8_are_named() -> None:
    document = a_notice().replace(b"Schoonmaak", "Coördinatie".encode("latin-1"), 1)

    [fault] = faults(document)

    assert fault.code == "xml-encoding"
    assert fault.detail == "Byte 0xF6 is not UTF-8, which the document says it is."
    assert fault.place.startswith("line ")


def test_a_byte_that_is_not_utf_8_is_counted_from_one() -> None:
    assert the_fault(b"<a>\n<b>\xe9</b></a>") == ("xml-encoding", "line 2, column 4")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1", "windows-1252"])
def test_an_encoding_that_is_declared_and_right_is_read(encoding: str) -> None:
    text = a_notice().decode().replace("Schoonmaak", "Coördinatie")
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    document = text.replace('encoding="UTF-8"', f'encoding="{name}"').encode(encoding)

    assert read(document).title == "Coördinatie"


@pytest.mark.parametrize(
    "encoding", ["no-such-code", "gb2312", "hex", "rot13", "idna", "punycode", "utf-7", "mbcs"]
)
def test_an_encoding_that_can_not_be_read_is_named(encoding: str) -> None:
    [fault] = faults(declared(encoding))

    assert fault.code == "xml-encoding"
    assert f"(encoding {encoding})" in fault.detail


def test_utf_8_that_calls_itself_utf_16_is_refused() -> None:
    assert the_fault(declared("utf-16"))[0] == "xml-encoding"


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://example.org/b.dtd"> %b;]>',
    ],
)
def test_a_document_type_is_refused_whatever_is_in_it(doctype: str) -> None:
    document = f"<?xml version='1.0'?>\n{doctype}<a>&b;</a>".encode()

    [fault] = faults(document)

    assert fault.code == "xml-doctype-forbidden"
    assert fault.place.startswith("line 2, ")


@pytest.mark.parametrize("depth", [101, 10_000, 1_000_000])
def test_deep_nesting_is_refused_before_it_costs_memory(depth: int) -> None:
    whole = b"<a>" * depth + b"</a>" * depth
    endless = b"<a>" * depth

    assert the_fault(whole) == ("xml-too-deep", "line 1, column 304")
    assert the_fault(endless) == ("xml-too-deep", "line 1, column 304")


def test_a_hundred_levels_are_allowed() -> None:
    assert rejection(b"<a>" * 100 + b"</a>" * 100).code == "not-eforms"


@pytest.mark.parametrize(
    "document",
    [
        b"<a>" + b"<b/>" * MAX_NODES + b"</a>",
        b"<a>" + b'<b c="" d="" e=""/>' * (MAX_NODES // 4) + b"</a>",
    ],
    ids=["elements", "attributes"],
)
def test_more_nodes_than_any_notice_has_are_refused(document: bytes) -> None:
    assert the_fault(document)[0] == "xml-too-many-nodes"


@pytest.mark.parametrize(
    "document",
    [
        b"<a " + b" ".join(b'b%d=""' % n for n in range(200_000)) + b"/>",
        b'<a b="' + b"x" * 1_000_000 + b'"/>',
        b"<a><!--" + b"x" * 1_000_000 + b"--></a>",
        b"<?a " + b"x" * 1_000_000 + b"?><a/>",
        b"\n" * 1_000_000 + b"<a/>",
    ],
    ids=["attributes", "value", "comment", "processing", "space"],
)
def test_a_token_without_end_is_refused(document: bytes) -> None:
    assert the_fault(document)[0] == "xml-token-too-long"


@pytest.mark.parametrize("text", [b"x", b"&#120;", b"<![CDATA[x]]>"])
def test_a_huge_text_is_refused(text: bytes) -> None:
    assert the_fault(b"<a>" + text * (MAX_TEXT + 1) + b"</a>")[0] == "xml-text-too-long"


def test_a_long_namespace_is_refused_because_every_name_would_repeat_it() -> None:
    document = b'<a xmlns:b="' + b"u" * 100_000 + b'">' + b"<b:c/>" * 100_000 + b"</a>"

    assert the_fault(document)[0] == "xml-name-too-long"


def test_more_than_20_megabytes_are_too_large() -> None:
    with pytest.raises(TooLarge):
        notices(b" " * 20_000_001)


def test_more_than_a_hundred_faults_are_counted() -> None:
    codes = "<cbc:ItemClassificationCode>x</cbc:ItemClassificationCode>" * 130
    project = (
        f"<cac:AdditionalCommodityClassification>{codes}</cac:AdditionalCommodityClassification>"
    )

    found = faults(a_notice(project="<cbc:Name>x</cbc:Name>" + project))

    assert len(found) == 101
    assert found[0].code == "invalid-cpv"
    assert found[-1] == Fault("more-faults", "30 more, not listed.")


def test_more_than_a_hundred_warnings_are_counted() -> None:
    places = "<cac:RealizedLocation><cac:Address/></cac:RealizedLocation>" * 130

    warnings = read(a_notice(a_lot(project=places))).warnings

    assert len(warnings) == 101
    assert warnings[-1] == "31 more warnings, not listed"


def test_more_lots_than_identifiers_are_refused() -> None:
    assert the_fault(a_notice("<cac:ProcurementProjectLot/>" * 10_001)) == (
        "too-many-lots",
        "/ContractNotice",
    )
