"""The use case of the yearly report."""

import asyncio
from datetime import date, datetime, time
from uuid import UUID

from api.accounts.service import Actor, OrganisationKind
from api.clock import LEGAL_TIME, legal_day
from api.database import transaction
from api.domain.errors import Fault, InvalidInput, NotFound
from api.ledgers import queries as ledger_rows
from api.ledgers import service as ledgers
from api.rule_books.service import WrongOrganisation
from api.social_return_reports import queries
from api.social_return_reports.drafts import Ledger, Year, as_csv, report_of
from api.social_return_reports.schemas import ReportOut


async def report(year: int, as_of: datetime | None, actor: Actor, now: datetime) -> ReportOut:
    """Report on a year of the own authority, as known at an instant (at most the year's end)."""
    if actor.organisation is None or actor.kind is not OrganisationKind.AUTHORITY:
        raise WrongOrganisation("Reports are those of an authority, for its own key.")
    span = _span(year, as_of, now)
    async with transaction():
        days = (date(year, 1, 1), date(year + 1, 1, 1))
        ids = await queries.running(actor.organisation, *days, span.as_of)
        found = [await _ledger(one) for one in ids]
    if not found:
        raise NotFound(f"There are no obligations in {year}.")
    return await asyncio.to_thread(report_of, found, span)


async def table(year: int, as_of: datetime | None, actor: Actor, now: datetime) -> str:
    """Give the report as CSV."""
    return as_csv(await report(year, as_of, actor, now))


async def _ledger(obligation_id: UUID) -> Ledger:
    kept = await ledger_rows.obligation(obligation_id)
    if kept is None:
        raise NotFound(f"There is no obligation {obligation_id}.")
    stored = await ledger_rows.entries(obligation_id, 0, None)
    details = {one.number: one.details for one in stored if one.details is not None}
    return Ledger(kept, ledgers.sound(stored), details)


def _span(year: int, as_of: datetime | None, now: datetime) -> Year:
    """Begin with the year in Dutch legal time; end with it, or at the instant asked."""
    begins = datetime.combine(date(year, 1, 1), time(), LEGAL_TIME)
    ends = datetime.combine(date(year + 1, 1, 1), time(), LEGAL_TIME)
    if as_of is not None and as_of.utcoffset() is None:
        raise InvalidInput(Fault("invalid-value", "asOf needs an offset, such as Z.", "asOf"))
    wanted = now if as_of is None else as_of
    if wanted > now or legal_day(now) < date(year, 1, 1):
        raise InvalidInput(Fault("in-the-future", "This lies in the future.", "asOf"))
    # The year's last microsecond: what happens at midnight belongs to the next one.
    return Year(year, begins, min(wanted, ends - datetime.resolution))
