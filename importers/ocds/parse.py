"""OCDS 1.1 releases into notices. Pure: bytes in, notices or rejections out.

Source: Open Contracting Data Standard 1.1, its lots extension and OCDS for eForms.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from api.domain.errors import Fault
from api.domain.tendering.notice import Notice, Rejected
from importers.ocds.buyer import buyer_of
from importers.ocds.decode import tree
from importers.ocds.findings import Findings
from importers.ocds.lots import CLOSED, MAX_LOTS, WITHDRAWN, lots_of
from importers.ocds.package import Released, releases
from importers.ocds.section import Section
from importers.ocds.values import day, money

SOURCE: Final = "ocds"
KINDS: Final = ("planning", "tender", "award", "contract", "implementation")
"""Stages of a process; a release tag starts with one of them (codelist releaseTag)."""
CALLS: Final = ("planning", "tender", "compiled")
PLANNED: Final = frozenset({"planning", "planned"})
MAX_PROCEDURE: Final = 100
MAX_NAMED_FAULTS: Final = 10
MAX_RECORD: Final = 200


def notices(document: bytes) -> Iterator[Notice | Rejected]:
    """Read a release, a release package, a record package or a list of releases.

    One item per release, oldest release first. A document that can't be read raises
    `InvalidInput` at once; a release that can't be read is `Rejected`, the others continue.
    Every tag is read as long as there is a tender section: publishers repeat the call with
    its award. Amounts in hundredths of the currency, moments in UTC.
    """
    found = releases(tree(document))
    return (one if isinstance(one, Rejected) else _read(one) for one in found)


def _read(released: Released) -> Notice | Rejected:
    findings = Findings()
    release = Section(released.fields, "", findings)
    notice = _notice(release)
    if notice is None or findings.faults:
        return _rejected(release, released.place, findings.faults)
    return msgspec.structs.replace(notice, warnings=findings.warnings())


def _notice(release: Section) -> Notice | None:
    tender, tags = release.section("tender"), release.texts("tag")
    if _is_no_call(tender, tags):
        return None
    ocid, title = release.phrase("ocid"), tender.phrase("title") or release.phrase("title")
    if ocid is None:
        release.fault("ocid", "missing", "a release without an ocid")
    if title is None:
        tender.fault("title", "missing", "a tender without a title")
    lots = lots_of(tender, title or "")
    if not lots and not tender.findings.faults:
        tender.fault("lots", "cancelled-tender", "every lot is withdrawn")
    if ocid is None or title is None or not lots:
        return None
    published_on, dispatched_on = _dates(release, tender, tags)
    limits = tender.section("lotDetails")
    _name_what_is_not_kept(tender)
    return Notice(
        source=SOURCE,
        source_id=ocid,
        notice_id=_release_id(release),
        title=title,
        description=tender.text("description") or "",
        language=release.phrase("language"),
        buyer=buyer_of(release),
        procedure=_procedure(tender),
        published_on=published_on,
        dispatched_on=dispatched_on,
        max_lots_submitted=_limit(limits, "maximumLotsBidPerSupplier"),
        max_lots_awarded=_limit(limits, "maximumLotsAwardedPerSupplier"),
        estimated_value=money(tender, "value"),
        lots=lots,
    )


def _is_no_call(tender: Section, tags: Sequence[str]) -> bool:
    """Note why a release holds no call for competition, if it holds none."""
    if not tender.fields:
        kind = next((kind for kind in KINDS if _has_tag(tags, (kind,))), "release")
        code = f"{kind}-without-tender"
        tender.findings.fault(Fault(code, f"a {kind} has no tender section", tender.place))
        return True
    status = tender.text("status")
    if status in WITHDRAWN or "tenderCancellation" in tags:
        tender.fault("status", "cancelled-tender", "the call was withdrawn")
        return True
    if status in CLOSED:
        tender.warn(f"status {status}; no longer open for tenders")
    elif status in PLANNED:
        tender.warn(f"status {status}; not yet open for tenders")
    return False


def _dates(
    release: Section, tender: Section, tags: Sequence[str]
) -> tuple[date | None, date | None]:
    """Give when the call was published and dispatched; the date of an award says neither."""
    published_on, released_on = day(tender, "datePublished"), day(release, "date")
    if tags and not _has_tag(tags, CALLS):
        release.warn(f"tag {', '.join(tags)[:80]}: its date is not that of the call")
        return published_on, None
    if "compiled" in tags:
        release.warn("compiled; its date is that of the newest release in it")
    return published_on or released_on, released_on


def _has_tag(tags: Iterable[str], starts: tuple[str, ...]) -> bool:
    return any(tag.startswith(starts) for tag in tags)


def _release_id(release: Section) -> str:
    """Give the id of a release; without one, a digest of its whole content."""
    written = release.identifier("id")
    if written is not None:
        return written
    canonical = json.dumps(release.fields, sort_keys=True, separators=(",", ":"), default=str)
    derived = f"sha256-{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"
    release.warn(f"has no id; {derived} is derived from its content")
    return derived


def _procedure(tender: Section) -> str | None:
    """Read the method; its details are words, and stand in for it when they are short."""
    method, details = tender.text("procurementMethod"), tender.text("procurementMethodDetails")
    if method is None and details is not None and len(details) <= MAX_PROCEDURE:
        return details
    return method


def _limit(limits: Section, key: str) -> int | None:
    number = limits.number(key)
    if number is not None and (number == 0 or number > MAX_LOTS):
        limits.warn(f"{key} {number} is no limit; left out")
        return None
    return limits.count(key)


def _name_what_is_not_kept(tender: Section) -> None:
    if tender.has("minValue"):
        tender.warn("minValue is not kept; value is the estimate")
    if tender.has("lotGroups"):
        tender.warn("lotGroups are not kept")
    if tender.section("suitability").flag("vcse"):
        tender.warn("suitability.vcse (fit for social enterprises) is not kept")


def _rejected(release: Section, place: str, faults: Sequence[Fault]) -> Rejected:
    first, *others = faults
    more = (f"{fault.place}: {fault.detail}" for fault in others[:MAX_NAMED_FAULTS])
    detail = "; ".join((first.detail, *more))
    names = (release.fields.get(key) for key in ("ocid", "id"))
    record = next((name[:MAX_RECORD] for name in names if isinstance(name, str)), "")
    return Rejected(place + first.place, first.code, detail, record)
