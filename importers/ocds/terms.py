"""The terms of a lot: what the lot itself says, or else its tender."""

from datetime import datetime

from api.domain.tendering.notice import Nature, Reservation, ReservedExecution
from importers.ocds.codes import NATURES, RESERVATIONS, SOCIAL_OBJECTIVES
from importers.ocds.section import Section, nearest
from importers.ocds.values import moment


def nature(lot: Section, tender: Section) -> Nature | None:
    """Read the main procurement category (eForms BT-23)."""
    section = nearest(lot, tender, "mainProcurementCategory")
    code = section.text("mainProcurementCategory")
    if code is not None and code not in NATURES:
        section.findings.leave_out("procurement categories without an eForms code", code)
    return NATURES.get(code or "")


def deadline(lot: Section, tender: Section) -> datetime | None:
    """Read until when tenders are received, else expressions of interest, in UTC."""
    tenders = moment(nearest(lot, tender, "tenderPeriod", "endDate"), "endDate")
    if tenders is not None:
        return tenders
    interest = "expressionOfInterestDeadline"
    return moment(nearest(lot, tender, interest), interest)


def reservations(lot: Section, tender: Section) -> tuple[Reservation, ...]:
    """Read for whom participation is reserved (eForms BT-71; Dir. 2014/24 art. 20 and 77)."""
    key = "reservedParticipation"
    section = nearest(lot, tender, "otherRequirements", key)
    codes = section.texts(key)
    for code in codes:
        if code not in RESERVATIONS:
            section.findings.leave_out("reservations without an eForms code", code)
    return tuple(sorted({RESERVATIONS[code] for code in codes if code in RESERVATIONS}))


def reserved_execution(lot: Section, tender: Section) -> ReservedExecution | None:
    """Read whether execution is reserved to sheltered programmes (eForms BT-736)."""
    key = "reservedExecution"
    reserved = nearest(lot, tender, "contractTerms", key).flag(key)
    if reserved is None:
        return None
    return ReservedExecution.YES if reserved else ReservedExecution.NO


def social_objectives(lot: Section, tender: Section) -> tuple[str, ...]:
    """Read the social goals as eForms codes (BT-775); goals of other kinds are not social."""
    section = nearest(lot, tender, "sustainability")
    goals = {goal.text("goal") or "" for goal in section.sections("sustainability")}
    for goal in sorted(goals - SOCIAL_OBJECTIVES.keys()):
        if goal.startswith("social"):
            section.findings.leave_out("social goals without an eForms code", goal)
    return tuple(sorted({SOCIAL_OBJECTIVES[goal] for goal in goals & SOCIAL_OBJECTIVES.keys()}))


def sme_suitable(lot: Section, tender: Section) -> bool | None:
    """Read whether the lot suits small and medium-sized firms (eForms BT-726)."""
    return nearest(lot, tender, "suitability", "sme").flag("sme")
