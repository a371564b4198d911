"""Expectations on the typed Dashboard rows."""

from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from expectations.suites.base import expect
from expectations.thresholds import THRESHOLDS
from transforms.scales import load_scales
from transforms.settings import PROJECT

WITHIN = int(THRESHOLDS["points_within"])
PERCENT = ["chronic", "susp", "grad", "elpi", "cci"]
STANDARD = [s for s in load_scales(PROJECT / "data") if s.unit == "points from standard"]
POINTS = [s.indicator for s in STANDARD]
OTHER_SCALE_FROM = min((s.first_dashboard for s in load_scales(PROJECT / "data") if s not in STANDARD), default=2101)


def own() -> list[Expectation]:
    """Numerators within denominators, percentages within 0 to 100, and 2022 with status and no color: single rows warn, and SQL checks count them."""
    return [*_of_2022(), _within("current"), _within("prior"), *_units()]


def _of_2022() -> list[Expectation]:
    in_2022 = Column("dashboard_year") == 2022
    without: dict[str, Any] = {"check_class": "unusual", "value_set": [0], "row_condition": in_2022}
    why = "The Dashboard of 2022 had no prior year to compare with: colors and changes in its files would be those of another year."
    return [
        expect(gxe.ExpectColumnValuesToBeInSet, "indicator_results-2022-no-color", "2022 has no colors.", why, column="color", **without),
        expect(gxe.ExpectColumnValuesToBeInSet, "indicator_results-2022-no-change", "2022 has no changes.", why, column="change_level", **without),
        expect(
            gxe.ExpectColumnValuesToNotBeNull,
            "indicator_results-2022-status",
            "2022 has a status level in every row.",
            "The rules of 2022 look at nothing else.",
            "unusual",
            column="status_level",
            row_condition=in_2022 & Column("indicator").is_in(["ela", "math", "chronic", "susp", "grad", "elpi"]),
        ),
    ]


def _within(when: str) -> Expectation:
    return expect(
        gxe.ExpectColumnPairValuesAToBeGreaterThanB,
        f"indicator_results-{when}-numerator-within",
        f"No more students are counted than there are, {when} year.",
        "A shifted column shows here first.",
        check_class="unusual",
        column_A=f"{when}_denominator",
        column_B=f"{when}_numerator",
        or_equal=True,
        ignore_row_if="either_value_is_missing",
    )


def _units() -> list[Expectation]:
    percent = "Rates are percentages; a value outside is of another column."
    in_standard = Column("dashboard_year") < OTHER_SCALE_FROM
    points = "Distances from standard stay within a few hundred points."
    return [
        expect(
            gxe.ExpectColumnValuesToBeBetween,
            f"indicator_results-{column.replace('_', '-')}-{unit}",
            f"{column} of {', '.join(indicators)} lies between {low} and {high}.",
            why,
            "unusual",
            column=column,
            min_value=low,
            max_value=high,
            row_condition=Column("indicator").is_in(indicators) if unit == "percent" else Column("indicator").is_in(indicators) & in_standard,
        )
        for column in ("current_status", "prior_status")
        for unit, indicators, low, high, why in (("percent", PERCENT, 0, 100, percent), ("points", POINTS, -WITHIN, WITHIN, points))
    ]
