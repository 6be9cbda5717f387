"""Mails without the database and the network: who is told what, in which words, when again."""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from api.clock import LEGAL_TIME, new_id
from api.database import Row
from api.domain.access import POLICY, OrganisationKind, Role
from api.notifications.schemas import Kind, Language, News, Recipient

FROM_HOUR: Final = 7
"""Digests are made from seven in the morning, Dutch time."""
AUDIENCE: Final[Mapping[Kind, str]] = {
    Kind.SEARCHES: "shortlists:read",
    Kind.MARKS: "directory:write",
    Kind.INVITATIONS: "invitations:write",
    Kind.CONFIRMATIONS: "obligations:confirm",
    Kind.VERIFICATIONS: "obligations:verify",
}
"""Who is told: whose roles give the scope to act on it (api/domain/access.py)."""
PATHS: Final[Mapping[Kind, str]] = {
    Kind.SEARCHES: "/zoeken",
    Kind.MARKS: "/mijn-onderneming",
    Kind.INVITATIONS: "/mijn-onderneming",
    Kind.CONFIRMATIONS: "/werkvoorraad",
    Kind.VERIFICATIONS: "/werkvoorraad",
}
CHOICE: Final = "/account/berichten"
"""Where people choose which mail they get."""
TO_CONFIRM: Final = "/mijn-onderneming/bevestigen"
"""Where an enterprise confirms."""
TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.NL: {
        "subject.one": "Perceel: er is 1 bericht voor u",
        "subject.other": "Perceel: er zijn {count} berichten voor u",
        "searches": "Opgeslagen zoekopdrachten",
        "searches.line": "{title}: {added} erbij, {removed} eraf",
        "marks": "Keurmerken die binnenkort verlopen",
        "marks.line": "{title}: geldig tot en met {until}",
        "invitations": "Uitnodigingen",
        "invitations.line": "{title}: reageren kan tot en met {until}",
        "confirmations": "Invullingen die op bevestiging wachten",
        "confirmations.line": "{title}: {count}",
        "verifications": "Invullingen die op verificatie wachten",
        "verifications.line": "{title}: {count}",
        "footer": "U krijgt hoogstens één bericht per werkdag. Wat u krijgt, kiest u zelf"
        ": {choice}\nGeen berichten meer: {link}",
    },
    Language.EN: {
        "subject.one": "Perceel: there is 1 notice for you",
        "subject.other": "Perceel: there are {count} notices for you",
        "searches": "Saved searches",
        "searches.line": "{title}: {added} added, {removed} removed",
        "marks": "Quality marks that expire soon",
        "marks.line": "{title}: valid up to and including {until}",
        "invitations": "Invitations",
        "invitations.line": "{title}: answer up to and including {until}",
        "confirmations": "Fulfilments that wait for confirmation",
        "confirmations.line": "{title}: {count}",
        "verifications": "Fulfilments that wait for verification",
        "verifications.line": "{title}: {count}",
        "footer": "You get one mail a working day at most. You choose what you get"
        ": {choice}\nNo more mail: {link}",
    },
}
_WAITS: Final = (60, 300, 1_800, 7_200, 21_600, 43_200)
"""Seconds after each failed attempt: given up within a day."""
_LONGEST: Final = 120
_FOLDED: Final = SMTP.clone(max_line_length=76)
"""The longest line of a text as quoted-printable (RFC 2045 section 6.7)."""
_UNFOLDED: Final = SMTP.clone(max_line_length=998)
"""A link that is too long for a line would be written in a form that mail programs can't read."""
_MAC: Final = 16
_ID: Final = 16


def is_early(now: datetime) -> bool:
    """Tell whether it is before the hour at which digests are made."""
    return now.astimezone(LEGAL_TIME).hour < FROM_HOUR


def concerns(news: News, who: Recipient) -> bool:
    """Tell whether somebody is told of news: it is for their role there, and they want it."""
    acting = POLICY[AUDIENCE[news.kind]].roles[OrganisationKind(who.kind)]
    held = {Role(role) for role in who.roles}
    wanted = who.tell is None or news.kind in who.tell
    return news.organisation == who.organisation and bool(acting & held) and wanted


def search_news(search: Row, found: Iterable[UUID], today: date) -> News | None:
    """Tell what a saved search finds otherwise; nothing at the first look."""
    if search["found"] is None:
        return None
    before, here = set(search["found"]), set(found)
    added, removed = len(here - before), len(before - here)
    if not added and not removed:
        return None
    return News(
        kind=Kind.SEARCHES,
        organisation=search["organisation"],
        item=f"search:{search['id']}:{today}",
        title=search["name"],
        path=PATHS[Kind.SEARCHES] + _query(search["parameters"]),
        added=added,
        removed=removed,
    )


def _query(parameters: str) -> str:
    """Write the parameters of a search as the part of an address after the path."""
    given: dict[str, object] = msgspec.json.decode(parameters)
    pairs = [
        (name, str(one).lower() if isinstance(one, bool) else str(one))
        for name, value in given.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return f"?{urlencode(pairs)}" if pairs else ""


def on_one_line(title: str) -> str:
    """Give a title that can't begin a line, or a header, of its own."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in title).split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def body(news: Sequence[tuple[News, str]], language: Language, public_url: str) -> str:
    """Write the text of a mail of news, each with the kind of organisation that it is for."""
    texts = TEXTS[language]
    parts = []
    for kind in Kind:
        lines = []
        for path in sorted({_path(one, side) for one, side in news if one.kind is kind}):
            own = [one for one, side in news if one.kind is kind and _path(one, side) == path]
            lines += [*(f"- {line}" for line in _lines(own, texts)), f"{public_url}{path}"]
        if lines:
            parts.append("\n".join([texts[kind], *lines]))
    return "\n\n".join(parts) + "\n"


def _path(news: News, side: str) -> str:
    if news.path is not None:
        return news.path
    here = news.kind is Kind.CONFIRMATIONS and side == OrganisationKind.ENTERPRISE
    return TO_CONFIRM if here else PATHS[news.kind]


def _lines(news: Sequence[News], texts: Mapping[str, str]) -> list[str]:
    """Write a line for each; what has the same title and no day of its own is counted."""
    found = Counter(
        texts[f"{one.kind}.line"]
        .replace("{count}", "\0")
        .format(title=on_one_line(one.title), added=one.added, removed=one.removed, until=one.until)
        for one in news
    )
    return [line.replace("\0", str(count)) for line, count in found.items()]


def digest_row(
    who: Recipient, news: Sequence[tuple[News, str]], public_url: str, today: date, now: datetime
) -> Row:
    """Make the row of a mail that is due at once."""
    form = "one" if len(news) == 1 else "other"
    return {
        "id": new_id(),
        "person": who.person,
        "day": today,
        "language": who.language.value,
        "subject": TEXTS[who.language][f"subject.{form}"].format(count=len(news)),
        "body": body(news, who.language, public_url),
        "state": "pending",
        "attempts": 0,
        "created_at": now,
        "due_at": now,
    }


def told_row(person: UUID, item: str, now: datetime) -> Row:
    """Make the row that tells that somebody was told something."""
    return {"id": new_id(), "person": person, "item": item, "told_at": now}


def message(digest: Row, sender: str, public_url: str, secret: bytes) -> EmailMessage:
    """Write a mail (RFC 5322); the same digest is the same mail, with the same Message-ID."""
    token = token_of(digest["person"], secret)
    address = Address("Perceel", addr_spec=sender)
    made = EmailMessage(policy=_FOLDED)
    made["From"] = address
    made["To"] = Address(addr_spec=digest["email"])
    made["Subject"] = digest["subject"]
    made["Date"] = digest["created_at"]
    made["Message-ID"] = f"<{digest['id']}@{address.domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made["List-Unsubscribe"] = f"<{public_url}/v1/unsubscriptions/{token}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    footer = TEXTS[Language(digest["language"])]["footer"].format(
        link=f"{public_url}/afmelden/{token}", choice=public_url + CHOICE
    )
    made.set_content(f"{digest['body']}\n-- \n{footer}\n", cte="quoted-printable")
    made["Content-Language"] = digest["language"]
    made.policy = _UNFOLDED
    return made


def outcome(
    attempts: int, now: datetime, error: str | None
) -> tuple[str, datetime, datetime | None, str | None]:
    """Decide what follows an attempt: sent, again later, or given up."""
    if error is None:
        return "sent", now, now, None
    if attempts > len(_WAITS):
        return "dead", now, None, error
    return "pending", now + timedelta(seconds=_WAITS[attempts - 1]), None, error


def token_of(person: UUID, secret: bytes) -> str:
    """Sign who may end their mails by a link, without signing in. It holds for ever (RFC 8058)."""
    mac = _signature(person.bytes, secret)
    return base64.urlsafe_b64encode(person.bytes + mac).rstrip(b"=").decode()


def person_of(token: str, secret: bytes) -> UUID | None:
    """Give whom a token was made for; `None` where it was not made here."""
    try:
        raw = base64.b64decode(f"{token}{'=' * (-len(token) % 4)}", b"-_", validate=True)
    except ValueError:
        return None
    person, mac = raw[:_ID], raw[_ID:]
    right = len(person) == _ID and hmac.compare_digest(mac, _signature(person, secret))
    return UUID(bytes=person) if right else None


def _signature(person: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"unsubscribe" + person, hashlib.sha256).digest()[:_MAC]
