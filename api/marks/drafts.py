"""From a published profile to the facts that definitions are tested on. Pure (ADR 14)."""

from collections.abc import Mapping

from api.domain.profile.assessment import HeldMark, ProfileFacts
from api.domain.profile.marks import MarkScheme
from api.domain.profile.statement import DETAIL_FIELDS, Details
from api.enterprises.schemas import EnterpriseOut


def profile_facts(profile: EnterpriseOut, schemes: Mapping[str, MarkScheme]) -> ProfileFacts:
    """Give the facts of a profile, with its marks as they stand on the day of reading."""
    offered = profile.offerings
    return ProfileFacts(
        details=Details(**{name: getattr(profile, name) for name in DETAIL_FIELDS}),
        mission=profile.mission,
        legal_form=profile.legal_form,
        offerings=len(offered),
        main_aim_integration=profile.main_aim_integration,
        target_group_share=profile.target_group_share,
        share_verified_on=profile.share_verified_on,
        turnover_cents=profile.turnover_cents,
        reliable_capacities=sum(one.reliable_capacity_cents is not None for one in offered),
        located=profile.lat is not None,
        kvk_number=profile.kvk_number,
        marks=tuple(
            HeldMark(
                one.scheme,
                one.level,
                one.state,
                one.scheme in schemes and schemes[one.scheme].reserved_evidence,
            )
            for one in profile.marks
        ),
    )
