"""Documents that call for no competition: rejected, each kind with its own code."""

from pathlib import Path

import pytest

from api.domain.tendering.notice import Notice
from importers.eforms.parse import notices
from tests.importers.test_eforms_builder import HEAD, a_lot, a_notice, read, rejection

OTHER = Path(__file__).parents[2] / ".." / "shared" / "data" / "eforms-other"
needs_shared = pytest.mark.skipif(not OTHER.is_dir(), reason="the shared notices are not here")


def subtype(code: str) -> str:
    return f"<efac:NoticeSubType><cbc:SubTypeCode>{code}</cbc:SubTypeCode></efac:NoticeSubType>"


def head(form_type: str) -> str:
    return HEAD.replace('listName="competition"', f'listName="{form_type}"')


@needs_shared
@pytest.mark.parametrize(
    ("file", "code", "record"),
    [
        (
            "can-nl-191536-2024.xml",
            "notice-kind-award",
            "e23f09ec-e388-47f1-94c2-f6e495b1cf27",
        ),
        (
            "pin-sdk-pin-only_24_maximal.xml",
            "notice-kind-planning",
            "9fe2b9d7-c32a-4dcb-af3f-35bf584d0abb",
        ),
        ("ted-r209-nl-404684-2022.xml", "legacy-ted-schema", ""),
    ],
)
def test_a_shared_document_of_another_kind_is_rejected(file: str, code: str, record: str) -> None:
    rejected = rejection((OTHER / file).read_bytes())

    assert (rejected.code, rejected.record) == (code, record)
    assert "supply the" in rejected.detail


@pytest.mark.parametrize("code", ["10", "11", "12", "13", "14", "CEI"])
def test_a_prior_information_notice_may_call_for_competition(code: str) -> None:
    document = a_notice(root="PriorInformationNotice", subtype=subtype(code))

    assert isinstance(next(notices(document)), Notice)


@pytest.mark.parametrize("code", ["15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "E3"])
def test_a_contract_notice_calls_for_competition(code: str) -> None:
    assert isinstance(next(notices(a_notice(subtype=subtype(code)))), Notice)


@pytest.mark.parametrize(
    ("root", "code", "form_type", "expected"),
    [
        ("PriorInformationNotice", "4", "planning", "notice-kind-planning"),
        ("PriorInformationNotice", "7", "planning", "notice-kind-planning"),
        ("PriorInformationNotice", "E1", "consultation", "notice-kind-planning"),
        ("PriorInformationNotice", "9", "unheard-of", "notice-kind-planning"),
        ("ContractAwardNotice", "29", "result", "notice-kind-award"),
        ("ContractAwardNotice", "25", "dir-awa-pre", "notice-kind-award"),
        ("ContractAwardNotice", "38", "cont-modif", "notice-kind-modification"),
        ("ContractAwardNotice", "E5", "completion", "notice-kind-completion"),
        ("ContractAwardNotice", "16", "competition", "notice-kind-award"),
        ("ContractNotice", "99", "competition", "notice-kind-unknown"),
    ],
)
def test_each_kind_without_a_call_has_its_own_code(
    root: str, code: str, form_type: str, expected: str
) -> None:
    rejected = rejection(a_notice(root=root, subtype=subtype(code), head=head(form_type)))

    assert rejected.code == expected
    assert rejected.place == f"/{root}"
    assert rejected.record == "notice-1"
    assert rejected.detail.endswith(
        "supply the contract notice (subtype 10 to 24, E3 or CEI) instead."
    )


def test_a_registration_of_a_company_is_no_notice_of_a_tender() -> None:
    namespace = "http://data.europa.eu/p27/eforms-business-registration-information-notice/1"
    document = f'<BusinessRegistrationInformationNotice xmlns="{namespace}"/>'.encode()

    assert rejection(document).code == "notice-kind-registration"


@pytest.mark.parametrize("document", [b"<html/>", b"<ContractNotice/>", b'<a xmlns="urn:x"/>'])
def test_another_root_is_not_eforms(document: bytes) -> None:
    assert rejection(document).code == "not-eforms"


def test_without_a_subtype_the_form_type_decides() -> None:
    assert isinstance(next(notices(a_notice(subtype=""))), Notice)
    assert rejection(a_notice(subtype="", head=head("planning"))).code == "notice-kind-planning"


def test_a_cancellation_is_rejected_and_names_what_it_cancels() -> None:
    changes = (
        "<efac:Changes><efac:Change>"
        "<efac:ChangedSection><efbc:ChangedSectionIdentifier>LOT-0002"
        "</efbc:ChangedSectionIdentifier></efac:ChangedSection></efac:Change>"
        "<efac:ChangeReason><cbc:ReasonCode>cancel</cbc:ReasonCode></efac:ChangeReason>"
        "</efac:Changes>"
    )

    rejected = rejection(a_notice(extensions=changes))
    intended = read(a_notice(extensions=changes.replace(">cancel<", ">cancel-intent<")))
    corrected = read(a_notice(extensions=changes.replace(">cancel<", ">cor-buy<")))

    assert rejected.code == "notice-cancelled"
    assert rejected.detail == "This notice cancels LOT-0002; withdraw what was stored before."
    assert intended.warnings == ("/ContractNotice: the buyer intends to cancel LOT-0002 (BT-140)",)
    assert corrected.warnings == ()


def test_a_notice_without_lots_is_rejected() -> None:
    only_parts = a_notice(a_lot("PAR-0001", scheme='schemeName="Part"'))

    assert rejection(only_parts).code == "notice-without-lots"


def test_the_notice_id_stands_in_for_a_missing_procedure_id() -> None:
    folder = "<cbc:ContractFolderID>procedure-1</cbc:ContractFolderID>"
    without_folder = HEAD.replace(folder, "")
    notice = read(a_notice(head=without_folder))

    assert notice.source_id == "notice-1"
    assert notice.warnings == (
        "/ContractNotice: no procedure id (BT-04); identified by the notice id (BT-701) instead",
    )


@pytest.mark.parametrize("folder", ["", "<cbc:ContractFolderID> </cbc:ContractFolderID>"])
def test_a_notice_without_any_id_is_rejected(folder: str) -> None:
    assert rejection(a_notice(head=folder)).code == "notice-id-missing"
