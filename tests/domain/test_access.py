import pytest

from api.domain.access import POLICY, SCOPES, OrganisationKind, Role, roles_in, scopes_of

PLATFORM, AUTHORITY = OrganisationKind.PLATFORM, OrganisationKind.AUTHORITY
CONTRACTOR, ENTERPRISE = OrganisationKind.CONTRACTOR, OrganisationKind.ENTERPRISE


def test_who_books_never_verifies() -> None:
    for kind in (CONTRACTOR, ENTERPRISE, PLATFORM):
        assert "obligations:verify" not in scopes_of(kind, Role)


def test_an_enterprise_neither_verifies_marks_nor_starts_matches() -> None:
    scopes = scopes_of(ENTERPRISE, Role)

    assert not {"directory:verify", "directory:moderate", "matches:write"} & scopes


def test_roles_add_up_and_no_role_gives_nothing() -> None:
    officer = scopes_of(AUTHORITY, [Role.OFFICER])
    coordinator = scopes_of(AUTHORITY, [Role.COORDINATOR])

    assert scopes_of(AUTHORITY, [Role.OFFICER, Role.COORDINATOR]) == officer | coordinator
    assert scopes_of(AUTHORITY, []) == frozenset()


def test_a_role_counts_only_where_its_organisation_has_it() -> None:
    assert scopes_of(ENTERPRISE, [Role.MODERATOR]) == frozenset()
    assert roles_in(ENTERPRISE) == {Role.EDITOR, Role.CONFIRMER, Role.ADMINISTRATOR}


@pytest.mark.parametrize("name", SCOPES)
def test_every_scope_belongs_to_some_role(name: str) -> None:
    assert any(POLICY[name].roles[kind] for kind in OrganisationKind)
