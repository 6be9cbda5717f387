"""Code lists of OCDS beside those of eForms and ISO: the tables, and nothing else.

Sources: OCDS for eForms (open-contracting/european-union-support, guidance), extensions
`sustainability` and `otherRequirements`, ISO 3166-1, Reg. (EC) 1059/2003 (NUTS).
"""

import re
from collections.abc import Mapping
from typing import Final

from api.domain.tendering.notice import Nature, Reservation

NATURES: Final[Mapping[str, Nature]] = {
    "goods": Nature.SUPPLIES,
    "services": Nature.SERVICES,
    "works": Nature.WORKS,
}
RESERVATIONS: Final[Mapping[str, Reservation]] = {
    "shelteredWorkshop": Reservation.SHELTERED_WORKSHOP,
    "publicServiceMissionOrganization": Reservation.PUBLIC_SERVICE_MISSION,
}
SOCIAL_OBJECTIVES: Final[Mapping[str, str]] = {
    "social": "other",
    "social.accessibility": "acc-all",
    "social.disadvantagedEmploymentOpportunities": "opp",
    "social.ethnicEquality": "et-eq",
    "social.genderEquality": "gen-eq",
    "social.humanRightsInSupplyChain": "hum-right",  # as one public converter writes it
    "social.humanRightsInSupplyChains": "hum-right",
    "social.laborRightsPromotion": "work-cond",
}
ANYWHERE: Final[Mapping[str, str]] = {
    "anywhere": "anyw",
    "anywhere in the european economic area": "anyw-eea",
    "anywhere in the given country": "anyw-cou",
}
"""Texts that stand for BT-727 in `deliveryLocations[].description`, in lower case."""

_ALPHA_3: Final = """
    AD AND AE ARE AF AFG AG ATG AI AIA AL ALB AM ARM AO AGO AQ ATA AR ARG AS ASM AT AUT AU AUS
    AW ABW AX ALA AZ AZE BA BIH BB BRB BD BGD BE BEL BF BFA BG BGR BH BHR BI BDI BJ BEN BL BLM
    BM BMU BN BRN BO BOL BQ BES BR BRA BS BHS BT BTN BV BVT BW BWA BY BLR BZ BLZ CA CAN CC CCK
    CD COD CF CAF CG COG CH CHE CI CIV CK COK CL CHL CM CMR CN CHN CO COL CR CRI CU CUB CV CPV
    CW CUW CX CXR CY CYP CZ CZE DE DEU DJ DJI DK DNK DM DMA DO DOM DZ DZA EC ECU EE EST EG EGY
    EH ESH ER ERI ES ESP ET ETH FI FIN FJ FJI FK FLK FM FSM FO FRO FR FRA GA GAB GB GBR GD GRD
    GE GEO GF GUF GG GGY GH GHA GI GIB GL GRL GM GMB GN GIN GP GLP GQ GNQ GR GRC GS SGS GT GTM
    GU GUM GW GNB GY GUY HK HKG HM HMD HN HND HR HRV HT HTI HU HUN ID IDN IE IRL IL ISR IM IMN
    IN IND IO IOT IQ IRQ IR IRN IS ISL IT ITA JE JEY JM JAM JO JOR JP JPN KE KEN KG KGZ KH KHM
    KI KIR KM COM KN KNA KP PRK KR KOR KW KWT KY CYM KZ KAZ LA LAO LB LBN LC LCA LI LIE LK LKA
    LR LBR LS LSO LT LTU LU LUX LV LVA LY LBY MA MAR MC MCO MD MDA ME MNE MF MAF MG MDG MH MHL
    MK MKD ML MLI MM MMR MN MNG MO MAC MP MNP MQ MTQ MR MRT MS MSR MT MLT MU MUS MV MDV MW MWI
    MX MEX MY MYS MZ MOZ NA NAM NC NCL NE NER NF NFK NG NGA NI NIC NL NLD NO NOR NP NPL NR NRU
    NU NIU NZ NZL OM OMN PA PAN PE PER PF PYF PG PNG PH PHL PK PAK PL POL PM SPM PN PCN PR PRI
    PS PSE PT PRT PW PLW PY PRY QA QAT RE REU RO ROU RS SRB RU RUS RW RWA SA SAU SB SLB SC SYC
    SD SDN SE SWE SG SGP SH SHN SI SVN SJ SJM SK SVK SL SLE SM SMR SN SEN SO SOM SR SUR SS SSD
    ST STP SV SLV SX SXM SY SYR SZ SWZ TC TCA TD TCD TF ATF TG TGO TH THA TJ TJK TK TKL TL TLS
    TM TKM TN TUN TO TON TR TUR TT TTO TV TUV TW TWN TZ TZA UA UKR UG UGA UM UMI US USA UY URY
    UZ UZB VA VAT VC VCT VE VEN VG VGB VI VIR VN VNM VU VUT WF WLF WS WSM YE YEM YT MYT ZA ZAF
    ZM ZMB ZW ZWE
"""
"""ISO 3166-1: each alpha-2 code with its alpha-3 code."""
_NAMES: Final[Mapping[str, str]] = {
    "BELGIUM": "BEL",
    "CHILE": "CHL",
    "ENG": "GBR",
    "ENGLAND": "GBR",
    "FRANCE": "FRA",
    "GERMANY": "DEU",
    "GREAT BRITAIN": "GBR",
    "IRELAND": "IRL",
    "ISLE OF MAN": "IMN",
    "LUXEMBOURG": "LUX",
    "NEDERLAND": "NLD",
    "NETHERLANDS": "NLD",
    "NORTHERN IRELAND": "GBR",
    "NORWAY": "NOR",
    "SCOTLAND": "GBR",
    "THE NETHERLANDS": "NLD",
    "UNITED KINGDOM": "GBR",
    "WALES": "GBR",
}
_NUTS_COUNTRIES: Final[Mapping[str, str]] = {"EL": "GRC", "UK": "GBR"}
"""NUTS names two countries otherwise than ISO 3166 does."""
_BY_ALPHA_2: Final[Mapping[str, str]] = dict(re.findall(r"([A-Z]{2})\s([A-Z]{3})", _ALPHA_3))
_COUNTRIES: Final[Mapping[str, str]] = {
    **_BY_ALPHA_2,
    **{alpha_3: alpha_3 for alpha_3 in _BY_ALPHA_2.values()},
    **_NAMES,
    **_NUTS_COUNTRIES,
}
_NUTS: Final = re.compile(
    r"(?:AL|AT|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IS|IT|LI|LT|LU|LV|ME|MK|MT|NL|NO|PL"
    r"|PT|RO|RS|SE|SI|SK|TR|UK)(?:Z{1,3}|[0-9A-Z]|(?=[A-Z]*[0-9])[0-9A-Z]{2,3})?"
)


def country(text: str) -> str | None:
    """Give the ISO 3166-1 alpha-3 code for an alpha-2 or alpha-3 code or a known name."""
    return _COUNTRIES.get(text.upper())


def is_nuts(text: str) -> bool:
    """Tell whether a text has the form of a NUTS code of level 0 to 3 (Reg. (EC) 1059/2003)."""
    return _NUTS.fullmatch(text) is not None


def nuts_country(nuts: str) -> str | None:
    """Give the country (alpha-3) that a NUTS code lies in (Reg. (EC) 1059/2003)."""
    return country(nuts[:2])
