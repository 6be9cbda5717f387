"""Published definitions of a social enterprise, tested as a checklist with evidence."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.directory import LegalForm, MarkState, ShareBucket
from api.domain.profile.marks import MONTHS_A_YEAR
from api.domain.profile.statement import Details, ProfitPolicy


class Verdict(StrEnum):
    """Whether a criterion is met. Unknown is neither (design decision 4)."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"


class Norms(msgspec.Struct, frozen=True):
    """Figures of the definitions, with their day and source."""

    version: str
    source: str
    government_share_under: int
    market_income_from: int
    reserved_share_from: int
    distributed_under: int
    """Of the profit, where the statutes limit what is distributed: mainly reinvested."""
    recent_months: int
    """How long a dialogue or a report counts as recent, from the end of its year."""
    excluded_legal_forms: frozenset[LegalForm]
    """Not admitted to the register of the Code Sociale Ondernemingen."""


NORMS_2026: Final = Norms(
    version="definitions-2026-2",
    source="SER 2015/03; codesocialeondernemingen.nl, toelatingscriteria; Dir. 2014/24 art. 20;"
    " months: own choice, ADR 20; distributed: COM(2011) 682, mainly reinvested",
    government_share_under=50,
    market_income_from=50,
    reserved_share_from=30,
    distributed_under=50,
    recent_months=18,
    excluded_legal_forms=frozenset({LegalForm.EENMANSZAAK, LegalForm.VOF}),
)


class HeldMark(msgspec.Struct, frozen=True):
    """A mark with its state on the day of the assessment."""

    scheme: str
    level: str | None
    state: MarkState
    reserved_evidence: bool = False


class ProfileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile says, as far as a definition or a buyer asks."""

    details: Details
    mission: str = ""
    legal_form: LegalForm | None = None
    offerings: int = 0
    main_aim_integration: bool | None = None
    target_group_share: ShareBucket | None = None
    share_verified_on: date | None = None
    turnover_cents: int | None = None
    reliable_capacities: int = 0
    """Offerings whose reliable capacity is known."""
    located: bool = False
    kvk_number: str | None = None
    marks: tuple[HeldMark, ...] = ()


class Criterion(msgspec.Struct, frozen=True, rename="camel"):
    """One line of a checklist."""

    code: str
    verdict: Verdict
    evidence: str
    """What was looked at; empty when nothing is known."""
    source: str


class Assessment(msgspec.Struct, frozen=True, rename="camel"):
    """A definition, tested. Met needs every criterion; one that is not met decides against."""

    definition: str
    title: str
    verdict: Verdict
    criteria: tuple[Criterion, ...]


_Found = tuple[Verdict, str]
_Test = Callable[[ProfileFacts, Norms, date], _Found]
_NOTHING: Final = (Verdict.UNKNOWN, "")


def assess(facts: ProfileFacts, norms: Norms, today: date) -> tuple[Assessment, ...]:
    """Test every published definition on a day. It is a checklist, not a recognition.

    Source: each criterion names its own (domain dossier 3.3); the figures are in `norms`.
    """
    return tuple(
        _assessed(code, title, criteria, (facts, norms, today))
        for code, (title, criteria) in _DEFINITIONS.items()
    )


def _assessed(
    code: str,
    title: str,
    criteria: Sequence[tuple[str, str, _Test]],
    given: tuple[ProfileFacts, Norms, date],
) -> Assessment:
    found = tuple(Criterion(name, *test(*given), source=source) for name, source, test in criteria)
    return Assessment(code, title, _together([one.verdict for one in found]), found)


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    if Verdict.NOT_MET in verdicts:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.MET


def _verdict(*, met: bool) -> Verdict:
    return Verdict.MET if met else Verdict.NOT_MET


def _delivers(facts: ProfileFacts, _: Norms, __: date) -> _Found:
    return (Verdict.MET, f"offerings: {facts.offerings}") if facts.offerings else _NOTHING


def _mission(facts: ProfileFacts, _: Norms, __: date) -> _Found:
    return (Verdict.MET, "mission stated") if facts.mission.strip() else _NOTHING


def _statutes(facts: ProfileFacts, _: Norms, __: date) -> _Found:
    stated = facts.details.mission_in_statutes
    if stated is None:
        return _NOTHING
    reference = facts.details.statutes_reference
    # Without a deed or article it is a bare statement, which proves nothing.
    if stated and not reference:
        return Verdict.UNKNOWN, "stated without reference"
    return _verdict(met=stated), reference or "not in the statutes"


def _independent(facts: ProfileFacts, norms: Norms, _: date) -> _Found:
    share = facts.details.government_share_percent
    if facts.legal_form is LegalForm.PUBLIC_LAW:
        return Verdict.NOT_MET, "legal form: public body"
    if share is None:
        return _NOTHING
    return _verdict(met=share < norms.government_share_under), f"government share: {share}%"


def _profit(facts: ProfileFacts, norms: Norms, _: date) -> _Found:
    policy, distributed = facts.details.profit_policy, facts.details.profit_distributed_percent
    if policy is None:
        return _NOTHING
    told = f"profit policy: {policy.value}"
    if policy is ProfitPolicy.LIMITED and distributed is not None:
        # What is called limited must leave most to the purpose.
        return _verdict(met=distributed < norms.distributed_under), f"{told}, {distributed}% paid"
    return _verdict(met=policy is not ProfitPolicy.FREE), told


def _dialogue(facts: ProfileFacts, norms: Norms, today: date) -> _Found:
    return _recent("dialogue", facts.details.stakeholder_dialogue_year, norms, today)


def _transparent(facts: ProfileFacts, norms: Norms, today: date) -> _Found:
    report = facts.details.impact_report
    if report is None:
        return _NOTHING
    verdict, evidence = _recent("report", report.year, norms, today)
    return verdict, f"{evidence}, {report.url}"


def _recent(what: str, year: int | None, norms: Norms, today: date) -> _Found:
    """Count months from the end of the year, which is all that is known of the day."""
    if year is None:
        return _NOTHING
    months = (today.year - year - 1) * MONTHS_A_YEAR + today.month - 1
    return _verdict(met=months <= norms.recent_months), f"{what} of {year}"


def _market(facts: ProfileFacts, norms: Norms, _: date) -> _Found:
    mix = facts.details.income_mix
    if mix is None:
        return _NOTHING
    met = mix.market_percent >= norms.market_income_from
    return _verdict(met=met), f"market income: {mix.market_percent}%"


def _admitted_form(facts: ProfileFacts, norms: Norms, _: date) -> _Found:
    form = facts.legal_form
    if form is None:
        return _NOTHING
    return _verdict(met=form not in norms.excluded_legal_forms), f"legal form: {form.value}"


def _reserved_share(facts: ProfileFacts, norms: Norms, _: date) -> _Found:
    evidence = [one.scheme for one in facts.marks if one.reserved_evidence]
    valid = [
        one.scheme
        for one in facts.marks
        if one.reserved_evidence and one.state is MarkState.VERIFIED
    ]
    if valid:
        return Verdict.MET, f"verified mark: {valid[0]}"
    share = facts.target_group_share
    if share is None:
        return Verdict.UNKNOWN, f"mark not verified: {evidence[0]}" if evidence else ""
    if share.at_least < norms.reserved_share_from:
        return Verdict.NOT_MET, f"share: {share.value}%"
    if facts.share_verified_on is None:
        return Verdict.UNKNOWN, f"share not verified: {share.value}%"
    return Verdict.MET, f"share: {share.value}%, verified {facts.share_verified_on}"


def _main_aim(facts: ProfileFacts, _: Norms, __: date) -> _Found:
    stated = facts.main_aim_integration
    if stated is None:
        return _NOTHING
    return _verdict(met=stated), f"main aim is integration: {'yes' if stated else 'no'}"


_SER: Final = "SER advice 2015/03"
_EU: Final = "Social Business Initiative, COM(2011) 682"
_CODE: Final = "Code Sociale Ondernemingen, toelatingscriteria"
_ART_20: Final = "Dir. 2014/24 art. 20(1); Aw 2012 art. 2.82"
_DEFINITIONS: Final[dict[str, tuple[str, Sequence[tuple[str, str, _Test]]]]] = {
    "ser-2015-03": (
        "SER, Sociale ondernemingen",
        (
            ("delivers", _SER, _delivers),
            ("mission", _SER, _mission),
            ("independent", _SER, _independent),
            ("profit-limited", _SER, _profit),
        ),
    ),
    "eu-social-business": (
        "European Commission, social enterprise",
        (
            ("delivers", _EU, _delivers),
            ("mission", _EU, _mission),
            ("profit-limited", _EU, _profit),
            ("stakeholder-dialogue", _EU, _dialogue),
        ),
    ),
    "code-sociale-ondernemingen": (
        "Code Sociale Ondernemingen",
        (
            ("legal-form", _CODE, _admitted_form),
            ("delivers", _CODE, _delivers),
            ("mission-in-statutes", _CODE, _statutes),
            ("independent", _CODE, _independent),
            ("profit-limited", _CODE, _profit),
            ("market-income", _CODE, _market),
            ("stakeholder-dialogue", _CODE, _dialogue),
            ("impact-report", _CODE, _transparent),
        ),
    ),
    "reserved-art-20": (
        "Voorbehouden opdracht (art. 2.82 Aanbestedingswet)",
        (
            ("main-aim-integration", _ART_20, _main_aim),
            ("share-from-30", _ART_20, _reserved_share),
        ),
    ),
}
