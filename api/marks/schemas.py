"""What goes in and out about quality marks."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.directory import ShareBucket
from api.domain.profile.assessment import Assessment

Seen = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=500,
        description="What was seen: number of the certificate or entry in the register.",
    ),
]


class VerificationIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A statement that proof was seen and found good."""

    verified_on: Annotated[date, Meta(description="The day on which it was seen.")]
    reference: Seen


class RevocationIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A statement that a mark no longer counts."""

    revoked_on: Annotated[date, Meta(description="The first day on which it no longer counts.")]
    reason: Seen


class ShareRefusalIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A statement that a share of target groups is not right."""

    reason: Annotated[
        str, Meta(min_length=3, max_length=500, description="Why the profile should not state it.")
    ]


class StatedShare(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A share of staff from target groups that waits until somebody has seen proof of it."""

    enterprise_id: UUID
    enterprise_name: str
    target_group_share: ShareBucket


class VerifiedShare(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A share of staff from target groups that was verified."""

    enterprise_id: UUID
    target_group_share: ShareBucket
    verified_on: date
    reference: str


class ExpiringMark(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A verified mark that lapses soon."""

    id: UUID
    enterprise_id: UUID
    enterprise_name: str
    scheme: str
    level: str | None
    valid_until: date
    days_left: Annotated[int, Meta(description="0 on the last valid day.")]


class ClaimedMark(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A mark that waits until somebody has seen its certificate."""

    id: UUID
    enterprise_id: UUID
    enterprise_name: str
    scheme: str
    level: str | None
    reference: str | None
    holder_kvk_numbers: tuple[str, ...]
    issued_on: date | None
    valid_until: date | None


class AssessmentOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A profile beside the published definitions: a checklist, not a recognition."""

    enterprise_id: UUID
    on: Annotated[date, Meta(description="The day of the assessment, Dutch legal time.")]
    norms_version: Annotated[str, Meta(description="The dated figures that were used.")]
    definitions: tuple[Assessment, ...]
