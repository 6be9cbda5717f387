"""From a booked purchase to a verified credit, over HTTP."""

from typing import Any


async def test_only_verified_credit_lowers_what_remains(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-1", 1_000_000))

    before = (await world.get("contractor", f"{path}/position")).json()
    await world.verified(claim)
    after = (await world.get("authority", f"{path}/position")).json()

    assert (before["owedCents"], before["verifiedCents"]) == (5_000_000, 0)
    assert (before["submittedCents"], before["remainingCents"]) == (1_000_000, 5_000_000)
    assert (after["verifiedCents"], after["remainingCents"]) == (1_000_000, 4_000_000)
    assert after["malusAtStakeCents"] == 5_000_000


async def test_nobody_verifies_what_they_confirmed(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.placement())

    await world.post("authority", f"{claim}/confirmations")
    same = await world.post("authority", f"{claim}/decisions", {"decision": "verify"})
    other = await world.post("verifier", f"{claim}/decisions", {"decision": "verify"})

    assert (same.status_code, same.json()["code"]) == (409, "four-eyes")
    assert other.status_code == 201
    assert other.json()["amountCents"] == 0


async def test_a_placement_is_valued_with_its_formula_and_kept_under_a_pseudonym(
    world: Any,
) -> None:
    path = await world.obligation()

    answer = (await world.post("contractor", f"{path}/fulfilments", world.placement())).json()

    # 50,000 euros * 24/36 hours * 6/12 months
    assert answer["amountCents"] == 1_666_667
    [line] = answer["details"]["lines"]
    assert line["numbers"] == "€ 50,000.00 * 24/36 * 6/12"
    assert len(answer["details"]["pseudonym"]) == 64
    assert "W-17" not in str(answer)


async def test_a_purchase_counts_by_the_mark_on_the_day_of_the_invoice(world: Any) -> None:
    path = await world.obligation()
    late = world.purchase("F-2", 500_000, invoicedOn="2026-11-01")

    answer = await world.post("contractor", f"{path}/fulfilments", late)

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-counts")
    assert "lapsed on 2026-11-01" in answer.json()["detail"]


async def test_a_supplier_confirms_its_own_and_sees_nothing_else(world: Any) -> None:
    path = await world.obligation()
    mine = await world.booked(path, world.purchase("F-3"))
    placement = await world.booked(path, world.placement())

    waiting = (await world.get("supplier", "/fulfilments-to-confirm")).json()["items"]
    by_authority = await world.post("authority", f"{mine}/confirmations")
    confirmed = await world.post("supplier", f"{mine}/confirmations")
    foreign = await world.post("supplier", f"{placement}/confirmations")
    ledger = await world.get("supplier", f"{path}/entries")

    assert [one["facts"]["invoiceNumber"] for one in waiting] == ["F-3"]
    assert (by_authority.status_code, by_authority.json()["code"]) == (403, "wrong-organisation")
    assert confirmed.status_code == 201
    assert (foreign.status_code, ledger.status_code) == (404, 404)


async def test_another_organisation_finds_no_obligation(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-4"))

    for who in ("stranger", "other_authority"):
        for tail in ("", "/position", "/entries", "/verification"):
            assert (await world.get(who, path + tail)).status_code == 404
        answer = await world.post(who, f"{path}/fulfilments", world.purchase("F-5"))
        assert answer.status_code == 404
        assert (await world.post(who, f"{claim}/withdrawals")).status_code == 404
        assert (await world.get(who, "/obligations")).json()["items"] == []
    assert (await world.get("nobody", path)).json()["code"] == "wrong-organisation"
    lacking = await world.post("nobody", f"{claim}/decisions", {"decision": "verify"})
    assert (lacking.status_code, lacking.json()["code"]) == (403, "missing-scope")


async def test_each_side_keeps_to_its_own_acts(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-6"))

    answers = [
        await world.post("authority", f"{path}/fulfilments", world.purchase("F-7")),
        await world.post("contractor", f"{claim}/decisions", {"decision": "verify"}),
        await world.post("contractor", f"{claim}/confirmations"),
        await world.post("contractor", f"{path}/assessments", {"contract": {"valueCents": 1}}),
        await world.post("contractor", "/obligations", {"contractorId": str(world.enterprise)}),
    ]

    assert [one.status_code for one in answers] == [403] * 5


async def test_a_credit_note_takes_off_at_the_weight_as_booked(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-8", 300_000))
    await world.verified(claim)

    body = {"creditedInvoiceCents": 100_000, "reason": "a third was sent back"}
    noted = await world.post("contractor", f"{claim}/counter-entries", body)

    assert noted.json()["amountCents"] == 100_000
    position = (await world.get("contractor", f"{path}/position")).json()
    assert position["verifiedCents"] == 200_000
    too_much = body | {"creditedInvoiceCents": 200_001}
    again = await world.post("contractor", f"{claim}/counter-entries", too_much)
    assert (again.status_code, again.json()["code"]) == (409, "illegal-ledger-amount")


async def test_a_dispute_parks_an_amount_until_it_is_settled(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-9", 300_000))
    await world.verified(claim)
    parked = {"act": "dispute", "amountCents": 120_000, "reason": "hours are not clear"}

    await world.post("authority", f"{claim}/disputes", parked)
    during = (await world.get("contractor", f"{path}/position")).json()
    settled = parked | {"act": "dismiss", "amountCents": 20_000}
    await world.post("authority", f"{claim}/disputes", settled)
    await world.post("authority", f"{claim}/disputes", parked | {"act": "uphold", "amountCents": 1})
    after = (await world.get("contractor", f"{path}/position")).json()

    assert (during["verifiedCents"], during["disputedCents"]) == (180_000, 120_000)
    assert (after["verifiedCents"], after["disputedCents"]) == (180_001, 99_999)


async def test_a_plan_counts_for_nothing_until_it_is_submitted(world: Any) -> None:
    path = await world.obligation()
    planned = await world.booked(path, world.purchase("F-10", 400_000) | {"planned": True})

    before = (await world.get("contractor", f"{path}/position")).json()
    done = await world.post("contractor", f"{planned}/submissions", world.purchase("F-10", 380_000))
    after = (await world.get("contractor", f"{path}/position")).json()

    assert (before["plannedCents"], before["submittedCents"]) == (400_000, 0)
    assert done.status_code == 201
    assert (after["plannedCents"], after["submittedCents"]) == (0, 380_000)


async def test_a_personal_number_is_refused_in_every_free_text(world: Any) -> None:
    path = await world.obligation()
    number = "111222333"  # passes the 11-test
    texts = [
        world.placement(number),
        world.purchase("F-11") | {"note": f"voor {number}"},
        world.purchase("F-11") | {"evidence": {"reference": f"map {number}"}},
        {"fulfilment": {"kind": "arrangement", "agreedCents": 1, "agreement": number}},
    ]

    for body in texts:
        answer = await world.post("contractor", f"{path}/fulfilments", body)
        assert answer.status_code == 400
        assert [one["code"] for one in answer.json()["errors"]] == ["personal-number-suspected"]
        assert number not in answer.text


async def test_a_wrong_order_is_refused(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-12"))

    early = await world.post("verifier", f"{claim}/decisions", {"decision": "verify"})
    await world.post("contractor", f"{claim}/withdrawals", {"reason": "twice"})
    late = await world.post("supplier", f"{claim}/confirmations")

    assert {early.json()["code"], late.json()["code"]} == {"illegal-ledger-transition"}
