"""A fingerprint of everything that a decision hangs on (design decision 5, ADR 7 and 17)."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from operator import attrgetter
from typing import Final

import msgspec
from msgspec.structs import replace

from api.domain.matching.decide import permille
from api.domain.matching.facts import (
    EnterpriseFacts,
    LotFacts,
    MarkFacts,
    OfferingFacts,
    Procedure,
)
from api.domain.matching.reasons import RULES
from api.domain.matching.rules import MatchingRules
from api.domain.tendering.coverage import COUNTRY

_BY_ID: Final = attrgetter("id")
_NOWHERE: Final[frozenset[str]] = frozenset()


class Written:
    """Firms as they stand in the fingerprints of several lots, each written down once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        # An id is only that of a firm while the firm lives, so the firm is kept with it.
        self._firms: dict[int, tuple[EnterpriseFacts, bytes]] = {}

    def all(self, enterprises: Iterable[EnterpriseFacts]) -> list[bytes]:
        """Give the digest of each firm, all of it but the areas that it covers."""
        known = self._firms
        return [
            known[key][1] if (key := id(one)) in known else self._new(one) for one in enterprises
        ]

    def _new(self, enterprise: EnterpriseFacts) -> bytes:
        told = msgspec.json.encode(_settled(enterprise), order="deterministic")
        digest = sha256(told).digest()
        self._firms[id(enterprise)] = (enterprise, digest)
        return digest


def fingerprint(
    lot: LotFacts,
    enterprises: Iterable[EnterpriseFacts],
    rules: MatchingRules,
    *,
    seed: str,
    text_hits: Mapping[str, float] | None = None,
    written: Written | None = None,
) -> str:
    """Give the SHA-256, in hex, of canonical JSON of all inputs of `decide`.

    Equal fingerprints give equal decisions; the order of rows, or of codes in a row,
    leaves it unchanged. Of a coverage it holds what is compared: whether it is the whole
    country, which places of the lot it has, and by invitation how many areas in all.
    `written` shares work between lots with facts in common, and changes nothing.
    Source: ADR 7 and 54.
    """
    firms = sorted(enterprises, key=_BY_ID)
    basis = {
        "areas": _areas(lot, firms),
        "enterprises": b"".join((written or Written()).all(firms)),
        "lot": _settled_lot(lot),
        "ruleVersions": {rule.id.value: rule.version for rule in RULES},
        "rules": rules,
        "seed": seed,
        "textHits": permille(text_hits),
    }
    return sha256(msgspec.json.encode(basis, order="deterministic")).hexdigest()


def _areas(lot: LotFacts, firms: Iterable[EnterpriseFacts]) -> list[tuple[object, ...]]:
    """Give what every offering covers of the places of a lot; most cover none of them."""
    places, invited = frozenset(lot.areas), lot.procedure is Procedure.INVITATION
    elsewhere = places.isdisjoint
    return sorted(
        [
            (one.id, sorted(one.area_full & places), sorted(one.area_partial & places), size)
            for firm in firms
            for one in firm.offerings
            if (size := invited and len(one.area_full))
            or not elsewhere(one.area_full)
            or (one.area_partial and not elsewhere(one.area_partial))
        ]
    )


def _settled(enterprise: EnterpriseFacts) -> tuple[object, ...]:
    offerings = sorted(enterprise.offerings, key=_BY_ID)
    marks = tuple(sorted(enterprise.marks, key=_mark_order))
    return (
        replace(enterprise, marks=marks, offerings=()),
        [_settled_offering(one) for one in offerings],
    )


def _settled_offering(offering: OfferingFacts) -> tuple[object, ...]:
    """Give a copy in one order; of its areas only whether they are the whole country."""
    codes = tuple(sorted(offering.cpv_codes))
    settled = replace(offering, cpv_codes=codes, area_full=_NOWHERE, area_partial=_NOWHERE)
    return (settled, COUNTRY in offering.area_full)


def _mark_order(mark: MarkFacts) -> tuple[str, str, str, str, bool]:
    days = (str(mark.valid.starts_on), str(mark.valid.ends_on))
    return (mark.scheme, mark.level or "", *days, mark.verified)


def _settled_lot(lot: LotFacts) -> LotFacts:
    """Sort what has no order; the first CPV code is the main one, and marks are asked in turn."""
    return replace(
        lot,
        cpv_codes=(*lot.cpv_codes[:1], *sorted(lot.cpv_codes[1:])),
        areas=tuple(sorted(lot.areas)),
        reservations=tuple(sorted(lot.reservations)),
    )
