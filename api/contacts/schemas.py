"""What goes in and out about contact addresses."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class Purpose(StrEnum):
    """What somebody wants to reach an enterprise for."""

    QUOTATION = "quotation"
    INVITATION = "invitation"
    MARKET_CONSULTATION = "market-consultation"
    SOCIAL_RETURN = "social-return"
    DATA_QUALITY = "data-quality"
    """To put a profile right."""


class RevealIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Why the address is wanted."""

    purpose: Purpose


class ContactOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How an enterprise can be reached; `null` is unknown. Roles only, never persons."""

    enterprise_id: UUID
    email: str | None
    phone: Annotated[str | None, Meta(description="In E.164.")]
