"""Use cases of e-mail notifications: digests on working days, sent at least once, told once."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import PostgresError

from api import clock, mail
from api.accounts.service import Actor
from api.audit import service as audit
from api.clock import legal_day
from api.database import AWAY, Row, transaction, try_lock
from api.directory.schemas import SearchFilters, SearchOrder
from api.domain.errors import InvalidInput, NotFound, Unavailable
from api.endings import all_ended
from api.invitations.drafts import is_workday
from api.notifications import queries
from api.notifications.drafts import (
    concerns,
    digest_row,
    is_early,
    message,
    outcome,
    person_of,
    search_news,
    told_row,
)
from api.notifications.schemas import (
    Kind,
    Language,
    News,
    PreferencesIn,
    PreferencesOut,
    Recipient,
    UnsubscriptionOut,
)
from api.preconditions import check_version
from api.settings import pseudonym_key, settings
from api.shortlists import service as shortlists

logger = logging.getLogger(__name__)

_LEASE: Final = timedelta(minutes=5)
_AT_ONCE: Final = 5
_SECONDS: Final = 20.0
Waiting = dict[UUID, tuple[Recipient, list[tuple[News, str]]]]


async def preferences(actor: Actor) -> PreferencesOut:
    """Give what who asks is told by e-mail."""
    async with transaction():
        return _out(await queries.preference(UUID(actor.person)))


async def change(
    data: PreferencesIn, version: int | None, actor: Actor, now: datetime
) -> PreferencesOut:
    """Set what who asks is told by e-mail."""
    person = UUID(actor.person)
    async with transaction():
        await queries.is_here(person)  # locks: two changes at once are one after the other
        check_version(_out(await queries.preference(person)).version, version)
        tell = sorted({kind.value for kind in data.tell})
        changed = await queries.put(person, data.language.value, tell, now)
        if not tell:
            await queries.drop_pending(person)
        await audit.record("notifications.changed", [person], actor.name, now)
    return _out(changed)


async def subscription(token: str) -> UnsubscriptionOut:
    """Tell whether whom a token was made for still gets mail."""
    async with transaction():
        found = await queries.preference(await _person(token))
    return UnsubscriptionOut(subscribed=bool(_out(found).tell))


async def unsubscribe(token: str, now: datetime) -> UnsubscriptionOut:
    """Send whom a token was made for nothing any more, until they ask for it again."""
    async with transaction():
        person = await _person(token)
        before = _out(await queries.preference(person))
        if before.tell:
            await queries.put(person, before.language.value, [], now)
            await queries.drop_pending(person)
            await audit.record("notifications.ended", [person], f"person {person}", now)
    return UnsubscriptionOut(subscribed=False)


async def make_digests(now: datetime) -> int:
    """Make the mails of a working day, once. Gives how many."""
    today = legal_day(now)
    if settings().smtp_url is None or is_early(now) or not is_workday(today):
        return 0
    if await queries.was_made(today):
        return 0
    looks = await _looks(today, now)
    async with transaction():
        # One worker makes them; what it made is there in one piece or not at all.
        if not await try_lock("notifications") or await queries.was_made(today):
            return 0
        for search, found in looks:
            await queries.watch(search["id"], found, today)
        news = [one for each in looks if (one := search_news(*each, today)) is not None]
        made = await _digest([*await queries.news(today), *news], today, now)
        await queries.drop_watches()
        await queries.note_round(today, now)
    return made


async def send(now: datetime) -> int:
    """Send mails that are due, several at once. Gives how many were tried."""
    here = settings()
    if here.smtp_url is None or here.mail_from is None or here.public_url is None:
        return 0
    claimed = await queries.claim(now, _AT_ONCE, now + _LEASE)
    ways = (here.smtp_url, here.mail_from, here.public_url)
    await all_ended(_attempt(one, ways, now) for one in claimed)
    return len(claimed)


async def work_forever() -> None:
    """Make and send mails until stopped; survive whatever the database or the index does."""
    while True:
        try:
            await make_digests(clock.now())
            while await send(clock.now()):
                pass
        except (*AWAY, PostgresError, Unavailable) as error:
            logger.warning("mails wait: %s", error)
        await asyncio.sleep(_SECONDS)


async def _looks(today: date, now: datetime) -> list[tuple[Row, list[UUID]]]:
    """Ask every saved search that is due again, outside any transaction."""
    looks = []
    for search in await queries.watched(today):
        parameters = msgspec.json.decode(search["parameters"], type=SearchFilters)
        try:
            found = await shortlists.finds(parameters, SearchOrder(search["sort"]), now)
        except InvalidInput:
            continue  # names what is known no longer: the search itself tells so when opened
        if found is not None:
            looks.append((search, found))
    return looks


async def _digest(news: Sequence[News], today: date, now: datetime) -> int:
    """Keep a mail for everybody who is to be told something that they were not told before."""
    recipients = await queries.recipients(list({one.organisation for one in news}))
    told = await queries.told(list({one.person for one in recipients}), [one.item for one in news])
    waiting = _waiting(news, recipients, told)
    digests = [
        digest_row(who, own, settings().public_url or "", today, now)
        for who, own in waiting.values()
    ]
    items = [
        told_row(person, item, now)
        for person, (_, own) in waiting.items()
        for item in dict.fromkeys(one.item for one, _ in own)
    ]
    await queries.add(digests, items)
    return len(digests)


def _waiting(
    news: Sequence[News], recipients: Sequence[Recipient], told: set[tuple[UUID, str]]
) -> Waiting:
    """Gather by person: who is in several organisations gets one mail about all of them."""
    members: dict[UUID, list[Recipient]] = {}
    for who in recipients:
        members.setdefault(who.organisation, []).append(who)
    found: Waiting = {}
    for one in news:
        for who in members.get(one.organisation, ()):
            if concerns(one, who) and (who.person, one.item) not in told:
                found.setdefault(who.person, (who, []))[1].append((one, who.kind))
    return found


async def _attempt(digest: Row, ways: tuple[str, str, str], now: datetime) -> None:
    url, sender, public_url = ways
    failure: str | None = None
    try:
        await mail.send(message(digest, sender, public_url, pseudonym_key()), url)
    except mail.NotSent as error:
        failure = str(error)
    except ValueError as error:  # an address that no mail can carry
        failure = type(error).__name__
    if failure is not None:
        logger.warning("mail %s was not sent: %s", digest["id"], failure)
    attempts = digest["attempts"]
    await queries.settle(digest["id"], attempts, *outcome(attempts, now, failure))


async def _person(token: str) -> UUID:
    person = person_of(token, pseudonym_key())
    if person is None or not await queries.is_here(person):
        raise NotFound("There is nobody to whom this link belongs.")
    return person


def _out(row: Row | None) -> PreferencesOut:
    sends = settings().smtp_url is not None
    if row is None:
        return PreferencesOut(Language.NL, tuple(Kind), sends, 0)
    tell = tuple(kind for kind in Kind if kind in row["tell"])
    return PreferencesOut(Language(row["language"]), tell, sends, row["version"])
