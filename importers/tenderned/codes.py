"""Words of the TenderNed dataset beside the codes of eForms."""

from collections.abc import Mapping
from typing import Final

from api.domain.tendering.notice import Nature, Reservation

NATURES: Final[Mapping[str, Nature]] = {
    "dienst": Nature.SERVICES,
    "diensten": Nature.SERVICES,
    "levering": Nature.SUPPLIES,
    "leveringen": Nature.SUPPLIES,
    "werk": Nature.WORKS,
    "werken": Nature.WORKS,
}
RESERVATIONS: Final[Mapping[str, Reservation]] = {
    "sociale werkplaats": Reservation.SHELTERED_WORKSHOP,
    "sociale werkplaats en ondernemers": Reservation.SHELTERED_WORKSHOP,
}
"""Reserved to a profession (beroepsgroep) is another thing, and no code of BT-71."""
PROCEDURES: Final[Mapping[str, str]] = {
    "concurrentiegerichte dialoog": "comp-dial",
    "innovatiepartnerschap": "innovation",
    "mededingingsprocedure met onderhandeling": "neg-w-call",
    "niet-openbaar": "restricted",
    "onderhandeling met bekendmaking": "neg-w-call",
    "onderhandeling zonder bekendmaking": "neg-wo-call",
    "openbaar": "open",
}
AWARD: Final = "gegunde"
"""In the kind of publication: a contract was awarded."""
PLANS: Final = ("vooraankondiging", "marktconsultatie")
YES: Final = "ja"
