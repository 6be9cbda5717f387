"""Does an offering belong to the category of a lot? By code first, by text where codes say little.

Source: Reg. (EC) 213/2008, annex I (the tree is in the digits); text: own choice, ADR 17.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from api.domain.matching.facts import OfferingFacts
from api.domain.matching.reasons import (
    FAIL,
    PASS,
    UNKNOWN,
    Compared,
    Reason,
    ReasonCode,
    RuleId,
    State,
)
from api.domain.matching.rules import WHOLE, SignalValues
from api.domain.tendering.cpv import DIVISION_DIGITS, NARROWER, SAME, depth, relation
from api.domain.values import CpvCode

_STRENGTH: Final = {FAIL: 0, UNKNOWN: 2 * WHOLE, PASS: 4 * WHOLE}


class _Kind(msgspec.Struct, frozen=True, gc=False):
    """What a relation of codes amounts to; spelt out once, for thousands of fits."""

    code: ReasonCode
    state: State
    strength: int
    why: str


def _kind(code: ReasonCode, state: State) -> _Kind:
    return _Kind(code, state, _STRENGTH[state], code.value)


_SAME: Final = _kind(ReasonCode.CATEGORY_SAME, PASS)
_BROADER: Final = _kind(ReasonCode.CATEGORY_BROADER, PASS)
_NARROWER: Final = _kind(ReasonCode.CATEGORY_NARROWER, PASS)
_TEXT: Final = _kind(ReasonCode.CATEGORY_TEXT, PASS)
_DIVISION: Final = _kind(ReasonCode.CATEGORY_DIVISION, UNKNOWN)
_ADDITIONAL: Final = _kind(ReasonCode.CATEGORY_ADDITIONAL, UNKNOWN)
_UNKNOWN: Final = _kind(ReasonCode.CATEGORY_UNKNOWN, UNKNOWN)
_OTHER: Final = _kind(ReasonCode.CATEGORY_OTHER, FAIL)
_NO_EVIDENCE: Final = _kind(ReasonCode.CATEGORY_NO_EVIDENCE, FAIL)


class Fit(msgspec.Struct, frozen=True, gc=False):
    """How well an offering fits the category."""

    reason: Reason
    closeness: int | None
    """Out of 1000; `None` where no codes are related."""
    strength: int
    """Orders fits: by state, then by closeness."""
    why: str
    """The code of the reason as plain text."""


def says_little(codes: Iterable[CpvCode]) -> bool:
    """Tell whether text may bring candidates: no code, or divisions alone (ADR 17)."""
    return all(depth(code) <= DIVISION_DIGITS for code in codes)


class CategoryCheck:
    """The category rule for one lot. Remembers what it judged, as offerings share codes."""

    def __init__(
        self, codes: tuple[CpvCode, ...], text: Mapping[str, int] | None, values: SignalValues
    ) -> None:
        self._codes = (*codes[:1], *sorted(set(codes[1:]) - set(codes[:1])))
        self._text = text
        self._values = values
        self._broad = not codes or depth(codes[0]) == DIVISION_DIGITS
        self.codes_decide = text is None or not self._broad
        """Text bears on no offering that names codes; so equal codes fit alike."""
        # A mere division says little, so the additional codes then tell what the lot is.
        self._principal = frozenset(codes if self._broad else codes[:1])
        nothing = _UNKNOWN if text is None else _NO_EVIDENCE
        self._no_code = _fit_of(nothing, self._codes, None)
        self._fits: dict[CpvCode, Fit] = {}
        self._known: dict[tuple[CpvCode, ...], Fit] = {}

    def of(self, offering: OfferingFacts) -> Fit:
        """Judge an offering by its best code, else by text (Reg. (EC) 213/2008; ADR 17).

        Text counts only where the lot names no code or a mere division as its main
        object, or where the offering names no code at all.
        """
        codes = offering.cpv_codes
        fit = self._known.get(codes)
        if fit is None:
            fit = self._known[codes] = self._by_code(codes)
        if self._text is None or (codes and self.codes_decide) or fit.reason.state is PASS:
            return fit
        relevance = self._text.get(offering.id, 0)
        if relevance == 0:
            return fit
        return _fit_of(_TEXT, self._codes, relevance, fit.closeness)

    def _by_code(self, offered: tuple[CpvCode, ...]) -> Fit:
        if not offered or not self._codes:
            return self._no_code
        # Equal fits: the lower code is named, so that the order of codes never matters.
        best, *others = [self._fits.get(code) or self._fit(code) for code in sorted(offered)]
        for fit in others:
            if fit.strength > best.strength:
                best = fit
        return best

    def _fit(self, offered: CpvCode) -> Fit:
        fits = [self._against(offered, wanted) for wanted in self._codes]
        fit = self._fits[offered] = max(fits, key=_strength)
        return fit

    def _against(self, offered: CpvCode, wanted: CpvCode) -> Fit:
        related = relation(offered, wanted)
        if related is None:
            return _fit_of(_OTHER, self._codes, offered)
        apart = abs(depth(offered) - depth(wanted))
        closeness = max(self._values.cpv_step, WHOLE - self._values.cpv_step * apart)
        if wanted not in self._principal:
            kept = closeness * self._values.cpv_additional // WHOLE
            return _fit_of(_ADDITIONAL, wanted, offered, kept)
        if related is NARROWER:
            narrower = _DIVISION if depth(wanted) == DIVISION_DIGITS else _NARROWER
            return _fit_of(narrower, wanted, offered, closeness)
        return _fit_of(_SAME if related is SAME else _BROADER, wanted, offered, closeness)


def _fit_of(kind: _Kind, wanted: Compared, offered: Compared, closeness: int | None = None) -> Fit:
    reason = Reason(kind.code, RuleId.CATEGORY, kind.state, wanted, offered)
    return Fit(reason, closeness, kind.strength + (closeness or 0), kind.why)


def _strength(fit: Fit) -> int:
    return fit.strength
