"""Where a lot is carried out: the addresses and locations of its items as `Place`s."""

from collections.abc import Iterable, Iterator

import msgspec

from api.domain.tendering.notice import Place
from api.domain.tendering.places import contradiction
from importers.ocds.codes import ANYWHERE, country, is_nuts, nuts_country
from importers.ocds.section import Section


def places(sections: Iterable[Section]) -> tuple[Place, ...]:
    """Give the places that items (or the tender) name, sorted and unique.

    OCDS for eForms splits one eForms address in two, a region and its country: they are
    put together again, with a warning.
    """
    found: set[Place] = set()
    for section in sections:
        for place in _joined(section, _places(section)):
            if (warning := contradiction(place)) is not None:
                section.warn(warning)
            found.add(place)
    return tuple(sorted(found, key=_order))


def nuts_of(address: Section) -> str | None:
    """Read the NUTS code of an address; a region in words is left out and named."""
    region = address.phrase("region")
    if region is None or is_nuts(region):
        return region
    address.findings.leave_out("regions that are no NUTS code", region)
    return None


def country_of(address: Section) -> str | None:
    """Read the country of an address as ISO 3166-1 alpha-3; an unknown one is named."""
    written = address.phrase("country") or address.phrase("countryName")
    code = country(written) if written else None
    if written and code is None:
        address.findings.leave_out("countries without a code", written)
    return code


def _places(section: Section) -> Iterator[Place]:
    addresses = (section.section("deliveryAddress"), *section.sections("deliveryAddresses"))
    locations = (section.section("deliveryLocation"), *section.sections("deliveryLocations"))
    for address in addresses:
        yield Place(
            country=country_of(address),
            nuts=nuts_of(address),
            postcode=address.phrase("postalCode"),
            town=address.phrase("locality"),
        )
    for location in locations:
        yield from _location(location)


def _location(location: Section) -> Iterator[Place]:
    gazetteer = location.section("gazetteer")
    if (gazetteer.text("scheme") or "").upper() == "NUTS":
        for code in gazetteer.texts("identifiers"):
            if is_nuts(code):
                yield Place(nuts=code)
            else:
                location.findings.leave_out("regions that are no NUTS code", code)
    described = location.text("description")
    if described and described.lower() in ANYWHERE:
        yield Place(region=ANYWHERE[described.lower()])
    elif described:
        location.findings.leave_out("places in words", described)


def _joined(section: Section, found: Iterable[Place]) -> set[Place]:
    places = {place for place in found if place != Place()}
    bare = {place.country for place in places if place == Place(country=place.country)}
    regions = {place for place in places if place == Place(nuts=place.nuts)}
    split = {place for place in regions if nuts_country(place.nuts or "") in bare}
    if not split:
        return places
    section.warn("a region and its country stood in separate addresses; joined")
    whole = {msgspec.structs.replace(one, country=nuts_country(one.nuts or "")) for one in split}
    return (places - split - {Place(country=one.country) for one in whole}) | whole


def _order(place: Place) -> tuple[str, ...]:
    return tuple(part or "" for part in msgspec.structs.astuple(place))
