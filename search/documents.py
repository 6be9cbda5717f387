"""What the index holds: one document per offering, so that one offering must fit a search.

An enterprise without offerings has one document of its own, under its own id.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec

from search.dutch import Analyser
from search.folding import fold, words

COUNTRY: Final = "NL"
PROVINCE_CODE: Final = 4
"""Length of a NUTS-2 code."""
NO_END: Final = date.max.toordinal()
NO_START: Final = date.min.toordinal()


class Mark(msgspec.Struct, frozen=True):
    """A verified mark (keurmerk), valid from its first to its last day; `None` is open."""

    code: str
    """Such as `pso-3`: a letter, then letters, digits, hyphens."""
    first_day: date | None = None
    last_day: date | None = None


class Location(msgspec.Struct, frozen=True):
    """WGS84 degrees, named as the engine wants it."""

    lat: float
    lng: float


class EnterpriseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What all documents of an enterprise share."""

    id: str
    kvk_number: str | None = None
    name: str
    trade_names: tuple[str, ...] = ()
    mission: str = ""
    marks: tuple[Mark, ...] = ()
    """Verified ones only; per code one period, adjoining periods joined."""
    target_groups: tuple[str, ...] = ()
    target_group_share: str | None = None
    """A bucket such as `30-49`, never a number (design decision 12)."""
    reserved_eligible: bool | None = None
    location: Location | None = None
    updated_at: datetime


class OfferingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What one document is about."""

    id: str
    title: str = ""
    products: tuple[str, ...] = ()
    description: str = ""
    cpv_lineage: tuple[str, ...] = ()
    """The codes offered with all that stand above them."""
    cpv_labels: tuple[str, ...] = ()
    """Dutch labels of the codes offered."""
    service_mode: str | None = None
    area_full: tuple[str, ...] = ()
    area_partial: tuple[str, ...] = ()
    reliable_capacity_cents: int | None = None
    """Euro cents excl. VAT; `None` when unknown."""


class Document(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A document as the engine stores it. What is unknown is left out, never zero."""

    id: str
    enterprise_id: str
    sort_name: str
    called: tuple[str, ...] = ()
    """Its names, plain: a query that is one of them finds this firm first."""
    cpv_lineage: tuple[str, ...] = ()
    service_mode: str | None = None
    enterprise_mode: str
    """Enterprise and mode in one: by it the engine counts enterprises per mode."""
    area_full: tuple[str, ...] = ()
    area_partial: tuple[str, ...] = ()
    nationwide: bool
    target_groups: tuple[str, ...] = ()
    target_group_share: str | None = None
    reserved_eligible: bool | None = None
    marks_from: dict[str, int] = {}
    """First day per mark, as `date.toordinal`. A search names its day, so a lapse needs no work."""
    marks_until: dict[str, int] = {}
    """Last day per mark."""
    reliable_capacity_cents: int | None = None
    geo: Location | None = msgspec.field(name="_geo", default=None)
    updated_at: int
    """Seconds since 1970, UTC."""
    tie_break: int
    """Decides between equals. Drawn from ids, so that no firm can influence it."""
    lot: int
    """The same for the enterprise as a whole: its place in a list that has no other order."""
    speaks: bool
    """Whether this document speaks for its enterprise where offerings do not matter: one does."""
    speaks_for_mode: bool
    """The same among the documents of one service mode."""
    provinces: tuple[str, ...] = ()
    """Provinces that some offering of the enterprise reaches, fully or in part; where it speaks."""
    provinces_local: tuple[str, ...] = ()
    """The same, by an offering that is not nationwide."""
    reaches_alone: tuple[str, ...] = ()
    """Provinces that this offering reaches, fully or in part, and no other of the enterprise."""
    reaches_too: tuple[str, ...] = ()
    """Those that another one reaches as well."""
    alone: bool = True
    """Whether the enterprise has no other document; stored where it has."""
    alone_in_mode: bool = True
    """Whether it has no other one of this service mode; stored where it has."""
    others_lineage: tuple[str, ...] = ()
    """What the other documents of the enterprise hold between them: codes, tokens and so on.

    Who holds nothing there that is asked is surely the only one of its enterprise to answer,
    and need not be compared with others when enterprises are counted (ADR 43).
    """
    others_modes: tuple[str, ...] = ()
    others_reaches: tuple[str, ...] = ()
    others_terms: tuple[str, ...] = ()
    title_terms: tuple[str, ...] = ()
    """Tokens of the title: parts of compounds, and the compounds themselves. Sorted, as all are."""
    product_terms: tuple[str, ...] = ()
    """Those of the products that the title lacks."""
    category_terms: tuple[str, ...] = ()
    """Those of the CPV labels."""
    name_terms: tuple[str, ...] = ()
    """Those of name and trade names that none of the three has."""
    terms: tuple[str, ...] = ()
    """All of these, and those of description, mission, target groups (their codes are words)
    and the KvK number: whether a text fits at all."""


def documents_of(
    enterprise: EnterpriseFacts, offerings: Iterable[OfferingFacts], analyser: Analyser
) -> tuple[Document, ...]:
    """Give the documents of an enterprise: one per offering, or one of its own (ADR 15)."""
    own = OfferingFacts(id=enterprise.id)
    offered = tuple(offerings) or (own,)
    shared = _Shared(_provinces(offered), _provinces(filter(_is_local, offered)))
    spoken: set[str | None] = set()
    documents: list[Document] = []
    for one in offered:
        place = _Place(not documents, one.service_mode not in spoken)
        documents.append(_document(enterprise, one, analyser, shared, place))
        spoken.add(one.service_mode)
    return tuple(_beside_others(documents, [_provinces((one,)) for one in offered]))


def _beside_others(
    documents: Sequence[Document], reached: Sequence[Sequence[str]]
) -> Iterator[Document]:
    """Tell each document of an enterprise what the others hold, and what provinces they reach."""
    for at, one in enumerate(documents):
        others = [*documents[:at], *documents[at + 1 :]]
        theirs = _union([*reached[:at], *reached[at + 1 :]])
        yield msgspec.structs.replace(
            one,
            reaches_alone=tuple(area for area in reached[at] if area not in theirs),
            reaches_too=tuple(area for area in reached[at] if area in theirs),
            alone=not others,
            alone_in_mode=all(other.service_mode != one.service_mode for other in others),
            others_lineage=_union(other.cpv_lineage for other in others),
            others_modes=_union((other.service_mode,) for other in others if other.service_mode),
            others_reaches=theirs,
            others_terms=_union(other.terms for other in others),
        )


def _union(several: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({value for values in several for value in values}))


class _Shared(NamedTuple):
    """What the offerings of an enterprise reach together."""

    provinces: tuple[str, ...]
    local: tuple[str, ...]


class _Place(NamedTuple):
    """Whether a document is the first of its enterprise, and the first of its mode."""

    first: bool
    first_of_mode: bool


def _provinces(offerings: Iterable[OfferingFacts]) -> tuple[str, ...]:
    areas = {area for one in offerings for area in (*one.area_full, *one.area_partial)}
    return tuple(sorted(area for area in areas if len(area) == PROVINCE_CODE))


def _is_local(offering: OfferingFacts) -> bool:
    return COUNTRY not in offering.area_full


def sort_name(name: str) -> str:
    """Give what a firm is sorted by; a name in another script as it stands."""
    return fold(name) or name.lower()


def plain_name(name: str) -> str:
    """Give a name as it is compared with a whole query: its words, folded."""
    return " ".join(words(name))


def tie_break(enterprise_id: str, offering_id: str) -> int:
    """Draw a number under 2**52 from two ids; own choice, ADR 15."""
    drawn = hashlib.blake2b(f"{enterprise_id} {offering_id}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn) >> 12


def lot(enterprise_id: str) -> int:
    """Draw a number under 2**52 from an id, as the database can too; own choice, ADR 22."""
    drawn = hashlib.md5(enterprise_id.encode(), usedforsecurity=False).hexdigest()
    return int(drawn[:13], 16)


def _document(
    firm: EnterpriseFacts,
    offering: OfferingFacts,
    analyser: Analyser,
    shared: _Shared,
    place: _Place,
) -> Document:
    tokens = tokens_by_place(firm, offering, analyser)
    nationwide = COUNTRY in offering.area_full
    return Document(
        id=offering.id,
        enterprise_id=firm.id,
        sort_name=sort_name(firm.name),
        called=tuple(sorted({plain_name(name) for name in (firm.name, *firm.trade_names)})),
        cpv_lineage=offering.cpv_lineage,
        service_mode=offering.service_mode,
        enterprise_mode=f"{firm.id} {offering.service_mode}",
        area_full=(COUNTRY,) if nationwide else offering.area_full,
        area_partial=() if nationwide else offering.area_partial,
        nationwide=nationwide,
        target_groups=firm.target_groups,
        target_group_share=firm.target_group_share,
        reserved_eligible=firm.reserved_eligible,
        marks_from={mark.code: _day(mark.first_day, NO_START) for mark in firm.marks},
        marks_until={mark.code: _day(mark.last_day, NO_END) for mark in firm.marks},
        reliable_capacity_cents=offering.reliable_capacity_cents,
        geo=firm.location,
        updated_at=int(firm.updated_at.timestamp()),
        tie_break=tie_break(firm.id, offering.id),
        lot=lot(firm.id),
        speaks=place.first,
        speaks_for_mode=place.first_of_mode,
        provinces=shared.provinces if place.first else (),
        provinces_local=shared.local if place.first else (),
        title_terms=_sorted(tokens.title),
        product_terms=_sorted(tokens.products - tokens.title),
        category_terms=_sorted(tokens.category),
        name_terms=_sorted(tokens.names - tokens.offer),
        terms=_sorted(tokens.offer | tokens.names | tokens.background),
    )


class Tokens(NamedTuple):
    """What is said of an offering, by the place where it is said."""

    title: frozenset[str]
    products: frozenset[str]
    category: frozenset[str]
    names: frozenset[str]
    background: frozenset[str]

    @property
    def offer(self) -> frozenset[str]:
        """Give what is offered, by whatever words."""
        return self.title | self.products | self.category


def tokens_by_place(firm: EnterpriseFacts, offering: OfferingFacts, analyser: Analyser) -> Tokens:
    """Give the tokens of an offering as its document holds them."""

    def offered(text: str) -> frozenset[str]:
        return frozenset((*analyser.document_tokens(text), *analyser.whole_tokens(text)))

    told = "; ".join((offering.description, firm.mission, *firm.target_groups))
    number = (firm.kvk_number,) if firm.kvk_number else ()
    return Tokens(
        title=offered(offering.title),
        products=offered("; ".join(offering.products)),
        category=frozenset(analyser.document_tokens("; ".join(offering.cpv_labels))),
        names=frozenset(analyser.name_tokens(" ".join((firm.name, *firm.trade_names)))),
        background=frozenset((*analyser.document_tokens(told), *number)),
    )


def _sorted(tokens: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(tokens))


def _day(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal()
