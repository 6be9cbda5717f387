"""What the rules can say is explained to those who must rely on it."""

from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from api.domain.matching.allocate import Binding
from api.domain.matching.decide import RESERVED_WITHOUT_COMPETITION
from api.domain.matching.near_miss import Unit
from api.domain.matching.reasons import ReasonCode, RuleId, State
from api.domain.matching.rules import BOUNDS_2026, RULES_2026, WEIGHTS_2026
from api.domain.matching.score import SignalName

DOCUMENT = Path(__file__).parents[3] / "docs" / "matching.md"


@pytest.mark.parametrize("kind", [ReasonCode, RuleId, State, SignalName, Unit, Binding])
def test_every_code_is_explained(kind: type[StrEnum]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert [code.value for code in kind if f"`{code.value}`" not in text] == []
    assert f"`{RESERVED_WITHOUT_COMPETITION}`" in text


def test_the_published_weights_are_the_ones_in_force() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    weights = msgspec.structs.asdict(WEIGHTS_2026)
    version = weights.pop("version")

    assert f"`{version}`" in text
    assert f"`{RULES_2026.version}`" in text
    for name, weight in weights.items():
        assert f"| `{name.replace('_', '-')}` | {weight} |" in text


def test_the_published_bounds_are_the_ones_in_force() -> None:
    assert msgspec.structs.astuple(BOUNDS_2026) == (250, 1, 14, 250, 730)
