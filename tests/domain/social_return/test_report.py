from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from api.domain.social_return.entries import Act, Entry
from api.domain.social_return.ledger import replay
from api.domain.social_return.report import Realised, ReportTable, realised_between, tabulate
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


def test_the_year_gets_what_grew_in_it() -> None:
    def at(number: int, act: Act, claim: str, cents: int = 0, actor: str = "a") -> Entry:
        raw = cents if act is Act.SUBMIT else 0
        moment = datetime(2026, 1, number, tzinfo=UTC)
        return Entry(
            obligation_id="o",
            number=number,
            at=moment,
            actor=actor,
            act=act,
            claim_id=claim,
            amount_cents=cents,
            raw_cents=raw,
        )

    entries = [
        at(1, Act.SUBMIT, "old", 700),
        at(2, Act.CONFIRM, "old"),
        at(3, Act.VERIFY, "old", actor="v"),
        at(4, Act.SUBMIT, "new", 500),
        at(5, Act.CONFIRM, "new"),
        at(6, Act.COUNTER, "old", 200),
        at(7, Act.VERIFY, "new", actor="v"),
        at(8, Act.SUBMIT, "open", 900),
    ]

    assert realised_between(replay(entries[:3]), replay(entries)) == {"new": 500, "old": -200}
