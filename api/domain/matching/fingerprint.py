"""A fingerprint of everything that a decision hangs on (design decision 5, ADR 7 and 17)."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

import msgspec

from api.domain.matching.decide import permille
from api.domain.matching.facts import EnterpriseFacts, LotFacts, MarkFacts, OfferingFacts
from api.domain.matching.reasons import RULES
from api.domain.matching.rules import MatchingRules
from api.domain.tendering.coverage import COUNTRY


def fingerprint(
    lot: LotFacts,
    enterprises: Iterable[EnterpriseFacts],
    rules: MatchingRules,
    *,
    seed: str,
    text_hits: Mapping[str, float] | None = None,
) -> str:
    """Give the SHA-256, in hex, of canonical JSON of all inputs of `decide`.

    Equal fingerprints give equal decisions; the order of rows, or of codes in a row,
    leaves it unchanged. Of a coverage it holds what is compared: which places of the lot
    it has, and how many areas in all. Source: ADR 7.
    """
    places = frozenset((COUNTRY, *lot.areas))
    firms = sorted(enterprises, key=lambda one: one.id)
    basis = {
        "enterprises": [_settled(one, places) for one in firms],
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
