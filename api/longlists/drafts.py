"""From a run to rows, a workbook and a page to print. Pure, but for the workbook's own bytes."""

import base64
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from typing import Final

from api.domain.matching.near_miss import Shortfall, Unit
from api.domain.matching.reasons import Compared, Reason, ReasonCode, RuleId, State
from api.formulas import csv_rows, inert, workbook
from api.lines import Line, LineKind
from api.longlists.schemas import OUTCOMES, REASONS, Longlist
from api.matches.schemas import VerdictOut

_OPENING: Final = (
    "Deze lijst laat zien welke bedrijven bekeken zijn, wie gevonden is en wie niet, en waarom."
    " De lijst is geen gunning."
)
_IN_CENTS: Final = frozenset({RuleId.CAPACITY, RuleId.DEPENDENCY, RuleId.MINIMUM_ORDER})
HEAD: Final = (
    *("uitkomst", "plaats", "bedrijf", "vestiging", "score", "aanbod"),
    *("redenen", "navragen", "wat ontbreekt", "codes", "id"),
)
_STYLE: Final = (
    "body{font:11pt/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111}"
    "table{border-collapse:collapse;width:100%;margin:1em 0}"
    "th,td{border:1px solid #767676;padding:.3em .5em;text-align:left;vertical-align:top}"
    "thead{display:table-header-group}tr{break-inside:avoid}h2{break-after:avoid}"
)
CSP: Final = (
    f"default-src 'none'; style-src 'sha256-"
    f"{base64.b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page holds one style sheet and nothing else that acts."""


def facts(found: Longlist) -> Iterator[tuple[str, str]]:
    """Give what the list stands on: criteria, sources, seed, counts."""
    run, lot, tender = found.run, found.lot, found.tender
    yield "Aanbesteding", tender.title
    yield "Perceel", f"{lot.source_lot_id} {lot.title}"
    yield "Gemaakt op", run.created_at.isoformat()
    yield "Gemaakt door", run.author
    yield "Bekeken bedrijven", str(run.considered)
    yield "Gevonden", str(run.matched)
    yield "Bijna gevonden", str(run.near_misses)
    yield "Niet gevonden", str(run.excluded)
    yield "Buiten de categorie (alleen geteld)", str(run.outside_category)
    yield "Categorie (CPV)", ", ".join(filter(None, [lot.cpv_main, *lot.cpv_additional]))
    yield "Gebied", ", ".join(lot.areas) or "niet bekend"
    marks = ", ".join(one.scheme for one in run.criteria.required_marks)
    yield "Gevraagde keurmerken (of gelijkwaardig)", marks or "geen"
    yield "Manier van leveren", ", ".join(run.criteria.service_modes) or "elke"
    yield "Levertijd in dagen", str(run.criteria.lead_time_days or "niet gevraagd")
    yield "Regels", run.rules_version
    yield "Gewichten", run.weights_version
    yield "Zoeken op tekst", "gedaan" if run.text_search == "used" else "niet gedaan"
    yield "Loting (seed)", run.seed
    yield "Vingerafdruk (SHA-256)", run.fingerprint
    yield "Let op", ", ".join(run.warnings) or "niets"


def sources(found: Longlist) -> Iterator[tuple[str, str]]:
    """Give every rule with its source."""
    for rule in found.run.rules:
        yield f"{rule.id.value} (versie {rule.version})", rule.source


def cells(outcome: str, one: VerdictOut) -> tuple[str | int | None, ...]:
    """Give the cells of one verdict, texts inert."""
    told = one.explanation
    missing = "" if told.shortfall is None else lacking(told.shortfall)
    texts = (
        "; ".join(sentence(reason) for reason in _telling(outcome, told.reasons)),
        "; ".join(_label(reason) for reason in told.reasons if reason.state is State.UNKNOWN),
        missing,
        ", ".join(reason.code.value for reason in told.reasons),
        str(one.enterprise_id),
    )
    first = (OUTCOMES[outcome], one.rank, inert(one.name), inert(one.town or ""), one.score)
    return (*first, inert(one.offering_title or ""), *(inert(text) for text in texts))


def _telling(outcome: str, reasons: tuple[Reason, ...]) -> list[Reason]:
    """Choose what to spell out: for who was not found what fails, else what is met or warned."""
    if outcome == "matched":
        return [one for one in reasons if one.state in {State.PASS, State.WARNING}]
    return [one for one in reasons if one.state is State.FAIL]


def sentence(reason: Reason) -> str:
    """Say a reason in Dutch, with the values that were compared."""
    parts = [
        f"{name} {_amount(value) if reason.rule in _IN_CENTS else _value(value)}"
        for name, value in (("gevraagd", reason.wanted), ("aanbod", reason.offered))
        if value not in (None, ())
    ]
    return f"{_label(reason)} ({', '.join(parts)})" if parts else _label(reason)


def lacking(short: Shortfall) -> str:
    """Say in Dutch what a near miss lacks."""
    needed = _value(short.needed)
    if short.unit is Unit.MUNICIPALITIES:
        return f"Werkt nog niet in {needed}"
    if short.unit is Unit.VERIFICATIONS:
        return f"Laat het keurmerk {needed} controleren"
    if short.code is ReasonCode.MARK_LAPSES:
        return f"Keurmerk loopt {short.by} dagen te vroeg af; nodig tot en met {needed}"
    if short.unit is Unit.DAYS:
        return f"Levert {short.by} dagen te laat"
    if short.unit is Unit.CENTS:
        return f"De kleinste bestelling is {_amount(short.by)} te hoog"
    return f"Per jaar is er {_amount(short.by)} te weinig ruimte"


def _amount(cents: Compared) -> str:
    """Write cents the Dutch way, `€ 1.234,50`."""
    if not isinstance(cents, int):
        return _value(cents)
    return f"€ {cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"


def _label(reason: Reason) -> str:
    return REASONS[reason.code]


def _value(value: Compared) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def as_csv(found: Longlist) -> bytes:
    """Write the list for a Dutch Excel: semicolons, byte order mark; run and fingerprint last."""
    own = (str(found.run.id), inert(found.run.seed), found.run.fingerprint)
    rows = ([*cells(outcome, one), *own] for outcome, one in found.verdicts)
    return csv_rows(([*HEAD, "run", "seed", "vingerafdruk"], *rows)).encode("utf-8-sig")


def as_xlsx(found: Longlist) -> bytes:
    """Write a workbook: what the list stands on, then the list."""
    basis = ((name, inert(value)) for name, value in (*facts(found), *sources(found)))
    listed = (cells(outcome, one) for outcome, one in found.verdicts)
    return workbook(("Verantwoording", basis), ("Lijst", (HEAD, *listed)))


def as_html(found: Longlist) -> bytes:
    """Write a page to read and to print."""
    parts = [
        '<!doctype html><html lang="nl"><head><meta charset="utf-8">',
        f"<title>Longlist {escape(found.lot.title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Longlist: {escape(found.lot.title)}</h1>",
        f"<p>{_OPENING}</p>",
        "<h2>Verantwoording</h2>",
        _pairs(facts(found)),
        *(_section(found, outcome) for outcome in OUTCOMES),
        "<h2>Regels en bronnen</h2>",
        _pairs(sources(found)),
        "</body></html>",
    ]
    return "\n".join(parts).encode()


def _pairs(pairs: Iterator[tuple[str, str]]) -> str:
    rows = (f'<tr><th scope="row">{escape(a)}</th><td>{escape(b)}</td></tr>' for a, b in pairs)
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def _section(found: Longlist, outcome: str) -> str:
    rows = [cells(one, verdict) for one, verdict in found.verdicts if one == outcome]
    heading = f"<h2>{OUTCOMES[outcome]} ({len(rows)})</h2>"
    if not rows:
        return f"{heading}<p>Geen.</p>"
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD[1:9])
    body = "".join(
        "<tr>"
        + "".join(f"<td>{escape('' if one is None else str(one))}</td>" for one in row[1:9])
        + "</tr>"
        for row in rows
    )
    return f"{heading}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def as_pdf(found: Longlist) -> bytes:
    """Write the page as a PDF: text that can be read aloud and searched, its fonts embedded.

    It is set line by line and not as a table, so that it reads in order; the same run gives
    the same bytes.
    """
    from api.pdf import pdf

    return pdf(f"Longlist: {found.lot.title}", _told(found))


def _told(found: Longlist) -> Iterator[Line]:
    yield Line(LineKind.TITLE, f"Longlist: {found.lot.title}")
    yield Line(LineKind.TEXT, _OPENING)
    yield Line(LineKind.HEADING, "Verantwoording")
    for name, value in facts(found):
        yield Line(LineKind.TEXT, value, name)
    for outcome, heading in OUTCOMES.items():
        rows = [cells(one, verdict) for one, verdict in found.verdicts if one == outcome]
        yield Line(LineKind.HEADING, f"{heading} ({len(rows)})")
        for row in rows:
            yield Line(LineKind.TEXT, _in_words(row), f"{row[1]}. {row[2]}")
    yield Line(LineKind.HEADING, "Regels en bronnen")
    for name, value in sources(found):
        yield Line(LineKind.TEXT, value, name)


def _in_words(row: tuple[str | int | None, ...]) -> str:
    """Tell the cells that are filled, each with its name."""
    named = zip(HEAD[3:9], row[3:9], strict=True)
    return ". ".join(f"{name}: {cell}" for name, cell in named if cell not in (None, ""))
