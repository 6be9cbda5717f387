"""Dated figures of procurement law, each with its source. Rows are added, never changed.

`verified=False` marks a figure that was not read in the issuing body's text in force:
a buyer's own configuration should replace it.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from api.domain.tendering.law import (
    AdministrationRule,
    Article20Rule,
    Article77Rule,
    Basis,
    BuyerLevel,
    ContractKind,
    ExemptionRule,
    Procedure,
    ProcedurePolicy,
    ProcedureRange,
    SocialReturnNorm,
    Threshold,
    Tint,
    TurnoverRule,
)
from api.domain.values import CpvCode, Period

CENTRAL, SUB_CENTRAL, UTILITY = BuyerLevel.CENTRAL, BuyerLevel.SUB_CENTRAL, BuyerLevel.UTILITY
WORKS, SUPPLIES, SERVICES = ContractKind.WORKS, ContractKind.SUPPLIES, ContractKind.SERVICES
SOCIAL, CONCESSION = ContractKind.SOCIAL_SERVICES, ContractKind.CONCESSION

_2022 = Period(date(2022, 1, 1), date(2024, 1, 1))
_2024 = Period(date(2024, 1, 1), date(2026, 1, 1))
_2026 = Period(date(2026, 1, 1), date(2028, 1, 1))
_OLD = "municipality of Wijdemeren, Europese aanbestedingsdrempels 2022-2023"
_OLD_UNCHECKED = "general knowledge of 2022-2023; no source read"
_CLASSIC, _UTILITIES, _CONCESSIONS = "Dir. 2014/24 art. 4", "Dir. 2014/25 art. 15", "Dir. 2014/23"


def _rows(
    rule: str, period: Period, source: str, *, verified: bool, euros: Mapping[str, int]
) -> tuple[Threshold, ...]:
    """Write rows as `kind/level: euros`; level `*` is every level."""
    version = f"{period.starts_on:%Y}"
    basis = Basis(f"{rule}; Aw 2012 art. 2.15(1)", version, source, verified, period)
    return tuple(
        Threshold(
            ContractKind(kind), None if level == "*" else BuyerLevel(level), amount * 100, basis
        )
        for (kind, level), amount in ((key.split("/"), value) for key, value in euros.items())
    )


THRESHOLDS: Final = (
    *_rows(
        _CLASSIC,
        _2022,
        _OLD,
        verified=True,
        euros={
            "supplies/sub-central": 215_000,
            "services/sub-central": 215_000,
            "works/*": 5_382_000,
            "social-services/central": 750_000,
            "social-services/sub-central": 750_000,
        },
    ),
    *_rows(
        _CLASSIC,
        _2022,
        _OLD_UNCHECKED,
        verified=False,
        euros={"supplies/central": 140_000, "services/central": 140_000},
    ),
    *_rows(
        _UTILITIES,
        _2022,
        _OLD_UNCHECKED,
        verified=False,
        euros={
            "supplies/utility": 431_000,
            "services/utility": 431_000,
            "social-services/utility": 1_000_000,
        },
    ),
    *_rows(_CONCESSIONS, _2022, _OLD, verified=True, euros={"concession/*": 5_382_000}),
    *_rows(
        _CLASSIC,
        _2024,
        "Delegated Regulation (EU) 2023/2495",
        verified=True,
        euros={
            "supplies/central": 143_000,
            "services/central": 143_000,
            "supplies/sub-central": 221_000,
            "services/sub-central": 221_000,
            "works/*": 5_538_000,
            "social-services/central": 750_000,
            "social-services/sub-central": 750_000,
        },
    ),
    *_rows(
        _UTILITIES,
        _2024,
        "Delegated Regulations (EU) 2023/2495 to 2023/2497",
        verified=True,
        euros={
            "supplies/utility": 443_000,
            "services/utility": 443_000,
            "social-services/utility": 1_000_000,
        },
    ),
    *_rows(
        _CONCESSIONS,
        _2024,
        "Delegated Regulations (EU) 2023/2495 to 2023/2497",
        verified=True,
        euros={"concession/*": 5_538_000},
    ),
    *_rows(
        _CLASSIC,
        _2026,
        "Delegated Regulation (EU) 2025/2152",
        verified=True,
        euros={
            "supplies/central": 140_000,
            "services/central": 140_000,
            "supplies/sub-central": 216_000,
            "services/sub-central": 216_000,
            "works/*": 5_404_000,
            "social-services/central": 750_000,
            "social-services/sub-central": 750_000,
        },
    ),
    *_rows(
        _UTILITIES,
        _2026,
        "Delegated Regulation (EU) 2025/2150",
        verified=True,
        euros={
            "supplies/utility": 432_000,
            "services/utility": 432_000,
            "social-services/utility": 1_000_000,
        },
    ),
    *_rows(
        _CONCESSIONS,
        _2026,
        "Delegated Regulation (EU) 2025/2151",
        verified=True,
        euros={"concession/*": 5_404_000},
    ),
)

REVISION_2016: Final = date(2016, 7, 1)
"""The revised Aanbestedingswet 2012 entered into force."""

EXEMPTION: Final = (
    ExemptionRule(
        works_ceiling_cents=100_000_000,
        other_ceiling_cents=8_000_000,
        share=Decimal("0.20"),
        basis=Basis(
            "Dir. 2014/24 art. 5(10); Aw 2012 art. 2.18(3) and 2.19(3)",
            "Aw 2012, text of 14 August 2015",
            "Aanbestedingswet 2012 as of 2015-08-14; PIANOo factsheet De ruimte van de"
            " percelenregeling, April 2019 (pianoo.nl, document 16910)",
            verified=False,
        ),
    ),
)

TURNOVER: Final = (
    TurnoverRule(
        Decimal(3),
        Basis(
            "Aw 2012 art. 2.90(4)",
            "Aw 2012, text of 14 August 2015",
            "Aanbestedingswet 2012 as of 2015-08-14",
            verified=True,
            period=Period(None, REVISION_2016),
        ),
    ),
    TurnoverRule(
        Decimal(2),
        Basis(
            "Dir. 2014/24 art. 58(3); Aw 2012 art. 2.90",
            "Dir. 2014/24",
            "summary of the UK transposition, govopps.co.uk; Dutch text after 2016 not read",
            verified=False,
            period=Period(REVISION_2016, None),
        ),
    ),
)

ARTICLE_20: Final = (
    Article20Rule(
        Decimal("0.30"),
        2,
        Basis(
            "Dir. 2014/24 art. 20; Aw 2012 art. 2.82",
            "since 1 July 2016",
            "europadecentraal.nl, voorbehouden opdrachten; Dutch text after 2016 not read",
            verified=False,
            period=Period(REVISION_2016, None),
        ),
    ),
)

ARTICLE_77: Final = (
    Article77Rule(
        maximum_months=36,
        waiting_years=3,
        codes=tuple(
            CpvCode(code)
            for code in [
                "75121000",
                "75122000",
                "75123000",
                "79622000",
                "79624000",
                "79625000",
                "80110000",
                "80300000",
                "80420000",
                "80430000",
                "80511000",
                "80520000",
                "80590000",
                "92500000",
                "92600000",
                "98133000",
                "98133110",
            ]
        ),
        ranges=((CpvCode("85000000"), CpvCode("85323000")),),
        complete=False,
        basis=Basis(
            "Dir. 2014/24 art. 77; Aw 2012 art. 2.82a",
            "codes as summarised, list not complete",
            "OP-TED/eForms-SDK, code list cpv_social-service-cpv (115 codes), in summary",
            verified=False,
            period=Period(REVISION_2016, None),
        ),
    ),
)


def _range(
    kind: ContractKind,
    procedure: Procedure,
    tint: Tint,
    from_euros: int,
    below_euros: int | None,
    level: BuyerLevel | None = None,
) -> ProcedureRange:
    below = None if below_euros is None else below_euros * 100
    return ProcedureRange(kind, level, procedure, tint, from_euros * 100, below)


_SINGLE, _MULTIPLE = Procedure.SINGLE_NEGOTIATED, Procedure.MULTIPLE_NEGOTIATED
_NORMAL, _JUSTIFY = Tint.NORMAL, Tint.JUSTIFY

DEFAULT_PROCEDURES: Final = ProcedurePolicy(
    id="default",
    ranges=(
        _range(WORKS, _SINGLE, _NORMAL, 0, 50_000),
        _range(WORKS, _SINGLE, _JUSTIFY, 50_000, 150_000),
        _range(WORKS, _MULTIPLE, _JUSTIFY, 50_000, 150_000),
        _range(WORKS, _MULTIPLE, _NORMAL, 150_000, 1_000_000),
        _range(WORKS, _MULTIPLE, _JUSTIFY, 1_000_000, 1_500_000),
        _range(WORKS, Procedure.NATIONAL_OPEN, _JUSTIFY, 1_000_000, 1_500_000),
        _range(WORKS, Procedure.NATIONAL_OPEN, _NORMAL, 1_500_000, None),
        *(
            row
            for kind in (SUPPLIES, SERVICES)
            for row in (
                _range(kind, _SINGLE, _NORMAL, 0, 50_000, SUB_CENTRAL),
                _range(kind, _MULTIPLE, _NORMAL, 50_000, None, SUB_CENTRAL),
                _range(kind, Procedure.NATIONAL_OPEN, _JUSTIFY, 50_000, None, SUB_CENTRAL),
                _range(kind, _SINGLE, _NORMAL, 0, 30_000, CENTRAL),
                _range(kind, _SINGLE, _JUSTIFY, 30_000, 50_000, CENTRAL),
                _range(kind, _MULTIPLE, _JUSTIFY, 30_000, 50_000, CENTRAL),
                _range(kind, _MULTIPLE, _NORMAL, 50_000, None, CENTRAL),
                _range(kind, Procedure.NATIONAL_OPEN, _JUSTIFY, 50_000, None, CENTRAL),
            )
        ),
        _range(SOCIAL, Procedure.FREE, _NORMAL, 0, None),
    ),
    basis=Basis(
        "Gids Proportionaliteit, voorschrift 3.4A",
        "indicative, not of one edition",
        "municipal policies found (Waterland, Leeuwarderadeel) and general knowledge",
        verified=False,
        period=Period(date(2026, 1, 1)),
    ),
)

SOCIAL_RETURN_NORMS: Final = (
    SocialReturnNorm(
        above_cents=25_000_000,
        minimum_months=6,
        low_wage_share=None,
        percentage=Decimal(5),
        low_percentage=None,
        basis=Basis(
            "Social return, Rijk: 5 % of wages above € 250.000 and from 6 months",
            "as published on denkdoeduurzaam.nl",
            "denkdoeduurzaam.nl, handreikingen en voorbeelden social return",
            verified=True,
        ),
    ),
    SocialReturnNorm(
        above_cents=None,
        minimum_months=None,
        low_wage_share=Decimal("0.30"),
        percentage=Decimal(5),
        low_percentage=Decimal(2),
        basis=Basis(
            "Social return, Voorschoten: 2 % where wages are under 30 % of the contract",
            "2025",
            "vlietnieuws.nl, 6 July 2025",
            verified=True,
        ),
    ),
)

ADMINISTRATION: Final = AdministrationRule(
    per_procedure=10,
    per_lot=2,
    per_offer=1,
    offers_counted=10,
    basis=Basis("own choice, ADR 16", "1", "docs/adr/0016-lot-splitter.md", verified=False),
)
