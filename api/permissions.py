"""The list of permissions, drawn from the policy table and the guards of the routes."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from api.auth import people_only, same_site, signed_in
from api.domain.access import POLICY, OrganisationKind, Scope

_INTRO: Final = """# Permissions

Made by `python -m importers permissions`; do not edit. What lies behind it: [access](access.md).

A caller has scopes, and acts for at most one organisation. The scope says *what*, the
organisation *on which side*. A missing scope is 403 `missing-scope`; the wrong side is 403 with
a code of its own; another organisation's object is 404.

## Scopes, and the roles that have them

A key has the scopes that it was made with; a person those of their roles in the organisation
that they act for.

| scope | allows | authority | contractor | enterprise | platform |
|---|---|---|---|---|---|
"""
_OPERATIONS: Final = """
## Operations

| operation | | who may |
|---|---|---|
"""
_STANDARD: Final = (people_only, signed_in, same_site)


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """Who may ask an operation."""

    operation: str
    method: str
    path: str
    scopes: tuple[str, ...]
    people_only: bool
    known: bool
    """Somebody must be known; without a scope whoever it is."""
    besides: tuple[str, ...]
    """What further guards say."""


def permissions(app: Litestar) -> list[Permission]:
    """Give who may what, for every documented operation, in the order of their paths."""
    found = [one for route in app.routes for one in _of_route(route)]
    return sorted(found, key=lambda one: (one.path, one.method))


def permissions_page(app: Litestar) -> str:
    """Write docs/permissions.md."""
    scopes = "".join(_scope_line(name, scope) for name, scope in POLICY.items())
    operations = "".join(_operation_line(one) for one in permissions(app))
    return f"{_INTRO}{scopes}{_OPERATIONS}{operations}"


def _of_route(route: Any) -> Iterator[Permission]:  # noqa: ANN401  routes of several kinds
    for handler in getattr(route, "route_handlers", ()):
        documented = isinstance(handler, HTTPRouteHandler) and handler.operation_id is not None
        if documented and handler.resolve_include_in_schema():
            yield from (
                _permission(handler, method, route.path_format)
                for method in handler.http_methods
                if method != "OPTIONS"
            )


def _permission(handler: HTTPRouteHandler, method: str, path: str) -> Permission:
    guards: list[Any] = list(handler.resolve_guards())
    scopes = tuple(guard.scope for guard in guards if hasattr(guard, "scope"))
    others = [one for one in guards if one not in _STANDARD and not hasattr(one, "scope")]
    texts = (cleandoc(one.__doc__ or "").partition("\n")[0] for one in others)
    return Permission(
        operation=str(handler.operation_id),
        method=method,
        path=path,
        scopes=scopes,
        people_only=people_only in guards,
        known=bool(scopes) or people_only in guards or signed_in in guards,
        besides=tuple(text for text in texts if text),
    )


def _scope_line(name: str, scope: Scope) -> str:
    cells = (", ".join(sorted(scope.roles[kind])) or "-" for kind in OrganisationKind)
    return f"| `{name}` | {scope.allows} | {' | '.join(cells)} |\n"


def _operation_line(one: Permission) -> str:
    who = [f"`{scope}`" for scope in one.scopes] or ["whoever is known" if one.known else "anybody"]
    if one.people_only:
        who = [*who, "people only"] if one.scopes else ["whoever signed in"]
    told = "; ".join([", ".join(who), *one.besides])
    return f"| `{one.operation}` | {one.method} `{one.path}` | {told} |\n"
