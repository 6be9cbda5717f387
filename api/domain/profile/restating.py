"""A newer statement of a profile over the former one: what goes on, what is new."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

_JSON: Final = frozenset(("coverage", "product_details"))
"""Columns that are written as text and read as what it says."""
Columns = Mapping[str, Any]


class Restated(msgspec.Struct, frozen=True):
    """What a newer statement does to the offerings of a profile."""

    changed: tuple[tuple[UUID, Columns], ...]
    """Those that go on otherwise than before, with their columns."""
    added: tuple[tuple[int, Columns], ...]
    """New ones, with their position."""
    dropped: tuple[UUID, ...]


def restated(former: Sequence[Columns], stated: Sequence[Columns]) -> Restated:
    """Compare the offerings of a newer statement with the former ones.

    An offering goes on while its title stays, since match runs point at it; one of which
    nothing changed is left alone, its version too. Source: own choice, ADR 24.
    """
    by_title: dict[str, list[Columns]] = {}
    for one in former:
        by_title.setdefault(one["title"], []).append(one)
    changed: list[tuple[UUID, Columns]] = []
    added: list[tuple[int, Columns]] = []
    for position, columns in enumerate(stated):
        same = by_title.get(columns["title"])
        if not same:
            added.append((position, columns))
            continue
        old = same.pop(0)
        if _differs(old, columns, position):
            version = {"position": position, "version": old["version"] + 1}
            changed.append((UUID(old["id"]), {**columns, **version}))
    left = (UUID(one["id"]) for several in by_title.values() for one in several)
    return Restated(tuple(changed), tuple(added), tuple(left))


def _differs(old: Columns, columns: Columns, position: int) -> bool:
    return old["position"] != position or any(
        old[name] != (_read(value) if name in _JSON else value) for name, value in columns.items()
    )


def _read(value: str | None) -> object:
    return None if value is None else msgspec.json.decode(value)


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
