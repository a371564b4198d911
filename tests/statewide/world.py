"""The generated entities, with their student counts by group.

They are the state, county offices, districts, charter schools and schools.
"""

import csv
from dataclasses import dataclass

import numpy as np

from transforms.settings import PROJECT

YEARS = (2017, 2018, 2019, 2022, 2023, 2024, 2025)
STATE, COUNTY_OFFICE, DISTRICT, CHARTER, SCHOOL = range(5)
ELEMENTARY, HIGH, UNIFIED = range(3)
# In CDE's sort order; ALL is not a group for assistance.
GROUPS = ("AA", "AI", "ALL", "AS", "EL", "FI", "FOS", "HI", "HOM", "LTEL", "MR", "PI", "SED", "SWD", "WH")
# Shares of all students, in the order of GROUPS.
SHARES = (
    0.055,
    0.008,
    1.0,
    0.1,
    0.19,
    0.03,
    0.007,
    0.52,
    0.04,
    0.06,
    0.05,
    0.008,
    0.6,
    0.13,
    0.23,
)
NAMES = (
    "Arroyo",
    "Bella Vista",
    "Cañada",
    "Del Río",
    "Eastside",
    "Feather River",
    "Golden Oak",
    "Hacienda",
    "Jurupa",
    "La Peña",
    "Mesa Verde",
    "Núñez",
)
KINDS = ("Academy of Arts and Sciences", "Preparatory", "Dual Language", "College and Career", "Community")


@dataclass(frozen=True)
class Scale:
    """The number of entities of each kind. A school is neither a charter nor an LEA.

    Every county has a county office, which counts as an LEA.
    """

    counties: int = 58
    leas: int = 1_000
    charters: int = 1_300
    schools: int = 9_000


# 'full' has more schools than California, so that the files have as many rows and bytes as all published years
# together.
SCALES = {
    "tiny": Scale(2, 24, 10, 20),
    "county": Scale(1, 26, 25, 150),
    "counties": Scale(10, 175, 225, 1_500),
    "state": Scale(),
    "full": Scale(schools=22_500),
}


@dataclass(frozen=True)
class World:
    """One array element per entity, the state first. ``students`` has a column per group of GROUPS."""

    cds: np.ndarray
    kind: np.ndarray
    grades: np.ndarray
    name: np.ndarray
    district_name: np.ndarray
    county: np.ndarray
    dass: np.ndarray
    first_year: np.ndarray
    last_year: np.ndarray
    students: np.ndarray

    def exists(self, year: int) -> np.ndarray:
        """Return which entities are in the files of a year."""
        return (self.first_year <= year) & (year <= self.last_year)

    @property
    def is_lea(self) -> np.ndarray:
        """True for districts and county offices: record type D."""
        return (self.kind == COUNTY_OFFICE) | (self.kind == DISTRICT)

    @property
    def is_judged(self) -> np.ndarray:
        """True for LEAs and charter schools."""
        return self.is_lea | (self.kind == CHARTER)


def make_world(scale: Scale, seed: int) -> World:
    """Draw the entities.

    Codes have CDE's form but are not real: district codes begin with 5, county offices with 109.
    """
    rng = np.random.default_rng([seed, 1])
    with (PROJECT / "data" / "reference" / "counties.csv").open(newline="") as stream:
        counties = [(row["county_code"], row["county"]) for row in csv.DictReader(stream)][: scale.counties]
    codes, names = (np.array(part) for part in zip(*counties, strict=True))
    n = len(counties)
    # The county of each district.
    home = np.concatenate([np.arange(n), rng.integers(0, n, max(scale.leas - 2 * n, 0))])[: max(scale.leas - n, n)]
    home.sort()
    leas_county = np.concatenate([np.arange(n), home])
    leas_kind = np.repeat([COUNTY_OFFICE, DISTRICT], [n, len(home)])
    leas_code = [f"{codes[c]}109{c:02d}" for c in range(n)] + [f"{codes[c]}5{i:04d}" for i, c in enumerate(home)]
    leas_name = [f"{names[c]} County Office of Education" for c in range(n)] + [
        f"{NAMES[i % len(NAMES)]} {i // len(NAMES) + 1}" for i in range(len(home))
    ]
    leas_grades = np.where(leas_kind == COUNTY_OFFICE, UNIFIED, rng.choice(3, len(leas_kind), p=[0.5, 0.1, 0.4]))
    suffix = np.array([" Union Elementary", " Joint Union High", " Unified"])[leas_grades]
    leas_name = np.array(
        [name if k == COUNTY_OFFICE else name + s for name, k, s in zip(leas_name, leas_kind, suffix, strict=True)]
    )
    parts = scale.charters + scale.schools
    parent = rng.integers(n, len(leas_kind), parts)
    part_kind = np.repeat([CHARTER, SCHOOL], [scale.charters, scale.schools])
    part_code = [
        f"{leas_code[p]}{(100_000 if k == CHARTER else 6_000_000) + i:07d}"
        for i, (p, k) in enumerate(zip(parent, part_kind, strict=True))
    ]
    kinds = {CHARTER: "Charter", SCHOOL: "School"}
    part_name = [
        f"{NAMES[i % 7]}-{NAMES[i % 11]} {KINDS[i % len(KINDS)]} {kinds[k]} {i}" for i, k in enumerate(part_kind)
    ]
    kind = np.concatenate([[STATE], leas_kind, part_kind])
    cds = np.array(["0" * 14, *(f"{code}0000000" for code in leas_code), *part_code])
    order = np.argsort(cds, kind="stable")
    everyone = len(kind)
    first, last = _lives(rng, kind, everyone)
    world = World(
        cds=cds,
        kind=kind,
        grades=np.concatenate([[UNIFIED], leas_grades, rng.choice(2, parts, p=[0.7, 0.3])]),
        name=np.array(["", *([""] * len(leas_kind)), *part_name]),
        district_name=np.concatenate([[""], leas_name, leas_name[parent]]),
        county=np.concatenate([[""], names[leas_county], names[leas_county[parent]]]),
        dass=(kind == SCHOOL) & (rng.random(everyone) < 0.06),
        first_year=first,
        last_year=last,
        students=_students(rng, kind, everyone),
    )
    return World(**{field: values[order] for field, values in vars(world).items()})


def _lives(rng: np.random.Generator, kind: np.ndarray, everyone: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw first and last Dashboard of each. Some open late, some close; county offices and the state always exist."""
    stays = (kind == STATE) | (kind == COUNTY_OFFICE)
    first = np.where(stays | (rng.random(everyone) > 0.04), YEARS[0], rng.choice(YEARS[1:], everyone))
    last = np.where(stays | (rng.random(everyone) > 0.03), YEARS[-1], rng.choice(YEARS[3:-1], everyone))
    return first, np.maximum(first, last)


def _students(rng: np.random.Generator, kind: np.ndarray, everyone: int) -> np.ndarray:
    """Draw students by group. A tenth of the districts are so small that only one or two groups can be assessed."""
    size = rng.lognormal(6.2, 0.6, everyone)
    size = np.where(kind == COUNTY_OFFICE, rng.lognormal(6.3, 0.9, everyone), size)
    size = np.where(kind == DISTRICT, rng.lognormal(7.6, 1.4, everyone), size)
    size = np.where((kind == DISTRICT) & (rng.random(everyone) < 0.1), rng.uniform(45, 130, everyone), size)
    size = np.where(kind == STATE, 5_800_000, np.clip(size, 40, 200_000))
    shares = np.array(SHARES) * rng.lognormal(0, 0.7, (everyone, len(GROUPS)))
    shares[:, GROUPS.index("ALL")] = 1
    return np.maximum(np.rint(size[:, None] * np.minimum(shares, 0.97)), 0).astype(np.int64)
