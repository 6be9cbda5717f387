"""Whose exclusions an enterprise is told of: those of the buyer of the tender."""

from collections.abc import Iterable

import msgspec


class Excluder(msgspec.Struct, frozen=True, gc=False):
    """Who left an enterprise out of a tender."""

    organisation: str | None
    """Its id; `None`: the desk of the installation, which acts for no organisation."""
    known_as: frozenset[str] = frozenset()
    """What an authority is recognised by in notices; empty for who is no authority."""


def counts_for_enterprise(by: Excluder, owner: str | None, buyer: Iterable[str]) -> bool:
    """Tell whether an exclusion takes a lot out of what the enterprise itself is shown.

    `owner` is the organisation that wrote the tender by hand, `buyer` what the buyer in the
    notice is recognised by. Anybody may leave an enterprise out of runs of its own; only the
    buyer decides who may take part (Aw 2012 art. 1.4). Own choice, ADR 26.
    """
    if by.organisation is None or by.organisation == owner:
        return True
    return not by.known_as.isdisjoint(buyer)
