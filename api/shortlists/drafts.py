"""Why somebody was found, and what has changed since. Pure (ADR 14)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from api.clock import new_id
from api.database import Row, as_json
from api.directory.schemas import EnterpriseCard, SearchFilters, SearchOrder
from api.domain.directory import MarkState, reserved_eligible
from api.domain.errors import Fault, InvalidInput, RuleViolation
from api.domain.matching.rules import RULES_2026
from api.domain.social_return.privacy import personal_number_faults
from api.domain.tendering.coverage import COUNTRY
from api.domain.tendering.cpv import lineage
from api.domain.values import CpvCode, Point
from api.enterprises.schemas import EnterpriseOut, MarkOut, OfferingOut, as_out
from api.reference.service import Reference
from api.shortlists.queries import Owner
from api.shortlists.schemas import (
    MOST_ENTRIES,
    Added,
    Cause,
    Changed,
    EntryOut,
    FieldChange,
    LockEntry,
    LockOut,
    Removed,
    SavedSearchIn,
    SavedSearchOut,
    SavedSearchPatch,
    Why,
    WordFound,
)
from search.documents import EnterpriseFacts, OfferingFacts, tokens_by_place
from search.dutch import analyser
from search.query import Search

_MARK_CAUSES: Final = {
    MarkState.LAPSED: ("mark-lapsed", "The mark {} lapsed on {}."),
    MarkState.REVOKED: ("mark-revoked", "The mark {} was revoked on {}."),
}


class ShortlistFull(RuleViolation):
    """A shortlist has room for a number of enterprises that a person can oversee."""

    code = "shortlist-full"


def refuse_personal_numbers(texts: Mapping[str, str | None]) -> None:
    """Refuse texts, by their place, in which a personal number is suspected (ADR 12)."""
    faults: list[Fault] = []
    for place, text in texts.items():
        faults += personal_number_faults(text or "", place)
    if faults:
        raise InvalidInput(*faults)


def asked_of(search: SavedSearchOut) -> tuple[SearchFilters, SearchOrder]:
    """Give what a saved search asks; its name and alerts are no part of it."""
    return search.parameters, search.sort


def revised(before: SavedSearchOut, patch: SavedSearchPatch) -> tuple[SavedSearchOut, Row]:
    """Give a saved search with a patch on it, and the columns to write."""
    given = {name: one for name, one in msgspec.structs.asdict(patch).items() if one is not UNSET}
    now = msgspec.structs.replace(before, **given)
    refuse_personal_numbers({"/name": now.name, "/parameters/q": now.parameters.q})
    stored = {"parameters": as_json(now.parameters)} if "parameters" in given else {}
    return now, given | stored


def new_search(data: SavedSearchIn, owner: Owner, now: datetime) -> Row:
    """Give the row of a search that is kept."""
    return {
        "id": new_id(),
        "owner": owner.name,
        "organisation": owner.organisation,
        "name": data.name,
        "parameters": as_json(data.parameters),
        "sort": data.sort,
        "alerts": data.alerts,
        "created_at": now,
    }


def placed(
    entries: list[EntryOut], former: EntryOut | None, enterprise_id: UUID, position: int | None
) -> list[UUID]:
    """Give the order of the list with the enterprise in its place."""
    if former is None and len(entries) >= MOST_ENTRIES:
        raise ShortlistFull(f"A shortlist has room for {MOST_ENTRIES} enterprises.")
    others = [one.enterprise_id for one in entries if one is not former]
    last = len(others) + 1 if former is None else former.position
    others.insert((position or last) - 1, enterprise_id)
    return others


def entry_row(ids: tuple[UUID, UUID], stated: Row, now: datetime) -> Row:
    """Give a new row of an entry; its position follows when the list is put in order."""
    own_columns = {"id": new_id(), "shortlist": ids[0], "enterprise": ids[1]}
    return {**own_columns, "position": MOST_ENTRIES + 1, "added_at": now, **stated}


def entry_detail(enterprise_id: UUID, former: EntryOut | None) -> dict[str, Any]:
    """Say for the audit trail what the entry was before."""
    reason = None if former is None else former.reason
    position = None if former is None else former.position
    return {
        "enterprise": str(enterprise_id),
        "reason_before": reason,
        "position_before": position,
    }


def lock_row(lock_id: UUID, entry: LockEntry) -> Row:
    """Give a new row of what a lock froze."""
    return {
        "id": new_id(),
        "search_lock": lock_id,
        "rank": entry.rank,
        "enterprise": entry.enterprise_id,
        "enterprise_version": entry.enterprise_version,
        "offering_version": entry.offering_version,
        "card": as_json(entry.card),
        "why": as_json(entry.why),
    }


def mark_code(mark: MarkOut) -> str:
    """Give the code by which a mark is searched, such as `pso-30plus`."""
    level = "" if mark.level is None else f"-{mark.level.replace('+', 'plus')}"
    return f"{mark.scheme}{level}".lower()


class Now:
    """What the directory says on a day of the enterprises that a lock is about."""

    def __init__(self, rows: Sequence[dict[str, Any]], today: date, known: Reference) -> None:
        self.rows = {row["id"]: row for row in rows}
        self.profiles = {row["id"]: as_out(row, today) for row in rows}
        self.today, self.known = today, known

    def offering(self, card: EnterpriseCard) -> OfferingOut | None:
        """Give the offering on a card as it stands now; `None` if there is none (any more)."""
        if card.offering is None:
            return None
        offered = self.profiles[card.id].offerings
        return next((one for one in offered if one.id == card.offering.id), None)

    def entry(self, rank: int, card: EnterpriseCard, asked: Search) -> LockEntry:
        """Say what was found, and why."""
        offering = self.offering(card)
        return LockEntry(
            rank=rank,
            enterprise_id=card.id,
            enterprise_version=self.profiles[card.id].version,
            offering_version=None if offering is None else offering.version,
            card=card,
            why=self._why(card, offering, asked),
        )

    def _why(self, card: EnterpriseCard, offering: OfferingOut | None, asked: Search) -> Why:
        profile = self.profiles[card.id]
        eligible = reserved_eligible(
            profile.target_group_share,
            profile.share_verified_on,
            main_aim=profile.main_aim_integration,
            percent=RULES_2026.reserved_share_percent,
        )
        wanted = set(asked.target_groups)
        found = Why(
            words=tuple(self._words(profile, offering, asked)),
            marks=tuple(mark for mark in card.marks if mark in asked.marks),
            target_groups=tuple(one for one in profile.target_groups if one in wanted),
            reserved_eligible=None if asked.reserved_eligible is None else eligible,
            distance_km=_distance(profile, asked),
            in_bbox=None if asked.box is None else True,
        )
        return found if offering is None else self._offered(found, card, offering, asked)

    def _offered(
        self, found: Why, card: EnterpriseCard, offering: OfferingOut, asked: Search
    ) -> Why:
        wanted, reach = set(asked.cpv), self._area_codes(card.id, offering.id)
        below = [one for one in offering.cpv_codes if wanted & set(lineage(CpvCode(one)))]
        unknown = offering.reliable_capacity_cents is None
        return msgspec.structs.replace(
            found,
            cpv_codes=tuple(below),
            covers=None if card.offering is None else card.offering.covers,
            nationwide=COUNTRY in reach if asked.areas else None,
            service_mode=offering.service_mode if asked.modes else None,
            capacity=_capacity(asked, unknown=unknown),
        )

    def _area_codes(self, enterprise_id: UUID, offering_id: UUID) -> Sequence[str]:
        offered = self.rows[enterprise_id]["offerings"]
        codes = {UUID(one["id"]): one["area_full"] for one in offered}
        found: Sequence[str] = codes.get(offering_id, ())
        return found

    def _words(
        self, profile: EnterpriseOut, offering: OfferingOut | None, asked: Search
    ) -> Iterator[WordFound]:
        if not asked.terms:
            return
        facts = EnterpriseFacts(
            id=str(profile.id),
            name=profile.name,
            trade_names=profile.trade_names,
            mission=profile.mission,
            updated_at=profile.updated_at,
        )
        nothing = OfferingFacts(id=facts.id)
        offered = nothing if offering is None else self._offering_facts(offering)
        tokens = tokens_by_place(facts, offered, analyser())
        number = {profile.kvk_number or ""}
        texts = {
            "offering": tokens.title | tokens.products,
            "category": tokens.category,
            "name": tokens.names,
            "description": tokens.background - number,
            "kvkNumber": number,
        }
        for term in asked.terms:
            answers = {token for phrase in term.phrases for token in phrase}
            found_in = tuple(name for name, tokens in texts.items() if tokens & answers)
            if found_in:
                yield WordFound(term.token, found_in)

    def _offering_facts(self, offering: OfferingOut) -> OfferingFacts:
        return OfferingFacts(
            id=str(offering.id),
            title=offering.title,
            products=offering.products,
            description=offering.description,
            cpv_labels=tuple(self.known.cpv_label(code) for code in offering.cpv_codes),
        )

    def added(self, entry: LockEntry, lock: LockOut, *, settings_changed: bool) -> Added:
        """Say why an enterprise is found now that was not found then."""
        causes = list(self._causes_of_finding(entry, lock.locked_at))
        if settings_changed:
            causes.append(_SEARCH_CHANGED)
        if not causes:
            causes.append(Cause("matches-now", "It meets the search now."))
        return Added(rank=entry.rank, card=entry.card, why=entry.why, causes=tuple(causes))

    def _causes_of_finding(self, entry: LockEntry, locked_at: datetime) -> Iterator[Cause]:
        profile = self.profiles[entry.enterprise_id]
        if profile.created_at > locked_at:
            yield Cause("new", "It came into the directory after the lock.")
        elif profile.updated_at > locked_at:
            yield Cause("profile-changed", "Its profile or an offering changed after the lock.")
        day = locked_at.date()
        for mark in profile.marks:
            if mark_code(mark) in entry.why.marks and (mark.verified_on or day) >= day:
                yield Cause("mark-verified", f"The mark {mark_code(mark)} was verified.")

    def removed(self, before: LockEntry, *, settings_changed: bool) -> Removed:
        """Say why an enterprise is not found now that was found then."""
        row = self.rows[before.enterprise_id]
        causes = list(self._causes_of_leaving(row) or self._causes_of_change(before))
        if not causes and settings_changed:
            causes.append(_SEARCH_CHANGED)
        if not causes:
            causes.append(Cause("no-longer-matches", "It does not meet the search any more."))
        return Removed(
            rank=before.rank,
            enterprise_id=before.enterprise_id,
            name=row["name"],
            successor_id=row["successor"],
            causes=tuple(causes),
        )

    def _causes_of_leaving(self, row: Mapping[str, Any]) -> list[Cause]:
        if row["state"] == "merged":
            return [Cause("merged", f"It was merged into {row['successor']}.")]
        if row["state"] == "withdrawn":
            return [Cause("withdrawn", "It was withdrawn from the directory.")]
        return []

    def _causes_of_change(self, before: LockEntry) -> list[Cause]:
        causes = list(self._lost_marks(before))
        offering = self.offering(before.card)
        if before.card.offering is not None and offering is None:
            title = before.card.offering.title
            causes.append(Cause("offering-withdrawn", f"The offering {title!r} was withdrawn."))
        elif offering is not None and offering.version != before.offering_version:
            detail = f"The offering {offering.title!r} was changed."
            causes.append(Cause("offering-changed", detail))
        elif self.profiles[before.enterprise_id].version != before.enterprise_version:
            causes.append(Cause("profile-changed", "The profile was changed."))
        return causes

    def _lost_marks(self, before: LockEntry) -> Iterator[Cause]:
        """Name the marks of the frozen card that do not count any more."""
        held = {mark_code(mark): mark for mark in self.profiles[before.enterprise_id].marks}
        for code in before.card.marks:
            mark = held.get(code)
            if mark is None:
                yield Cause("mark-gone", f"The mark {code} is not claimed any more.")
            elif mark.state in _MARK_CAUSES:
                cause, detail = _MARK_CAUSES[mark.state]
                day = mark.revoked_on if mark.state is MarkState.REVOKED else mark.valid_until
                yield Cause(cause, detail.format(code, day))

    def changed(self, before: LockEntry, now: LockEntry) -> Changed | None:
        """Say what facts changed on the card of an enterprise found then and now."""
        fields = tuple(_changes(before.card, now.card))
        if not fields:
            return None
        return Changed(
            rank_before=before.rank,
            rank_now=now.rank,
            enterprise_id=now.enterprise_id,
            name=now.card.name,
            fields=fields,
            causes=tuple(self._causes_of_change(before)),
        )


_SEARCH_CHANGED: Final = Cause(
    "search-changed", "The index has other settings or word lists than at the lock."
)


def _capacity(asked: Search, *, unknown: bool) -> str | None:
    if asked.min_capacity_cents is None:
        return None
    return "unknown" if unknown else "enough"


def _distance(profile: EnterpriseOut, asked: Search) -> float | None:
    """Give the kilometres from the point that was asked, to 10 m."""
    if asked.near is None or profile.lat is None or profile.lon is None:
        return None
    centre = Point(asked.near.lat, asked.near.lon)
    return round(centre.distance_km(Point(profile.lat, profile.lon)), 2)


def _changes(before: EnterpriseCard, now: EnterpriseCard) -> Iterator[FieldChange]:
    then, today = _flat(before), _flat(now)
    for field in sorted(then.keys() | today.keys()):
        if then.get(field) != today.get(field):
            yield FieldChange(field, then.get(field), today.get(field))


def _flat(card: EnterpriseCard) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(card)
    offering = facts.pop("offering") or {}
    return facts | {f"offering.{name}": value for name, value in offering.items()}
