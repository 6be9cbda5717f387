"""What goes in and out about adoptions and the displacement guard."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.social_return.displacement import DisplacementCheck
from api.domain.tendering.displacement_questions import Answers, QuestionSet


class LotGuard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The displacement guard of one lot, as declared last."""

    lot_number: int
    declared: bool
    question_set: str
    check: DisplacementCheck
    author: str | None
    declared_at: datetime | None


class AdoptionOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The decision that a plan's lots are the tender's."""

    id: UUID
    plan_id: UUID
    motive: str
    author: str
    created_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    undone_because: str | None


class DeclarationIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Answers on displacement for one lot."""

    lot_number: Annotated[int, Meta(ge=1, le=400)]
    question_set: Annotated[str, Meta(max_length=20, description="The version that is answered.")]
    answers: Answers


class GuardOut(msgspec.Struct, frozen=True, rename="camel"):
    """The questions, and the guard of every lot."""

    questions: QuestionSet
    guards: tuple[LotGuard, ...]


class HoldIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Capacity to hold at an able firm for one lot."""

    lot_number: Annotated[int, Meta(ge=1, le=400)]
    enterprise_id: UUID


class AdoptionIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Make a plan's lots those of the tender."""

    motive: Annotated[
        Annotated[str, Meta(min_length=20, max_length=20_000)] | None,
        Meta(description="Needed where nothing is divided or items are joined (Aw art. 1.5)."),
    ] = None
    hold: Annotated[tuple[HoldIn, ...], Meta(max_length=400)] = ()
    hold_days: Annotated[
        int, Meta(ge=1, le=730, description="How long it is held unless undone before.")
    ] = 180


class UndoingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Why an adoption is undone."""

    because: Annotated[str, Meta(min_length=3, max_length=2_000)]
