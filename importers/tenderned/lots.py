"""The rows of one publication as lots: a row per lot, or one per winner of a lot."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from api.domain.tendering.notice import Nature, NoticeLot, Place, Reservation
from importers.ocds.codes import is_nuts
from importers.tenderned.cells import Cells
from importers.tenderned.codes import NATURES, RESERVATIONS
from importers.tenderned.columns import Column

VIRTUAL_LOT: Final = "LOT-0000"
"""eForms' own id of the lot that is the whole procedure (SDK, BT-137)."""


def lots_of(rows: Sequence[Cells], title: str) -> tuple[NoticeLot, ...]:
    """Read the lots in the order of their rows; rows that repeat a lot count once.

    `title` stands in for a missing one. A row that says otherwise about a known lot is named
    in a warning, and the first counts.
    """
    ids = _ids(rows)
    lots: dict[str, NoticeLot] = {}
    for cells, lot_id in zip(rows, ids, strict=True):
        lot = _lot(cells, lot_id, title)
        if lots.setdefault(lot_id, lot) != lot:
            number = cells.row.number
            cells.findings.warn(f"row {number}: says otherwise about lot {lot_id[:40]}; left out")
    return tuple(lots.values())


def _ids(rows: Sequence[Cells]) -> list[str]:
    """Give each row its lot; lots without an id are numbered by their titles."""
    named = [cells.phrase(Column.LOT_ID) for cells in rows]
    nameless = [_key(cells) for cells, lot_id in zip(rows, named, strict=True) if lot_id is None]
    titles = list(dict.fromkeys(nameless))
    if len(titles) == 1 and len(nameless) == len(rows):
        return [VIRTUAL_LOT] * len(rows)
    if titles:
        rows[0].findings.warn(f"{len(titles)} lots have no {Column.LOT_ID.value}; numbered")
    numbers = {title: f"LOT-{number:04}" for number, title in enumerate(titles, start=1)}
    return [lot_id or numbers[_key(cells)] for cells, lot_id in zip(rows, named, strict=True)]


def _key(cells: Cells) -> str:
    return cells.phrase(Column.LOT_TITLE) or ""


def _lot(cells: Cells, lot_id: str, title: str) -> NoticeLot:
    main = cells.cpv(Column.CPV_MAIN)
    extra = {cells.cpv(Column.CPV_EXTRA_1), cells.cpv(Column.CPV_EXTRA_2)} - {main}
    starts_on, ends_on = _period(cells)
    return NoticeLot(
        source_lot_id=lot_id,
        title=cells.phrase(Column.LOT_TITLE) or title,
        nature=_nature(cells),
        cpv_main=main,
        cpv_additional=tuple(sorted(code for code in extra if code is not None)),
        starts_on=starts_on,
        ends_on=ends_on,
        places=_places(cells),
        deadline_at=_deadline(cells),
        reservations=_reservations(cells),
    )


def _period(cells: Cells) -> tuple[date | None, date | None]:
    starts_on, ends_on = cells.day(Column.STARTS_ON), cells.day(Column.ENDS_ON)
    if starts_on and ends_on and ends_on < starts_on:
        cells.fault(Column.ENDS_ON, "invalid-period", f"ends on {ends_on}, before {starts_on}")
    return starts_on, ends_on


def _deadline(cells: Cells) -> datetime | None:
    """Give the first moment by which a firm must act."""
    read = (cells.moment(Column.DEADLINE_REQUESTS), cells.moment(Column.DEADLINE_TENDERS))
    acts = [one for one in read if one is not None]
    if len(set(acts)) > 1:
        cells.findings.warn("deadlines for requests and tenders differ; took the first to act")
    return min(acts, default=None)


def _nature(cells: Cells) -> Nature | None:
    word = cells.phrase(Column.NATURE)
    if word is not None and word.lower() not in NATURES:
        cells.findings.leave_out("kinds of contract without an eForms code", word)
    return NATURES.get((word or "").lower())


def _places(cells: Cells) -> tuple[Place, ...]:
    code = cells.phrase(Column.AREA)
    if code is None:
        return ()
    if not is_nuts(code):
        cells.fault(Column.AREA, "invalid-nuts", f"{code[:40]!r} is not a NUTS code")
    return (Place(nuts=code),)


def _reservations(cells: Cells) -> tuple[Reservation, ...]:
    """Read for whom the tender is reserved (eForms BT-71; Dir. 2014/24 art. 20)."""
    words = cells.phrase(Column.RESERVED_FOR)
    if words is None:
        return ()
    if words.lower() not in RESERVATIONS:
        cells.findings.leave_out("reservations without an eForms code", words)
        return ()
    return (RESERVATIONS[words.lower()],)
