"""How an enterprise can be reached: addresses and telephones of roles, never of persons."""

import re
from typing import Final

from api.domain.errors import InvalidValue

DUTCH: Final = "+31"
_SEPARATED: Final = re.compile(r"[._]")
_PARTICLES: Final = frozenset(("van", "de", "den", "der", "ter", "ten", "el", "al", "het"))
_ROLE_WORDS: Final = frozenset(
    (
        *("info", "contact", "hallo", "welkom", "post", "mail", "receptie", "balie", "kantoor"),
        *("verkoop", "sales", "offerte", "offertes", "bestellen", "orders", "klantenservice"),
        *("inkoop", "administratie", "facturen", "boekhouding", "finance", "hr", "directie"),
        *("aanbesteding", "aanbestedingen", "tenders", "sroi", "social", "return", "werk"),
        *("planning", "service", "secretariaat", "office", "team", "afdeling", "support"),
    )
)
_PLAIN: Final = re.compile(r"[\s().\-/]")
_INTERNATIONAL: Final = re.compile(r"\+[1-9][0-9]{7,14}")
_NATIONAL: Final = re.compile(r"0[1-9][0-9]{8}")


def parse_role_address(text: str) -> str:
    """Read an address of mail; refuse one that is made like a person's name.

    A name is an initial or a first name, a dot or underscore, and a surname, such as
    `j.jansen` or `fatima.el_amrani`; a word for a role, or one of the firm's own domain,
    shows that it is none. A bare first name can't be told from a word. Source: contact
    persons are personal data (domain dossier 7.3); own choice, ADR 24.
    """
    local, _, domain = text.strip().rpartition("@")
    words = [word for word in _SEPARATED.split(local.casefold()) if word]
    names = [word for word in words if word not in _PARTICLES]
    spoken_for = any(word in _ROLE_WORDS or _of_domain(word, domain) for word in names)
    if len(words) > 1 and names and all(word.isalpha() for word in words) and not spoken_for:
        raise InvalidValue(
            "This looks like a person's address: give one of a role, such as info@ or verkoop@.",
            code="personal-address-suspected",
        )
    return text.strip()


def parse_telephone(text: str) -> str:
    """Read a telephone number into E.164; a national one is Dutch (ITU-T E.164)."""
    number = _PLAIN.sub("", text.replace("(0)", ""))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if _NATIONAL.fullmatch(number):
        number = f"{DUTCH}{number[1:]}"
    if not _INTERNATIONAL.fullmatch(number):
        raise InvalidValue(
            "This is no telephone number: ten digits, or + and a country.",
            code="invalid-telephone",
        )
    return number


def _of_domain(word: str, domain: str) -> bool:
    return len(word) > 2 and word in domain.casefold()  # noqa: PLR2004  initials prove nothing
