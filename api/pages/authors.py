"""Who did something, as people call them: a colleague by name, anybody else by what they are."""

from collections.abc import Callable
from typing import Any, Final

from litestar import Request

from api.auth import current_actor
from api.pages.rendering import language_of
from api.people import service as people

MOST: Final = 100
"""Colleagues whose names are read; others are told of as a colleague."""
_PERSON: Final = "person "


async def author_names(request: Request[Any, Any, Any]) -> Callable[[str | None], str]:
    """Give what says who an author is; people of other organisations stay without a name."""
    t, actor = language_of(request), current_actor(request)
    names: dict[str, str] = {}
    if actor.organisation is not None:
        found = await people.members(actor.organisation, actor, None, MOST)
        names = {f"{_PERSON}{one.person_id}": one.name for one in found.items}

    def said(author: str | None) -> str:
        if author is None:
            return t("common.unknown")
        if author == "system":
            return t("author.system")
        colleague = t("author.colleague") if author.startswith(_PERSON) else author
        return names.get(author, colleague)

    return said
