"""Who may do what: the one policy table. Everything else about permissions is derived from it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec


class OrganisationKind(StrEnum):
    """What an organisation is here; it decides which side of an obligation it stands on."""

    AUTHORITY = "authority"
    """Contracting authority (aanbestedende dienst)."""
    CONTRACTOR = "contractor"
    ENTERPRISE = "enterprise"
    """A social enterprise, known in the directory by its KvK number."""
    PLATFORM = "platform"
    """Whoever runs this installation."""


class Role(StrEnum):
    """What a person is in an organisation. Which scopes that gives depends on its kind."""

    OFFICER = "officer"
    """Buys: tenders, matches, invitations (inkoper)."""
    COORDINATOR = "coordinator"
    """Looks after social return (coördinator social return)."""
    EDITOR = "editor"
    """Keeps profiles, or the platform's lists and rule books."""
    CONFIRMER = "confirmer"
    """Confirms for an enterprise what was booked on it."""
    MODERATOR = "moderator"
    """Decides for the platform on claims, changes, marks and doubles."""
    ADMINISTRATOR = "administrator"
    """Invites people, gives roles, ends keys."""


class Scope(msgspec.Struct, frozen=True):
    """What a scope allows, and which roles have it in which kind of organisation."""

    allows: str
    roles: Mapping[OrganisationKind, frozenset[Role]]


def _scope(
    allows: str, authority: str = "", contractor: str = "", enterprise: str = "", platform: str = ""
) -> Scope:
    columns = (authority, contractor, enterprise, platform)
    given = {
        kind: frozenset(Role(name) for name in names.split())
        for kind, names in zip(OrganisationKind, columns, strict=True)
    }
    return Scope(allows, given)


_EVERYBODY: Final = {
    "authority": "officer coordinator administrator",
    "contractor": "officer coordinator administrator",
    "enterprise": "editor confirmer administrator",
    "platform": "editor moderator administrator",
}
POLICY: Final[Mapping[str, Scope]] = {
    "directory:write": _scope(
        "create and change enterprises, offerings and marks",
        enterprise="editor",
        platform="editor moderator",
    ),
    "directory:verify": _scope("verify marks and target-group shares", platform="moderator"),
    "directory:moderate": _scope(
        "decide on claims and proposed changes, merge duplicates or keep them apart",
        platform="moderator",
    ),
    "imports:write": _scope(
        "import lists of enterprises and see what became of them", platform="editor moderator"
    ),
    "shortlists:read": _scope(
        "read shortlists, saved searches and locks of the own organisation",
        authority="officer coordinator",
        contractor="officer coordinator",
    ),
    "shortlists:write": _scope(
        "keep shortlists, save searches and lock their results",
        authority="officer coordinator",
        contractor="officer coordinator",
    ),
    "tenders:write": _scope(
        "upload notices, create and change tenders", authority="officer", platform="editor"
    ),
    "matches:read": _scope(
        "read match runs",
        authority="officer coordinator",
        contractor="officer coordinator",
        enterprise="editor",
        platform="moderator",
    ),
    "matches:write": _scope("start match runs", authority="officer", contractor="officer"),
    "invitations:write": _scope(
        "officer: invite; enterprise: answer its own invitations",
        authority="officer",
        contractor="officer",
        enterprise="editor",
    ),
    "spend:read": _scope(
        "see what the own organisation spent, and with whom",
        authority="officer coordinator",
        contractor="officer coordinator",
    ),
    "spend:write": _scope(
        "upload spend, and decide which enterprise a supplier is",
        authority="officer coordinator",
        contractor="officer coordinator",
    ),
    "obligations:read": _scope(
        "read obligations, positions and ledgers of the own organisation",
        authority="officer coordinator",
        contractor="officer coordinator",
        platform="moderator",
    ),
    "obligations:write": _scope(
        "authority: open obligations; contractor: book fulfilments",
        authority="coordinator",
        contractor="coordinator",
    ),
    "obligations:confirm": _scope(
        "confirm that a booked purchase or activity happened",
        authority="coordinator",
        enterprise="confirmer",
    ),
    "obligations:verify": _scope(
        "authority: verify, reject or dispute what was booked", authority="coordinator"
    ),
    "rule-books:write": _scope("write rule books", authority="coordinator", platform="editor"),
    "rule-books:publish": _scope(
        "publish a rule book that somebody else wrote",
        authority="coordinator",
        platform="editor moderator",
    ),
    "audit:read": _scope(
        "read what was done in the name of the own organisation; the platform reads all",
        authority="administrator",
        contractor="administrator",
        enterprise="administrator",
        platform="administrator moderator",
    ),
    "webhooks:write": _scope(
        "have a system of the own organisation told what changed",
        **dict.fromkeys(_EVERYBODY, "administrator"),
    ),
    "people:read": _scope("see the people of the own organisation", **_EVERYBODY),
    "people:write": _scope(
        "invite people into the own organisation, give and take roles",
        **dict.fromkeys(_EVERYBODY, "administrator"),
    ),
    "api-keys:write": _scope("make, rotate and end keys with at most the own rights", **_EVERYBODY),
    "organisations:write": _scope(
        "make organisations, invite people into any of them", platform="administrator"
    ),
}
"""A row per scope, a column per kind of organisation (own choice, ADR 32)."""
SCOPES: Final[Mapping[str, str]] = {name: scope.allows for name, scope in POLICY.items()}
"""Every scope with what it allows."""


def scopes_of(kind: OrganisationKind, roles: Iterable[Role]) -> frozenset[str]:
    """Give the scopes of roles in an organisation of this kind (own choice, ADR 32)."""
    held = frozenset(roles)
    return frozenset(name for name, scope in POLICY.items() if scope.roles[kind] & held)


def roles_in(kind: OrganisationKind) -> frozenset[Role]:
    """Give the roles that an organisation of this kind has (own choice, ADR 32)."""
    return frozenset().union(*(scope.roles[kind] for scope in POLICY.values()))
