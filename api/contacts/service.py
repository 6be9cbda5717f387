"""Use case of contact addresses: tell one, and keep who was told and why (ADR 24)."""

from datetime import datetime
from uuid import UUID

from api.accounts.service import Actor, OrganisationKind
from api.audit import service as audit
from api.clock import legal_day
from api.contacts import queries
from api.contacts.schemas import ContactOut, Purpose
from api.database import transaction
from api.domain.errors import NotFound
from api.enterprises import queries as profiles
from api.enterprises import service as enterprises
from api.problems import AccessDenied


class BuyersOnly(AccessDenied):
    """Addresses are for who may buy; an enterprise sees its own."""

    code = "buyers-only"


async def reveal(enterprise_id: UUID, purpose: Purpose, actor: Actor, now: datetime) -> ContactOut:
    """Tell how an enterprise can be reached. Every time leaves an audit row."""
    async with transaction():
        known = await profiles.lock_enterprise(enterprise_id)
        if known is None:
            raise NotFound(f"There is no enterprise {enterprise_id}.")
        await enterprises.read(enterprise_id, legal_day(now))  # raises when it left
        own = known.owner is not None and known.owner == actor.organisation
        if actor.kind is OrganisationKind.ENTERPRISE and not own:
            raise BuyersOnly("An enterprise sees its own contact addresses only.")

        detail = {"purpose": purpose.value, "organisation": actor.organisation}
        await audit.record("contact.revealed", [enterprise_id], actor.name, now, **detail)
        return await queries.contact(enterprise_id)
