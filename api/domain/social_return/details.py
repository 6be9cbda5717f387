"""What an entry of a ledger is about, held by its hash alone, so that it can be forgotten.

The chain covers the hash of the details, not the details. Facts about a person are kept as long
as they are needed and then replaced by a remainder; the entry, its amounts and its link stay.
"""

from collections.abc import Collection, Iterable
from datetime import date
from hashlib import sha256
from typing import Final

import msgspec

from api.domain.social_return.chain import Tampering
from api.domain.social_return.credit import Reason
from api.domain.social_return.measures import months_later

PREFIX: Final = "sha256:"
KEPT_MONTHS: Final = 24
"""After the contract ended (GDPR art. 5(1)(e); own choice, ADR 47)."""


class Held(msgspec.Struct, frozen=True):
    """An entry with what it holds of its details, and the details as they are kept."""

    number: int
    evidence: str
    details: str | None


class _Remainder(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is left of the details of a placement; it tells that there was one, and no more."""

    kind: str = "placement"
    facts: dict[str, str] = {}
    lines: tuple[str, ...] = ()
    anonymised_on: date


def commitment(details: str) -> str:
    """Give what an entry keeps of its details (FIPS 180-4), so that the chain covers them."""
    return PREFIX + sha256(details.encode()).hexdigest()


def kept_until(ends_on: date) -> date:
    """Give the first day on which facts about persons go: two years after a contract ended.

    `ends_on` is the first day after it. Source: GDPR art. 5(1)(e); the term is ours, ADR 47.
    """
    return months_later(ends_on, KEPT_MONTHS)


def remainder(on: date) -> str:
    """Give what takes the place of the details of a placement (own choice, ADR 47)."""
    return msgspec.json.encode(_Remainder(anonymised_on=on)).decode()


def wrong_details(entries: Iterable[Held], forgotten: Collection[int]) -> Tampering | None:
    """Name the first entry whose details are not those that it was sealed with.

    A remainder passes where the audit trail tells that this entry was anonymised: `forgotten`
    are the numbers that it names. Source: own choice, ADR 47.
    """
    for one in entries:
        if one.evidence == ("" if one.details is None else commitment(one.details)):
            continue
        if not _is_remainder(one.details):
            detail = f"the details of entry {one.number} were changed"
            return Tampering(one.number, Reason("details-differ", detail))
        if one.number not in forgotten:
            detail = f"the details of entry {one.number} are gone, and no run of retention tells so"
            return Tampering(one.number, Reason("details-gone", detail))
    return None


def _is_remainder(details: str | None) -> bool:
    try:
        read = msgspec.json.decode(details or "", type=_Remainder)
    except msgspec.MsgspecError:
        return False
    return details == remainder(read.anonymised_on)
