"""National procedures by value, as a buyer's policy names them."""

import msgspec
import pytest

from api.domain.tendering.law import Basis, BuyerLevel, ContractKind, Procedure, Tint
from api.domain.tendering.law_data import DEFAULT_PROCEDURES
from api.domain.tendering.procedures import national_procedures

WORKS, SERVICES = ContractKind.WORKS, ContractKind.SERVICES
SUB_CENTRAL, CENTRAL = BuyerLevel.SUB_CENTRAL, BuyerLevel.CENTRAL
SINGLE, MULTIPLE = Procedure.SINGLE_NEGOTIATED, Procedure.MULTIPLE_NEGOTIATED
OPEN, FREE = Procedure.NATIONAL_OPEN, Procedure.FREE
NORMAL, JUSTIFY = Tint.NORMAL, Tint.JUSTIFY


@pytest.mark.parametrize(
    ("kind", "level", "euros", "options"),
    [
        (SERVICES, SUB_CENTRAL, 49_999, [(SINGLE, NORMAL)]),
        (SERVICES, SUB_CENTRAL, 50_000, [(MULTIPLE, NORMAL), (OPEN, JUSTIFY)]),
        (SERVICES, CENTRAL, 30_000, [(MULTIPLE, JUSTIFY), (SINGLE, JUSTIFY)]),
        (WORKS, SUB_CENTRAL, 100_000, [(MULTIPLE, JUSTIFY), (SINGLE, JUSTIFY)]),
        (WORKS, CENTRAL, 150_000, [(MULTIPLE, NORMAL)]),
        (WORKS, CENTRAL, 1_200_000, [(MULTIPLE, JUSTIFY), (OPEN, JUSTIFY)]),
        (WORKS, CENTRAL, 3_000_000, [(OPEN, NORMAL)]),
        (ContractKind.SOCIAL_SERVICES, SUB_CENTRAL, 700_000, [(FREE, NORMAL)]),
    ],
)
def test_ranges_hold_from_their_first_amount_to_below_their_last(
    kind: ContractKind, level: BuyerLevel, euros: int, options: list[tuple[Procedure, Tint]]
) -> None:
    found = national_procedures(kind, level, euros * 100)
    assert [(option.procedure, option.tint) for option in found.options] == options


def test_the_default_says_that_it_is_unverified() -> None:
    found = national_procedures(WORKS, CENTRAL, 100_000_00)
    assert (found.policy_id, found.basis.verified) == ("default", False)
    assert [reason.code for reason in found.reasons] == [
        "objective-choice",
        "comply-or-explain",
        "policy-unverified",
    ]


def test_a_silent_policy_says_so() -> None:
    basis = Basis("own policy", "2026", "Gemeenteblad", verified=True)
    own = msgspec.structs.replace(DEFAULT_PROCEDURES, id="own", ranges=(), basis=basis)
    found = national_procedures(WORKS, CENTRAL, 1, own)
    assert found.options == ()
    assert [reason.code for reason in found.reasons] == ["objective-choice", "policy-silent"]
