"""From input to rows: what is checked before anything is stored. Pure (ADR 14)."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from api.accounts.service import Actor, OrganisationKind
from api.clock import new_id
from api.database import Row, as_json
from api.domain.checks import Checks
from api.domain.directory import QualityMark
from api.domain.errors import Fault, RuleViolation
from api.domain.profile.contact import parse_role_address, parse_telephone
from api.domain.profile.marks import claim_faults
from api.domain.profile.products import check_products
from api.domain.profile.statement import (
    DETAIL_FIELDS,
    Details,
    check_details,
    free_texts,
    parse_postcode,
)
from api.domain.social_return.privacy import personal_number_faults
from api.domain.tendering.cpv import lineages
from api.domain.values import CpvCode, parse_cpv, parse_kvk
from api.enterprises.queries import Known
from api.enterprises.schemas import (
    EnterpriseIn,
    EnterpriseOut,
    EnterprisePatch,
    MarkIn,
    OfferingIn,
    camel_name,
)
from api.reference.service import Reference

_PROFILE_FIELDS: Final = tuple(
    field.name
    for field in msgspec.structs.fields(EnterprisePatch)
    if field.name not in {"identifier", *DETAIL_FIELDS}
)
_LEFT: Final = frozenset(("withdrawn", "merged"))
PROFILE_COLUMNS: Final = (*_PROFILE_FIELDS, "identifier_scheme", "identifier")


class KvkTaken(RuleViolation):
    """Another enterprise already has this KvK number."""

    code = "kvk-taken"


class ExternalIdTaken(RuleViolation):
    """Adding is not changing: a record with this external id is here already."""

    code = "duplicate-id"


class StoreState(StrEnum):
    """What became of one record of an import."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Stored(msgspec.Struct, frozen=True):
    """The outcome for one record, in the order of what came in."""

    state: StoreState
    enterprise_id: UUID | None = None
    faults: tuple[Fault, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """An input that was found sound, as columns without ids."""

    columns: dict[str, Any]
    offerings: tuple[dict[str, Any], ...]
    marks: tuple[dict[str, Any], ...]
    content_hash: str


def drafted(record: EnterpriseIn, reference_data: Reference) -> Draft | tuple[Fault, ...]:
    """Check one record; give its columns, or all its faults at once."""
    checks = Checks()
    columns = _profile_columns(record, reference_data, checks)
    offered = tuple(
        _offering_columns(one, reference_data, checks, f"/offerings/{n}")
        for n, one in enumerate(record.offerings)
    )
    marks = tuple(
        _mark_columns(one, reference_data, checks, f"/marks/{n}")
        for n, one in enumerate(record.marks)
    )
    if checks.faults:
        return tuple(checks.faults)
    content = msgspec.json.encode(record, order="sorted")
    return Draft(columns, offered, marks, hashlib.sha256(content).hexdigest())


def sound_profile(data: EnterpriseIn, reference_data: Reference) -> dict[str, Any]:
    """Give the columns of a profile, or raise every fault."""
    checks = Checks()
    columns = _profile_columns(data, reference_data, checks)
    checks.settle()
    return columns


def sound_offering(data: OfferingIn, reference_data: Reference) -> dict[str, Any]:
    """Give the columns of an offering, or raise every fault."""
    checks = Checks()
    columns = _offering_columns(data, reference_data, checks, "")
    checks.settle()
    return columns


def _profile_columns(data: EnterpriseIn, known: Reference, checks: Checks) -> dict[str, Any]:
    columns = {name: getattr(data, name) for name in _PROFILE_FIELDS}
    for name in ("trade_names", "target_groups"):
        columns[name] = list(columns[name])
    if data.kvk_number is not None:
        columns["kvk_number"] = checks.attempt(parse_kvk, data.kvk_number, "/kvkNumber")
    if data.email is not None:
        columns["email"] = checks.attempt(parse_role_address, data.email, "/email")
    if data.phone is not None:
        columns["phone"] = checks.attempt(parse_telephone, data.phone, "/phone")
    if data.postcode is not None and data.country == "NLD":
        columns["postcode"] = checks.attempt(parse_postcode, data.postcode, "/postcode")
    if data.municipality is not None and data.municipality not in known.geography.municipalities:
        detail = f"Municipality {data.municipality} is not in the reference list."
        checks.note("unknown-area", detail, "/municipality")
    if (data.lat is None) != (data.lon is None):
        checks.note("half-a-point", "Give both lat and lon, or neither.", "/lat")
    columns["identifier_scheme"] = None if data.identifier is None else data.identifier.scheme
    columns["identifier"] = None if data.identifier is None else data.identifier.id
    columns["details"] = _details(data, known, checks)
    return columns


def _details(data: EnterpriseIn, known: Reference, checks: Checks) -> str:
    stated = Details(**{name: getattr(data, name) for name in DETAIL_FIELDS})
    kept = check_details(stated, data.legal_form, known.geography.municipalities, checks)
    own_numbers = () if kept.vat_id is None else (kept.vat_id[2:11],)
    names = [(f"/tradeNames/{n}", name) for n, name in enumerate(data.trade_names)]
    for place, text in (
        ("/name", data.name),
        ("/mission", data.mission),
        ("/street", data.street or ""),
        ("/town", data.town or ""),
        *names,
        *free_texts(kept),
    ):
        checks.faults += personal_number_faults(text, place, own_numbers)
    return as_json(kept)


def _offering_columns(
    data: OfferingIn, known: Reference, checks: Checks, place: str
) -> dict[str, Any]:
    products = check_products(data.product_details, checks, f"{place}/productDetails")
    given = checks.attempt_all(parse_cpv, data.cpv_codes, f"{place}/cpvCodes")
    codes = sorted({*given, *(CpvCode(code) for one in products for code in one.cpv_codes)})
    for code in codes:
        if not known.knows_cpv(code):
            checks.note("unknown-cpv", f"There is no CPV code {code}.", f"{place}/cpvCodes")
    nominal, reliable = data.nominal_capacity_cents, data.reliable_capacity_cents
    if nominal is not None and reliable is not None and reliable > nominal:
        detail = "reliableCapacityCents can't be above nominalCapacityCents."
        checks.note("capacity-order", detail, f"{place}/reliableCapacityCents")
    reach = checks.attempt(known.geography.reach, data.coverage, f"{place}/coverage")
    for name, text in (("title", data.title), ("description", data.description)):
        checks.faults += personal_number_faults(text, f"{place}/{name}")
    for n, product in enumerate(data.products):
        checks.faults += personal_number_faults(product, f"{place}/products/{n}")
    return {
        "title": data.title,
        "description": data.description,
        "products": list(dict.fromkeys((*data.products, *(one.name for one in products)))),
        "product_details": as_json(products) if products else None,
        "cpv_codes": codes,
        "cpv_lineage": list(lineages(codes)),
        "service_mode": data.service_mode,
        "coverage": as_json(data.coverage),
        "area_full": [] if reach is None else list(reach.full),
        "area_partial": [] if reach is None else list(reach.partial),
        "nominal_capacity_cents": nominal,
        "reliable_capacity_cents": reliable,
        "lead_time_days": data.lead_time_days,
        "minimum_order_cents": data.minimum_order_cents,
    }


def sound_mark(data: MarkIn, reference_data: Reference) -> dict[str, Any]:
    """Give the columns of a claimed mark, or raise every fault."""
    checks = Checks()
    columns = _mark_columns(data, reference_data, checks, "")
    checks.settle()
    return columns


def _mark_columns(data: MarkIn, known: Reference, checks: Checks, place: str) -> dict[str, Any]:
    holders = checks.attempt_all(parse_kvk, data.holder_kvk_numbers, f"{place}/holderKvkNumbers")
    claimed = QualityMark(data.scheme, data.level, data.issued_on, data.valid_until)
    checks.faults += claim_faults(claimed, known.mark_schemes, place)
    checks.faults += personal_number_faults(data.reference or "", f"{place}/reference")
    return {
        "scheme": data.scheme,
        "level": data.level,
        "reference": data.reference,
        "holder_kvk_numbers": list(holders),
        "issued_on": data.issued_on,
        "valid_until": data.valid_until,
    }


def patched_columns(
    before: EnterpriseOut, patch: EnterprisePatch, reference_data: Reference
) -> dict[str, Any]:
    """Lay a patch over the present profile, check the whole, and give the changed columns."""
    given = {
        field.name: value
        for field in msgspec.structs.fields(EnterprisePatch)
        if (value := getattr(patch, field.name)) is not UNSET
    }
    present = {
        field.name: getattr(before, field.name, None)
        for field in msgspec.structs.fields(EnterprisePatch)
    }
    whole: dict[str, Any] = present | given
    columns = sound_profile(EnterpriseIn(**whole), reference_data)
    return only_patched(columns, patch)


def only_patched(columns: dict[str, Any], patch: EnterprisePatch) -> dict[str, Any]:
    """Give those columns that a patch speaks of."""
    given = (name for name in patch.__struct_fields__ if getattr(patch, name) is not UNSET)
    names = {"details" if name in DETAIL_FIELDS else name for name in given}
    if "identifier" in names:
        names.add("identifier_scheme")
    return {name: value for name, value in columns.items() if name in names}


def restatement(
    before: Row, draft: Draft, actor: Actor, now: datetime
) -> tuple[list[str], dict[str, Any]]:
    """Name the columns in which a newer statement differs, and give the row's new values."""
    newer = _with_details(draft.columns, draft.columns["details"])
    former = {**before, **(before["details"] or {})}
    fields = [name for name, value in newer.items() if former.get(name) != value]
    version = {"content_hash": draft.content_hash, "version": before["version"] + 1}
    values = draft.columns | version | {"updated_at": now}
    if "target_group_share" in fields:
        values |= {"share_verified_on": None, "share_stated_by": actor.identity}
    return fields, values


def _with_details(columns: Row, details: str) -> dict[str, Any]:
    named = {name: columns[name] for name in PROFILE_COLUMNS}
    answers: dict[str, Any] = msgspec.json.decode(details)
    return named | answers


def revision_row(
    enterprise_id: UUID, fields: Sequence[str], patch: object, who: tuple[str, str], now: datetime
) -> dict[str, Any]:
    """Give a new revision, applied; `who`: the actor and the source."""
    return {
        "id": new_id(),
        "enterprise": enterprise_id,
        "at": now,
        "actor": who[0],
        "source": who[1],
        "fields": [camel_name(name) for name in fields],
        "patch": as_json(patch),
        "state": "applied",
        "decided_at": None,
        "decided_by": None,
        "reason": None,
    }


def whole_revision(row: Row, who: tuple[str, str], now: datetime) -> Row:
    """Give the revision with which a profile begins; `who`: the actor and the source."""
    said = _with_details(row, row["details"])
    fields = [name for name, value in said.items() if value not in (None, "", [])]
    return revision_row(row["id"], fields, {}, who, now)


def enterprise_row(
    source: str, external_id: str | None, draft: Draft, actor: Actor, now: datetime
) -> Row:
    """Give a new row of an enterprise."""
    stated = draft.columns["target_group_share"] is not None
    return draft.columns | {
        "share_stated_by": actor.identity if stated else None,
        "owner": actor.organisation if actor.kind is OrganisationKind.ENTERPRISE else None,
        "id": new_id(),
        "state": "published",
        "successor": None,
        "source": source,
        "external_id": external_id,
        "share_verified_on": None,
        "content_hash": draft.content_hash,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def offering_row(enterprise_id: UUID, columns: Mapping[str, Any], position: int) -> dict[str, Any]:
    """Give a new row of an offering."""
    own = {"id": new_id(), "enterprise": enterprise_id, "position": position}
    return {**columns, **own, "version": 1, "withdrawn_at": None}


def mark_row(enterprise_id: UUID, columns: Mapping[str, Any], claimed_by: str) -> dict[str, Any]:
    """Give a new row of a mark that is only claimed."""
    unverified = {"verified_on": None, "verified_by": None, "revoked_on": None}
    own = {"id": new_id(), "enterprise": enterprise_id, "claimed_by": claimed_by}
    return {**columns, **own, **unverified}


class Plan:
    """Decides per record what to write; knows what earlier records of the batch took."""

    def __init__(self, source: str, known: Sequence[Known], actor: Actor, now: datetime) -> None:
        self.source, self.actor, self.now = source, actor, now
        self.by_external = {one.external_id: one for one in known if one.external_id is not None}
        self.kvk_owner = {one.kvk_number: one.id for one in known if one.kvk_number is not None}
        self.enterprises: list[Row] = []
        self.offerings: list[Row] = []
        self.marks: list[Row] = []
        self.updates: dict[UUID, Draft] = {}

    def decide(self, record: EnterpriseIn, draft: Draft | tuple[Fault, ...]) -> Stored:
        """Decide on one record, and plan its rows."""
        if not isinstance(draft, Draft):
            return Stored(StoreState.REJECTED, None, draft)
        here = self.by_external.get(record.external_id or "")
        kvk_number = draft.columns["kvk_number"]
        owner = self.kvk_owner.get(kvk_number)
        if owner is not None and (here is None or owner != here.id):
            detail = f"KvK number {kvk_number} belongs to another enterprise."
            return Stored(StoreState.REJECTED, owner, (Fault(KvkTaken.code, detail, "/kvkNumber"),))
        if here is None:
            return self._create(record, draft)
        if here.state in _LEFT:
            detail = f"It is {here.state} here; a list does not bring it back."
            fault = Fault("left-directory", detail, "")
            return Stored(StoreState.UNCHANGED, here.id, (fault,))
        # What an enterprise keeps itself, no list overwrites.
        if here.content_hash == draft.content_hash or here.owner is not None:
            return Stored(StoreState.UNCHANGED, here.id)
        self.updates[here.id] = draft
        return Stored(StoreState.UPDATED, here.id)

    def _create(self, record: EnterpriseIn, draft: Draft) -> Stored:
        row = enterprise_row(self.source, record.external_id, draft, self.actor, self.now)
        enterprise_id: UUID = row["id"]
        self.enterprises.append(row)
        self.offerings += [
            offering_row(enterprise_id, columns, n) for n, columns in enumerate(draft.offerings)
        ]
        claimed_by = self.actor.identity
        self.marks += [mark_row(enterprise_id, columns, claimed_by) for columns in draft.marks]
        if row["kvk_number"] is not None:
            self.kvk_owner[row["kvk_number"]] = enterprise_id
        if record.external_id is not None:
            self.by_external[record.external_id] = Known(
                enterprise_id, record.external_id, row["kvk_number"], draft.content_hash, 1, ""
            )
        return Stored(StoreState.CREATED, enterprise_id)
