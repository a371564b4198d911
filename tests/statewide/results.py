"""Levels, colors and numbers that realize the truth of one year, with the pitfalls of its files."""

from dataclasses import dataclass

import numpy as np

from tests.statewide.scores import RATES, cells_of, ends_of, possible, span_of, whole_students
from tests.statewide.truth import ALL, EL, LTEL, RULES, Truth, wish
from tests.statewide.world import CHARTER, COUNTY_OFFICE, ELEMENTARY, GROUPS, HIGH, SCHOOL, World

INDICATORS = ("ela", "math", "elpi", "chronic", "susp", "grad", "cci")
SMALL_GROUPS = (GROUPS.index("FOS"), GROUPS.index("HOM"), LTEL)  # 15 students are enough on D rows
SHOWN_FROM = 11  # students
# The usual change from one change level to the next.
STEPS = {"ela": 8.0, "math": 8.0, "elpi": 5.0, "chronic": 3.0, "susp": 0.8, "grad": 3.0, "cci": 4.0, "science": 2.0}
FALLING = ("chronic", "susp")  # less is better


@dataclass
class Levels:
    """One indicator of one year, entities by groups. ``color`` is None if the year has status only."""

    reported: np.ndarray  # the entity has rows of this indicator
    students: np.ndarray
    before: np.ndarray
    large_enough: np.ndarray  # this year
    large_before: np.ndarray
    sized: np.ndarray  # it has a result that may count
    status: np.ndarray
    change: np.ndarray
    color: np.ndarray | None
    ends: np.ndarray  # of the status levels, by entity


def decide_year(world: World, truth: Truth, trouble: np.ndarray, year: int, seed: int) -> dict[str, Levels]:
    """Draw sizes, decide which priorities each group meets, and choose matching levels.

    Fills ``truth`` for the year.
    """
    rng = np.random.default_rng([seed, 4, year])
    rules = RULES[year]
    found = {i: _sizes(world, i, year, rng) for i in INDICATORS}
    can = {i: found[i].sized for i in INDICATORS}
    academic = can["ela"] & can["math"]
    if not rules.ltel_academic:
        academic = academic & (np.arange(len(GROUPS)) != LTEL)
    learners = np.isin(np.arange(len(GROUPS)), [EL, LTEL] if rules.ltel else [EL])
    elpi = can["elpi"] & learners if rules.elpi else np.zeros_like(academic)
    chronic = can["chronic"] if rules.chronic else np.zeros_like(academic)
    cci = can["cci"] if rules.cci else np.zeros_like(academic)
    p4 = (academic | elpi) & wish(trouble, rng)
    p5 = (can["grad"] | chronic) & wish(trouble, rng)
    p6 = can["susp"] & wish(trouble, rng)
    p8 = cci & wish(trouble, rng)
    truth.met[year] = {4: p4, 5: p5, 6: p6, 8: p8}
    counted = (can["ela"] | can["math"]) & ((np.arange(len(GROUPS)) != LTEL) | rules.ltel_academic)
    truth.has_result[year] = counted | elpi | can["grad"] | chronic | can["susp"] | cci
    truth.determined[year] = (world.kind != COUNTY_OFFICE) | (year != 2017)
    by_academic, by_elpi = _split(p4, academic, elpi, rng)
    by_grad, by_chronic = _split(p5, can["grad"], chronic, rng)
    worst = np.where(np.arange(len(GROUPS)) == LTEL, rules.ltel_elpi_worst, 1)
    ela, math = _academic(by_academic, academic, rules.by_status, rng)
    wanted = {
        "ela": ela,
        "math": math,
        "elpi": _one(by_elpi, elpi, worst, rng),
        "chronic": _one(by_chronic, chronic, 1, rng),
        "susp": _one(p6, can["susp"], 1, rng),
        "grad": _one(by_grad, can["grad"], 1, rng),
        "cci": _one(p8, cci, 1, rng),
    }
    for indicator, levels in found.items():
        by_status = (
            rules.by_status
            or {"elpi": rules.elpi, "cci": rules.cci}.get(indicator) == "status"
            or (year, indicator) in ((2017, "cci"), (2018, "elpi"))
        )
        _fill(levels, indicator, wanted[indicator], by_status, rng)
    return found


def _sizes(world: World, indicator: str, year: int, rng: np.random.Generator) -> Levels:
    """Return the students counted now and the year before, and whether they are enough for a result."""
    share = {"ela": 0.5, "math": 0.5, "elpi": 0.9, "chronic": 0.7, "susp": 1.04, "grad": 0.1, "cci": 0.1}[indicator]
    scale = (
        np.where(world.grades == HIGH, 2.4, 1.0)
        if indicator in ("grad", "cci")
        else np.where(world.grades == HIGH, 0.5, 1.0)
    )
    reported = {
        "chronic": world.grades != HIGH,
        "grad": world.grades != ELEMENTARY,
        "cci": world.grades != ELEMENTARY,
    }.get(indicator, np.ones(len(world.cds), dtype=bool)) & world.exists(year)
    shape = world.students.shape
    now, before = (
        np.rint(
            world.students * share * scale[:, None] * rng.normal(1, 0.06, (shape[0], 1)) * rng.normal(1, 0.04, shape)
        )
        for _ in range(2)
    )
    now, before = (np.maximum(n, 0).astype(np.int64) for n in (now, before))
    now[:, ALL] = np.maximum(now[:, ALL], 1)
    now[world.kind == COUNTY_OFFICE, EL] = np.maximum(now[world.kind == COUNTY_OFFICE, EL], 1)
    if not RULES[year].ltel:
        now[:, LTEL] = before[:, LTEL] = 0
    for students in (now, before):
        students[:, ALL] = students.max(axis=1)  # no group is larger than all students
    small = np.isin(np.arange(len(GROUPS)), SMALL_GROUPS)
    minimum = np.where(small[None, :] & ~np.isin(world.kind, (CHARTER, SCHOOL))[:, None], 15, 30)
    large_enough, large_before = (now >= minimum) & reported[:, None], before >= minimum
    # In these years only this year's size counts.
    both = RULES[year].by_status or (year, indicator) in (
        (2019, "elpi"),
        (2023, "cci"),
    )
    sized = large_enough if both else large_enough & large_before
    none = np.zeros(shape, np.int8)
    return Levels(
        reported, now, before, large_enough, large_before, sized, none, none, None, ends_of(world, indicator, year)
    )


def _split(
    met: np.ndarray, one: np.ndarray, other: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Choose which of two ways meets a priority: an open one, sometimes both."""
    first = rng.random(met.shape) < 0.65
    both = rng.random(met.shape) < 0.2
    return met & one & (first | both | ~other), met & other & (~first | both | ~one)


def _free(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return any level, red included."""
    return rng.choice(np.arange(1, 6, dtype=np.int8), shape, p=[0.16, 0.24, 0.25, 0.21, 0.14])


def _one(met: np.ndarray, counts: np.ndarray, worst: np.ndarray | int, rng: np.random.Generator) -> np.ndarray:
    """Return a level that meets exactly as wanted, and any level if it does not count."""
    drawn = _free(met.shape, rng)
    bad = np.minimum(drawn, worst)
    good = np.where(drawn <= worst, worst + rng.integers(1, 3, met.shape), drawn)
    return np.where(met, bad, np.where(counts, good, drawn)).astype(np.int8)


def _academic(
    met: np.ndarray, counts: np.ndarray, by_status: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return two levels that together meet exactly as wanted.

    Two Orange do not meet, nor does Red without a partner.
    """
    ela, math = _free(met.shape, rng), _free(met.shape, rng)
    pairs = np.array([[1, 1], [1, 1], [1, 1]] if by_status else [[1, 1], [1, 2], [2, 1]], dtype=np.int8)[
        rng.choice(3, met.shape, p=[0.6, 0.2, 0.2])
    ]
    meets = (ela == 1) & (math == 1) if by_status else (np.minimum(ela, math) == 1) & (np.maximum(ela, math) <= 2)
    near = np.array([[1, 2], [2, 1], [1, 4]] if by_status else [[2, 2], [1, 3], [4, 1]], dtype=np.int8)[
        rng.choice(3, met.shape)
    ]
    change = counts & ~met & meets
    ela, math = (
        np.where(met, pairs[..., i], np.where(change, near[..., i], level)) for i, level in enumerate((ela, math))
    )
    return ela, math


def _fill(levels: Levels, indicator: str, wanted: np.ndarray, by_status: bool, rng: np.random.Generator) -> None:
    """Fill in status and change that give the wanted color. Without a color, use any that the students shown allow."""
    shape = wanted.shape
    shown, changes = levels.students >= SHOWN_FROM, (levels.students >= SHOWN_FROM) & (levels.before >= SHOWN_FROM)
    can = possible(indicator, levels.ends, levels.students)
    status, change = _free(shape, rng), rng.integers(1, 6, shape, dtype=np.int8)
    if by_status:  # a level is given from 11 students on, and 1 is as likely there as elsewhere, so it must not be used
        levels.status = (_or_best(np.where(levels.sized, wanted, status), can) * shown).astype(np.int8)
        levels.change = (change * 0).astype(np.int8)
        return
    status = _or_best(status, can)
    for color in range(1, 6):
        for small in (False, True):
            here = levels.sized & (wanted == color) & ((levels.students < 150) == small)
            cells = cells_of(indicator, color, small)
            chosen = cells[(rng.random((len(cells), int(here.sum()))) * can[cells[:, 0] - 1][:, here]).argmax(axis=0)]
            status[here], change[here] = chosen[:, 0], chosen[:, 1]
    levels.status, levels.change = (status * shown).astype(np.int8), (change * changes).astype(np.int8)
    levels.color = (wanted * levels.sized).astype(np.int8)


def _or_best(status: np.ndarray, can: np.ndarray) -> np.ndarray:
    """Return the level, or the best one if so few students cannot have it."""
    return np.where(np.take_along_axis(can, status[None].astype(np.int64) - 1, 0)[0], status, 5)


def amounts(
    indicator: str,
    status: np.ndarray,
    change: np.ndarray,
    students: np.ndarray,
    ends: np.ndarray,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Return flat numbers that fit the levels: currstatus and change in tenths, priorstatus, numerators for rates."""
    level, step = np.where(status > 0, status, 5).astype(np.int64), STEPS[indicator]
    moved = (change - 3.0) * step + rng.uniform(-0.45, 0.45, len(status)) * step
    moved = np.where(change == 0, 0, -moved if indicator in FALLING else moved)
    diff = np.rint(moved * 10).astype(np.int64)
    if indicator not in RATES:
        now = _between(*span_of(ends, level), rng)
        return {"status": now, "change": diff, "prior": now - diff}
    numerator = _between(*whole_students(ends, level, students), rng)
    now = np.rint(1000 * numerator / np.maximum(students, 1)).astype(np.int64)
    prior = np.clip(now - diff, 0, 1000)
    return {"status": now, "change": now - prior, "prior": prior, "numerator": numerator}


def _between(low: np.ndarray, high: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return low + np.floor(rng.random(len(low)) * (high - low + 1)).astype(np.int64)
