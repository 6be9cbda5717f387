"""Pages of the people of one's organisation: who is in it, as what, who was invited."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from api.auth import needs, origin_of, people_only
from api.domain.access import roles_in
from api.domain.errors import NotFound
from api.pages.forms import Form
from api.pages.proofs import MOST, SECRET, Caller, Now, acting
from api.pages.rendering import language_of, page, query, see
from api.people import service as people
from api.people.schemas import InvitationIn, MemberOut, MemberPatch, NewInvitation
from api.problems import PreconditionFailed
from api.sign_in import service as sign_ins

PLACE: Final = "/organisatie/mensen"
READ: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "guards": [needs("people:read"), people_only],
}
DECIDE: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "guards": [needs("people:write"), people_only],
}


@get(PLACE, **READ)
async def list_people(request: Caller, now: Now) -> Response[Any]:
    """List who is in the organisation, and who was invited."""
    return await _people(request, Form.filled(days=14), now)


@post(PLACE, **DECIDE, opt=SECRET)
async def invite(request: Caller, now: Now) -> Response[Any]:
    """Invite somebody; the link to come in by is shown this once."""
    form = await Form.of(request)
    home, actor = acting(request)
    with form.noting():
        form.needs("email", "roles")
        given = {"email": form.text("email"), "roles": form.several("roles")}
        data = form.build(InvitationIn, **given, days=form.whole("days") or 14)
        made = await people.invite(home, data, actor, now)
        return await _people(request, Form.filled(days=14), now, made)
    return await _people(request, form, now)


async def _people(
    request: Caller, form: Form, now: Now, made: NewInvitation | None = None
) -> Response[Any]:
    home, actor = acting(request)
    known = await people.organisation(home, actor)
    after = request.query_params.get("cursor")
    link = None if made is None else f"{origin_of(request)}/uitnodiging/{made.token}"
    waiting = await _invitations(home, request, now)
    return page(
        request,
        "people.html",
        status=400 if form.faults else 200,
        known=known,
        found=await people.members(home, actor, after, MOST),
        waiting=[one for one in waiting if one.state in {"open", "expired"}],
        roles=sorted(roles_in(known.kind)),
        form=form,
        made=made,
        link=link,
        letter=_letter(request, known.name, made, link),
    )


async def _invitations(home: UUID, request: Caller, now: Now) -> list[Any]:
    """Read all invitations: the newest stand last, and only those that wait are shown."""
    _, actor = acting(request)
    found = await people.invitations(home, actor, now, None, MOST)
    items = list(found.items)
    while found.next_cursor is not None:
        found = await people.invitations(home, actor, now, found.next_cursor, MOST)
        items += found.items
    return items


def _letter(
    request: Caller, organisation: str, made: NewInvitation | None, link: str | None
) -> str | None:
    """Write the address that opens a mail to who was invited, in the visitor's own program."""
    if made is None:
        return None
    t = language_of(request)
    words = {
        "subject": t("people.mail_subject", organisation=organisation),
        "body": t("people.mail_body", organisation=organisation, link=link),
    }
    return f"mailto:{made.invitation.email}?" + urlencode(words).replace("+", "%20")


@get(PLACE + "/{person_id:uuid}", **READ)
async def show_person(request: Caller, person_id: FromPath[UUID]) -> Response[Any]:
    """Show somebody, with what an administrator may do."""
    home, actor = acting(request)
    found = await people.member(home, person_id, actor)
    return await _person(request, found, Form.filled(roles=found.roles))


@post(PLACE + "/{person_id:uuid}", **DECIDE)
async def change_person(request: Caller, person_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Give somebody other roles, or take them out."""
    form = await Form.of(request)
    home, actor = acting(request)
    ids = (home, person_id)
    with form.noting():
        try:
            if form.text("actie") == "weg":
                await people.end_member(ids, form.whole("version"), actor, now)
                return see(_after(person_id, actor.person) + query(gedaan="weg"))
            form.needs("roles")
            data = form.build(MemberPatch, roles=form.several("roles"))
            await people.change_member(ids, data, form.whole("version"), actor, now)
            return see(_after(person_id, actor.person) + query(gedaan="rollen"))
        except PreconditionFailed as error:
            form.note("member-changed", error.detail, "")
    return await _person(request, await people.member(home, person_id, actor), form)


def _after(person_id: UUID, own: str | None) -> str:
    """Give where to go on: who changed themselves may no longer see the others."""
    return "/account" if str(person_id) == own else PLACE


@post(PLACE + "/{person_id:uuid}/wachtwoord", **DECIDE, opt=SECRET)
async def let_reset(request: Caller, person_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Make the link by which somebody sets a new password; it is shown this once."""
    home, actor = acting(request)
    found = await people.member(home, person_id, actor)
    form, link = Form.filled(roles=found.roles), None
    try:
        made = await sign_ins.issue_reset(person_id, actor, now)
        link = f"{origin_of(request)}/nieuw-wachtwoord/{made.token}"
    except NotFound as error:
        form.note("reset-elsewhere", error.detail, "")
    return await _person(request, found, form, link)


async def _person(
    request: Caller, found: MemberOut, form: Form, link: str | None = None
) -> Response[Any]:
    home, actor = acting(request)
    known = await people.organisation(home, actor)
    status = 400 if form.faults else 200
    roles = sorted(roles_in(known.kind))
    return page(request, "person.html", status=status, one=found, roles=roles, form=form, link=link)


@post("/organisatie/uitnodigingen/{invitation_id:uuid}/intrekking", **DECIDE)
async def withdraw_invitation(
    request: Caller, invitation_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Withdraw an invitation that nobody accepted yet."""
    home, actor = acting(request)
    await people.withdraw((home, invitation_id), actor, now)
    return see(PLACE + query(gedaan="ingetrokken"))


HANDLERS = [list_people, invite, show_person, change_person, let_reset, withdraw_invitation]
