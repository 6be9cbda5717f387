"""Facet counts that hold: each is the number of enterprises one gets by choosing that value.

The engine counts, of the documents of an enterprise, only the one it shows. That is right
for what all documents of an enterprise share, and wrong for what differs per offering
(ADR 15). So each facet is asked in the way that makes it exact.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from search.answers import Page
from search.query import FIELDS, Facet, Group, Search, chosen, condition, counting, filters

SHARED: Final = frozenset({Group.TARGET_GROUP, Group.TARGET_GROUP_SHARE, Group.RESERVED})
"""Groups in which all documents of an enterprise are alike."""
Counts = dict[Group, dict[str, int]]


class Question(msgspec.Struct, frozen=True):
    """One request, and what its answer tells."""

    body: dict[str, Any]
    groups: tuple[Group, ...]
    value: str | None = None
    """The value that is counted; `None` when the engine lists all values."""


def questions(search: Search, index: str) -> list[Question]:
    """Work out what to ask so that every facet of the search is exact.

    A group's own choice is left out of its counts, so that other choices can be seen.
    """
    listed = [facet.group for facet in search.facets if facet.group in SHARED]
    restricted = chosen(search).keys()
    asked = [_shared(search, index, (group,)) for group in listed if group in restricted]
    if unrestricted := tuple(group for group in listed if group not in restricted):
        asked.insert(0, _shared(search, index, unrestricted))
    return asked + [one for facet in search.facets for one in _differing(search, index, facet)]


def facet_queries(search: Search, index: str) -> list[dict[str, Any]]:
    """Give the requests for the facets of a search, to be sent in one multi-search."""
    return [question.body for question in questions(search, index)]


def merge(asked: Sequence[Question], answers: Sequence[Page]) -> Counts:
    """Put the answers to the questions, in the same order, together per facet."""
    counts: Counts = {}
    for question, answer in zip(asked, answers, strict=True):
        for group in question.groups:
            found = counts.setdefault(group, {})
            if question.value is None:
                found.update(answer.facet_distribution.get(FIELDS[group], {}))
            else:
                found[question.value] = answer.total_hits
    return counts


def _shared(search: Search, index: str, groups: tuple[Group, ...]) -> Question:
    without = groups[0] if len(groups) == 1 else None
    body = counting(index, filters(search, without))
    return Question(body | {"facets": [FIELDS[group] for group in groups]}, groups)


def _differing(search: Search, index: str, facet: Facet) -> list[Question]:
    group = facet.group
    if group in SHARED:
        return []
    others = filters(search, group)
    if group is Group.MODE:
        body = counting(index, others)
        each_mode_once = {"facets": [FIELDS[group]], "distinct": "enterpriseMode"}
        return [Question(body | each_mode_once, (group,))]
    return [
        Question(counting(index, [*others, condition(search, group, (value,))]), (group,), value)
        for value in facet.values
    ]
