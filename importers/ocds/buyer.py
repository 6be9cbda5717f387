"""The buyer of a release, put together from the reference and the list of parties."""

from api.domain.tendering.notice import Buyer
from importers.ocds.places import country_of, nuts_of
from importers.ocds.section import Section


def buyer_of(release: Section) -> Buyer | None:
    """Read who buys: `buyer`, else the procuring entity, else the first party with that role.

    Source: OCDS 1.1, organization references. Several buyers are known by the first.
    """
    reference = _reference(release)
    if reference is None:
        release.warn("names no buyer")
        return None
    party = _party(release, reference)
    name = reference.phrase("name") or party.phrase("name")
    if name is None:
        reference.warn("a buyer without a name; left out")
        return None
    address = party.section("address")
    return Buyer(
        name=name,
        identifier=_identifier(party),
        country=country_of(address),
        nuts=nuts_of(address),
        town=address.phrase("locality"),
    )


def _reference(release: Section) -> Section | None:
    for holder, key in ((release, "buyer"), (release.section("tender"), "procuringEntity")):
        if holder.has(key):
            return holder.section(key)
    with_role = (one for one in release.sections("parties") if "buyer" in one.texts("roles"))
    return next(with_role, None)


def _party(release: Section, reference: Section) -> Section:
    """Find the party that a reference points at; a party may be its own reference."""
    wanted = reference.identifier("id")
    parties = (one for one in release.sections("parties") if one.identifier("id") == wanted)
    return reference if wanted is None else next(parties, reference)


def _identifier(party: Section) -> str | None:
    own = party.section("identifier").identifier("id")
    others = (one.identifier("id") for one in party.sections("additionalIdentifiers"))
    return own or next((one for one in others if one is not None), None)
