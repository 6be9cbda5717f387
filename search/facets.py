"""Facet counts that hold: each is the number of enterprises one gets by choosing that value.

The engine counts documents at once, and enterprises by walking all their documents; and then it
counts of each enterprise the one document that it shows, which is wrong for what differs per
offering (ADR 15). So documents are counted, and what was counted twice is taken off: the engine
lists the enterprises of which most documents answer, most first. Where offerings do not matter
only one document of each enterprise is counted. Where too many enterprises answer twice, the
engine walks after all.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from search.answers import Page
from search.client import Client
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
from search.settings import MOST_FACET_VALUES

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
    repeated: str | None = None
    """The field that lists enterprises by the number of their documents counted."""
    walking: dict[str, Any] | None = None
    """The request by which the engine counts enterprises one by one."""

    def is_sure(self, answer: Page) -> bool:
        """Tell whether every enterprise that was counted more than once is listed."""
        if self.repeated is None:
            return True
        listed = answer.facet_distribution.get(self.repeated, {})
        return len(listed) < MOST_FACET_VALUES or min(listed.values()) == 1

    def total(self, answer: Page) -> int:
        """Give the number of enterprises."""
        if "hitsPerPage" in self.body:
            return answer.total_hits
        return answer.estimated_total_hits - sum(more for _, more in self.surplus(answer))

    def surplus(self, answer: Page) -> Iterator[tuple[str, int]]:
        """Give what was counted more than once, and how often too many."""
        if self.repeated is not None:
            for key, count in answer.facet_distribution.get(self.repeated, {}).items():
                if count > 1:
                    yield key, count - 1

    def counts(self, answer: Page) -> Counts:
        """Give the number of enterprises per value of each group listed."""
        found = {
            group: Counter(answer.facet_distribution.get(field, {}))
            for group, field in self.fields.items()
        }
        for key, more in self.surplus(answer):
            for group, value in _traits(key):
                # What is unknown of an enterprise is written down, but no value of a facet.
                if value in found.get(group, ()):
                    found[group][value] -= more
        return {group: _told(counted, self.only) for group, counted in found.items()}


async def settled(
    client: Client, asked: Sequence[Question], answers: Sequence[Page]
) -> tuple[list[Question], list[Page]]:
    """Ask again, one by one, what could not be counted for sure; gives questions and answers."""
    told = dict(enumerate(zip(asked, answers, strict=True)))
    again = {
        at: msgspec.structs.replace(question, body=question.walking, repeated=None)
        for at, (question, answer) in told.items()
        if question.walking is not None and not question.is_sure(answer)
    }
    if again:
        better = await client.multi_search([question.body for question in again.values()])
        told |= dict(zip(again, zip(again.values(), better, strict=True), strict=True))
    return [question for question, _ in told.values()], [answer for _, answer in told.values()]


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
        for group, found in question.counts(answer).items():
            counts.setdefault(group, {}).update(found)
        if question.group is not None and question.value is not None:
            counts.setdefault(question.group, {})[question.value] = question.total(answer)
    return counts


def _told(counted: Counter[str], only: tuple[str, ...] | None) -> dict[str, int]:
    if only is not None:
        return {value: counted[value] for value in only}
    return {value: count for value, count in counted.items() if count}


def _traits(key: str) -> Iterator[tuple[Group, str]]:
    """Read what `search.documents` wrote: enterprise and mode, or enterprise and its traits."""
    match key.split(" "):
        case [_, mode]:
            yield Group.MODE, mode
        case [_, share, eligible, groups]:
            yield Group.TARGET_GROUP_SHARE, share
            yield Group.RESERVED, eligible
            for group in groups.split(","):
                yield Group.TARGET_GROUP, group


def _shared(search: Search, index: str, groups: Sequence[Group], without: Group | None) -> Question:
    fields = {group: FIELDS[group] for group in groups}
    asked = _count(index, filters(search, without), quick=about_firms(search))
    return _listing(asked, fields)


def _listing(asked: Question, fields: dict[Group, str]) -> Question:
    """Let the engine list the values of some groups beside the total."""
    more = {"facets": sorted({*asked.body.get("facets", ()), *fields.values()})}
    walking = None if asked.walking is None else asked.walking | {"facets": sorted(fields.values())}
    body = asked.body | more
    return msgspec.structs.replace(asked, body=body, walking=walking, fields=fields)


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
    asked = _count(index, [*filters(search, facet.group), wanted], quick=quick)
    return msgspec.structs.replace(asked, group=facet.group, value=value)


def _modes(search: Search, index: str) -> Question:
    others, fields = filters(search, Group.MODE), {Group.MODE: FIELDS[Group.MODE]}
    if about_firms(search, Group.MODE):
        one_a_mode = {"indexUid": index, "filter": [*others, "speaksForMode = true"], "limit": 0}
        return _listing(Question(one_a_mode), fields)
    walking = counting(index, others) | {"distinct": "enterpriseMode"}
    repeated = {"indexUid": index, "filter": others, "limit": 0, "facets": ["enterpriseMode"]}
    return _listing(Question(repeated, repeated="enterpriseMode", walking=walking), fields)


def _told_by_firms(search: Search, facet: Facet) -> bool:
    """Tell whether documents say of their whole enterprise what the facet asks."""
    provinces = all(len(value) == PROVINCE_CODE for value in facet.values)
    return provinces and search.include_partial and about_firms(search, Group.AREA)


def _provinces(search: Search, index: str, facet: Facet) -> Question:
    field = "provinces" if search.include_national else "provincesLocal"
    asked = _listing(_count(index, filters(search, Group.AREA), quick=True), {Group.AREA: field})
    return msgspec.structs.replace(asked, only=facet.values)


def _count(index: str, wanted: Sequence[str], *, quick: bool) -> Question:
    """Count enterprises; by the document that speaks for each, where that is the same."""
    if quick:
        speaking = {"indexUid": index, "filter": [*wanted, "speaks = true"], "limit": 0}
        return Question(speaking)
    body = {"indexUid": index, "filter": wanted, "limit": 0, "facets": ["enterpriseTraits"]}
    return Question(body, repeated="enterpriseTraits", walking=counting(index, wanted))
