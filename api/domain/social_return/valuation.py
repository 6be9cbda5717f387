"""The value of a fulfilment: one door to placements, purchases, activities and agreed extras."""

from api.domain.errors import InvalidValue
from api.domain.social_return.activity import Activity, value_activity
from api.domain.social_return.bonus import bonus_lines
from api.domain.social_return.credit import Credit, Draft, NotInRuleBook, Reason, rule_ref
from api.domain.social_return.measures import in_euros
from api.domain.social_return.placement import Placement, placement_case, value_block
from api.domain.social_return.purchase import Purchase, value_purchase
from api.domain.social_return.rule_book import RuleBook
from api.domain.values import Cents


def credit_for_placement(placement: Placement, book: RuleBook) -> Credit:
    """Value a placement: its building block, then one line for each bonus.

    Cents, half up for each line, before caps. Source: the building-block method
    (bouwblokkenmethode) of the rule book.
    """
    block = next((one for one in book.blocks if one.code == placement.block), None)
    if block is None:
        raise _absent(book, f"building block {placement.block!r}")
    case = placement_case(placement, block, book)
    first = value_block(case)
    return Credit((first, *bonus_lines(case, first)))


def credit_for_activity(activity: Activity, book: RuleBook) -> Credit:
    """Value advice, training, a lesson or an event. Cents, half up; source: the rule book."""
    block = next((one for one in book.activities if one.code == activity.activity), None)
    if block is None:
        raise _absent(book, f"activity {activity.activity!r}")
    return Credit((value_activity(activity, block, book),))


def credit_for_purchase(purchase: Purchase, book: RuleBook) -> Credit:
    """Value an invoice of a recognised supplier. Cents, half up; source: the rule book."""
    return Credit((value_purchase(purchase, book),))


def credit_for_custom_arrangement(
    agreed_cents: Cents, category: str | None, agreement: str, book: RuleBook
) -> Credit:
    """Book what the adviser agreed outside the tables (maatwerk), as agreed, before caps.

    `agreement` refers to the written consent. Own choice, ADR 6: its category may be capped.
    """
    if category is not None and category not in {one.code for one in book.categories}:
        raise _absent(book, f"category {category!r}")
    if agreed_cents < 0:
        raise InvalidValue("a credit note is a counter-entry", code="invalid-amount")
    draft = Draft(
        rule=rule_ref(book, "custom-arrangement"),
        inputs=(("agreedCents", str(agreed_cents)), ("agreement", agreement)),
        categories=() if category is None else (category,),
    )
    words = "the value agreed with the adviser"
    if not agreement.strip():
        gap = Reason("no-prior-consent", "no written agreement is named")
        return Credit((draft.refused(words, gap),))
    return Credit((draft.counted(agreed_cents, words, in_euros(agreed_cents)),))


def _absent(book: RuleBook, what: str) -> NotInRuleBook:
    return NotInRuleBook(f"rule book {book.id} {book.version} has no {what}")
