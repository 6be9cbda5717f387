"""Category: by code, and by text where codes say little."""

import pytest

from api.domain.matching.category import says_little
from api.domain.matching.facts import LotFacts
from api.domain.matching.reasons import State
from api.domain.values import CpvCode
from tests.domain.matching.builders import a_firm, a_lot, an_offering, decided, the_reason


def _asks(*codes: str) -> LotFacts:
    return a_lot(cpv_codes=tuple(CpvCode(code) for code in codes))


@pytest.mark.parametrize(
    ("offered", "code", "state"),
    [
        ("77310000", "category-same", "pass"),
        ("77300000", "category-broader", "pass"),
        ("77000000", "category-broader", "pass"),
        ("77314000", "category-narrower", "pass"),
        ("90910000", "category-other", "fail"),
    ],
)
def test_an_offered_code_is_judged_by_its_branch(offered: str, code: str, state: str) -> None:
    firm = a_firm(an_offering(cpv_codes=(CpvCode(offered),)))

    reason = the_reason("category", _asks("77310000"), firm)

    assert (reason.code, reason.state) == (code, state)
    assert reason.offered == offered


def test_the_closest_of_several_offered_codes_is_named() -> None:
    offered = (CpvCode("77000000"), CpvCode("90910000"), CpvCode("77314000"))
    firm = a_firm(an_offering(cpv_codes=offered))

    assert the_reason("category", _asks("77310000"), firm).offered == "77314000"


def test_of_codes_that_fit_equally_the_lower_is_named_whatever_the_order() -> None:
    up = a_firm(an_offering(cpv_codes=(CpvCode("77314000"), CpvCode("77315000"))))
    down = a_firm(an_offering(cpv_codes=(CpvCode("77315000"), CpvCode("77314000"))))

    assert the_reason("category", _asks("77310000"), up).offered == "77314000"
    assert the_reason("category", _asks("77310000"), down).offered == "77314000"


def test_meeting_only_an_additional_code_leaves_the_category_unknown() -> None:
    firm = a_firm(an_offering(cpv_codes=(CpvCode("90610000"),)))

    reason = the_reason("category", _asks("77310000", "90610000"), firm)

    assert (reason.code, reason.state) == ("category-additional", State.UNKNOWN)
    assert (reason.wanted, reason.offered) == ("90610000", "90610000")


def test_beneath_a_mere_division_the_category_is_unknown() -> None:
    reason = the_reason("category", _asks("77000000"), a_firm())

    assert (reason.code, reason.state) == ("category-division", State.UNKNOWN)


def test_an_additional_code_makes_a_mere_division_precise() -> None:
    reason = the_reason("category", _asks("77000000", "77314000"), a_firm())

    assert (reason.code, reason.wanted) == ("category-broader", "77314000")


def test_text_settles_the_category_of_a_mere_division_and_is_marked() -> None:
    hits = {"firm-offering": 0.8765}

    reason = the_reason("category", _asks("77000000"), a_firm(), text_hits=hits)

    assert (reason.code, reason.state) == ("category-text", State.PASS)
    assert (reason.wanted, reason.offered) == (("77000000",), 877)


def test_text_admits_a_firm_of_another_branch_only_where_the_lot_is_broad() -> None:
    firm = a_firm(an_offering(cpv_codes=(CpvCode("55520000"),)))
    hits = {"firm-offering": 0.5}

    assert decided(_asks("77000000"), firm, text_hits=hits).matched
    assert not decided(_asks("77310000"), firm, text_hits=hits).matched


def test_a_lot_without_a_code_goes_by_text() -> None:
    assert the_reason("category", _asks(), a_firm()).code == "category-unknown"
    assert the_reason("category", _asks(), a_firm(), text_hits={}).code == "category-no-evidence"
    hits = {"firm-offering": 1.0}
    assert the_reason("category", _asks(), a_firm(), text_hits=hits).code == "category-text"


def test_an_offering_without_a_code_goes_by_text_too() -> None:
    firm = a_firm(an_offering(cpv_codes=()))
    hits = {"firm-offering": 1.0}

    assert the_reason("category", a_lot(), firm).code == "category-unknown"
    assert the_reason("category", a_lot(), firm, text_hits={}).code == "category-no-evidence"
    assert the_reason("category", a_lot(), firm, text_hits=hits).code == "category-text"


def test_a_relevance_that_rounds_to_nothing_is_no_evidence() -> None:
    hits = {"firm-offering": 0.0004}

    reason = the_reason("category", _asks(), a_firm(), text_hits=hits)

    assert reason.code == "category-no-evidence"


def test_the_order_of_additional_codes_never_matters() -> None:
    firm = a_firm(an_offering(cpv_codes=(CpvCode("90000000"),)))

    one = the_reason("category", _asks("77310000", "90610000", "90910000"), firm)
    other = the_reason("category", _asks("77310000", "90910000", "90610000"), firm)

    assert one == other
    assert one.wanted == "90610000"


@pytest.mark.parametrize(
    ("codes", "little"),
    [((), True), (("90000000",), True), (("90910000",), False), (("45000000", "90910000"), False)],
)
def test_a_division_alone_says_little(codes: tuple[str, ...], little: bool) -> None:  # noqa: FBT001  a case
    assert says_little(tuple(map(CpvCode, codes))) is little
