from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import RuleViolation
from api.domain.social_return.entries import Act, ClaimState, Entry
from api.domain.social_return.ledger import LedgerState, admit
from api.domain.social_return.report import Realised, ReportTable, Tally, tabulate
from api.domain.values import Cents


def people(group: str, count: int, cents: int = 100) -> list[Realised]:
    return [
        Realised(kind="placement", group=group, person=f"{group}{n}", credit_cents=Cents(cents))
        for n in range(count)
    ]


def by_group(*rows: list[Realised]) -> ReportTable:
    return tabulate([row for some in rows for row in some], lambda row: row.group or "none")


def shown(table: ReportTable) -> dict[str, int | None]:
    return {cell.key: cell.persons for cell in (*table.cells, table.total)}


def test_cells_of_five_and_more_are_told_with_their_credit() -> None:
    table = by_group(people("wajong", 5), people("ww", 7))

    assert shown(table) == {"wajong": 5, "ww": 7, "total": 12}
    assert [cell.credit_cents for cell in (*table.cells, table.total)] == [500, 700, 1200]


def test_a_small_cell_takes_the_next_smallest_along() -> None:
    table = by_group(people("wajong", 2), people("ww", 7), people("wia", 30))

    assert shown(table) == {"wajong": None, "ww": None, "wia": 30, "total": 39}
    assert table.cells[0].credit_cents is None


def test_two_small_cells_that_hold_few_together_take_a_third_along() -> None:
    table = by_group(people("a", 2), people("b", 2), people("c", 6), people("d", 9))

    assert shown(table) == {"a": None, "b": None, "c": None, "d": 9, "total": 19}


def test_two_small_cells_that_hold_five_together_are_enough() -> None:
    table = by_group(people("a", 2), people("b", 3), people("c", 6))

    assert shown(table) == {"a": None, "b": None, "c": 6, "total": 11}


def test_where_no_other_cell_is_left_the_total_goes_too() -> None:
    bought = [Realised(kind="purchase", credit_cents=Cents(9_000))]
    table = tabulate([*people("ww", 3), *bought], lambda row: row.kind)

    assert shown(table) == {"placement": None, "purchase": 0, "total": None}
    assert table.cells[1].credit_cents == 9_000
    assert table.total.credit_cents is None


def test_a_person_counts_once_in_a_cell() -> None:
    rows = people("ww", 5)

    assert shown(by_group(rows, rows)) == {"ww": 5, "total": 5}


def test_nothing_realised_is_an_empty_table() -> None:
    assert shown(by_group()) == {"total": 0}


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 12), max_size=7))
def test_nobody_works_out_a_small_cell_from_the_others(counts: dict[str, int]) -> None:
    table = by_group(*(people(group, count) for group, count in counts.items()))

    told = [cell.persons for cell in table.cells if cell.persons is not None]
    hidden = len(table.cells) - len(told)
    assert all(count >= 5 for count in told)
    if table.total.persons is not None and hidden:
        assert hidden > 1
        assert table.total.persons - sum(told) >= 5


def test_the_same_people_in_two_small_cells_are_few_all_the_same() -> None:
    few = people("p", 3)
    rows = [
        Realised(kind="placement", group=group, person=row.person, credit_cents=Cents(100))
        for group in ("a", "b")
        for row in few
    ]
    table = by_group(rows, people("c", 6), people("d", 9))

    # a and b hold three persons together: c goes too.
    assert shown(table) == {"a": None, "b": None, "c": None, "d": 9, "total": 18}


def test_job_years_add_up_and_are_unknown_as_soon_as_one_is() -> None:
    half = [msgspec.structs.replace(row, job_years=Decimal("0.5")) for row in people("ww", 5)]
    table = by_group(half, people("wia", 5))

    assert [cell.job_years for cell in table.cells] == [None, Decimal("2.50")]
    assert table.total.job_years is None


acts = st.lists(st.tuples(st.sampled_from(list(Act)), st.integers(0, 900)), max_size=25)


@given(acts)
def test_a_tally_is_the_verified_undisputed_credit_of_the_replay(
    moves: list[tuple[Act, int]],
) -> None:
    state, done = LedgerState(), list[Entry]()
    for act, cents in moves:
        one = Entry(
            obligation_id="o",
            number=state.number + 1,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            actor=f"user-{act}",
            act=act,
            claim_id="claim",
            amount_cents=cents,
            raw_cents=cents if act is Act.SUBMIT else 0,
        )
        try:
            state = admit(state, one)
        except RuleViolation:
            continue
        done.append(one)
    claim = state.claims.get("claim")
    verified = claim is not None and claim.state is ClaimState.VERIFIED

    expected = claim.free_cents if claim is not None and verified else 0
    assert tally(done).realised_cents == expected


def tally(entries: list[Entry]) -> Tally:
    """Add up per act, as the database does."""

    def total(act: Act) -> int:
        return sum(one.amount_cents for one in entries if one.act is act)

    return Tally(
        verified=any(one.act is Act.VERIFY for one in entries),
        submitted_cents=total(Act.SUBMIT),
        disputed_cents=total(Act.DISPUTE),
        upheld_cents=total(Act.UPHOLD),
        countered_cents=total(Act.COUNTER),
    )


def test_spend_counts_once_verified_and_after_credit_notes() -> None:
    claimed = Tally(basis_cents=1_000, credited_basis_cents=300)

    assert claimed.spend_cents == 0
    assert msgspec.structs.replace(claimed, verified=True).spend_cents == 700


def test_what_is_disputed_or_countered_is_not_realised() -> None:
    claimed = Tally(
        verified=True,
        submitted_cents=1_000,
        disputed_cents=300,
        upheld_cents=100,
        countered_cents=250,
    )

    assert claimed.realised_cents == 550
    assert msgspec.structs.replace(claimed, verified=False).realised_cents == 0
