"""Reads for exports and the feed, in SQL. No rule is decided here."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from api.database import as_struct, fetch
from api.domain.directory import ShareBucket
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.coverage import COUNTRY
from api.domain.values import EARTH_RADIUS_KM
from api.exports.schemas import ChangeOut
from search.query import Search

_OFFERED: Final = "SELECT FROM offering o WHERE o.enterprise = e.id AND o.withdrawn_at IS NULL"
# Only what began before every transaction that still runs: its place is final (ADR 19).
_CHANGES: Final = """
SELECT c.transaction_id, c.id, c.enterprise AS enterprise_id, e.state,
       e.successor AS successor_id, e.version, c.changed_at
FROM change c JOIN enterprise e ON e.id = c.enterprise
WHERE (c.transaction_id, c.id) > ($1, $2)
  AND c.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY c.transaction_id, c.id LIMIT $3
"""
_NEWEST: Final = """
SELECT transaction_id, id FROM change
WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction_id DESC, id DESC LIMIT 1
"""


_Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A place in the feed: which database cluster, which transaction, which row."""

    cluster: str
    transaction: _Number = 0
    row: _Number = 0


class _Statement:
    """Conditions with their values, numbered as they come."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def bind(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


async def page_of_ids(search: Search, after: UUID | None, limit: int) -> list[UUID]:
    """Walk by id the published enterprises that meet the filters of a search; terms aside."""
    statement = _Statement()
    wanted = ["e.state = 'published'", *_firm(search, statement), *_offered(search, statement)]
    if after is not None:
        wanted.append(f"e.id > {statement.bind(after)}")
    # Conditions are built of our own words; every value is bound.
    sql = f"SELECT e.id FROM enterprise e WHERE {' AND '.join(wanted)}"  # noqa: S608  see above
    rows = await fetch(f"{sql} ORDER BY e.id LIMIT {statement.bind(limit)}", *statement.values)
    return [row["id"] for row in rows]


def _firm(search: Search, statement: _Statement) -> list[str]:
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


def _holds_mark(search: Search, statement: _Statement) -> str:
    day = statement.bind(date.fromordinal(search.day))
    codes = statement.bind(list(search.marks))
    return f"""EXISTS (SELECT FROM quality_mark m
      WHERE m.enterprise = e.id AND m.verified_on IS NOT NULL
        AND lower(m.scheme || coalesce('-' || replace(m.level, '+', 'plus'), '')) = ANY({codes})
        AND coalesce(m.issued_on <= {day}, TRUE) AND coalesce(m.valid_until >= {day}, TRUE)
        AND coalesce(m.revoked_on > {day}, TRUE))"""


def _reserved(statement: _Statement, *, eligible: bool) -> str:
    """Say `api.domain.directory.reserved_eligible` in SQL; its buckets are asked there."""
    percent = RULES_2026.reserved_share_percent
    enough = [one.value for one in ShareBucket if (one.at_least >= percent) is eligible]
    shares = statement.bind(enough)
    if not eligible:
        return f"(e.main_aim_integration IS FALSE OR e.target_group_share = ANY({shares}))"
    return f"""(e.main_aim_integration AND e.share_verified_on IS NOT NULL
      AND e.target_group_share = ANY({shares}))"""


def _within(search: Search, statement: _Statement) -> str:
    """Measure as `Point.distance_km` does: great circle, haversine."""
    if search.near is None:
        return "TRUE"
    lat, lon = statement.bind(search.near.lat), statement.bind(search.near.lon)
    km = statement.bind(search.near.km / (2 * EARTH_RADIUS_KM))
    return f"""asin(least(1, sqrt(sin(radians(e.lat - {lat}::float8) / 2) ^ 2
      + cos(radians({lat}::float8)) * cos(radians(e.lat))
        * sin(radians(e.lon - {lon}::float8) / 2) ^ 2))) <= {km}::float8"""


def _offered(search: Search, statement: _Statement) -> list[str]:
    """Build the condition that one offering meets all that is asked of offerings."""
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
    if not wanted:
        return []
    found = f"EXISTS ({' AND '.join([_OFFERED, *wanted])})"
    # Who offers nothing yet has an unknown capacity, and unknown passes.
    return [found if bound_to_offering else f"({found} OR NOT EXISTS ({_OFFERED}))"]


def _reaches(search: Search, statement: _Statement) -> str:
    """Say design decision 2 in SQL, as `search.query.covers` says it to the index."""
    areas = statement.bind(list(search.areas))
    nationwide = f"{statement.bind(COUNTRY)} = ANY(o.area_full)"
    ways = [f"o.area_full && {areas}::text[]"]
    if search.include_partial:
        ways.append(f"o.area_partial && {areas}::text[]")
    if search.include_national:
        return f"({' OR '.join([nationwide, *ways])})"
    return f"(NOT {nationwide} AND ({' OR '.join(ways)}))"


async def cluster() -> str:
    """Name the database cluster: transactions are counted per cluster."""
    rows = await fetch("SELECT system_identifier::text AS name FROM pg_control_system()")
    return str(rows[0]["name"])


async def changes(after: Place, limit: int) -> list[tuple[Place, ChangeOut]]:
    """Give the changes after a place of which the order is final."""
    rows = await fetch(_CHANGES, after.transaction, after.row, limit)
    return [
        (Place(after.cluster, row["transaction_id"], row["id"]), as_struct(row, ChangeOut))
        for row in rows
    ]


async def newest(of_cluster: str) -> Place:
    """Give the last place in the feed of which the order is final."""
    rows = await fetch(_NEWEST)
    if not rows:
        return Place(of_cluster)
    return Place(of_cluster, rows[0]["transaction_id"], rows[0]["id"])
