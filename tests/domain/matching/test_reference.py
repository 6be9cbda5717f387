"""Five hundred random worlds: the fast rules and the plain ones agree on every firm."""

from datetime import date

import pytest

from api.domain.matching.decide import Decision, Excluded, Match, NearMiss
from api.domain.matching.facts import EnterpriseFacts, LotFacts, OfferingFacts, Procedure
from tests.domain.matching import naive
from tests.domain.matching.builders import a_random_world, decided

Verdict = tuple[str, object, list[str]]


@pytest.mark.parametrize("block", range(10))
def test_the_rules_agree_with_the_plain_reference(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        lot, firms, hits = a_random_world(seed)
        decision = decided(lot, *firms, text_hits=hits)

        verdicts = _verdicts(decision)
        for firm in firms:
            assert verdicts[firm.id] == _expected(lot, firm, hits), (seed, firm.id)
        order = [one.enterprise_id for one in decision.matched]
        assert order == sorted(order, key=lambda one: _place(decision, one)), seed


def _place(decision: Decision, firm_id: str) -> tuple[int, str]:
    [score] = [one.score for one in decision.matched if one.enterprise_id == firm_id]
    return (-score, naive.turn("seed", firm_id))


def _verdicts(decision: Decision) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    every: list[Match | NearMiss | Excluded] = [*decision.matched, *decision.near_misses]
    every += decision.excluded
    for one in every:
        kind = type(one).__name__
        score = None if isinstance(one, Excluded) else one.score
        codes = [reason.code.value for reason in one.reasons]
        found[one.enterprise_id] = (kind, (one.offering_id, score), codes)
    return found


def _expected(lot: LotFacts, firm: EnterpriseFacts, hits: naive.Hits) -> Verdict:
    own = naive.of_firm(lot, firm)
    options = {one.id: (one, [*own, *naive.of_offering(lot, one, hits)]) for one in firm.offerings}
    fails = {key: [one for one in codes if one in naive.BAD] for key, (_, codes) in options.items()}
    for kind, wanted in (("Match", 0), ("NearMiss", 1)):
        scored = [
            (-_score(lot, firm, offering, hits), key)
            for key, (offering, _) in options.items()
            if len(fails[key]) == wanted
            and all(_mendable(code, lot, firm, offering) for code in fails[key])
        ]
        if scored:
            score, key = min(scored)
            return kind, (key, -score), options[key][1]
    if not options:
        bad = [code for code in own if code in naive.BAD]
        return "Excluded", (None, None), [*bad, "no-offering"]
    outside = ("category-other", "category-no-evidence")
    nearest = min(
        options, key=lambda key: (bool(set(outside) & set(fails[key])), len(fails[key]), key)
    )
    return "Excluded", (nearest, None), fails[nearest]


def _mendable(code: str, lot: LotFacts, firm: EnterpriseFacts, offering: OfferingFacts) -> bool:
    missing = [area for area in lot.areas if area not in offering.area_full | offering.area_partial]
    free, value = offering.free_capacity_cents or 0, lot.yearly_value_cents or 0
    within = {
        "capacity-short": free >= value * 3 / 4,
        "area-outside": len(missing) == 1 < len(lot.areas) and missing[0].startswith("GM"),
        "lead-time-long": (offering.lead_time_days or 0) - (lot.lead_time_days or 0) <= 14,
        "minimum-order-high": (offering.minimum_order_cents or 0)
        <= (lot.order_value_cents or 0) * 5 / 4,
        "mark-unverified": True,
        "mark-lapses": _nearly_lasts(lot, firm),
    }
    return within.get(code, False)


def _nearly_lasts(lot: LotFacts, firm: EnterpriseFacts) -> bool:
    """Count the days of the contract from the first one without a mark."""
    for demand in lot.required_marks:
        sorts = [
            one
            for one in firm.marks
            if one.verified and naive.level(one, demand.accepted) in {"ok", "odd"}
        ]
        if naive.marks(lot, demand, firm.marks) == "mark-lapses" and lot.ends_on is not None:
            lapse = max(one.valid.ends_on or date.max for one in sorts)
            if lot.award_on is not None:
                lapse = naive.first_day_without(sorts, lot.award_on)
            return (lot.ends_on - lapse).days + 1 <= 730
    return False


def _score(lot: LotFacts, firm: EnterpriseFacts, offering: OfferingFacts, hits: naive.Hits) -> int:
    weighted = {
        "cpv": (300, naive.category(lot, offering, hits)[1]),
        "text": (100, naive.permille(hits, offering)),
        "area": (100, _area(lot, offering)),
        "distance": (50, _distance(lot, firm)),
        "capacity": (150, _capacity(lot, offering)),
        "recognition": (100, _recognition(lot, firm)),
        "target-group": (150, _target_group(firm)),
        "track-record": (50, min(1000, firm.track_record * 200)),
    }
    return sum((weight * (value or 0) + 500) // 1000 for weight, value in weighted.values())


def _area(lot: LotFacts, offering: OfferingFacts) -> int:
    verdict = naive.area(lot, offering)
    if verdict != "area-covered":
        return {"area-unknown": 0, "area-partial": 300, "area-outside": 0}[verdict]
    if lot.procedure is Procedure.OPEN:
        return 1000
    return 500 if "NL" in offering.area_full else 1000  # never more than five areas here


def _distance(lot: LotFacts, firm: EnterpriseFacts) -> int:
    if lot.procedure is Procedure.OPEN or firm.distance_km is None:
        return 0
    return max(0, 1000 - 10 * firm.distance_km)


def _capacity(lot: LotFacts, offering: OfferingFacts) -> int:
    free, need = offering.free_capacity_cents, lot.yearly_value_cents
    if free is None or need is None or free < need:
        return 0
    share = (free - need) / need
    return 1000 if share >= 0.2 else 500 + int(500 * (free - need) // (need * 0.2))


def _recognition(lot: LotFacts, firm: EnterpriseFacts) -> int:
    worth = {"aspirant": 300, "1": 600, "2": 800, "3": 1000}
    found = [0]
    for mark in firm.marks:
        if lot.award_on is not None and mark.verified and mark.valid.holds(lot.award_on):
            any_level = {"pso-30plus": 1000, "code-sociale-ondernemingen": 700}
            pso = worth.get(mark.level or "", 0)
            found.append(pso if mark.scheme == "pso" else any_level.get(mark.scheme, 0))
    return max(found)


def _target_group(firm: EnterpriseFacts) -> int:
    worth = {None: 0, "<15": 100, "15-29": 300, "30-49": 600, "50-74": 800, "75+": 1000}
    value = worth[firm.target_group_share]
    return value if firm.share_verified else value // 2
