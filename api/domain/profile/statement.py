"""What a profile says beyond its identity (domain dossier 3.3): structs and their own rules."""

import re
from collections.abc import Container, Iterable
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.nl import bsn, btw
from stdnum.nl import postcode as dutch_postcode

from api.domain.checks import Checks
from api.domain.directory import LegalForm, ShareBucket, TargetGroup
from api.domain.errors import InvalidValue

Percent = Annotated[int, Meta(ge=0, le=100, description="Whole percent.")]
Year = Annotated[int, Meta(ge=1900, le=2100)]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=2_000)]
Url = Annotated[str, Meta(max_length=300, pattern=r"^https?://")]
WHOLE: Final = 100
_SBI: Final = {"2008": re.compile(r"[0-9]{2,6}"), "2025": re.compile(r"[0-9]{5}")}
_COUNTED_AS_PERSON: Final = frozenset({None, LegalForm.EENMANSZAAK})
"""An unknown legal form may be a sole trader's."""


class Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A strict part of a profile."""


class Establishment(Base, frozen=True):
    """A place of business (vestiging)."""

    number: Annotated[str, Meta(pattern=r"^[0-9]{12}$", description="Vestigingsnummer.")]
    street: Annotated[str, Meta(max_length=200)] | None = None
    postcode: Annotated[str, Meta(max_length=10)] | None = None
    town: Annotated[str, Meta(max_length=100)] | None = None
    municipality: Annotated[str, Meta(pattern=r"^GM\d{4}$")] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None


class SbiActivity(Base, frozen=True):
    """An activity code of the business register; the register changed lists in September 2025."""

    code: Annotated[str, Meta(min_length=2, max_length=6)]
    version: Literal["2008", "2025"]


class IncomeMix(Base, frozen=True):
    """Where the income of a year came from; sums to 100."""

    market_percent: Percent
    subsidy_percent: Percent
    gift_percent: Percent
    other_percent: Percent


class ProfitPolicy(StrEnum):
    """What the statutes say about profit."""

    NONE = "none"
    """Nothing is distributed."""
    LIMITED = "limited"
    """Most goes to the purpose."""
    FREE = "free"


class ImpactReport(Base, frozen=True):
    """A published report on impact."""

    url: Url
    year: Year


class SizeClass(StrEnum):
    """Size by staff in full-time equivalents (Recommendation 2003/361/EC)."""

    UNDER_10 = "<10"
    FROM_10 = "10-49"
    FROM_50 = "50-249"
    FROM_250 = "250+"


class GroupShare(Base, frozen=True):
    """Share of staff from one target group; a bucket, never a count (design decision 12)."""

    group: TargetGroup
    share: ShareBucket


class SupportKind(StrEnum):
    """What an enterprise may need."""

    ADVICE = "advice"
    COACH = "coach"
    CAPITAL = "capital"
    SPACE = "space"
    CANDIDATES = "candidates"
    CUSTOMERS = "customers"


class SupportNeed(Base, frozen=True):
    """A need, in the enterprise's own words."""

    kind: SupportKind
    text: Text = ""


class ValueBucket(StrEnum):
    """Value of delivered work in euros, excluding VAT."""

    UNDER_10K = "<10k"
    FROM_10K = "10k-49k"
    FROM_50K = "50k-249k"
    FROM_250K = "250k-999k"
    FROM_1M = "1m+"


class ClientReference(Base, frozen=True):
    """Work that was done for a client, who can be asked about it."""

    client: Line
    work: Line
    year: Year
    value: ValueBucket | None = None


Establishments = Annotated[tuple[Establishment, ...], Meta(max_length=100)]
SbiActivities = Annotated[tuple[SbiActivity, ...], Meta(max_length=20)]
GroupShares = Annotated[
    tuple[GroupShare, ...],
    Meta(max_length=14, description="Buckets per target group; numbers of people are not kept."),
]
Memberships = Annotated[tuple[Line, ...], Meta(max_length=20)]
SupportNeeds = Annotated[tuple[SupportNeed, ...], Meta(max_length=20)]
ClientReferences = Annotated[tuple[ClientReference, ...], Meta(max_length=50)]
VatId = Annotated[str, Meta(max_length=20, description="btw-id, as `NL002455799B11`.")]


class Details(Base, frozen=True):
    """The part of a profile that speaks of the social mission, size, places and needs."""

    vat_id: VatId | None = None
    establishments: Establishments = ()
    sbi_activities: SbiActivities = ()
    income_mix: IncomeMix | None = None
    government_share_percent: Percent | None = None
    """Votes or capital held by public bodies."""
    profit_policy: ProfitPolicy | None = None
    profit_distributed_percent: Percent | None = None
    mission_in_statutes: bool | None = None
    statutes_reference: Text | None = None
    """Article and deed that say so."""
    stakeholder_dialogue_year: Year | None = None
    impact_report: ImpactReport | None = None
    size_class: SizeClass | None = None
    target_group_shares: GroupShares = ()
    memberships: Memberships = ()
    support_needs: SupportNeeds = ()
    references: ClientReferences = ()


DETAIL_FIELDS: Final = Details.__struct_fields__


def check_details(
    details: Details,
    legal_form: LegalForm | None,
    municipalities: Container[str],
    checks: Checks,
) -> Details:
    """Note every fault, and give the details in their kept form (domain dossier 3.3, 5.3)."""
    for n, place in enumerate(details.establishments):
        _check_place(place, municipalities, checks, f"/establishments/{n}")
    for n, one in enumerate(details.sbi_activities):
        if not _SBI[one.version].fullmatch(one.code):
            detail = f"{one.code!r} is no code of SBI {one.version}."
            checks.note("invalid-sbi", detail, f"/sbiActivities/{n}/code")
    if details.income_mix is not None and _total(details.income_mix) != WHOLE:
        detail = f"The income mix sums to {_total(details.income_mix)}, not 100."
        checks.note("income-mix-sum", detail, "/incomeMix")
    _check_group_shares(details.target_group_shares, checks)
    _check_profit(details, checks)
    numbers = [one.number for one in details.establishments]
    if len(set(numbers)) < len(numbers):
        checks.note(
            "duplicate-establishment", "An establishment is named twice.", "/establishments"
        )
    if details.vat_id is None:
        return details
    vat_id = checks.attempt(lambda text: parse_vat_id(text, legal_form), details.vat_id, "/vatId")
    return msgspec.structs.replace(details, vat_id=vat_id)


def parse_vat_id(text: str, legal_form: LegalForm | None) -> str:
    """Read a Dutch btw-id; refuse one that embeds a citizen service number.

    The nine digits of a sole trader's former id are the owner's BSN, which passes the 11-test;
    ids given since 2020 pass only mod-97. An unknown legal form is treated as a sole trader.
    Source: stdnum.nl.btw; design decision 11.
    """
    try:
        number: str = btw.validate(text)
    except StdnumError as error:
        raise InvalidValue("This is not a Dutch btw-id.", code="invalid-vat-id") from error
    if legal_form in _COUNTED_AS_PERSON and bsn.is_valid(number[:9]):
        raise InvalidValue(
            "This btw-id may hold a personal number: give the one of 2020 or later,"
            " or the legal form of a legal person.",
            code="vat-id-of-a-person",
        )
    return f"NL{number}"


def parse_postcode(text: str) -> str:
    """Read a Dutch postcode into the form `1012 AB` (source: stdnum.nl.postcode)."""
    try:
        formatted: str = dutch_postcode.validate(text)
    except StdnumError as error:
        detail = f"{text!r} is no Dutch postcode: {error}"
        raise InvalidValue(detail, code="invalid-postcode") from error
    return formatted


def free_texts(details: Details) -> Iterable[tuple[str, str]]:
    """Give every free text with its JSON pointer (the guard of design decision 11 reads them)."""
    yield "/statutesReference", details.statutes_reference or ""
    for n, place in enumerate(details.establishments):
        yield f"/establishments/{n}/street", place.street or ""
        yield f"/establishments/{n}/town", place.town or ""
    for n, name in enumerate(details.memberships):
        yield f"/memberships/{n}", name
    for n, need in enumerate(details.support_needs):
        yield f"/supportNeeds/{n}/text", need.text
    for n, one in enumerate(details.references):
        yield f"/references/{n}/client", one.client
        yield f"/references/{n}/work", one.work


def _check_place(
    one: Establishment, municipalities: Container[str], checks: Checks, place: str
) -> None:
    if one.municipality is not None and one.municipality not in municipalities:
        detail = f"Municipality {one.municipality} is not in the reference list."
        checks.note("unknown-area", detail, f"{place}/municipality")
    if (one.lat is None) != (one.lon is None):
        checks.note("half-a-point", "Give both lat and lon, or neither.", f"{place}/lat")
    if one.postcode is not None:
        checks.attempt(parse_postcode, one.postcode, f"{place}/postcode")


def _check_profit(details: Details, checks: Checks) -> None:
    if details.profit_policy is ProfitPolicy.NONE and details.profit_distributed_percent:
        detail = "The policy says that nothing is distributed, the percentage that something is."
        checks.note("profit-contradiction", detail, "/profitDistributedPercent")


def _total(mix: IncomeMix) -> int:
    return mix.market_percent + mix.subsidy_percent + mix.gift_percent + mix.other_percent


def _check_group_shares(shares: GroupShares, checks: Checks) -> None:
    groups = [one.group for one in shares]
    if len(set(groups)) < len(groups):
        checks.note("duplicate-group", "A target group is named twice.", "/targetGroupShares")
    if sum(one.share.at_least for one in shares) > WHOLE:
        detail = "The lower bounds of the shares together are over 100 percent."
        checks.note("group-shares-over-100", detail, "/targetGroupShares")
