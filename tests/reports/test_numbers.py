"""Numbers as readers of the Dashboard know them."""

import pytest

from reports.numbers import amount, students, thousands


@pytest.mark.parametrize(
    ("value", "unit", "signed", "text"),
    [
        (-13.6, "points from standard", False, "−13.6"),
        (8.06, "points from standard", False, "+8.1"),
        (0.0, "points from standard", False, "0.0"),
        (-0.04, "points from standard", False, "0.0"),
        (3.5, "percent", False, "3.5%"),
        (45.25, "percent prepared", False, "45.2%"),
        (0.4, "percent", True, "+0.4"),
        (-0.4, "percent", True, "−0.4"),
        (18.0, "science score", False, "18.0"),
        (None, "percent", False, ""),
    ],
)
def test_an_amount_has_its_sign_and_unit(value: float | None, unit: str, signed: bool, text: str) -> None:
    assert amount(value, unit, signed) == text


def test_numbers_of_students_have_their_thousands_apart() -> None:
    assert [students(6_019_472), students(None), thousands(1_570)] == ["6,019,472", "", "1,570"]
