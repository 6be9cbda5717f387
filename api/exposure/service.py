"""Use cases of exposure."""

from datetime import date, datetime, time

from api.accounts.service import Actor, OrganisationKind
from api.clock import LEGAL_TIME
from api.domain.errors import Fault, InvalidInput
from api.exposure import queries
from api.exposure.schemas import ExposureOut
from api.pagination import Page, after, write_cursor


async def exposure(
    days: tuple[date, date], cursor: str | None, limit: int, actor: Actor
) -> Page[ExposureOut]:
    """Count how often each enterprise was shown in a half-open period; an enterprise: itself."""
    since, until = (datetime.combine(day, time(), LEGAL_TIME) for day in days)
    if until <= since:
        raise InvalidInput(Fault("invalid-period", "The period ends before it starts.", "until"))
    own = None
    if actor.kind is OrganisationKind.ENTERPRISE:
        own = actor.kvk_number or ""
    found = await queries.exposure((since, until), after(cursor), limit + 1, own)
    next_cursor = write_cursor(found[limit - 1].enterprise_id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)
