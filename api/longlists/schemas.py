"""What a longlist says in Dutch, in plain words (level B1). Codes are those of the rules."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.matching.reasons import ReasonCode as Code
from api.matches.schemas import MatchRunOut, VerdictOut
from api.tenders.schemas import LotOut, TenderOut

OUTCOMES: Final = {
    "matched": "Gevonden",
    "near": "Bijna gevonden",
    "excluded": "Niet gevonden",
}
REASONS: Final = {
    Code.VISIBLE: "Staat in de lijst van bedrijven",
    Code.NOT_VISIBLE: "Staat niet meer in de lijst van bedrijven",
    Code.NOT_EXCLUDED: "Niet uitgesloten door de inkoper",
    Code.EXCLUDED_BY_BUYER: "Uitgesloten door de inkoper",
    Code.NOT_RESERVED: "De opdracht is voor iedereen open",
    Code.ART20_MET: "Mag meedoen aan deze voorbehouden opdracht (art. 2.82)",
    Code.ART20_SHARE_UNKNOWN: "Aandeel werknemers uit de doelgroep is niet bekend",
    Code.ART20_SHARE_UNVERIFIED: "Aandeel werknemers uit de doelgroep is niet gecontroleerd",
    Code.ART20_SHARE_LOW: "Te weinig werknemers uit de doelgroep",
    Code.ART20_MAIN_AIM_UNKNOWN: "Niet bekend of meedoen van de doelgroep het hoofddoel is",
    Code.ART20_MAIN_AIM_MISSING: "Meedoen van de doelgroep is niet het hoofddoel",
    Code.ART77_MET: "Mag meedoen aan deze voorbehouden opdracht (art. 2.82a)",
    Code.ART77_CPV_UNKNOWN: "Niet bekend of deze dienst mag worden voorbehouden",
    Code.ART77_CPV_UNLISTED: "Deze dienst mag niet worden voorbehouden (art. 2.82a)",
    Code.ART77_TERM_UNKNOWN: "De duur van het contract is niet bekend",
    Code.ART77_TERM_LONG: "Het contract duurt langer dan 3 jaar",
    Code.ART77_AWARD_DATE_UNKNOWN: "De datum van gunning is niet bekend",
    Code.ART77_RECENT_AWARD: "Kreeg korter dan 3 jaar geleden zo'n opdracht van deze inkoper",
    Code.ART77_MISSION_UNKNOWN: "Niet bekend of het bedrijf een publieke taak heeft",
    Code.ART77_MISSION_MISSING: "Het bedrijf heeft geen publieke taak",
    Code.MARK_NOT_ASKED: "Er is geen keurmerk gevraagd",
    Code.MARK_HELD: "Heeft het gevraagde keurmerk",
    Code.MARK_DATES_UNKNOWN: "Niet bekend of het keurmerk lang genoeg geldig is",
    Code.MARK_LEVEL_UNKNOWN: "Het niveau van het keurmerk is niet te vergelijken",
    Code.MARK_UNVERIFIED: "Het keurmerk is niet gecontroleerd",
    Code.MARK_LAPSES: "Het keurmerk loopt af voor het einde van het contract",
    Code.MARK_NOT_VALID: "Het keurmerk is niet geldig bij de gunning",
    Code.MARK_LEVEL_LOW: "Het niveau van het keurmerk is te laag",
    Code.MARK_MISSING: "Heeft het gevraagde keurmerk niet",
    Code.DEPENDENCY_LOW: "Wordt niet afhankelijk van deze opdracht",
    Code.DEPENDENCY_UNKNOWN: "Niet bekend of het bedrijf afhankelijk wordt van deze opdracht",
    Code.DEPENDENCY_HIGH: "De opdracht is meer dan de helft van de omzet",
    Code.NO_OFFERING: "Heeft geen aanbod",
    Code.CATEGORY_SAME: "Het aanbod is precies wat gevraagd is",
    Code.CATEGORY_BROADER: "Het aanbod is breder dan wat gevraagd is",
    Code.CATEGORY_NARROWER: "Het aanbod is een deel van wat gevraagd is",
    Code.CATEGORY_TEXT: "Het aanbod past volgens de tekst",
    Code.CATEGORY_DIVISION: "De opdracht is ruim omschreven; het aanbod valt erin",
    Code.CATEGORY_ADDITIONAL: "Het aanbod past alleen bij een bijkomend deel",
    Code.CATEGORY_UNKNOWN: "Niet bekend of het aanbod past",
    Code.CATEGORY_OTHER: "Het aanbod is iets anders",
    Code.CATEGORY_NO_EVIDENCE: "Nergens blijkt uit dat het aanbod past",
    Code.AREA_COVERED: "Werkt in het gevraagde gebied",
    Code.AREA_PARTIAL: "Werkt in een deel van het gevraagde gebied",
    Code.AREA_UNKNOWN: "De plaats van de opdracht is niet bekend",
    Code.AREA_OUTSIDE: "Werkt niet in het gevraagde gebied",
    Code.MODE_ANY: "Elke manier van leveren is goed",
    Code.MODE_ACCEPTED: "Levert op de gevraagde manier",
    Code.MODE_OTHER: "Levert op een andere manier",
    Code.CAPACITY_ENOUGH: "Heeft genoeg ruimte",
    Code.CAPACITY_UNKNOWN: "Niet bekend hoeveel ruimte het bedrijf heeft",
    Code.VALUE_UNKNOWN: "De waarde van de opdracht per jaar is niet bekend",
    Code.CAPACITY_SHORT: "Heeft te weinig ruimte",
    Code.LEAD_TIME_NOT_ASKED: "Er is geen levertijd gevraagd",
    Code.LEAD_TIME_MET: "Levert op tijd",
    Code.LEAD_TIME_UNKNOWN: "De levertijd is niet bekend",
    Code.LEAD_TIME_LONG: "De levertijd is te lang",
    Code.MINIMUM_ORDER_NOT_ASKED: "Er is geen waarde per bestelling genoemd",
    Code.MINIMUM_ORDER_MET: "Een bestelling is groot genoeg",
    Code.MINIMUM_ORDER_UNKNOWN: "De kleinste bestelling is niet bekend",
    Code.MINIMUM_ORDER_HIGH: "Neemt alleen grotere bestellingen aan",
    Code.NATURE_DIFFERS: "Ongewone manier van leveren voor deze opdracht",
}
"""Every reason code in a short Dutch sentence."""


class LockIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Lock a longlist; a note says what it is for."""

    note: Annotated[str, Meta(max_length=2_000)] = ""


class UnlockIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Why a lock is taken off."""

    because: Annotated[str, Meta(min_length=3, max_length=2_000)]


class LonglistLockOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """That a run is the longlist of a lot; runs never change, so neither does the list."""

    id: UUID
    lot_id: UUID
    run_id: UUID
    note: str
    author: str
    locked_at: datetime
    undone_at: Annotated[datetime | None, Meta(description="Null while the lock holds.")]
    undone_by: str | None
    undone_because: str | None


class Longlist(msgspec.Struct, frozen=True):
    """A run with its lot, its tender and every verdict."""

    run: MatchRunOut
    lot: LotOut
    tender: TenderOut
    verdicts: tuple[tuple[str, VerdictOut], ...]
