"""What goes in and out about matches of several firms or several lots."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.matching.allocate import Allocation
from api.domain.matching.consortium import JointCoverage


class FirmRef(msgspec.Struct, frozen=True, rename="camel"):
    """An enterprise by id and name."""

    id: UUID
    name: str


class JointCoverageOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Who could do a lot together (combinatie). Computed on request, stored nowhere."""

    coverage: JointCoverage
    enterprises: Annotated[
        tuple[FirmRef, ...], Meta(description="Every enterprise that occurs, by id.")
    ]
    rules_version: str
    fingerprint: str


class AllocationRequest(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Which lots to spread over which limits. All absent: every active lot of the tender."""

    lot_ids: Annotated[
        tuple[UUID, ...], Meta(max_length=1_000, description="Empty: every active lot.")
    ] = ()
    max_lots: (
        Annotated[
            int,
            Meta(ge=1, le=1_000, description="Absent: as published (eForms BT-33), else none."),
        ]
        | None
    ) = None
    joint_bids: Annotated[
        bool, Meta(description="Let firms take a lot together where that is needed.")
    ] = False
    seed: (
        Annotated[
            str,
            Meta(
                pattern=r"^[A-Za-z0-9-]{1,64}$",
                description="Decides between equally good choices. Absent: the id of the tender.",
            ),
        ]
        | None
    ) = None


class AllocationOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the market can carry; never an award. Computed on request, stored nowhere."""

    tender_id: UUID
    allocation: Allocation
    enterprises: Annotated[
        tuple[FirmRef, ...], Meta(description="Every enterprise that occurs, by id.")
    ]
    max_lots: int | None
    seed: Annotated[str, Meta(description="What decided between equally good choices.")]
    overcommitted: Annotated[
        tuple[UUID, ...],
        Meta(description="Offerings that would get more than they have free; look at these."),
    ]
    rules_version: str
    fingerprint: Annotated[
        str,
        Meta(description="SHA-256 over the fingerprints of all lots, the request and the seed."),
    ]
