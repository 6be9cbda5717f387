"""Facet counts that hold: each is the number of enterprises one gets by choosing that value.

The engine counts, of the documents of an enterprise, only the one it shows, and it walks all
of them to do so. That is right for what all documents of an enterprise share, and wrong for
what differs per offering (ADR 15). So each facet is asked in the way that makes it exact, and
where offerings do not matter only one document of each enterprise is counted, which is quick.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from search.answers import Page
from search.query import (
    FIELDS,
    Facet,
    Group,
    Search,
    about_firms,
    chosen,
    condition,
    counting,
    filters,
)

SHARED: Final = frozenset({Group.TARGET_GROUP, Group.TARGET_GROUP_SHARE, Group.RESERVED})
"""Groups in which all documents of an enterprise are alike."""
PROVINCE_CODE: Final = 4
"""Length of a NUTS-2 code."""
Counts = dict[Group, dict[str, int]]


class Question(msgspec.Struct, frozen=True):
    """One request, and what its answer tells."""

    body: dict[str, Any]
    fields: dict[Group, str] = {}
    """Where the counts of a group stand in the answer, when the engine lists its values."""
    group: Group | None = None
    value: str | None = None
    """The one value that is counted by the total."""
    only: tuple[str, ...] | None = None
    """Values to tell of, of those listed; zero where the engine lists none."""

    def total(self, answer: Page) -> int:
        """Give the number of enterprises."""
        return answer.total_hits if "hitsPerPage" in self.body else answer.estimated_total_hits


def questions(search: Search, index: str) -> list[Question]:
    """Work out what to ask so that the total and every facet of the search are exact.

    The first question gives the total. A group's own choice is left out of its counts, so
    that other choices can be seen.
    """
    listed = [facet.group for facet in search.facets if facet.group in SHARED]
    restricted = chosen(search).keys()
    free = [group for group in listed if group not in restricted]
    asked = [_shared(search, index, free, None)]
    asked += [_shared(search, index, [group], group) for group in listed if group in restricted]
    return asked + [one for facet in search.facets for one in _differing(search, index, facet)]


def facet_queries(search: Search, index: str) -> list[dict[str, Any]]:
    """Give the requests for the total and the facets of a search, for one multi-search."""
    return [question.body for question in questions(search, index)]


def merge(asked: Sequence[Question], answers: Sequence[Page]) -> Counts:
    """Put the answers to the questions, in the same order, together per facet."""
    counts: Counts = {}
    for question, answer in zip(asked, answers, strict=True):
        for group, field in question.fields.items():
            found = answer.facet_distribution.get(field, {})
            wanted = found if question.only is None else question.only
            counts.setdefault(group, {}).update({one: found.get(one, 0) for one in wanted})
        if question.group is not None and question.value is not None:
            counts.setdefault(question.group, {})[question.value] = question.total(answer)
    return counts


def _shared(search: Search, index: str, groups: Sequence[Group], without: Group | None) -> Question:
    fields = {group: FIELDS[group] for group in groups}
    body = _count(index, filters(search, without), quick=about_firms(search))
    return Question(body | {"facets": sorted(fields.values())}, fields)


def _differing(search: Search, index: str, facet: Facet) -> list[Question]:
    match facet.group:
        case group if group in SHARED:
            return []
        case Group.MODE:
            return [_modes(search, index)]
        case Group.AREA if _told_by_firms(search, facet):
            return [_provinces(search, index, facet)]
        case _:
            return [_chosen(search, index, facet, value) for value in facet.values]


def _chosen(search: Search, index: str, facet: Facet, value: str) -> Question:
    """Ask for the total that choosing one value gives."""
    wanted = condition(search, facet.group, facet.chosen_by(value))
    quick = facet.group is Group.MARK and about_firms(search)
    body = _count(index, [*filters(search, facet.group), wanted], quick=quick)
    return Question(body, group=facet.group, value=value)


def _modes(search: Search, index: str) -> Question:
    others, fields = filters(search, Group.MODE), {Group.MODE: FIELDS[Group.MODE]}
    each_once: dict[str, Any] = {"facets": [FIELDS[Group.MODE]]}
    if about_firms(search, Group.MODE):
        one_a_mode = {"indexUid": index, "filter": [*others, "speaksForMode = true"], "limit": 0}
        return Question(one_a_mode | each_once, fields)
    return Question(counting(index, others) | each_once | {"distinct": "enterpriseMode"}, fields)


def _told_by_firms(search: Search, facet: Facet) -> bool:
    """Tell whether documents say of their whole enterprise what the facet asks."""
    provinces = all(len(value) == PROVINCE_CODE for value in facet.values)
    return provinces and search.include_partial and about_firms(search, Group.AREA)


def _provinces(search: Search, index: str, facet: Facet) -> Question:
    field = "provinces" if search.include_national else "provincesLocal"
    body = _count(index, filters(search, Group.AREA), quick=True) | {"facets": [field]}
    return Question(body, {Group.AREA: field}, only=facet.values)


def _count(index: str, wanted: Sequence[str], *, quick: bool) -> dict[str, Any]:
    """Count enterprises; quickly, by the document that speaks for each, where that is the same."""
    if quick:
        return {"indexUid": index, "filter": [*wanted, "speaks = true"], "limit": 0}
    return counting(index, wanted)
