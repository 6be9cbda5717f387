"""A small notice of our own, of which the other tests of this importer change one part."""

from api.domain.tendering.notice import Buyer, Nature, Notice, NoticeLot, Rejected
from api.domain.values import CpvCode
from importers.eforms.parse import notices

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
EFORMS = "http://data.europa.eu/p27/eforms-ubl-extension"

HEAD = """<cbc:ID schemeName="notice-id">notice-1</cbc:ID>
<cbc:ContractFolderID>procedure-1</cbc:ContractFolderID>
<cbc:IssueDate>2026-11-16+01:00</cbc:IssueDate>
<cbc:VersionID>02</cbc:VersionID>
<cbc:NoticeTypeCode listName="competition">cn-standard</cbc:NoticeTypeCode>
<cbc:NoticeLanguageCode>NLD</cbc:NoticeLanguageCode>"""
BUYER = """<cac:ContractingParty><cac:Party><cac:PartyIdentification>
<cbc:ID schemeName="organization">ORG-0001</cbc:ID>
</cac:PartyIdentification></cac:Party></cac:ContractingParty>"""
ORGANIZATION = """<efac:Organization><efac:Company>
<cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name languageID="NLD">Gemeente Voorbeeld</cbc:Name></cac:PartyName>
</efac:Company></efac:Organization>"""
SUBTYPE = "<efac:NoticeSubType><cbc:SubTypeCode>16</cbc:SubTypeCode></efac:NoticeSubType>"
NAME = '<cbc:Name languageID="NLD">Schoonmaak</cbc:Name>'
CPV = """<cac:MainCommodityClassification>
<cbc:ItemClassificationCode listName="cpv">90910000</cbc:ItemClassificationCode>
</cac:MainCommodityClassification>"""


def extension(content: str) -> str:
    return (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>"
        f"{content}"
        "</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )


def element(name: str, content: str) -> str:
    return f"<cac:{name}>{content}</cac:{name}>" if content else ""


def a_lot(
    lot_id: str = "LOT-0001",
    *,
    scheme: str = 'schemeName="Lot"',
    name: str = NAME,
    cpv: str = CPV,
    project: str = "",
    terms: str = "",
    process: str = "",
) -> str:
    return (
        f"<cac:ProcurementProjectLot><cbc:ID {scheme}>{lot_id}</cbc:ID>"
        f"{element('TenderingTerms', terms)}{element('TenderingProcess', process)}"
        f"{element('ProcurementProject', name + cpv + project)}"
        "</cac:ProcurementProjectLot>"
    )


def a_notice(
    *lots: str,
    root: str = "ContractNotice",
    subtype: str = SUBTYPE,
    extensions: str = "",
    organizations: str = ORGANIZATION,
    head: str = HEAD,
    buyer: str = BUYER,
    terms: str = "",
    process: str = "",
    project: str = NAME,
) -> bytes:
    content = f"{extensions}{subtype}<efac:Organizations>{organizations}</efac:Organizations>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{UBL}{root}-2" xmlns:cac="{UBL}CommonAggregateComponents-2"
 xmlns:cbc="{UBL}CommonBasicComponents-2" xmlns:ext="{UBL}CommonExtensionComponents-2"
 xmlns:efac="{EFORMS}-aggregate-components/1" xmlns:efbc="{EFORMS}-basic-components/1"
 xmlns:efext="{EFORMS}s/1">
{extension(content)}{head}{buyer}
{element("TenderingTerms", terms)}{element("TenderingProcess", process)}
{element("ProcurementProject", project)}
{"".join(lots or (a_lot(),))}
</{root}>""".encode()


def read(document: bytes) -> Notice:
    [notice] = notices(document)
    assert isinstance(notice, Notice)
    return notice


def rejection(document: bytes) -> Rejected:
    [rejected] = notices(document)
    assert isinstance(rejected, Rejected)
    return rejected


def test_the_small_notice_holds_what_it_says() -> None:
    notice = read(a_notice())

    assert notice.source_id == "procedure-1"
    assert notice.notice_id == "notice-1-02"
    assert notice.buyer == Buyer(name="Gemeente Voorbeeld")
    assert notice.lots == (
        NoticeLot(source_lot_id="LOT-0001", title="Schoonmaak", cpv_main=CpvCode("90910000")),
    )


def test_a_prefix_is_only_a_name() -> None:
    document = a_notice(
        a_lot(project="<cbc:ProcurementTypeCode>services</cbc:ProcurementTypeCode>")
    )
    renamed = document.replace(b"cbc:", b"b:").replace(b"xmlns:cbc=", b"xmlns:b=")

    assert read(renamed).lots == read(document).lots
    assert read(renamed).lots[0].nature is Nature.SERVICES
