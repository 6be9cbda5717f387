"""Products within an offering: codes, prices with a unit, names once."""

from api.domain.checks import Checks
from api.domain.errors import Fault
from api.domain.profile.products import Product, Unit, check_products


def faults(*products: Product) -> list[tuple[str, str]]:
    checks = Checks()
    check_products(products, checks, "/productDetails")
    return [_coded(one) for one in checks.faults]


def _coded(fault: Fault) -> tuple[str, str]:
    return fault.code, fault.place


def test_codes_are_kept_without_their_check_digit() -> None:
    checks = Checks()
    [kept] = check_products((Product(name="Lunch", cpv_codes=("55520000-1",)),), checks, "")
    assert (kept.cpv_codes, checks.faults) == (("55520000",), [])


def test_a_price_needs_a_unit_and_an_order() -> None:
    dear = Product(name="Lunch", price_from_cents=900, price_to_cents=800)
    assert faults(dear) == [
        ("missing-field", "/productDetails/0/unit"),
        ("price-order", "/productDetails/0/priceToCents"),
    ]
    free = Product(name="Proef", unit=Unit.PERSON, price_from_cents=0, price_to_cents=0)
    assert faults(free) == []


def test_a_name_stands_once_and_holds_no_personal_number() -> None:
    assert faults(Product(name="Lunch"), Product(name="LUNCH")) == [
        ("duplicate-product", "/productDetails")
    ]
    assert faults(Product(name="bij 111222333")) == [
        ("personal-number-suspected", "/productDetails/0/name")
    ]
