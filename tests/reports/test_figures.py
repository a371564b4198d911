"""Numbers as Dashboard readers know them."""

import pytest

from reports.figures import amount, students, thousands


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-13.6, "points from standard", "−13.6"),
        (8.06, "points from standard", "+8.1"),
        (0.0, "points from standard", "0.0"),
        (-0.04, "points from standard", "0.0"),
        (3.5, "percent", "3.5%"),
        (45.25, "percent prepared", "45.2%"),
        (-0.4, "percent", "−0.4%"),
        (18.0, "science score", "18.0"),
        (None, "percent", ""),
    ],
)
def test_an_amount_has_its_sign_and_unit(value: float | None, unit: str, text: str) -> None:
    assert amount(value, unit) == text


def test_numbers_of_students_have_thousands_separators() -> None:
    assert [students(6_019_472), students(None), thousands(1_570)] == ["6,019,472", "", "1,570"]
