"""Lists that are made without the index, while the engine is down. Pure (ADR 23)."""

from collections.abc import Sequence
from typing import Final

from api.database import Row
from search.answers import Hit
from search.documents import sort_name
from search.find import Found
from search.marks import recognise_marks
from search.paging import position, unseen, walk_of
from search.query import Position, Search, Walk
from search.wording import Wording

_FARTHEST: Final = 2**52


def listed(rows: Sequence[Row], search: Search, text: str) -> Found:
    """Order what the database found as the index would, and cut out the page."""
    ordered = sorted(map(_hit, rows), key=_KEYS[walk_of(search)])
    if search.after is not None:
        ordered = [hit for hit in ordered if _is_behind(hit, search.after)]
    skipped = ordered[(search.page - 1) * search.page_size :]
    hits = unseen(skipped, search.after)
    page = tuple(hits[: search.page_size])
    more = len(hits) > len(page)
    wording = Wording(marks=recognise_marks(text).codes)
    return Found(page, len(rows), {}, wording, position(search, page) if more else None)


def _hit(row: Row) -> Hit:
    return Hit(
        id=row["offering"] or row["id"],
        enterprise_id=row["id"],
        sort_name=sort_name(row["name"]),
        updated_at=int(row["updated_at"].timestamp()),
        lot=row["lot"],
        distance=_FARTHEST if row["metres"] is None else round(row["metres"]),
    )


_KEYS: Final = {
    Walk.NAME: lambda hit: (hit.sort_name, hit.lot),
    Walk.UPDATED: lambda hit: (-hit.updated_at, hit.lot),
    Walk.DISTANCE: lambda hit: (hit.distance, hit.lot),
    Walk.LOT: lambda hit: (hit.lot,),
    Walk.TEXT: lambda hit: (hit.lot,),
}


def _is_behind(hit: Hit, after: Position) -> bool:
    """Tell what comes after a position; who was given there is left out elsewhere."""
    match after.walk:
        case Walk.NAME:
            return (hit.sort_name, hit.lot) > (after.key, after.lot)
        case Walk.UPDATED:
            return (-hit.updated_at, hit.lot) > (-int(after.key), after.lot)
        case Walk.LOT:
            return hit.lot > after.lot
        case Walk.DISTANCE:
            return hit.distance >= int(after.key) - 2
        case Walk.TEXT:
            return True
