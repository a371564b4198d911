"""The truth of the generated state, decided before any row exists, and the determinations that follow from it.

Written from CDE's statement of the rules, year by year, and not from the project's rule files or SQL.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tests.statewide.world import CHARTER, COUNTY_OFFICE, DISTRICT, GROUPS, YEARS, World

ALL, EL, LTEL = GROUPS.index("ALL"), GROUPS.index("EL"), GROUPS.index("LTEL")
JUDGED = tuple(g for g in range(len(GROUPS)) if g != ALL)
PRIORITIES = (4, 5, 6, 8)
LETTERS = {
    (4, 5, 6): "A", (4, 5): "B", (5, 6): "C", (4, 6): "D", (4, 8): "E", (5, 8): "F", (6, 8): "G", (4, 5, 8): "H",
    (4, 6, 8): "I", (5, 6, 8): "J",
    (4, 5, 6, 8): "K",
}  # fmt: skip
WINDOWS = {
    2022: (2017, 2018, 2019, 2022),
    2023: (2018, 2019, 2022, 2023),
    2024: (2019, 2022, 2023, 2024),
    2025: (2022, 2023, 2024, 2025),
}
THREE_RUNNING = {2023: (2019, 2022, 2023), 2024: (2022, 2023, 2024), 2025: (2023, 2024, 2025)}
CHARTER_YEARS = {2023: (2022, 2023), 2024: (2023, 2024), 2025: (2024, 2025)}
METHODS = {
    2017: (1,),
    2018: (1, 2, 3),
    2019: (1, 2, 3),
    2022: (1,),
    2023: (1, 2, 3),
    2024: (1, 2, 3, 4),
    2025: (1, 2, 3, 4),
}
LOCAL = (1, 2, 3, 6, 7, 9, 10)  # 9 and 10 are for county offices
LOCAL_YEARS = (2018, 2019, 2023, 2024, 2025)
SECOND_YEAR_AFTER = {2024: 2023, 2025: 2024}


@dataclass(frozen=True)
class YearRules:
    """The reading of a year's criteria.

    elpi and cci: 'color', 'status' with the file's size flag, or '' if they do not count.
    """

    elpi: str
    cci: str
    by_status: bool = False  # 2022: status levels, and only both at the worst level meet priority 4
    chronic: bool = True
    ltel: bool = False
    ltel_academic: bool = False
    ltel_elpi_worst: int = 1  # 2025: Orange meets too


RULES = {
    2017: YearRules(elpi="color", cci="", chronic=False),
    2018: YearRules(elpi="", cci="color"),
    2019: YearRules(elpi="status", cci="color"),
    2022: YearRules(elpi="status", cci="", by_status=True),
    2023: YearRules(elpi="color", cci="status"),
    2024: YearRules(elpi="color", cci="color", ltel=True, ltel_academic=True),
    2025: YearRules(elpi="color", cci="color", ltel=True, ltel_elpi_worst=2),
}


@dataclass
class Truth:
    """Arrays of entities by groups for each year, and data on local indicators and CALPADS."""

    met: dict[int, dict[int, np.ndarray]] = field(default_factory=dict)  # year -> priority -> met
    has_result: dict[int, np.ndarray] = field(default_factory=dict)
    # County offices were not determined in 2017, so their results of that year do not count.
    determined: dict[int, np.ndarray] = field(default_factory=dict)
    local_failed: dict[int, np.ndarray] = field(default_factory=dict)  # year -> entities x LOCAL
    not_certified: dict[int, np.ndarray] = field(default_factory=dict)

    def meets(self, year: int) -> np.ndarray:
        """Return groups that met the criteria in two or more priorities."""
        return (sum(m.astype(int) for m in self.met[year].values()) >= 2) & self.determined[year][:, None]

    def letters(self, year: int) -> np.ndarray:
        """Return CDE's letter of each group, or '' without two priorities."""
        code = sum(self.met[year][p].astype(int) << i for i, p in enumerate(PRIORITIES))
        book = [LETTERS.get(tuple(p for i, p in enumerate(PRIORITIES) if c >> i & 1), "") for c in range(16)]
        return np.where(self.meets(year), np.array(book)[code], "")


def tendency(world: World, seed: int) -> np.ndarray:
    """Return how often each group of each entity tends to be in trouble, year after year.

    County offices and the smallest districts often are.
    """
    rng = np.random.default_rng([seed, 2])
    everyone = len(world.cds)
    smallest = (world.kind == DISTRICT) & (world.students[:, ALL] < 150)
    often = np.where(world.kind == COUNTY_OFFICE, 0.25, np.where(smallest, 0.3, 0.06))
    entity = rng.normal(size=everyone) + 3.2 * (rng.random(everyone) < often)
    return 0.8 * entity[:, None] + 1.1 * rng.normal(size=(everyone, len(GROUPS)))


def wish(trouble: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw which groups should meet a priority this year, if they can."""
    return rng.random(trouble.shape) < 1 / (1 + np.exp(2.7 - trouble - 0.4 * rng.normal(size=trouble.shape)))


def others(world: World, truth: Truth, seed: int) -> None:
    """Draw the data outside indicator files: failed local priorities and data not certified."""
    rng = np.random.default_rng([seed, 3])
    everyone = len(world.cds)
    serves = world.is_lea[:, None] & ((world.kind == COUNTY_OFFICE)[:, None] | (np.array(LOCAL) < 9))
    careless = 0.012 + 0.25 * (rng.random((everyone, 1)) < 0.03)
    for year in LOCAL_YEARS:
        truth.local_failed[year] = (
            (rng.random((everyone, len(LOCAL))) < careless) & serves & world.exists(year)[:, None]
        )
    before = world.exists(2017) & world.exists(2018)
    # A priority fails in 2018 if it was not met in 2017 either; 7 began in 2018.
    truth.local_failed[2018] &= before[:, None] & (np.array(LOCAL) != 7)
    for year in (2024, 2025):
        truth.not_certified[year] = world.is_lea & world.exists(year) & (rng.random(everyone) < 0.03)


def group_years(world: World, truth: Truth) -> pd.DataFrame:
    """Return LEA or charter school x Dashboard year x group assessed that year."""
    parts = []
    who = np.flatnonzero(world.is_judged)
    for year in YEARS:
        groups = [g for g in JUDGED if g != LTEL or RULES[year].ltel]
        e, g = (a.ravel() for a in np.meshgrid(who, groups, indexing="ij"))
        letters, meets, result = truth.letters(year), truth.meets(year), truth.has_result[year]
        bits = np.stack([truth.met[year][p][e, g] for p in PRIORITIES], axis=1)
        met = [[p for p, b in zip(PRIORITIES, row, strict=True) if b] for row in bits]
        parts.append(
            pd.DataFrame(
                {
                    "cds": world.cds[e], "dashboard_year": year, "student_group": np.array(GROUPS)[g],
                    "priorities_met": met,
                    "letter": letters[e, g], "meets_criteria": meets[e, g], "has_result": result[e, g],
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _named(rows: np.ndarray, groups: np.ndarray) -> list[list[str]]:
    return [sorted(np.array(GROUPS)[groups[e]]) for e in rows]


def continuum(world: World, truth: Truth) -> pd.DataFrame:
    """EC 52072 and 52072.5: three groups, or all of fewer than three, in three of the four Dashboards."""
    parts = []
    for year, window in WINDOWS.items():
        counts = sum(truth.meets(y).astype(int) for y in window) >= 3
        counts[:, ALL] = False
        result = truth.has_result[year].copy()
        result[:, ALL] = False
        here = result.sum(axis=1)
        small = (here >= 1) & (here < 3) & ((counts & result).sum(axis=1) == here)
        yes = (counts.sum(axis=1) >= 3) | small
        status = np.where(here == 0, "not_assessed", np.where(yes, "eligible", "not_eligible"))
        status = np.where(world.kind == CHARTER, "not_applicable", status)
        rows = np.flatnonzero(world.is_judged)
        verdict = {
            "status": status[rows],
            "student_groups": _named(rows, counts),
            "by_small_clause": (small & (counts.sum(axis=1) < 3))[rows],
        }
        parts.append(pd.DataFrame({"cds": world.cds[rows], "determination_year": year, **verdict}))
    return pd.concat(parts, ignore_index=True)


def consecutive(world: World, truth: Truth) -> pd.DataFrame:
    """EC 52071(f): one group in three consecutive Dashboards; districts only."""
    parts = []
    rows = np.flatnonzero(world.is_lea)
    for year, window in THREE_RUNNING.items():
        running = np.logical_and.reduce([truth.meets(y) for y in window])
        running[:, ALL] = False
        status = np.where(
            ~world.exists(year), "not_assessed", np.where(running.any(axis=1), "eligible", "not_eligible")
        )
        status = np.where(world.kind == DISTRICT, status, "not_applicable")
        parts.append(
            pd.DataFrame(
                {
                    "cds": world.cds[rows],
                    "determination_year": year,
                    "status": status[rows],
                    "student_groups": _named(rows, running),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def charter_test(world: World, truth: Truth) -> pd.DataFrame:
    """EC 47607.3: the criteria met on both Dashboards; open if only different groups met them."""
    parts = []
    rows = np.flatnonzero(world.kind == CHARTER)
    for year, window in CHARTER_YEARS.items():
        per_year = [truth.meets(y) & (np.arange(len(GROUPS)) != ALL) for y in window]
        same = np.logical_and.reduce(per_year).any(axis=1)
        each = np.logical_and.reduce([m.any(axis=1) for m in per_year])
        status = np.where(same, "eligible", np.where(each, "undetermined", "not_eligible"))
        status = np.where(world.exists(year), status, "not_assessed")
        parts.append(pd.DataFrame({"cds": world.cds[rows], "determination_year": year, "status": status[rows]}))
    return pd.concat(parts, ignore_index=True)


def methods_met(world: World, truth: Truth, year: int) -> dict[int, np.ndarray]:
    """Return methods of Differentiated Assistance that a district or county office met."""
    groups = truth.meets(year).copy()
    groups[:, ALL] = False
    found = {1: groups.any(axis=1)}
    if 2 in METHODS[year]:
        failed = truth.local_failed[year]
        found[2] = failed.sum(axis=1) >= 2
        only = np.array(LOCAL)[failed.argmax(axis=1)]
        exactly_one = sum(m.astype(int) for m in truth.met[year].values()) == 1
        another = np.zeros(len(world.cds), dtype=bool)
        for priority in PRIORITIES:
            single = exactly_one & truth.met[year][priority] & (np.arange(len(GROUPS)) != ALL)
            another |= single.any(axis=1) & (only != priority)
        found[3] = ~found[1] & ~found[2] & (failed.sum(axis=1) == 1) & another
    if 4 in METHODS[year]:
        found[4] = truth.not_certified[year]
    return found


def methods(world: World, truth: Truth) -> pd.DataFrame:
    """Return district or county office in the files of a year x method that exists that year."""
    parts = []
    for year in YEARS:
        served = world.kind == DISTRICT if year == 2017 else world.is_lea
        rows = np.flatnonzero(served & world.exists(year))
        for method, met in methods_met(world, truth, year).items():
            parts.append(
                pd.DataFrame({"cds": world.cds[rows], "determination_year": year, "method": method, "met": met[rows]})
            )
    return pd.concat(parts, ignore_index=True)


def assistance(world: World, truth: Truth) -> pd.DataFrame:
    """Return Differentiated Assistance of districts and county offices, with its year of two."""
    parts = []
    rows = np.flatnonzero(world.is_lea)
    met = {y: np.logical_or.reduce(list(methods_met(world, truth, y).values())) & world.exists(y) for y in YEARS}
    for year in YEARS:
        second = (
            ~met[year] & met[SECOND_YEAR_AFTER[year]]
            if year in SECOND_YEAR_AFTER
            else np.zeros(len(world.cds), dtype=bool)
        )
        status = np.where(met[year] | second, "eligible", "not_eligible")
        status = np.where(world.exists(year), status, "not_assessed")
        assisted = np.where(met[year], 1, np.where(second, 2, 0)) * world.exists(year)
        if year == 2017:
            status, assisted = (
                np.where(world.kind == COUNTY_OFFICE, "not_applicable", status),
                assisted * (world.kind != COUNTY_OFFICE),
            )
        parts.append(
            pd.DataFrame(
                {
                    "cds": world.cds[rows],
                    "determination_year": year,
                    "status": status[rows],
                    "assistance_year": assisted[rows],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
