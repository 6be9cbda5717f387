"""Three pictures of a lot plan as SVG: value per lot, able firms per lot, exempt share.

They hold no script and no style from elsewhere; a title and a description say in Dutch what
is seen, and every bar has its figure beside it, so that colour alone tells nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final
from xml.sax.saxutils import escape

from api.domain.tendering.lot_plan import Plan, PlannedLot
from api.domain.tendering.motive import euros

WIDTH: Final = 720
ROW: Final = 28
_LEFT: Final = 210
_ROOM: Final = 300
_TOP: Final = 44
_DARK, _LIGHT, _LINE = "#1f4e79", "#b5541c", "#333333"
_LONGEST: Final = 26
_Bar = tuple[str, int, str, str]
"""Label, length in points, colour, figure."""


def values_chart(plan: Plan) -> str:
    """Draw the value of each lot (own choice, ADR 29)."""
    most = max(lot.value_cents for lot in plan.lots) or 1
    bars = [
        (_name(lot), _ROOM * lot.value_cents // most, _colour(lot), euros(lot.value_cents))
        for lot in plan.lots
    ]
    reached = sum(lot.supply.reached for lot in plan.lots)
    about = (
        f"{len(plan.lots)} percelen van samen {euros(plan.total_cents)};"
        f" in {reached} daarvan kunnen genoeg sociale ondernemingen meedoen."
    )
    return _drawn("Waarde per perceel", about, bars)


def firms_chart(plan: Plan) -> str:
    """Draw how many firms are able in each lot, with how many are asked (own choice, ADR 29)."""
    most = max([1, *(max(len(lot.supply.able), lot.supply.asked) for lot in plan.lots)])
    bars = [
        (
            _name(lot),
            _ROOM * len(lot.supply.able) // most,
            _colour(lot),
            (
                f"{len(lot.supply.able)} van {lot.supply.asked} gevraagd,"
                f" {len(lot.supply.unknown)} onbekend"
            ),
        )
        for lot in plan.lots
    ]
    about = "Per perceel: hoeveel sociale ondernemingen het hele perceel kunnen doen."
    marks = [_LEFT + _ROOM * lot.supply.asked // most for lot in plan.lots]
    return _drawn("Ondernemingen per perceel", about, bars, marks)


def exemption_chart(plan: Plan) -> str:
    """Draw the exempt share against what is allowed (Dir. 2014/24 art. 5(10); ADR 29)."""
    found = plan.exemption
    if found is None:
        about = "De percelenregeling speelt niet: de Europese regels gelden voor geen perceel."
        return _drawn("Vrijgestelde percelen", about, [])
    most = max(found.room_cents, found.value_cents, 1)
    bars = [
        ("Vrijgesteld", _ROOM * found.value_cents // most, _DARK, _share(found.value_cents, plan)),
        ("Hooguit toegestaan", _ROOM * found.room_cents // most, _LIGHT, euros(found.room_cents)),
    ]
    numbers = ", ".join(found.lot_ids) or "geen"
    about = f"Vrijgestelde percelen: {numbers}. Van alle percelen samen mag hooguit 20 %."
    return _drawn("Vrijgestelde percelen", about, bars)


CHARTS: Final[Mapping[str, Callable[[Plan], str]]] = {
    "values": values_chart,
    "firms": firms_chart,
    "exemption": exemption_chart,
}


def _share(cents: int, plan: Plan) -> str:
    """Write cents with their share of the tender, cut off at a hundredth of a percent."""
    share = Fraction(cents * 10_000, plan.total_cents or 1) // 1
    return f"{euros(cents)} ({share // 100},{share % 100:02} %)"


def _name(lot: PlannedLot) -> str:
    title = lot.title if len(lot.title) <= _LONGEST else f"{lot.title[: _LONGEST - 1]}…"
    return f"{lot.number}. {title}"


def _colour(lot: PlannedLot) -> str:
    return _DARK if lot.supply.reached else _LIGHT


def _drawn(title: str, about: str, bars: Sequence[_Bar], marks: Iterable[int] = ()) -> str:
    height = _TOP + ROW * len(bars) + 12
    rows = [_bar(place, bar) for place, bar in enumerate(bars)]
    lines = [_mark(place, x) for place, x in enumerate(marks)]
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
                ' role="img" aria-labelledby="title about" font-family="sans-serif" font-size="13">'
            ),
            f'<title id="title">{_text(title)}</title>',
            f'<desc id="about">{_text(about)}</desc>',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<text x="8" y="24" font-size="16" fill="{_LINE}">{_text(title)}</text>',
            *rows,
            *lines,
            "</svg>\n",
        ]
    )


def _bar(place: int, bar: _Bar) -> str:
    label, length, colour, figure = bar
    y = _TOP + ROW * place
    after = _LEFT + max(length, 1) + 6
    return (
        f'<text x="8" y="{y + 14}" fill="{_LINE}">{_text(label)}</text>'
        f'<rect x="{_LEFT}" y="{y}" width="{max(length, 1)}" height="18" fill="{colour}"/>'
        f'<text x="{after}" y="{y + 14}" fill="{_LINE}">{_text(figure)}</text>'
    )


def _mark(place: int, x: int) -> str:
    y = _TOP + ROW * place
    return f'<line x1="{x}" x2="{x}" y1="{y - 3}" y2="{y + 21}" stroke="{_LINE}"/>'


def _text(text: str) -> str:
    """Escape, and leave out characters that XML can't hold."""
    return escape("".join(one for one in text if one >= " "))
