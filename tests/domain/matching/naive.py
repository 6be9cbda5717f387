"""The rules of `docs/matching.md` once more, as slow and plain as can be: a reference."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from math import floor

from api.domain.matching.facts import EnterpriseFacts, LotFacts, MarkFacts, OfferingFacts

Hits = dict[str, float] | None
BAD = frozenset(
    (
        *("not-visible", "excluded-by-buyer", "no-offering", "category-other", "mode-other"),
        *("category-no-evidence", "area-outside", "capacity-short", "lead-time-long"),
        *("minimum-order-high", "mark-missing", "mark-unverified", "mark-level-low"),
        *("mark-not-valid", "mark-lapses", "art20-share-low", "art20-main-aim-missing"),
        *("art77-cpv-unlisted", "art77-term-long", "art77-recent-award", "art77-mission-missing"),
    )
)
OPEN = frozenset(
    (
        *("category-division", "category-additional", "category-unknown", "area-partial"),
        *("area-unknown", "capacity-unknown", "value-unknown", "lead-time-unknown"),
        *("minimum-order-unknown", "dependency-unknown", "mark-dates-unknown"),
        *("mark-level-unknown", "art20-share-unknown", "art20-share-unverified"),
        *("art20-main-aim-unknown", "art77-cpv-unknown", "art77-term-unknown"),
        *("art77-award-date-unknown", "art77-mission-unknown"),
    )
)
LEVELS = ("aspirant", "1", "2", "3")


def permille(hits: Hits, offering: OfferingFacts) -> int:
    return 0 if hits is None else floor(Fraction(hits.get(offering.id, 0)) * 1000 + Fraction(1, 2))


def stem(code: str) -> str:
    while len(code) > 2 and code.endswith("0"):
        code = code[:-1]
    return code


def category(lot: LotFacts, offering: OfferingFacts, hits: Hits) -> tuple[str, int | None]:
    """Give the code and the closeness of the best pair of codes, or of text."""
    broad = not lot.cpv_codes or len(stem(lot.cpv_codes[0])) == 2
    asked = [*lot.cpv_codes[:1], *sorted(lot.cpv_codes[1:])]
    found = [(0, -1, "none")] + [
        pair(lot, wanted, offered, broad=broad)
        for offered in sorted(offering.cpv_codes)
        for wanted in asked
    ]
    best = max(found[1:], default=found[0], key=lambda one: one[:2])  # the first of equals
    _, closeness, code = best
    if code == "none":
        code = "category-unknown" if hits is None else "category-no-evidence"
    text_counts = broad or not offering.cpv_codes
    if text_counts and (code in BAD or code in OPEN) and permille(hits, offering):
        code = "category-text"
    return code, None if closeness < 0 else closeness


def pair(lot: LotFacts, wanted: str, offered: str, *, broad: bool) -> tuple[int, int, str]:
    above, below = stem(wanted), stem(offered)
    if not above.startswith(below) and not below.startswith(above):
        return 0, -1, "category-other"
    closeness = 1000 - 125 * abs(len(above) - len(below))
    if not broad and wanted != lot.cpv_codes[0]:
        return 1, closeness // 2, "category-additional"
    if wanted == offered:
        return 2, closeness, "category-same"
    if above.startswith(below):
        return 2, closeness, "category-broader"
    if len(above) == 2:
        return 1, closeness, "category-division"
    return 2, closeness, "category-narrower"


def area(lot: LotFacts, offering: OfferingFacts) -> str:
    if not lot.areas:
        return "area-unknown"
    nationwide = "NL" in offering.area_full
    dutch = {one for one in lot.areas if one[:2] in {"GM", "NL"}}
    if all(one in offering.area_full or (nationwide and one in dutch) for one in lot.areas):
        return "area-covered"
    if all(one in offering.area_full or one in offering.area_partial for one in lot.areas):
        return "area-partial"
    return "area-outside"


def limit(asked: int | None, given: int | None, codes: tuple[str, str, str, str]) -> str:
    """Compare a limit with what is needed: not asked, unknown, met, broken."""
    if asked is None:
        return codes[0]
    if given is None:
        return codes[1]
    return codes[2] if given <= asked else codes[3]


def of_offering(lot: LotFacts, offering: OfferingFacts, hits: Hits) -> list[str]:
    free, value = offering.free_capacity_cents, lot.yearly_value_cents
    capacity = "value-unknown" if value is None else "capacity-unknown"
    if value is not None and free is not None:
        capacity = "capacity-enough" if free >= value else "capacity-short"
    accepted = offering.service_mode in lot.service_modes
    mode = "mode-accepted" if accepted else "mode-other"
    lead = ("lead-time-not-asked", "lead-time-unknown", "lead-time-met", "lead-time-long")
    order = tuple(f"minimum-order-{one}" for one in ("not-asked", "unknown", "met", "high"))
    codes = [
        category(lot, offering, hits)[0],
        area(lot, offering),
        mode if lot.service_modes else "mode-any",
        capacity,
        limit(lot.lead_time_days, offering.lead_time_days, lead),
        limit(
            lot.order_value_cents,
            offering.minimum_order_cents,
            (order[0], order[1], order[2], order[3]),
        ),
    ]
    return [*codes, *nature(lot, offering)]


def nature(lot: LotFacts, offering: OfferingFacts) -> list[str]:
    usual = {
        "supplies": ("goods",),
        "services": ("service", "hiring-in", "assembly-on-site"),
        "works": ("service", "assembly-on-site"),
    }
    if lot.nature is None or lot.service_modes:
        return []
    return [] if offering.service_mode in usual[lot.nature] else ["nature-differs"]


def of_firm(lot: LotFacts, firm: EnterpriseFacts) -> list[str]:
    value, turnover = lot.yearly_value_cents, firm.turnover_cents
    dependency = "dependency-unknown"
    if value is not None and turnover is not None:
        dependency = "dependency-low" if value <= Fraction(turnover, 2) else "dependency-high"
    return [
        "visible" if firm.visible else "not-visible",
        "not-excluded" if firm.excluded_by_buyer is None else "excluded-by-buyer",
        *reserved(lot, firm),
        *(marks(lot, demand, firm.marks) for demand in lot.required_marks),
        *(() if lot.required_marks else ("mark-not-asked",)),
        dependency,
    ]


def reserved(lot: LotFacts, firm: EnterpriseFacts) -> list[str]:
    routes = []
    if "res-ws" in lot.reservations:
        routes.append(settled(article_20(firm), "art20-met"))
    if "res-pub-ser" in lot.reservations:
        routes.append(settled(article_77(lot, firm), "art77-met"))
    if not routes:
        return ["not-reserved"]
    met = [route for route in routes if route[0] not in BAD | OPEN]
    perhaps = [route for route in routes if route[0] in OPEN]
    return (met or perhaps or [[code for route in routes for code in route]])[0]


def settled(codes: list[str], met: str) -> list[str]:
    return [code for code in codes if code in BAD] or codes or [met]


def article_20(firm: EnterpriseFacts) -> list[str]:
    codes = []
    if firm.target_group_share is None:
        codes.append("art20-share-unknown")
    elif firm.target_group_share in {"<15", "15-29"}:
        codes.append("art20-share-low")
    elif not firm.share_verified:
        codes.append("art20-share-unverified")
    aim = {None: ["art20-main-aim-unknown"], False: ["art20-main-aim-missing"], True: []}
    return [*codes, *aim[firm.main_aim_integration]]


def article_77(lot: LotFacts, firm: EnterpriseFacts) -> list[str]:
    codes = ["art77-cpv-unknown"]  # no code of the random worlds is on the list
    if lot.months is None:
        codes.append("art77-term-unknown")
    elif lot.months > 36:
        codes.append("art77-term-long")
    mission = {None: ["art77-mission-unknown"], False: ["art77-mission-missing"], True: []}
    codes += mission[firm.public_service_mission]
    last = firm.last_art77_award_on
    if last is not None and lot.award_on is None:
        codes.append("art77-award-date-unknown")
    elif last is not None and lot.award_on is not None:
        leap = (last.month, last.day) == (2, 29)
        free = date(last.year + 3, 3, 1) if leap else last.replace(year=last.year + 3)
        codes += [] if lot.award_on > free else ["art77-recent-award"]
    return codes


def marks(lot: LotFacts, demand: object, held: Sequence[MarkFacts]) -> str:
    """Sort the marks by what they prove, then count days."""
    sorts: dict[str, list[MarkFacts]] = {"ok": [], "odd": [], "claimed": [], "low": []}
    for mark in held:
        sort = level(mark, demand.accepted)  # type: ignore[attr-defined]  # a RequiredMark
        if sort in {"ok", "odd"} and not mark.verified:
            sort = "claimed"
        sorts.setdefault(sort, []).append(mark)
    for use, code in (("ok", None), ("odd", "mark-level-unknown"), ("claimed", "mark-unverified")):
        names = ("ok", "odd", "claimed")[: ("ok", "odd", "claimed").index(use) + 1]
        found = days(lot, [mark for name in names for mark in sorts[name]])
        if found not in BAD:
            return code or found
    if sorts["ok"] or sorts["odd"]:
        return days(lot, sorts["ok"] + sorts["odd"])
    if sorts["claimed"]:
        return "mark-not-valid"
    return "mark-level-low" if sorts["low"] else "mark-missing"


def level(mark: MarkFacts, accepted: Sequence[object]) -> str:
    sorts = ["other"]
    for one in accepted:
        scheme, least = one.scheme, one.minimum_level  # type: ignore[attr-defined]  # AcceptedMark
        if scheme != mark.scheme:
            continue
        order = LEVELS if scheme == "pso" else ()
        if least is None or least == mark.level:
            sorts.append("ok")
        elif least in order and mark.level in order:
            sorts.append("ok" if order.index(mark.level) > order.index(least) else "low")
        else:
            sorts.append("odd")
    return next(sort for sort in ("ok", "odd", "low", "other") if sort in sorts)


def days(lot: LotFacts, held: list[MarkFacts]) -> str:
    award, end = lot.award_on, lot.ends_on
    if not held:
        return "mark-not-valid"
    if award is None:
        lasting = [
            one
            for one in held
            if one.valid.ends_on is None or (end is not None and one.valid.ends_on > end)
        ]
        if any(one.valid.starts_on is None for one in lasting):
            return "mark-held"
        return "mark-dates-unknown" if lasting or end is None else "mark-lapses"
    if not any(one.valid.holds(award) for one in held):
        return "mark-not-valid"
    last = end or date(2031, 1, 1)  # after every dated mark of the random worlds
    span = [award + timedelta(days=day) for day in range((last - award).days + 1)]
    if all(any(one.valid.holds(day) for one in held) for day in span):
        return "mark-held"
    return "mark-dates-unknown" if end is None else "mark-lapses"


def first_day_without(held: list[MarkFacts], day: date) -> date:
    while any(one.valid.holds(day) for one in held):
        day += timedelta(days=1)
    return day


def turn(seed: str, firm_id: str) -> str:
    return sha256((seed + "\n" + firm_id).encode()).hexdigest()
