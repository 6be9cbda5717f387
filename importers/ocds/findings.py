"""What was found wrong, repaired or left out while one record was read.

What can't be read is a fault and makes the record a rejection; what can be read but is
repaired, or has no place in a notice, becomes a warning.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from api.domain.errors import Fault

MAX_NAMED: Final = 10
MAX_NAME: Final = 80
MAX_WARNINGS: Final = 100


class Findings:
    """The faults and warnings of one record, each told once."""

    def __init__(self) -> None:
        self._faults: dict[Fault, None] = {}
        self._warnings: dict[str, None] = {}
        self._left_out: dict[str, dict[str, None]] = {}

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Give all faults, in the order in which they came up."""
        return tuple(self._faults)

    def fault(self, fault: Fault) -> None:
        """Note what can't be read; a field of the tender is read per lot and counts once."""
        self._faults[fault] = None

    def warn(self, warning: str) -> None:
        """Note a repair, in words with the place; the same words count once."""
        self._warnings[warning] = None

    def leave_out(self, what: str, one: str) -> None:
        """Note one more of `what` that was left out; they share a single warning."""
        self._left_out.setdefault(what, {})[one[:MAX_NAME]] = None

    def warnings(self) -> tuple[str, ...]:
        """Give the first hundred warnings in the order in which they came up, and a count."""
        grouped = [f"left out, {what}: {_listed(ones)}" for what, ones in self._left_out.items()]
        more = len(self._warnings) - MAX_WARNINGS
        counted = [f"and {more} more warnings"] if more > 0 else []
        return (*islice(self._warnings, MAX_WARNINGS), *counted, *grouped)


def _listed(names: Iterable[str]) -> str:
    names = tuple(names)
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more
