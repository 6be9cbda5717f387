"""Every number and list that the matching rules use: dated, versioned, with its source."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from api.domain.directory import ServiceMode, ShareBucket
from api.domain.errors import InvalidValue
from api.domain.tendering.law import Article20Rule, Article77Rule
from api.domain.tendering.law_data import ARTICLE_20, ARTICLE_77
from api.domain.tendering.notice import Nature
from api.domain.values import Period

WHOLE: Final = 1_000
"""Shares and scores are integers out of a thousand, so that all machines agree to the byte."""


class Weights(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What each soft signal may add to a score of at most 1000 points."""

    version: str
    cpv: int
    text: int
    area: int
    distance: int
    capacity: int
    recognition: int
    target_group: int
    track_record: int

    def __post_init__(self) -> None:
        """Refuse weights that don't add up to 1000, or that punish a strength."""
        parts = [getattr(self, name) for name in self.__struct_fields__ if name != "version"]
        if sum(parts) != WHOLE or min(parts) < 0:
            raise InvalidValue("weights must add up to 1000", code="invalid-weights")


class RecognisedMark(msgspec.Struct, frozen=True, rename="camel"):
    """What a verified social mark is worth as a signal, out of 1000; `level=None` is any."""

    scheme: str
    level: str | None
    permille: int


class AreaExtent(msgspec.Struct, frozen=True, rename="camel"):
    """Worth, out of 1000, of a coverage of at most `areas` areas."""

    areas: int
    permille: int


class SignalValues(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How a fact becomes a signal between 0 and 1000."""

    cpv_step: int
    """Lost per digit between the offered and the wanted code."""
    cpv_additional: int
    """Share kept when only an additional code of the lot is met."""
    area_extents: tuple[AreaExtent, ...]
    """Narrow coverage first; by invitation only."""
    area_country: int
    area_partial: int
    distance_step: int
    """Lost per km from the place of the lot; by invitation only."""
    capacity_exact: int
    """When free capacity equals the need; the rest is earned with the buffer."""
    capacity_buffer: int
    """Margin over the need, out of 1000, at which the signal is full."""
    recognised: tuple[RecognisedMark, ...]
    target_group: Mapping[ShareBucket, int]
    target_group_unverified: int
    """Share kept when the target-group share is a claim."""
    reference: int
    """Worth of one completed reference."""


class NearMissBounds(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How far off a single requirement may be to be called nearly met."""

    capacity: int
    """Missing capacity, out of 1000 of the yearly value."""
    municipalities: int
    """Municipalities outside the area, beside at least one area that is covered."""
    lead_time_days: int
    minimum_order: int
    """Minimum above the order value, out of 1000 of that value."""
    mark_gap_days: int
    """Days of the contract that a mark, valid at award, does not reach."""


class MatchingRules(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One dated set of rules for matching."""

    version: str
    valid: Period
    source: str
    weights: Weights
    values: SignalValues
    bounds: NearMissBounds
    art20: Article20Rule
    """Its least share must be where a published bucket starts."""
    art77: Article77Rule
    mark_levels: Mapping[str, tuple[str, ...]]
    """Levels per scheme, low to high."""
    dependency_permille: int
    """A lot that is worth more of the firm's own turnover a year makes it dependent."""
    dependency_excludes: bool
    """False: dependency is a warning. True: it is a hard rule."""
    usual_modes: Mapping[Nature, frozenset[ServiceMode]]
    """What a lot of this nature is usually delivered as; other modes get a warning."""

    def __post_init__(self) -> None:
        """Refuse a reserved share that no published bucket can prove."""
        if self.art20.minimum_share * 100 not in {bucket.at_least for bucket in ShareBucket}:
            raise InvalidValue(
                f"{self.art20.minimum_share} is not the start of a published bucket",
                code="invalid-reserved-share",
            )

    @property
    def reserved_share_percent(self) -> int:
        """The least share of disadvantaged workers in percent (Dir. 2014/24 art. 20)."""
        return int(self.art20.minimum_share * 100)


WEIGHTS_2026: Final = Weights(
    version="weights-2026-1",
    cpv=300,
    text=100,
    area=100,
    distance=50,
    capacity=150,
    recognition=100,
    target_group=150,
    track_record=50,
)
VALUES_2026: Final = SignalValues(
    cpv_step=125,
    cpv_additional=500,
    area_extents=(AreaExtent(5, 1_000), AreaExtent(25, 850), AreaExtent(100, 700)),
    area_country=500,
    area_partial=300,
    distance_step=10,
    capacity_exact=500,
    capacity_buffer=200,
    recognised=(
        RecognisedMark("pso", "aspirant", 300),
        RecognisedMark("pso", "1", 600),
        RecognisedMark("pso", "2", 800),
        RecognisedMark("pso", "3", 1_000),
        RecognisedMark("pso-30plus", None, 1_000),
        RecognisedMark("code-sociale-ondernemingen", None, 700),
    ),
    target_group={
        ShareBucket.UNDER_15: 100,
        ShareBucket.FROM_15: 300,
        ShareBucket.FROM_30: 600,
        ShareBucket.FROM_50: 800,
        ShareBucket.FROM_75: 1_000,
    },
    target_group_unverified=500,
    reference=200,
)
BOUNDS_2026: Final = NearMissBounds(
    capacity=250, municipalities=1, lead_time_days=14, minimum_order=250, mark_gap_days=730
)
RULES_2026: Final = MatchingRules(
    version="matching-2026-1",
    valid=Period(date(2026, 1, 1)),
    source="Dir. 2014/24 art. 20 and 77; pso-nederland.nl for levels; else own choice, ADR 17",
    weights=WEIGHTS_2026,
    values=VALUES_2026,
    bounds=BOUNDS_2026,
    art20=ARTICLE_20[0],
    art77=ARTICLE_77[0],
    mark_levels={"pso": ("aspirant", "1", "2", "3")},
    dependency_permille=500,
    dependency_excludes=False,
    usual_modes={
        Nature.SUPPLIES: frozenset({ServiceMode.GOODS}),
        Nature.SERVICES: frozenset(
            {ServiceMode.SERVICE, ServiceMode.HIRING_IN, ServiceMode.ASSEMBLY_ON_SITE}
        ),
        Nature.WORKS: frozenset({ServiceMode.SERVICE, ServiceMode.ASSEMBLY_ON_SITE}),
    },
)
"""The set in force from 2026 on (ADR 17)."""
