"""A fingerprint of everything that a decision hangs on (design decision 5, ADR 7 and 17)."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from operator import attrgetter
from typing import Final

import msgspec

from api.domain.matching.decide import permille
from api.domain.matching.facts import EnterpriseFacts, LotFacts, MarkFacts, OfferingFacts
from api.domain.matching.reasons import RULES
from api.domain.matching.rules import MatchingRules
from api.domain.tendering.coverage import COUNTRY

_BY_ID: Final = attrgetter("id")
_Firm = tuple[EnterpriseFacts, frozenset[str], msgspec.Raw]


class Written:
    """Firms as they stand in the fingerprints of lots that ask all of their areas: once each."""

    def __init__(self) -> None:
        """Begin with nothing."""
        # An id is only that of a firm while the firm lives, so the firm is kept with it.
        self._firms: dict[int, _Firm] = {}

    def of(self, enterprise: EnterpriseFacts, places: frozenset[str]) -> msgspec.Raw:
        """Write a firm down, without areas that a lot does not ask (ADR 7)."""
        known = self._firms.get(id(enterprise))
        if known is not None and known[1] <= places:
            return known[2]
        raw, areas = _raw(_settled(enterprise, places)), _areas(enterprise)
        if areas <= places:
            self._firms[id(enterprise)] = (enterprise, areas, raw)
        return raw


def _areas(enterprise: EnterpriseFacts) -> frozenset[str]:
    offerings = enterprise.offerings
    return frozenset().union(*(one.area_full | one.area_partial for one in offerings))


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value, order="deterministic"))


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
    leaves it unchanged. Of a coverage it holds what is compared: which places of the lot
    it has, and how many areas in all. `written` shares work between lots with facts in
    common, and changes nothing. Source: ADR 7.
    """
    of = _settled if written is None else written.of
    places = frozenset((COUNTRY, *lot.areas))
    firms = sorted(enterprises, key=_BY_ID)
    basis = {
        "enterprises": [of(one, places) for one in firms],
        "lot": _settled_lot(lot),
        "ruleVersions": {rule.id.value: rule.version for rule in RULES},
        "rules": rules,
        "seed": seed,
        "textHits": permille(text_hits),
    }
    return sha256(msgspec.json.encode(basis, order="deterministic")).hexdigest()


def _settled(enterprise: EnterpriseFacts, places: frozenset[str]) -> tuple[object, ...]:
    offerings = sorted(enterprise.offerings, key=lambda one: one.id)
    marks = tuple(sorted(enterprise.marks, key=_mark_order))
    itself = msgspec.structs.replace(enterprise, marks=marks, offerings=())
    return (itself, [_settled_offering(one, places) for one in offerings])


def _settled_offering(offering: OfferingFacts, places: frozenset[str]) -> tuple[object, ...]:
    settled = msgspec.structs.replace(
        offering,
        cpv_codes=tuple(sorted(offering.cpv_codes)),
        area_full=offering.area_full & places,
        area_partial=offering.area_partial & places,
    )
    return (settled, len(offering.area_full))


def _mark_order(mark: MarkFacts) -> tuple[str, str, str, str, bool]:
    days = (str(mark.valid.starts_on), str(mark.valid.ends_on))
    return (mark.scheme, mark.level or "", *days, mark.verified)


def _settled_lot(lot: LotFacts) -> LotFacts:
    """Sort what has no order; the first CPV code is the main one, and marks are asked in turn."""
    return msgspec.structs.replace(
        lot,
        cpv_codes=(*lot.cpv_codes[:1], *sorted(lot.cpv_codes[1:])),
        areas=tuple(sorted(lot.areas)),
        reservations=tuple(sorted(lot.reservations)),
    )
