"""Pages of moderators: claims, changes, marks, shares and doubles, with what is known of each."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from api.auth import current_actor, needs
from api.clock import legal_day
from api.enterprises import service as enterprises
from api.enterprises.schemas import EnterpriseOut, MarkOut
from api.marks import service as marks
from api.marks.schemas import RevocationIn, ShareRefusalIn, VerificationIn
from api.moderation import service as moderation
from api.moderation.schemas import DecisionIn, MergeIn, RefusalIn, ReviewOut
from api.pages.enterprise import HOME, WRITE
from api.pages.finding import mark_names
from api.pages.forms import Form
from api.pages.proofs import Caller, Now
from api.pages.rendering import id_in, language_of, missing, page, query, see
from api.pages.texts import Texts
from api.preconditions import ANYHOW

PLACE: Final = "/moderatie"
SHOWN: Final = 20
MODERATE: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "guards": [needs("directory:moderate")],
}
VERIFY: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("directory:verify")]}
_WORDS: Final[Mapping[str, str]] = {
    "legalForm": "legal",
    "targetGroupShare": "share",
    "mainAimIntegration": "yesno",
}
"""Where the words for the codes of a field stand in the catalogue."""


class Change(msgspec.Struct, frozen=True):
    """A field of a proposed change, in words."""

    field: str
    stands: str
    proposed: str


@get(PLACE, **MODERATE)
async def list_reviews(request: Caller, now: Now) -> Response[Any]:
    """List claims and changes that wait."""
    found = await moderation.reviews(now, request.query_params.get("cursor"), SHOWN)
    return page(request, "reviews.html", found=found)


@get(PLACE + "/{review_id:uuid}", **MODERATE)
async def show_review(request: Caller, review_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Show a claim with its proof, or a change with old and new side by side."""
    return await _review(request, review_id, Form(), now)


@post(PLACE + "/{review_id:uuid}", **MODERATE)
async def decide_review(request: Caller, review_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Accept or refuse, with a reason."""
    form = await Form.of(request)
    with form.noting():
        await moderation.decide(review_id, _decision(form), current_actor(request), now)
        return see(PLACE + query(gedaan=_done(form)))
    return await _review(request, review_id, form, now)


def _decision(form: Form) -> DecisionIn:
    form.needs("reason")
    return form.build(DecisionIn, approve=_agrees(form), reason=form.text("reason"))


def _agrees(form: Form) -> bool:
    return form.text("besluit") == "ja"


def _done(form: Form) -> str:
    return "akkoord" if _agrees(form) else "afgewezen"


async def _review(request: Caller, review_id: UUID, form: Form, now: Now) -> Response[Any]:
    found = await moderation.review(review_id, now)
    firm = await enterprises.read(found.enterprise_id, legal_day(now))
    changes = _changes(found, firm, language_of(request))
    status = 400 if form.faults else 200
    context = {"one": found, "firm": firm, "changes": changes, "form": form}
    return page(request, "review.html", status=status, **context)


def _changes(found: ReviewOut, firm: EnterpriseOut, t: Texts) -> list[Change]:
    there = msgspec.to_builtins(firm)
    return [
        Change(field, _said(t, field, there.get(field)), _said(t, field, found.patch[field]))
        for field in found.fields
        if field in found.patch
    ]


def _said(t: Texts, field: str, value: object) -> str:
    if value is None:
        return t("common.unknown")
    code = str(value).lower() if isinstance(value, bool) else str(value)
    return t.label(_WORDS.get(field, ""), code)


@get(PLACE + "/keurmerken", **VERIFY)
async def list_marks(request: Caller, now: Now) -> Response[Any]:
    """List the marks whose certificate nobody has seen."""
    cursor = request.query_params.get("cursor")
    found = await marks.claimed(legal_day(now), cursor, SHOWN)
    return page(request, "claimed.html", found=found, mark_names=await mark_names())


@get(PLACE + "/keurmerken/{enterprise_id:uuid}/{mark_id:uuid}", **VERIFY)
async def show_mark(
    request: Caller, enterprise_id: FromPath[UUID], mark_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Show a mark with what was given as evidence."""
    form = Form.filled(verifiedOn=legal_day(now))
    return await _mark(request, (enterprise_id, mark_id), form, now)


@post(PLACE + "/keurmerken/{enterprise_id:uuid}/{mark_id:uuid}", **VERIFY)
async def judge_mark(
    request: Caller, enterprise_id: FromPath[UUID], mark_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Note that the certificate was seen, or that the mark does not count."""
    form, ids = await Form.of(request), (enterprise_id, mark_id)
    with form.noting():
        if _agrees(form):
            await _verify(ids, form, request, now)
        else:
            await _refuse(ids, form, request, now)
        return see(f"{PLACE}/keurmerken" + query(gedaan=_done(form)))
    return await _mark(request, ids, form, now)


async def _verify(ids: tuple[UUID, UUID], form: Form, request: Caller, now: Now) -> None:
    await marks.verify(ids, _seen(form), current_actor(request), now)


def _seen(form: Form) -> VerificationIn:
    form.needs("reference", *(() if form.text("verifiedOn") else ("verifiedOn",)))
    seen, words = form.day("verifiedOn"), form.text("reference")
    return form.build(VerificationIn, verifiedOn=seen, reference=words)


async def _refuse(ids: tuple[UUID, UUID], form: Form, request: Caller, now: Now) -> None:
    form.needs("reason")
    today: date = legal_day(now)
    data = form.build(RevocationIn, revokedOn=today, reason=form.text("reason"))
    await marks.revoke(ids, data, current_actor(request), now)


async def _mark(request: Caller, ids: tuple[UUID, UUID], form: Form, now: Now) -> Response[Any]:
    firm = await enterprises.read(ids[0], legal_day(now))
    found: MarkOut | None = next((one for one in firm.marks if one.id == ids[1]), None)
    if found is None:
        raise missing("such mark")
    status = 400 if form.faults else 200
    context = {"firm": firm, "mark": found, "mark_names": await mark_names(), "form": form}
    return page(request, "judge.html", status=status, **context)


@get(PLACE + "/doelgroep", **VERIFY)
async def list_shares(request: Caller) -> Response[Any]:
    """List the shares of target groups of which nobody has seen proof."""
    found = await marks.stated_shares(request.query_params.get("cursor"), SHOWN)
    return page(request, "shares.html", found=found)


@get(PLACE + "/doelgroep/{enterprise_id:uuid}", **VERIFY)
async def show_share(request: Caller, enterprise_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Show a stated share with what bears on it."""
    return await _share(request, enterprise_id, Form.filled(verifiedOn=legal_day(now)), now)


@post(PLACE + "/doelgroep/{enterprise_id:uuid}", **VERIFY)
async def judge_share(request: Caller, enterprise_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Note that proof was seen, or take the share off the profile."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        if _agrees(form):
            await marks.verify_share(enterprise_id, _seen(form), actor, now)
        else:
            form.needs("reason")
            data = form.build(ShareRefusalIn, reason=form.text("reason"))
            await marks.refuse_share(enterprise_id, data, actor, now)
        return see(f"{PLACE}/doelgroep" + query(gedaan=_done(form)))
    return await _share(request, enterprise_id, form, now)


async def _share(request: Caller, enterprise_id: UUID, form: Form, now: Now) -> Response[Any]:
    firm = await enterprises.read(enterprise_id, legal_day(now))
    if firm.target_group_share is None:
        raise missing("such share")
    sources = await moderation.provenance(enterprise_id, now)
    stated = next((one for one in sources if one.field == "targetGroupShare"), None)
    context = {"firm": firm, "stated": stated, "mark_names": await mark_names(), "form": form}
    return page(request, "judge_share.html", status=400 if form.faults else 200, **context)


@get(PLACE + "/dubbelen", **MODERATE)
async def list_doubles(request: Caller) -> Response[Any]:
    """List the pairs of profiles that may be one firm."""
    found = await moderation.duplicates(None, request.query_params.get("cursor"), SHOWN)
    return page(request, "doubles.html", found=found)


@get(PLACE + "/dubbelen/{first:uuid}/{second:uuid}", **MODERATE)
async def show_double(
    request: Caller, first: FromPath[UUID], second: FromPath[UUID], now: Now
) -> Response[Any]:
    """Show two profiles side by side, and what a merge does."""
    return await _double(request, (first, second), Form(), now)


@post(PLACE + "/dubbelen/{first:uuid}/{second:uuid}", **MODERATE)
async def decide_double(
    request: Caller, first: FromPath[UUID], second: FromPath[UUID], now: Now
) -> Response[Any]:
    """Merge one profile into the other, or keep the two apart."""
    form, ids = await Form.of(request), (first, second)
    apart = form.text("besluit") == "apart"
    with form.noting():
        await (_keep_apart if apart else _merge)(request, ids, form, now)
        return see(f"{PLACE}/dubbelen" + query(gedaan="apart" if apart else "samen"))
    return await _double(request, ids, form, now)


async def _merge(request: Caller, ids: tuple[UUID, UUID], form: Form, now: Now) -> None:
    form.needs("reason", "successor")
    wanted = id_in(form.text("successor")) if form.text("successor") else ids[0]
    data = form.build(MergeIn, successorId=wanted, reason=form.text("reason"))
    gone = ids[1] if wanted == ids[0] else ids[0]
    await moderation.merge(gone, data, current_actor(request), now)


async def _keep_apart(request: Caller, ids: tuple[UUID, UUID], form: Form, now: Now) -> None:
    form.needs("reason")
    data = form.build(RefusalIn, enterpriseIds=ids, reason=form.text("reason"))
    await moderation.refuse(data, current_actor(request), now)


@get(PLACE + "/dubbelen/apart", **MODERATE)
async def list_apart(request: Caller) -> Response[Any]:
    """List the pairs that are kept apart, each with its reason."""
    found = await moderation.refusals(request.query_params.get("cursor"), SHOWN)
    return page(request, "apart.html", found=found)


@post(PLACE + "/dubbelen/apart/{refusal_id:uuid}", **MODERATE)
async def offer_again(request: Caller, refusal_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Take back that a pair is kept apart."""
    await moderation.offer_again(refusal_id, current_actor(request), now, wanted=ANYHOW)
    return see(f"{PLACE}/dubbelen" + query(gedaan="opnieuw"))


async def _double(request: Caller, ids: tuple[UUID, UUID], form: Form, now: Now) -> Response[Any]:
    today = legal_day(now)
    both = [await enterprises.read(one, today) for one in ids]
    return page(request, "double.html", status=400 if form.faults else 200, both=both, form=form)


@post(HOME + "/aanvragen/{claim_id:uuid}", **WRITE)
async def answer_claim(request: Caller, claim_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Say as owner what one thinks of somebody else's claim."""
    form = await Form.of(request)
    await moderation.answer(claim_id, _decision(form), current_actor(request), now)
    return see(HOME + query(gedaan="geantwoord"))


HANDLERS = [
    list_reviews,
    show_review,
    decide_review,
    list_marks,
    show_mark,
    judge_mark,
    list_shares,
    show_share,
    judge_share,
    list_doubles,
    show_double,
    decide_double,
    list_apart,
    offer_again,
    answer_claim,
]
