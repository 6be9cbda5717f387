"""Facet counts that hold: each is the number of enterprises one gets by choosing that value.

The engine counts, of the documents of an enterprise, only the one it shows, and it walks all
of them to do so. That is right for what all documents of an enterprise share, and wrong for
what differs per offering (ADR 15). So each facet is asked in the way that makes it exact, and
where offerings do not matter only one document of each enterprise is counted, which is quick.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from search.answers import Page
from search.query import (
    FIELDS,
    Facet,
    Group,
    Search,
    about_firms,
    any_of,
    are_provinces,
    chosen,
    condition,
    counting,
    doubtful,
    filters,
)

SHARED: Final = frozenset({Group.TARGET_GROUP, Group.TARGET_GROUP_SHARE, Group.RESERVED})
"""Groups in which all documents of an enterprise are alike."""
Counts = dict[Group, dict[str, int]]


class Question(msgspec.Struct, frozen=True):
    """One request, and what its answer tells. Answers to several about one value add up."""

    body: dict[str, Any]
    fields: Mapping[Group, tuple[str, ...]] = {}
    """Where the counts of a group stand in the answer, when the engine lists its values."""
    group: Group | None = None
    value: str | None = None
    """The one value that is counted by the total."""
    only: tuple[str, ...] | None = None
    """Values to tell of, of those listed; zero where the engine lists none."""
    of_all: bool = False
    """Whether it counts a part of all that the search finds."""

    @property
    def listed(self) -> Iterator[tuple[Group, str]]:
        """Give each group with each field that holds counts of it."""
        return ((group, one) for group, fields in self.fields.items() for one in fields)

    def total(self, answer: Page) -> int:
        """Give the number of enterprises."""
        return answer.total_hits if "hitsPerPage" in self.body else answer.estimated_total_hits


def questions(search: Search, index: str) -> list[Question]:
    """Work out what to ask so that the total and every facet of the search are exact.

    A group's own choice is left out of its counts, so that other choices can be seen.
    """
    listed = [facet.group for facet in search.facets if facet.group in SHARED]
    restricted = chosen(search).keys()
    free = [group for group in listed if group not in restricted]
    asked = _shared(search, index, free, None)
    for group in listed:
        asked += _shared(search, index, [group], group) if group in restricted else []
    return asked + [one for facet in search.facets for one in _differing(search, index, facet)]


def facet_queries(search: Search, index: str) -> list[dict[str, Any]]:
    """Give the requests for the total and the facets of a search, for one multi-search."""
    return [question.body for question in questions(search, index)]


def total(asked: Sequence[Question], answers: Sequence[Page]) -> int:
    """Give the number of enterprises that the search finds."""
    pairs = zip(asked, answers, strict=True)
    return sum(question.total(answer) for question, answer in pairs if question.of_all)


def merge(asked: Sequence[Question], answers: Sequence[Page]) -> Counts:
    """Put the answers to the questions, in the same order, together per facet."""
    counts: Counts = {}
    for question, answer in zip(asked, answers, strict=True):
        for group, field in question.listed:
            found = answer.facet_distribution.get(field, {})
            wanted = found if question.only is None else question.only
            _add(counts, group, {one: found.get(one, 0) for one in wanted})
        if question.group is not None and question.value is not None:
            _add(counts, question.group, {question.value: question.total(answer)})
    return counts


def _add(counts: Counts, group: Group, more: Mapping[str, int]) -> None:
    known = counts.setdefault(group, {})
    for value, count in more.items():
        known[value] = known.get(value, 0) + count


def _shared(
    search: Search, index: str, groups: Sequence[Group], without: Group | None
) -> list[Question]:
    fields = {group: (FIELDS[group],) for group in groups}
    facets = {"facets": sorted(FIELDS[group] for group in groups)} if groups else {}
    bodies = _count(search, index, without, quick=about_firms(search))
    return [Question(one | facets, fields, of_all=without is None) for one in bodies]


def _differing(search: Search, index: str, facet: Facet) -> list[Question]:
    match facet.group:
        case group if group in SHARED:
            return []
        case Group.MODE:
            return _modes(search, index)
        case Group.AREA if _are_provinces(search, facet):
            return _provinces(search, index, facet)
        case _:
            return [one for value in facet.values for one in _chosen(search, index, facet, value)]


def _chosen(search: Search, index: str, facet: Facet, value: str) -> list[Question]:
    """Ask for the total that choosing one value gives."""
    wanted = condition(search, facet.group, facet.chosen_by(value))
    quick = facet.group is Group.MARK and about_firms(search)
    bodies = _count(search, index, facet.group, wanted, quick=quick)
    return [Question(body, group=facet.group, value=value) for body in bodies]


def _modes(search: Search, index: str) -> list[Question]:
    others, fields = filters(search, Group.MODE), {Group.MODE: (FIELDS[Group.MODE],)}
    each_once: dict[str, Any] = {"facets": [FIELDS[Group.MODE]]}
    if about_firms(search, Group.MODE):
        one_a_mode = {"indexUid": index, "filter": [*others, "speaksForMode = true"], "limit": 0}
        return [Question(one_a_mode | each_once, fields)]
    doubt = f"aloneInMode = false AND {doubtful(search, Group.MODE)}"
    sure, unsure = _apart(index, doubt, others)
    return [
        Question(sure | each_once, fields),
        Question(unsure | each_once | {"distinct": "enterpriseMode"}, fields),
    ]


def _are_provinces(search: Search, facet: Facet) -> bool:
    """Tell whether documents say themselves what the facet asks."""
    return search.include_partial and are_provinces(facet.values)


def _provinces(search: Search, index: str, facet: Facet) -> list[Question]:
    if about_firms(search, Group.AREA):
        field = "provinces" if search.include_national else "provincesLocal"
        [body] = _count(search, index, Group.AREA, quick=True)
        return [Question(body | {"facets": [field]}, {Group.AREA: (field,)}, only=facet.values)]
    local = [] if search.include_national else ["nationwide = false"]
    wanted, doubt = [*filters(search, Group.AREA), *local], doubtful(search, Group.AREA)
    documents = {"indexUid": index, "limit": 0}
    sure = {"filter": [f"NOT ({doubt})", *wanted], "facets": ["reachesAlone", "reachesToo"]}
    alone = {"filter": [doubt, *wanted], "facets": ["reachesAlone"]}
    return [
        Question(documents | sure, {Group.AREA: ("reachesAlone", "reachesToo")}, only=facet.values),
        Question(documents | alone, {Group.AREA: ("reachesAlone",)}, only=facet.values),
        *(
            Question(
                counting(index, [any_of("reachesToo", [value]), doubt, *wanted]),
                group=Group.AREA,
                value=value,
            )
            for value in facet.values
        ),
    ]


def _count(
    search: Search, index: str, without: Group | None, *more: str, quick: bool = False
) -> list[dict[str, Any]]:
    """Count enterprises, by one question or by two of which the answers add up.

    Quickly, by the document that speaks for each, where that is the same. Otherwise who is
    surely alone of its enterprise is counted as a document, and only the rest are compared.
    A circle is the dearest filter, and asked once.
    """
    wanted = [*filters(search, without), *more]
    if quick:
        return [{"indexUid": index, "filter": [*wanted, "speaks = true"], "limit": 0}]
    if search.near is not None:
        return [counting(index, wanted)]
    return _apart(index, doubtful(search, without), wanted)


def _apart(index: str, doubt: str, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Count documents where there is no doubt, and enterprises where there is."""
    sure = {"indexUid": index, "filter": [*wanted, f"NOT ({doubt})"], "limit": 0}
    return [sure, counting(index, [*wanted, doubt])]
