"""A newer statement of a profile over the former one: what goes on, what is new."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

Columns = Mapping[str, Any]


def paired_offerings(
    former: Sequence[Columns], stated: Sequence[Columns]
) -> tuple[list[tuple[Columns | None, Columns]], list[UUID]]:
    """Give each stated offering with the former one of its title, and the ids left over.

    An offering goes on while its title stays, since match runs point at it (own choice, ADR 24).
    """
    by_title: dict[str, list[Columns]] = {}
    for one in former:
        by_title.setdefault(one["title"], []).append(one)
    pairs: list[tuple[Columns | None, Columns]] = []
    for columns in stated:
        same = by_title.get(columns["title"])
        pairs.append((same.pop(0) if same else None, columns))
    return pairs, [UUID(one["id"]) for several in by_title.values() for one in several]


def new_marks(held: Sequence[Columns], stated: Sequence[Columns]) -> list[Columns]:
    """Give the stated marks, but for certificates that were verified or revoked already.

    Source: a revoked certificate never comes back (own choice, ADR 20).
    """
    settled = {
        _certificate(one)
        for one in held
        if one["verified_on"] is not None or one["revoked_on"] is not None
    }
    return [one for one in stated if _certificate(one) not in settled]


def _certificate(columns: Columns) -> tuple[str, ...]:
    """Give what makes two statements speak of one certificate."""
    return tuple(str(columns[name]) for name in ("scheme", "level", "issued_on", "valid_until"))
