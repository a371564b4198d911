"""CDE's cut scores and color grids, and the status levels that are possible for a number of students."""

import numpy as np

from tests.statewide.world import CHARTER, COUNTY_OFFICE, HIGH, SCHOOL, STATE, World
from transforms.dashboard.redundancy import load_redundancy
from transforms.settings import PROJECT

CDE = load_redundancy(PROJECT / "data")
# Lowest and highest generated status, in tenths, worst first; then the cut scores of files whose levels no test
# checks.
ENDS = {
    "ela": (-1700, 1200, [-700, -50, 100, 450]),
    "math": (-2000, 1100, [-950, -250, 0, 350]),
    "elpi": (0, 1000, [350, 450, 550, 650]),
    "chronic": (1000, 0, [200, 100, 50, 25]),
    "susp": (1000, 0, [80, 45, 25, 10]),
    "grad": (0, 1000, [680, 800, 905, 950]),
    "cci": (0, 1000, [100, 350, 550, 700]),
    "science": (-400, 200, [-250, -120, -30, 40]),
}
RATES = ("elpi", "chronic", "susp", "grad", "cci")
# Middle and high schools use the cut scores of a similar district, because their own are not known.
SUSPENSION_TYPES = [
    "ES",
    "HD",
    "ED",
    "ED",
    "HD",
    "UD",
]


def ends_of(world: World, indicator: str, year: int) -> np.ndarray:
    """Return entities by six: the bounds of the five status levels in tenths, worst first."""
    worst, best, usual = ENDS[indicator]
    ends = np.tile(np.array([worst, *usual, best]), (len(world.cds), 1))
    for name, cuts in CDE.cuts_of(indicator, year)[0].items():
        ends[_members(world, indicator, name), 1:5] = np.rint(cuts.bounds * 10).astype(np.int64)
    return ends


def _members(world: World, indicator: str, name: str) -> np.ndarray:
    high = (world.grades == HIGH) & (world.kind != STATE)
    if indicator == "susp":
        school = np.isin(world.kind, (SCHOOL, CHARTER))
        return np.array(SUSPENSION_TYPES)[world.grades + np.where(school, 0, 3)] == name
    if name == "high school":
        return high
    if name == "DASS":
        return world.dass | (world.kind == COUNTY_OFFICE)
    return ~high if indicator in ("ela", "math") else np.ones(len(high), bool)


def span_of(ends: np.ndarray, level: np.ndarray | int) -> tuple[np.ndarray, np.ndarray]:
    """Return lowest and highest status, in tenths, of a level 1 to 5. ``ends`` has six in its last axis."""
    at = np.broadcast_to(np.asarray(level, np.int64), ends.shape[:-1])[..., None]
    near, far = (np.take_along_axis(ends, at - 1 + i, -1)[..., 0] for i in (0, 1))
    falling = ends[..., 0] > ends[..., 5]
    last = at[..., 0] == 5
    return np.where(falling, np.where(last, far, far + 1), near), np.where(falling, near, np.where(last, far, far - 1))


def whole_students(ends: np.ndarray, level: np.ndarray | int, students: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the fewest and most of ``students`` whose rate has the level. If there are none, fewest exceeds most."""
    low, high = span_of(ends, level)
    return -(-low * students // 1000), high * students // 1000


def possible(indicator: str, ends: np.ndarray, students: np.ndarray) -> np.ndarray:
    """Return levels by entities by groups: whether so many students can have a rate of the level.

    The best level is always possible.
    """
    if indicator not in RATES:
        return np.ones((5, *students.shape), bool)
    wide = np.broadcast_to(ends[:, None, :], (*students.shape, 6))
    return np.stack([np.less_equal(*whole_students(wide, level, students)) for level in range(1, 6)])


def cells_of(indicator: str, color: int, small: bool) -> np.ndarray:
    """Return status and change levels of a color. Only graduation has another grid for small groups."""
    return np.argwhere(CDE.grids[indicator][int(small and indicator == "grad")] == color)
