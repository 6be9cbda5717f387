"""Keeping persons out of the data: pseudonyms, and personal numbers in free text."""

import hmac
import re
import unicodedata
from collections.abc import Collection, Iterator
from hashlib import sha256
from typing import Final

import msgspec
from stdnum.nl import bsn

from api.domain.errors import Fault, InvalidValue

PERSONAL_NUMBER_DIGITS: Final = 9
KEY_BYTES: Final = 32
"""As long as the hash: RFC 2104, section 3."""

_BETWEEN: Final = (
    r"[ .\t\-"  # plain
    r"\u00a0\u2007\u2009\u202f"  # spaces of typesetters
    r"\u00ad\u200b-\u200d\u2060\ufeff"  # invisible
    r"\u2010-\u2015\u2212]"  # dashes and minus
)
_RUN = re.compile(rf"\d+(?:{_BETWEEN}{{1,3}}\d+)*")
"""Groups of digits with up to three spaces, dots or dashes in between."""
_GROUP = re.compile(r"\d+")


class PersonalNumber(msgspec.Struct, frozen=True):
    """Where in a text a personal number is suspected. The number itself is not repeated."""

    start: int
    end: int
    """Half-open, in characters."""


def suspected_personal_numbers(
    text: str, organisation_numbers: Collection[str] = ()
) -> list[PersonalNumber]:
    """Find what may be a citizen service number (BSN): nine digits that pass the 11-test.

    Spaces, dots and dashes between digits are seen through, but groups of digits are not
    broken up: an IBAN or phone number of ten digits holds no group of nine. One in eleven
    other numbers of nine digits passes as well; a KvK number (eight) and an establishment
    number (twelve) never do. An RSIN is made like a BSN and always passes, also inside a VAT
    id: give those known to be an organisation's as `organisation_numbers`, digits only.
    A BSN written in eight digits is not found, since it can't be told from a KvK number.
    Source: UAVG art. 46; the 11-test of the Besluit BSN, by python-stdnum.
    """
    if _GROUP.search(text) is None:
        return []
    allowed = set(organisation_numbers)
    return [
        PersonalNumber(start, end)
        for start, end, digits in _nine_digits(text)
        if bsn.is_valid(digits) and digits not in allowed
    ]


def personal_number_faults(
    text: str, place: str, organisation_numbers: Collection[str] = ()
) -> tuple[Fault, ...]:
    """Refuse free text with suspected personal numbers, without repeating them (ADR 12)."""
    detail = "characters {} to {} look like a personal number (BSN), which is not kept here"
    return tuple(
        Fault("personal-number-suspected", detail.format(found.start + 1, found.end), place)
        for found in suspected_personal_numbers(text, organisation_numbers)
    )


def pseudonym(key: bytes, scope: str, reference: str) -> str:
    """Give the pseudonym of a person: HMAC-SHA256 in hexadecimal.

    `scope` is the area in which a person counts once, such as a municipality; the same
    person has another pseudonym elsewhere. `reference` is what the employer knows the
    person by. Source: RFC 2104; the key is secret and at least 32 bytes.
    """
    if len(key) < KEY_BYTES:
        raise InvalidValue(f"the key has fewer than {KEY_BYTES} bytes", code="weak-key")
    known_as = unicodedata.normalize("NFKC", reference).strip().casefold()
    if not known_as:
        raise InvalidValue("there is no reference to the person", code="empty-reference")
    area = scope.encode()
    message = len(area).to_bytes(4, "big") + area + known_as.encode()
    return hmac.new(key, message, sha256).hexdigest()


def _nine_digits(text: str) -> Iterator[tuple[int, int, str]]:
    """Give neighbouring groups that together have nine digits, leftmost first."""
    for run in _RUN.finditer(text):
        groups = list(_GROUP.finditer(text, run.start(), run.end()))
        for first in range(len(groups)):
            digits = ""
            for group in groups[first : first + PERSONAL_NUMBER_DIGITS]:
                digits += "".join(str(unicodedata.decimal(one)) for one in group[0])
                if len(digits) >= PERSONAL_NUMBER_DIGITS:
                    break
            if len(digits) == PERSONAL_NUMBER_DIGITS:
                yield groups[first].start(), group.end(), digits
