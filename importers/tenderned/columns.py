"""The columns of the TenderNed dataset, by the names in its header.

Source: TenderNed, "Datasets aanbestedingen", description of the columns.
"""

from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """A column that is read."""

    AREA = "Nutscode"
    AUTHORITY = "Naam aanbestedende dienst"
    AUTHORITY_COUNTRY = "AD land"
    AUTHORITY_NUMBER = "Nationaal identificatienummer"
    AUTHORITY_TOWN = "AD plaats"
    CPV_EXTRA_1 = "Hoofd sub cpv 1 code"
    CPV_EXTRA_2 = "Hoofd sub cpv 2 code"
    CPV_MAIN = "Hoofd cpv definitie code"
    DEADLINE_REQUESTS = "Sluitingsdatum aanmelding"
    DEADLINE_TENDERS = "Sluitingsdatum aanbesteding"
    DESCRIPTION = "Omschrijving aanbesteding"
    ENDS_ON = "Voltooiing opdracht"
    ESTIMATE = "Oorspronkelijk geraamde waarde - bedrag"
    ESTIMATE_CURRENCY = "Oorspronkelijk geraamde waarde - valuta"
    ESTIMATE_HAS_VAT = "Waarde raming incl btw?"
    ESTIMATE_PERIOD = "Jaarlijks of maandelijkse waarde"
    ESTIMATE_VAT_RATE = "Waarde geraamd btw percentage"
    KIND = "Publicatie soort"
    LOT_ID = "Perceel id"
    LOT_TITLE = "Opdracht"
    NATURE = "Type opdracht"
    PROCEDURE = "Procedure"
    PUBLICATION_ID = "ID publicatie"
    PUBLISHED_ON = "Publicatiedatum"
    RESERVED_FOR = "Voorbehouden voor beroepsgroep"
    STARTS_ON = "Aanvang opdracht"
    TENDER_ID = "Tenderned kenmerk"
    TITLE = "Naam aanbesteding"


MANDATORY: Final = (
    Column.PUBLICATION_ID,
    Column.TENDER_ID,
    Column.PUBLISHED_ON,
    Column.TITLE,
    Column.DEADLINE_TENDERS,
    Column.NATURE,
    Column.RESERVED_FOR,
    Column.CPV_MAIN,
    Column.LOT_ID,
)
"""Without one of these a row would say something else than it did, or nothing (own choice)."""

_NOT_READ: Final = """
Aanbesteding ID|Aantal elektronische inschrijvingen|Aantal inschrijvingen|Aard van de opdracht
AD postadres|AD postcode|Betreft uitbesteding|Contactpersoon AD|Contactpersoon AD Emailadres
Contactpersoon AD Telefoonnummer|Datum gunning|Digitaal via TenderNed|Geimporteerd|GPA
Hoofd cpv definitie omschrijving|Hoofd sub cpv 1 omschrijving|Hoofd sub cpv 2 omschrijving
Hoofdactiviteit|Hoofdgunningscriterium|Hoogste waarde - bedrag|Hoogste waarde - valuta
Inclusief btw?|Inlichtingen elektronische veiling|Internetadres
Internetadres aanbestedende dienst|Juridisch kader|Korte omschrijving uitbesteding|Kvknummer
Laagste waarde - bedrag|Laagste waarde - valuta|Land|MKB|Nationaal of Europees
Officiele benaming|Opdracht categorie|Personen aanwezig opening kluis|Plaats
Plaats opening kluis|Postadres|Postcode|Publicatie id(s)|Publicatie type|Referentienummer
Soort aanbestedende dienst|Tegen betaling documenten verkrijgen|Termijn verkrijgen documenten
Trefwoorden|Tsender|Tweede adresregel|URL TenderNed|Verzending uitnodigingen
Waarde - bedrag|Waarde - valuta|Waarde definitief btw percentage|Waarde uitbesteding
Waarde uitbesteding - valuta
"""
KNOWN: Final = frozenset(Column) | frozenset(_NOT_READ.replace("\n", "|").strip("|").split("|"))
"""Every column of the dataset, the ones that hold awards, contacts and firms included."""
