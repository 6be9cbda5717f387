"""Reads for search results, in SQL."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row, fetch
from api.domain.directory import ShareBucket
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.coverage import COUNTRY
from api.domain.values import EARTH_RADIUS_KM
from search.query import Near, Search

# Keeps the order of the index; rows that left the directory since are dropped.
_CARDS: Final = """
SELECT e.id, e.name, e.kvk_number, e.town, e.municipality, e.website, e.target_group_share,
  coalesce((SELECT array_agg(m.scheme || coalesce('-' || lower(m.level), '') ORDER BY m.scheme)
            FROM quality_mark m
            WHERE m.enterprise = e.id AND m.verified_on IS NOT NULL
              AND (m.issued_on IS NULL OR m.issued_on <= $3)
              AND (m.valid_until IS NULL OR m.valid_until >= $3)
              AND (m.revoked_on IS NULL OR m.revoked_on > $3)), '{}') AS marks,
  o.id AS offering_id, o.title, o.products, o.cpv_codes, o.service_mode,
  o.reliable_capacity_cents, $4 = ANY(o.area_full) OR o.area_full @> $5::text[] AS covers_whole
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS hit(enterprise, offering, place)
JOIN enterprise e ON e.id = hit.enterprise AND e.state = 'published'
LEFT JOIN offering o ON o.id = hit.offering AND o.withdrawn_at IS NULL
ORDER BY hit.place
"""
_OFFERED: Final = "SELECT FROM offering o WHERE o.enterprise = e.id AND o.withdrawn_at IS NULL"
_MOST: Final = "ORDER BY o.position, o.id LIMIT 1"


async def cards(
    enterprises: Sequence[UUID], offerings: Sequence[UUID], today: date, areas: Sequence[str]
) -> list[Row]:
    """Read the enterprises that the index found, each with the offering that was found.

    `covers_whole` tells whether that offering reaches all of the areas.
    """
    found = (list(enterprises), list(offerings))
    return await fetch(_CARDS, *found, today, COUNTRY, list(areas))


class Statement:
    """Conditions with their values, numbered as they come."""

    def __init__(self) -> None:
        """Begin without values."""
        self.values: list[object] = []

    def bind(self, value: object) -> str:
        """Keep a value; gives the place that stands for it."""
        self.values.append(value)
        return f"${len(self.values)}"


def conditions(search: Search, statement: Statement) -> list[str]:
    """Build the conditions on a published enterprise that a search asks for; terms aside."""
    return ["e.state = 'published'", *_firm(search, statement), *_offered(search, statement)]


class Naming(msgspec.Struct, frozen=True):
    """By what an enterprise is meant, where a search names one."""

    kvk_number: str | None = None
    names: tuple[str, ...] = ()


async def matching(search: Search, naming: Naming) -> list[Row]:
    """Read, without the index, all that meet the filters of a search, in no order.

    The lot is drawn as `search.documents.lot` draws it.
    """
    statement = Statement()
    wanted = conditions(search, statement)
    if naming.kvk_number is not None:
        wanted.append(f"e.kvk_number = {statement.bind(naming.kvk_number)}")
    if naming.names:
        names = statement.bind([name.lower() for name in naming.names])
        in_trade = f"EXISTS (SELECT FROM unnest(e.trade_names) t WHERE lower(t) = ANY({names}))"
        wanted.append(f"(lower(e.name) = ANY({names}) OR {in_trade})")
    offered, _ = _of_one_offering(search, statement)
    shown = " AND ".join(["o.enterprise = e.id AND o.withdrawn_at IS NULL", *offered])
    # Conditions are built of our own words; every value is bound.
    sql = f"""
    SELECT e.id::text AS id, e.name, e.updated_at, {_distance(search, statement)} AS metres,
      ('x' || substr(md5(e.id::text), 1, 13))::bit(52)::bigint AS lot,
      (SELECT o.id::text FROM offering o WHERE {shown} {_MOST}) AS offering
    FROM enterprise e WHERE {" AND ".join(wanted)}
    """  # noqa: S608  see above
    return await fetch(sql, *statement.values)


def _distance(search: Search, statement: Statement) -> str:
    if search.near is None:
        return "0"
    return f"{_arc(search.near, statement)} * {2_000 * EARTH_RADIUS_KM}"


def _firm(search: Search, statement: Statement) -> list[str]:
    """Build the conditions on the enterprise itself."""
    wanted: list[str] = []
    if search.target_groups:
        wanted.append(f"e.target_groups && {statement.bind(list(search.target_groups))}::text[]")
    if search.target_group_shares:
        shares = statement.bind(list(search.target_group_shares))
        wanted.append(f"e.target_group_share = ANY({shares})")
    if search.marks:
        wanted.append(_holds_mark(search, statement))
    if search.reserved_eligible is not None:
        wanted.append(_reserved(statement, eligible=search.reserved_eligible))
    if search.box is not None:
        low_lat, high_lat = statement.bind(search.box.south), statement.bind(search.box.north)
        low_lon, high_lon = statement.bind(search.box.west), statement.bind(search.box.east)
        wanted.append(f"e.lat BETWEEN {low_lat} AND {high_lat}")
        wanted.append(f"e.lon BETWEEN {low_lon} AND {high_lon}")
    if search.near is not None:
        wanted.append(_within(search, statement))
    return wanted


def _holds_mark(search: Search, statement: Statement) -> str:
    day = statement.bind(date.fromordinal(search.day))
    codes = statement.bind(list(search.marks))
    return f"""EXISTS (SELECT FROM quality_mark m
      WHERE m.enterprise = e.id AND m.verified_on IS NOT NULL
        AND lower(m.scheme || coalesce('-' || replace(m.level, '+', 'plus'), '')) = ANY({codes})
        AND coalesce(m.issued_on <= {day}, TRUE) AND coalesce(m.valid_until >= {day}, TRUE)
        AND coalesce(m.revoked_on > {day}, TRUE))"""


def _reserved(statement: Statement, *, eligible: bool) -> str:
    """Say `api.domain.directory.reserved_eligible` in SQL; its buckets are asked there."""
    percent = RULES_2026.reserved_share_percent
    enough = [one.value for one in ShareBucket if (one.at_least >= percent) is eligible]
    shares = statement.bind(enough)
    if not eligible:
        return f"(e.main_aim_integration IS FALSE OR e.target_group_share = ANY({shares}))"
    return f"""(e.main_aim_integration AND e.share_verified_on IS NOT NULL
      AND e.target_group_share = ANY({shares}))"""


def _within(search: Search, statement: Statement) -> str:
    """Measure as `Point.distance_km` does: great circle, haversine."""
    if search.near is None:
        return "TRUE"
    km = statement.bind(search.near.km / (2 * EARTH_RADIUS_KM))
    return f"{_arc(search.near, statement)} <= {km}::float8"


def _arc(near: Near, statement: Statement) -> str:
    """Give half the angle between an enterprise and a point."""
    lat, lon = statement.bind(near.lat), statement.bind(near.lon)
    return f"""asin(least(1, sqrt(sin(radians(e.lat - {lat}::float8) / 2) ^ 2
      + cos(radians({lat}::float8)) * cos(radians(e.lat))
        * sin(radians(e.lon - {lon}::float8) / 2) ^ 2)))"""


def _offered(search: Search, statement: Statement) -> list[str]:
    """Build the condition that one offering meets all that is asked of offerings."""
    wanted, bound_to_offering = _of_one_offering(search, statement)
    if not wanted:
        return []
    found = f"EXISTS ({' AND '.join([_OFFERED, *wanted])})"
    # Who offers nothing yet has an unknown capacity, and unknown passes.
    return [found if bound_to_offering else f"({found} OR NOT EXISTS ({_OFFERED}))"]


def _of_one_offering(search: Search, statement: Statement) -> tuple[list[str], bool]:
    """Build what one offering must meet, and tell whether a firm without any can't."""
    wanted: list[str] = []
    if search.cpv:
        wanted.append(f"o.cpv_lineage && {statement.bind(list(search.cpv))}::text[]")
    if search.areas:
        wanted.append(_reaches(search, statement))
    if search.modes:
        wanted.append(f"o.service_mode = ANY({statement.bind(list(search.modes))})")
    bound_to_offering = bool(wanted)
    if search.min_capacity_cents is not None:
        enough = f"o.reliable_capacity_cents >= {statement.bind(search.min_capacity_cents)}"
        wanted.append(f"coalesce({enough}, TRUE)")
    return wanted, bound_to_offering


def _reaches(search: Search, statement: Statement) -> str:
    """Say design decision 2 in SQL, as `search.query.covers` says it to the index."""
    areas = statement.bind(list(search.areas))
    nationwide = f"{statement.bind(COUNTRY)} = ANY(o.area_full)"
    ways = [f"o.area_full && {areas}::text[]"]
    if search.include_partial:
        ways.append(f"o.area_partial && {areas}::text[]")
    if search.include_national:
        return f"({' OR '.join([nationwide, *ways])})"
    return f"(NOT {nationwide} AND ({' OR '.join(ways)}))"
