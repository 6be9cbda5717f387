"""Use cases of matching: who can do a lot, who cannot, and why. A run is immutable."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from api.accounts.service import Actor, OrganisationKind
from api.art77 import service as art77
from api.art77.schemas import Art77Facts
from api.audit import service as audit
from api.auth import OwnExplanationsOnly
from api.candidates.drafts import Sought
from api.capacity import service as capacity
from api.clock import legal_day, new_id
from api.database import lock_all, transaction
from api.domain.checks import Checks
from api.domain.errors import NotFound, RuleViolation, Unavailable
from api.domain.matching.category import says_little
from api.domain.matching.decide import Decision, Excluded, decide
from api.domain.matching.facts import EnterpriseFacts, LotFacts, Procedure
from api.domain.matching.fingerprint import Written, fingerprint
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.coverage import Geography
from api.index import answering, client
from api.matches import queries
from api.matches.drafts import (
    Outcome,
    Values,
    basis_of,
    change_of,
    changes_of,
    explanation,
    kept,
    lot_facts,
    run_row,
    term,
    verdicts_of,
)
from api.matches.queries import TenderTerms
from api.matches.schemas import (
    FirmVerdict,
    Follows,
    MatchRequest,
    MatchRunBasis,
    MatchRunOut,
    RunDifference,
    VerdictOut,
)
from api.pagination import Page, after, read_position, write_cursor
from api.reference.service import reference
from api.settings import settings
from api.tenders import service as tenders
from api.tenders.schemas import LotOut
from search.dutch import analyser
from search.rebuild import live_index
from search.relevance import relevances

Hits = Mapping[str, float] | None


class RunsOfOtherLots(RuleViolation):
    """Two runs can be compared only when they are of the same lot."""

    code = "runs-of-other-lots"


class Question(msgspec.Struct, frozen=True):
    """A lot as it is asked: its facts, what the index found, and whose facts to read."""

    lot: LotOut
    request: MatchRequest
    facts: LotFacts
    hits: Hits
    sought: Sought

    @property
    def seed(self) -> str:
        """What decides the order within equal scores."""
        return self.request.seed or str(self.lot.id)

    @property
    def text_search(self) -> str:
        """Whether the index answered."""
        return "unavailable" if self.hits is None else "used"


class Answer(msgspec.Struct, frozen=True):
    """A run that is decided and not stored yet."""

    question: Question
    row: dict[str, Any]
    basis: MatchRunBasis
    verdicts: tuple[Values, ...]


async def run_match(
    lot_id: UUID, request: MatchRequest, actor: Actor, now: datetime
) -> MatchRunOut:
    """Match a lot against the directory, and store every verdict with its reasons."""
    asked = await question(lot_id, request, actor, now)
    found = await queries.candidates(asked.sought)
    own_print, published = await asyncio.gather(
        asyncio.to_thread(print_of, asked, found), queries.published_count()
    )
    same = await queries.same_runs({lot_id: own_print}, actor)
    if same:
        return await read_run(same[lot_id], actor)
    answer = await asyncio.to_thread(answered, asked, found, own_print)
    async with transaction():
        [run_id] = await store([answer], published, actor, now)
        return await read_run(run_id, actor)


def print_of(
    asked: Question, found: Sequence[EnterpriseFacts], written: Written | None = None
) -> str:
    """Give the fingerprint; facts that lots share are written down once in `written`."""
    seed, hits = asked.seed, asked.hits
    return fingerprint(asked.facts, found, RULES_2026, seed=seed, text_hits=hits, written=written)


def answered(asked: Question, found: Sequence[EnterpriseFacts], own_print: str) -> Answer:
    """Decide a lot, whose fingerprint is known already."""
    decision = decide(asked.facts, found, RULES_2026, seed=asked.seed, text_hits=asked.hits)
    run_id = new_id()
    stored = kept(run_id, decision)
    row = run_row(asked.lot, decision) | {
        "id": run_id,
        "fingerprint": own_print,
        "legend": msgspec.json.encode(stored.legend).decode(),
        "left_out": msgspec.json.encode(stored.left_out).decode(),
    }
    basis = basis_of(decision, asked.request, asked.text_search)
    return Answer(asked, row, basis, stored.verdicts)


async def store(
    answers: Sequence[Answer], published: int, actor: Actor, now: datetime
) -> list[UUID]:
    """Store runs of different lots, and give their ids; needs a transaction.

    Where a lot has a run of this author on the same facts, that is its run. `published` is how
    many enterprises the directory holds: who of them is not considered is outside the category.
    """
    by_lot = {one.question.lot.id: one for one in answers}
    # Two at once on the same facts leave one run.
    await lock_all([f"match {lot_id}" for lot_id in sorted(by_lot)])
    prints = {lot_id: one.row["fingerprint"] for lot_id, one in by_lot.items()}
    same = await queries.same_runs(prints, actor)
    new = [one for lot_id, one in by_lot.items() if lot_id not in same]
    before = await queries.last_bases([one.question.lot.id for one in new], actor)
    by = {"created_at": now, "author": actor.name, "organisation": actor.organisation}
    rows = [one.row | by | _joined(one, before.get(one.question.lot.id), published) for one in new]
    await queries.insert_runs(rows, (verdict for one in new for verdict in one.verdicts))
    made_of = [(row["id"], {"lot": str(row["lot"])}) for row in rows]
    await audit.record_each("match-run.created", made_of, actor.name, now)
    made = same | {row["lot"]: row["id"] for row in rows}
    return [made[one.question.lot.id] for one in answers]


def _joined(answer: Answer, before: queries.LastRun | None, published: int) -> dict[str, Any]:
    """Note which run this one follows, what is asked otherwise, and who is of no category."""
    facts, follows = answer.question.facts, None
    if before is not None:
        follows = Follows(before[0], changes_of(before[1].lot, facts))
    basis = msgspec.structs.replace(answer.basis, follows=follows, lot=facts)
    return {
        "basis": msgspec.json.encode(basis, order="deterministic").decode(),
        "outside_category": published - answer.row["considered"],
    }


async def question(lot_id: UUID, request: MatchRequest, actor: Actor, now: datetime) -> Question:
    """Gather what a lot asks, and say whose facts bear on it."""
    [asked] = await questions([lot_id], request, actor, now)
    return asked


async def questions(
    lot_ids: Sequence[UUID], request: MatchRequest, actor: Actor, now: datetime
) -> list[Question]:
    """Gather what lots ask; the index answers for all at once, while the database is read."""
    await check_marks(request)
    lots = await tenders.lots(lot_ids)
    searching = asyncio.create_task(_text_hits([one.title for one in lots]))
    try:
        known = await _known(lots, actor, now)
        geography = (await reference()).geography
        hits = await searching
    finally:
        searching.cancel()
    with_hits = zip(lots, hits, strict=True)
    return [_question(lot, request, found, known, geography) for lot, found in with_hits]


class _Known(msgspec.Struct, frozen=True):
    """What is kept about lots beside their notices, by tender and by lot."""

    terms: Mapping[UUID, TenderTerms]
    excluded: Mapping[UUID, Mapping[str, str]]
    reserved: Mapping[UUID, Mapping[str, int]]
    art77: Mapping[UUID, Art77Facts]


async def _known(lots: Sequence[LotOut], actor: Actor, now: datetime) -> _Known:
    tender_ids = {one.tender_id for one in lots}
    terms = await queries.terms(tender_ids)
    under = {one.id: one.tender_id for one in lots if art77.UNDER_ART77 in one.reservations}
    awarded = {one: await art77.facts(terms[one].buyer) for one in sorted(set(under.values()))}
    windows = {one.id: term(one, legal_day(now)) for one in lots}
    taken = await capacity.reserved_in(set(windows.values()), now)
    return _Known(
        terms=terms,
        excluded=await queries.excluded_firms(tender_ids, actor),
        reserved={lot_id: taken[window] for lot_id, window in windows.items()},
        art77={lot_id: awarded[tender_id] for lot_id, tender_id in under.items()},
    )


def _question(
    lot: LotOut, request: MatchRequest, hits: Hits, known: _Known, geography: Geography
) -> Question:
    facts = lot_facts(lot, known.terms[lot.tender_id].procedure, request)
    invited = facts.procedure is Procedure.INVITATION
    sought = Sought(
        codes=facts.cpv_codes,
        # By invitation a narrow coverage ranks first, so there its whole size is read.
        places=None if invited else facts.areas,
        centres=geography.centres(facts.areas) if invited else (),
        found_by_text=tuple(UUID(one) for one in hits or ()),
        text_decides=says_little(facts.cpv_codes),
        reserved=known.reserved[lot.id],
        art77=known.art77.get(lot.id, Art77Facts()),
        excluded=known.excluded.get(lot.tender_id, {}),
    )
    return Question(lot, request, facts, hits, sought)


async def check_marks(request: MatchRequest) -> None:
    """Refuse marks and levels that do not exist: nobody could hold them."""
    known = (await reference()).mark_schemes
    checks = Checks()
    for place, one in enumerate(request.required_marks):
        for number, accepted in enumerate(one.accepted):
            scheme, level = known.get(accepted.scheme), accepted.minimum_level
            where = f"/requiredMarks/{place}" + (f"/equivalents/{number - 1}" if number else "")
            if scheme is None:
                detail = f"There is no mark {accepted.scheme!r}."
                checks.note("unknown-scheme", detail, f"{where}/scheme")
            elif level is not None and level not in scheme.levels:
                detail = f"The mark {accepted.scheme!r} has no level {level!r}."
                checks.note("unknown-level", detail, f"{where}/minimumLevel")
    checks.settle()


async def _text_hits(titles: Sequence[str]) -> list[Hits]:
    """Ask the index which offerings titles fit; a run goes on without it, and says so."""
    try:
        with answering():
            index = live_index(settings().index_prefix)
            return [*await relevances(client(), index, titles, analyser())]
    except Unavailable:
        return [None] * len(titles)


async def why(
    ids: tuple[UUID, UUID], request: MatchRequest, actor: Actor, now: datetime
) -> FirmVerdict:
    """Say of any one enterprise why it can, or can't, do a lot; `ids`: lot and enterprise."""
    lot_id, enterprise_id = ids
    await check_own(enterprise_id, actor)
    asked = await question(lot_id, request, actor, now)
    firm = await queries.candidate(enterprise_id, asked.sought)
    if firm is None:
        raise NotFound(f"There is no enterprise {enterprise_id}.")

    decision = decide(asked.facts, [firm], RULES_2026, seed=asked.seed, text_hits=asked.hits)
    return firm_verdict(lot_id, firm, decision)


def firm_verdict(lot_id: UUID, firm: EnterpriseFacts, decision: Decision) -> FirmVerdict:
    """Give the only verdict of a decision on one firm."""
    [(outcome, verdict)] = verdicts_of(decision)
    return FirmVerdict(
        outcome=outcome,
        enterprise_id=UUID(firm.id),
        name=firm.name,
        lot_id=lot_id,
        offering_id=None if verdict.offering_id is None else UUID(verdict.offering_id),
        score=None if isinstance(verdict, Excluded) else verdict.score,
        explanation=explanation(verdict),
    )


async def check_own(enterprise_id: UUID, actor: Actor) -> None:
    """Refuse a key of another enterprise."""
    if actor.kind is not OrganisationKind.ENTERPRISE:
        return
    if actor.kvk_number is None or await queries.kvk_number(enterprise_id) != actor.kvk_number:
        raise OwnExplanationsOnly("An enterprise sees its own explanations only.")


async def difference(former_id: UUID, later_id: UUID, actor: Actor) -> RunDifference:
    """Say what changed between two runs of one lot, and for whom."""
    former, later = await read_run(former_id, actor), await read_run(later_id, actor)
    if former.lot_id != later.lot_id:
        raise RunsOfOtherLots("The two runs are of different lots.")
    before = await queries.all_verdicts(former_id)
    since = await queries.all_verdicts(later_id)
    names = await queries.names(before.keys() | since.keys())

    changes = [
        change_of(one, names[one], before.get(one), since.get(one))
        for one in sorted(names, key=str)
    ]
    return RunDifference(
        before=former_id,
        after=later_id,
        same_fingerprint=former.fingerprint == later.fingerprint,
        changes=tuple(one for one in changes if one is not None),
    )


async def read_run(run_id: UUID, actor: Actor) -> MatchRunOut:
    """Give a run; another organisation's does not exist."""
    found = await queries.run(run_id, actor)
    if found is None:
        raise NotFound(f"There is no match run {run_id}.")
    return found


async def runs(lot_id: UUID, cursor: str | None, limit: int, actor: Actor) -> Page[MatchRunOut]:
    """List the own organisation's runs of a lot, the last made first."""
    await tenders.lot(lot_id)
    found = await queries.runs(lot_id, actor, after(cursor), limit + 1)
    next_cursor = write_cursor(found[limit - 1].id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def verdicts(
    run_id: UUID, outcome: Outcome, cursor: str | None, limit: int, actor: Actor
) -> Page[VerdictOut]:
    """Give the verdicts of one outcome, best first."""
    await read_run(run_id, actor)
    rank = 0 if cursor is None else read_position(cursor)
    if outcome == "excluded":
        found = await queries.excluded(run_id, rank, limit + 1)
    else:
        found = await queries.verdicts(run_id, outcome, rank, limit + 1)
    next_cursor = write_cursor(found[limit - 1].rank) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)
