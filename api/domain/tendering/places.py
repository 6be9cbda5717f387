"""Places of performance that contradict themselves: a NUTS code of one country, another country."""

from typing import Final

import msgspec

from api.domain.tendering.notice import Place

NETHERLANDS: Final = "NLD"
_NUTS: Final = "NL"


def contradiction(place: Place) -> str | None:
    """Say how code and country exclude each other, as a warning; `None` where they do not.

    Both are stated in eForms: BT-5071 (NUTS) and BT-5141 (country), and a code has to lie in
    the country (Reg. (EU) 2019/1780, annex). Which one is the slip of the pen the notice does
    not say. Only the border that matters here is looked at: Dutch or not.
    """
    if not _contradicts(place):
        return None
    return (
        f"place-contradicts-country: {place.nuts} does not lie in {place.country};"
        " kept as published, and matched by the one that fits the country of the buyer"
    )


def settled(place: Place, buyer_country: str | None) -> Place:
    """Give a place as it is compared: of two that exclude each other the one the buyer bears out.

    A buyer of unknown country bears out neither, and the place is unknown (own choice, ADR 17).
    """
    if place.nuts is None or not _contradicts(place):
        return place
    if buyer_country is None:
        return Place()
    by_code = (buyer_country == NETHERLANDS) == _is_dutch(place.nuts)
    return msgspec.structs.replace(place, **{"country" if by_code else "nuts": None})


def _contradicts(place: Place) -> bool:
    if place.country is None or place.nuts is None:
        return False
    return (place.country == NETHERLANDS) != _is_dutch(place.nuts)


def _is_dutch(nuts: str) -> bool:
    return nuts.startswith(_NUTS)
