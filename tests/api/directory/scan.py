"""A naive reading of what every filter of a search means, over records held in memory.

It shares nothing with the product but the map of municipalities: no index, no SQL, no reach
worked out beforehand. What it finds, the product must find.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from api.domain.tendering.coverage import Geography

WORDS: Final = ("flobberdoek", "grumselvat", "vintropkist", "kwibbelaar")
CODES: Final = ("45442100", "45440000", "90910000", "90911200", "77310000", "55520000")
MODES: Final = ("goods", "service", "hiring-in", "assembly-on-site")
GROUPS: Final = ("wajong", "wia", "statushouder", "wsw")
SHARES: Final = ("<15", "15-29", "30-49", "50-74", "75+")
LEVELS: Final = ("aspirant", "1", "2", "3")
PROVINCES: Final = ("NL35", "NL21", "NL41", "NL11")
TOWNS: Final = ("GM0344", "GM0193", "GM0758", "GM0363", "GM0014", "GM0355")
EARTH_KM: Final = 6371.0088
Record = dict[str, Any]
Query = Mapping[str, Any]


def records(seed: int, count: int) -> list[Record]:
    """Make a world. `verified` and `shareVerified` are for the test to act on."""
    chance = random.Random(seed)
    return [_record(chance, number) for number in range(count)]


def _record(chance: random.Random, number: int) -> Record:
    point = {"lat": chance.uniform(51.5, 53.2), "lon": chance.uniform(4.4, 6.6)}
    located = chance.random() < 0.85
    share = chance.choice([*SHARES, None])
    return {
        "externalId": f"scan-{number}",
        "kvkNumber": f"{20_000_000 + number}",
        "name": f"{chance.choice('ABCDE')} firma {chance.randrange(30)}",
        "municipality": chance.choice(TOWNS),
        **(point if located else {}),
        "targetGroups": sorted(chance.sample(GROUPS, chance.randrange(3))),
        "targetGroupShare": share,
        "mainAimIntegration": chance.choice([True, True, False, None]),
        "shareVerified": share is not None and chance.random() < 0.6,
        "marks": [
            {
                "scheme": "pso",
                "level": chance.choice(LEVELS),
                "validUntil": chance.choice(["2025-06-30", "2099-12-31"]),
            }
        ][: chance.randrange(2)],
        "verified": chance.random() < 0.7,
        "offerings": [_offering(chance) for _ in range(chance.randrange(4))],
    }


def _offering(chance: random.Random) -> Record:
    capacity = chance.choice([None, chance.randrange(1, 10) * 1_000_000])
    return {
        "title": chance.choice(WORDS),
        "products": chance.sample(WORDS, chance.randrange(2)),
        "cpvCodes": chance.sample(CODES, chance.choice([1, 1, 2])),
        "serviceMode": chance.choice(MODES),
        "coverage": _coverage(chance),
        **({} if capacity is None else {"reliableCapacityCents": capacity}),
    }


def _coverage(chance: random.Random) -> Record:
    match chance.randrange(4):
        case 0:
            out = chance.sample(TOWNS, chance.randrange(2))
            return {"kind": "country", "excludedMunicipalities": out}
        case 1:
            lat, lon = chance.uniform(51.5, 53.2), chance.uniform(4.4, 6.6)
            return {"kind": "radius", "lat": lat, "lon": lon, "radiusKm": chance.choice([15, 60])}
        case _:
            places = chance.sample([*PROVINCES, *TOWNS], 2)
            return {"kind": "places", "places": places}


def scan(world: Sequence[Record], query: Query, geography: Geography, day: date) -> set[str]:
    """Give the external ids of who meets a query, looking at every record."""
    return {
        one["externalId"]
        for one in world
        if _firm_fits(one, query, day) and _some_offering_fits(one, query, geography)
    }


def _firm_fits(one: Record, query: Query, day: date) -> bool:
    groups = query.get("targetGroup", ())
    return (
        (not groups or bool(set(groups) & set(one["targetGroups"])))
        and _holds(one, query.get("mark"), day)
        and query.get("reservedEligible") in (None, _reserved(one))
        and _in_box(one, query.get("bbox"))
        and _is_near(one, query)
    )


def _holds(one: Record, mark: str | None, day: date) -> bool:
    if mark is None:
        return True
    at_least = LEVELS.index(mark.removeprefix("pso-")) if "-" in mark else 0
    return one["verified"] and any(
        LEVELS.index(held["level"]) >= at_least and date.fromisoformat(held["validUntil"]) >= day
        for held in one["marks"]
    )


def _reserved(one: Record) -> str | None:
    share, aim = one["targetGroupShare"], one["mainAimIntegration"]
    if aim is False or share in SHARES[:2]:
        return "false"
    return "true" if share is not None and one["shareVerified"] and aim else None


def _in_box(one: Record, box: str | None) -> bool:
    if box is None:
        return True
    west, south, east, north = map(float, box.split(","))
    return "lat" in one and south <= one["lat"] <= north and west <= one["lon"] <= east


def _is_near(one: Record, query: Query) -> bool:
    if "near" not in query:
        return True
    return "lat" in one and distance_km(one, query) <= float(query["radiusKm"])


def distance_km(one: Record, query: Query) -> float:
    """Measure a great circle from a record to the point of a query."""
    lat, lon = map(float, query["near"].split(","))
    return _distance((one["lat"], one["lon"]), (lat, lon))


def _distance(here: tuple[float, float], there: tuple[float, float]) -> float:
    (a, b), (c, d) = ([radians(x) for x in point] for point in (here, there))
    inner = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(inner))


def _some_offering_fits(one: Record, query: Query, geography: Geography) -> bool:
    bound = {"q", "cpv", "municipality", "province", "near", "serviceMode"} & query.keys()
    if not one["offerings"]:
        return not bound
    return any(_offering_fits(offered, query, geography) for offered in one["offerings"])


def _offering_fits(offered: Record, query: Query, geography: Geography) -> bool:
    capacity = offered.get("reliableCapacityCents")
    return (
        ("q" not in query or query["q"] in (offered["title"], *offered["products"]))
        and _in_category(offered, query.get("cpv", ()))
        and ("serviceMode" not in query or offered["serviceMode"] in query["serviceMode"])
        and (capacity is None or capacity >= query.get("minCapacityCents", 0))
        and _reaches(offered, query, geography)
    )


def _in_category(offered: Record, wanted: Sequence[str]) -> bool:
    stems = [code.rstrip("0").ljust(2, "0") for code in wanted]
    return not stems or any(code.startswith(stem) for code in offered["cpvCodes"] for stem in stems)


def _reaches(offered: Record, query: Query, geography: Geography) -> bool:
    wanted = set(_wanted(query, geography))
    if not wanted:
        return True
    covered = set(_covered(offered["coverage"], geography))
    everywhere = covered == set(geography.municipalities)
    allowed = query.get("includeNational") != "false" or not everywhere
    return allowed and bool(wanted & covered)


def _wanted(query: Query, geography: Geography) -> Iterator[str]:
    """Give the municipalities that a query asks for."""
    if "near" in query:
        lat, lon = map(float, query["near"].split(","))
        yield min(
            geography.municipalities.values(),
            key=lambda place: _distance((place.centre.lat, place.centre.lon), (lat, lon)),
        ).code
    for place in geography.municipalities.values():
        if query.get("municipality") == place.code or query.get("province") == place.province:
            yield place.code


def _covered(coverage: Record, geography: Geography) -> Iterator[str]:
    for place in geography.municipalities.values():
        if place.code in coverage.get("excludedMunicipalities", ()):
            continue
        centre = (place.centre.lat, place.centre.lon)
        match coverage["kind"]:
            case "country":
                yield place.code
            case "radius":
                middle = (coverage["lat"], coverage["lon"])
                if _distance(middle, centre) <= coverage["radiusKm"]:
                    yield place.code
            case _ if {place.code, place.nuts3, place.province} & set(coverage["places"]):
                yield place.code
