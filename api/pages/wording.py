"""Small phrases that need more than a look-up, for templates."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from api.domain.matching.near_miss import Shortfall
from api.domain.matching.reasons import Reason, ReasonCode
from api.domain.tendering.coverage import Coverage, Places, Radius
from api.longlists.drafts import lacking, sentence
from api.longlists.schemas import REASONS
from api.pages.texts import Texts

_AMOUNT: Final = re.compile(r"\d[\d,]*\.\d+")


def mark_label(code: str, names: Mapping[str, str], step: str) -> str:
    """Write a mark with its level: PSO trede 3."""
    if code in names:
        return short_name(names[code])
    scheme, _, level = code.rpartition("-")
    return level_label(names.get(scheme, scheme.upper()), level, step) if scheme else code


def level_label(name: str, level: str | None, step: str) -> str:
    """Write the short name of a mark with its level; a level of signs speaks for itself."""
    if level is None:
        return short_name(name)
    between = f" {step} " if level[:1].isalnum() else " "
    return f"{short_name(name)}{between}{level}"


def short_name(name: str) -> str:
    """Give the short form of the name of a mark: an abbreviation in brackets, or what precedes."""
    before, _, inside = name.partition(" (")
    inside = inside.rstrip(")")
    return inside if inside.isupper() and " " not in inside else before


def coverage_text(t: Texts, coverage: Coverage, area_name: Callable[[str], str]) -> str:
    """Say where an offering is delivered."""
    if isinstance(coverage, Places):
        where = ", ".join(area_name(code) for code in coverage.places)
    elif isinstance(coverage, Radius):
        where = t("profile.radius", km=t.number(round(coverage.radius_km)))
    else:
        where = t("profile.country")
    excluded = ", ".join(area_name(code) for code in coverage.excluded_municipalities)
    return f"{where}, {t('profile.excluded', places=excluded)}" if excluded else where


def without(values: Mapping[str, Any], name: str, value: str) -> dict[str, Any]:
    """Give what a filter becomes when one of its values is taken away."""
    before = values.get(name, ())
    left = [one for one in before if one != value] if isinstance(before, (list, tuple)) else None
    return {name: left}


def reason_text(t: Texts, reason: Reason) -> str:
    """Say a reason; in English its code speaks."""
    return sentence(reason) if t.language == "nl" else code_text(t, reason.code)


def code_text(t: Texts, code: str) -> str:
    """Say the code of a reason, without the values that were compared."""
    if t.language == "nl" and code in set(ReasonCode):
        return REASONS[ReasonCode(code)]
    return code.replace("-", " ")


def lacking_text(t: Texts, short: Shortfall) -> str:
    """Say what a near miss would have to change."""
    return lacking(short) if t.language == "nl" else short.change


def formula(t: Texts, numbers: str) -> str:
    """Write a sum as readers of the language do, with their own separators."""
    text = numbers.replace(" * ", " \N{MULTIPLICATION SIGN} ")
    if t.language == "en":
        return text
    return _AMOUNT.sub(_dutch, text).replace("person(s)", "personen")


def _dutch(found: re.Match[str]) -> str:
    return found[0].translate(str.maketrans(",.", ".,"))


def day_or_text(t: Texts, value: object) -> str:
    """Write a day where a text is one; any other text stays."""
    try:
        return t.day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def last_day(first_after: date) -> date:
    """Give the last day of a half-open period, which is what people call its end."""
    return first_after - timedelta(days=1)


SAID: Final[tuple[Callable[..., Any], ...]] = (
    code_text,
    coverage_text,
    day_or_text,
    formula,
    last_day,
    lacking_text,
    level_label,
    mark_label,
    reason_text,
    without,
)
"""What templates may say."""
