"""A newer statement: what goes on keeps its id, what is the same keeps its version."""

from typing import Any
from uuid import UUID

from api.domain.profile.restating import new_marks, restated

ID, OTHER = "01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"
COUNTRY = '{"kind":"country"}'


def stated(title: str, **changes: Any) -> dict[str, Any]:
    return {"title": title, "coverage": COUNTRY, "product_details": None, **changes}


def kept(title: str, row_id: str = ID, position: int = 0) -> dict[str, Any]:
    own = {"id": row_id, "position": position, "version": 3, "coverage": {"kind": "country"}}
    return stated(title) | own


def test_the_same_again_changes_nothing() -> None:
    found = restated([kept("Groen")], [stated("Groen")])

    assert (found.changed, found.added, found.dropped) == ((), (), ())


def test_another_value_or_place_counts_a_version() -> None:
    found = restated(
        [kept("Groen"), kept("Verf", OTHER, 1)], [stated("Verf"), stated("Groen", coverage="{}")]
    )

    assert [(str(one), values["position"]) for one, values in found.changed] == [
        (OTHER, 0),
        (ID, 1),
    ]
    assert {values["version"] for _, values in found.changed} == {4}


def test_another_title_is_another_offering() -> None:
    found = restated([kept("Groen")], [stated("Verf")])

    assert found.dropped == (UUID(ID),)
    assert [n for n, _ in found.added] == [0]


def test_a_certificate_that_was_decided_on_is_not_claimed_anew() -> None:
    claim = {"scheme": "pso", "level": "1", "issued_on": None, "valid_until": "2028-01-01"}
    undecided = {**claim, "verified_on": None, "revoked_on": None}

    assert new_marks([{**undecided, "verified_on": "2026-01-01"}], [claim]) == []
    assert new_marks([{**undecided, "revoked_on": "2026-01-01"}], [claim]) == []
    assert new_marks([undecided], [claim]) == [claim]
