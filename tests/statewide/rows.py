"""Rows of one Dashboard file: CDE's header of the year and text columns, joined into lines."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.statewide.results import SHOWN_FROM, Levels, amounts
from tests.statewide.truth import ALL, EL, LTEL
from tests.statewide.world import CHARTER, COUNTY_OFFICE, GROUPS, HIGH, SCHOOL, STATE, World
from transforms.settings import PROJECT

HEADERS = {
    name: columns
    for name, _, *columns in (
        line.split()
        for line in (PROJECT / "tests" / "contract" / "headers.txt").read_text("utf-8").splitlines()
        if line and line[0] != "#"
    )
}
WINDOWS_1252 = (2018, 2019, 2022)  # years whose names are not UTF-8
SPACE_FOR_BLANK = ((2022, "ela"), (2022, "math"))
CRLF_FROM = 2023
# Groups that only the academic and science files have: their base group, and their share.
ONLY_ACADEMIC = {
    "ELO": ("EL", 0.8),
    "RFP": ("ALL", 0.15),
    "EO": ("ALL", 0.6),
    "SBA": ("ALL", 0.98),
    "CAA": ("ALL", 0.015),
}
INDICATOR_WORDS = {"chronic": "CHRO"}

UNKNOWN = -99_999

Column = pa.Array | Callable[[], pa.Array]


class Rows:
    """The rows of one file: entity and group of each, and the numbers of its indicator."""

    def __init__(
        self,
        world: World,
        names: dict[str, pa.Array],
        year: int,
        indicator: str,
        levels: Levels,
        rng: np.random.Generator,
        last: np.ndarray | None = None,
    ) -> None:
        """Build the rows.

        ``last`` has the previous year's status by entity and group, in tenths, or UNKNOWN. ``now`` becomes this year's.
        """
        self.world, self.names, self.year, self.indicator, self.rng = world, names, year, indicator, rng
        self.base = {"ela11": "ela", "math11": "math"}.get(indicator, indicator)
        groups = (
            levels.reported[:, None] & ((levels.students > 0) | (levels.before > 0))
            if indicator != "elpi"
            else self._learners(levels)
        )
        entity, group = np.nonzero(groups)
        self.cells, self.last, self.now = (entity, group), last, np.full(levels.status.shape, UNKNOWN, np.int64)
        self.group = pa.array(GROUPS).take(pa.array(group))
        self.students, self.before = levels.students[entity, group], levels.before[entity, group]
        self.ends = levels.ends[entity]
        self.large_before = levels.large_before[entity, group]
        self.large_enough, self.sized = levels.large_enough[entity, group], levels.sized[entity, group]
        self.status, self.change = levels.status[entity, group], levels.change[entity, group]
        self.color = None if levels.color is None else levels.color[entity, group]
        self.all_students = levels.students[entity, ALL]
        self.entity = entity
        if indicator in ("ela", "math", "ela11", "math11", "science"):
            self._add_academic(levels)
        self.order = self._order()

    def state_status(self) -> float | None:
        """Return the status in the state's row for all students, or for English learners in ELPI.

        None if the layout has no status or too few were counted.
        """
        has_status = any(_plain(h) == "currstatus" for h in HEADERS[file_name(self.indicator, self.year)])
        tenths = int(self.now[0, EL if self.indicator == "elpi" else ALL])  # the state is the first entity
        return tenths / 10 if has_status and tenths != UNKNOWN else None

    def _learners(self, levels: Levels) -> np.ndarray:
        wanted = np.zeros_like(levels.sized)
        wanted[:, [EL, LTEL] if self.year >= 2024 else [EL]] = True
        return wanted & levels.reported[:, None] & (levels.students > 0)

    def _add_academic(self, levels: Levels) -> None:
        """Add rows of the groups that never have a color, though they may have a status."""
        extra = {**ONLY_ACADEMIC, "CAST": ("ALL", 0.97)} if self.indicator == "science" else ONLY_ACADEMIC
        who = np.flatnonzero(levels.reported)
        parts = {}
        for name, (of, share) in extra.items():
            students = np.rint(levels.students[who, GROUPS.index(of)] * share).astype(np.int64)
            parts[name] = (who[students > 0], students[students > 0])
        entity = np.concatenate([e for e, _ in parts.values()])
        students = np.concatenate([s for _, s in parts.values()])
        labels = pa.array(list(parts)).take(
            pa.array(np.repeat(np.arange(len(parts)), [len(e) for e, _ in parts.values()]))
        )
        level = (self.rng.integers(1, 6, len(entity)) * (students >= SHOWN_FROM)).astype(np.int8)
        no = np.zeros(len(entity), dtype=bool)
        self.group = pa.concat_arrays([self.group, labels])
        self.entity = np.concatenate([self.entity, entity])
        before = np.minimum(students, levels.before[entity, ALL])
        self.students, self.before = np.concatenate([self.students, students]), np.concatenate([self.before, before])
        self.large_enough, self.sized = (
            np.concatenate([self.large_enough, students >= 30]),
            np.concatenate([self.sized, no]),
        )
        self.large_before, self.ends = (
            np.concatenate([self.large_before, students >= 30]),
            np.concatenate([self.ends, levels.ends[entity]]),
        )
        self.status = np.concatenate([self.status, level])
        self.change = np.concatenate(
            [self.change, np.where(level > 0, 3, 0).astype(np.int8) * (self.color is not None)]
        )
        self.color = None if self.color is None else np.concatenate([self.color, np.zeros(len(entity), np.int8)])
        self.all_students = np.concatenate([self.all_students, levels.students[entity, ALL]])

    def _order(self) -> np.ndarray:
        """Return the row order. CDE sorts by school and group; ELPI of 2019 is not sorted."""
        if (self.year, self.indicator) == (2019, "elpi"):
            return self.rng.permutation(len(self.entity))
        return (
            np.lexsort((np.asarray(self.group.dictionary_encode().indices), self.entity))
            if len(self.group)
            else np.arange(0)
        )

    def text(self, header: list[str]) -> bytes:
        """Return the whole file."""
        blank = " " if (self.year, self.indicator) in SPACE_FOR_BLANK else ""
        known = self._known(blank)
        columns = [c() if callable(c := known.get(_plain(h)) or self._filler(_plain(h))) else c for h in header]
        order = pa.array(self.order)
        end = "\r\n" if self.year >= CRLF_FROM else "\n"
        lines = pc.binary_join_element_wise(
            *(c.cast(pa.string()).take(order) for c in columns), "\t", null_handling="replace", null_replacement=""
        )
        ended = pc.binary_join_element_wise(lines, pa.scalar(end), "")
        body = ended.buffers()[2].to_pybytes()[: _length(ended)]
        if self.year in WINDOWS_1252:
            body = body.decode().encode("cp1252")
        return ("\t".join(header) + end).encode() + body

    def _known(self, blank: str) -> dict[str, Column]:
        """Return columns that have a meaning, by CDE's name in lowercase without underscores."""
        w, e = self.world, self.entity
        amount = self._continued(amounts(self.base, self.status, self.change, self.students, self.ends, self.rng))
        shown, before = self.students >= SHOWN_FROM, self.before >= SHOWN_FROM
        compared = shown & before
        kind = w.kind[e]
        enough, enough_before = _yes(self.large_enough), _yes(self.large_before)
        word = INDICATOR_WORDS.get(self.indicator, self.indicator.upper())
        year = "2017f" if self.year == 2017 else str(self.year)
        levels = {
            "statuslevel": lambda: _whole(self.status),
            "changelevel": lambda: _whole(self.change),
            "color": lambda: _whole(self._color()),
        }
        return {
            **{name: array.take(pa.array(e)).fill_null(blank) for name, array in self.names.items()},
            "rtype": pa.array(["X", "D", "D", "S", "S"]).take(pa.array(kind)),
            "charterflag": _yes(kind == CHARTER).fill_null(blank),
            "coeflag": _yes(kind == COUNTY_OFFICE).fill_null(blank),
            "dassflag": _yes(w.dass[e]).fill_null(blank),
            "studentgroup": self.group,
            "type": lambda: self._type(kind),
            "studentgrouppct": lambda: _tenths(
                np.rint(1000 * self.students / np.maximum(self.all_students, 1)).astype(np.int64)
            ),
            "currnumer": lambda: _whole(amount["numerator"], shown),
            "currdenom": lambda: _whole(self.students),
            "currprep": lambda: _whole(amount["numerator"], shown),
            "currdenomwithoutprloss": lambda: _whole(self.students, shown),
            "denomwithoutprloss": lambda: _whole(self.students, shown),
            "currnumprloss": lambda: _whole(self.students * 0, shown),
            "numprloss": lambda: _whole(self.students * 0, shown),
            "currstatus": lambda: _tenths(amount["status"], shown),
            "priornumer": lambda: _whole(np.rint(amount["prior"] * self.before / 1000).astype(np.int64), before),
            "priordenom": lambda: _whole(self.before),
            "priorstatus": lambda: _tenths(amount["prior"], before),
            "change": lambda: _tenths(amount["change"], compared),
            **levels,
            "box": lambda: _whole(self._box()),
            "smalldenom": lambda: _yes(self.students < 150),
            "safetynet": lambda: _yes_no(self.students < 150),
            "currnsizemet": lambda: _yes_no(self.large_enough) if self.indicator == "grad" else enough,
            "priornsizemet": lambda: _yes_no(self.large_before) if self.indicator == "grad" else enough_before,
            "nsizemet": lambda: _yes_no(self.sized if self.year == 2017 else self.large_enough),
            "nsizegroup": lambda: self._size_group(),
            "currnsizegroup": lambda: self._size_group(),
            "accountabilitymet": lambda: _yes_no(self.sized) if self.indicator == "grad" else _yes(self.sized),
            "hscutpoints": _yes((w.grades[e] == HIGH) & (kind != STATE)).fill_null(blank),
            "pairsharemethod": _yes(np.zeros(len(e), dtype=bool)).fill_null(blank),
            "flag95pct": lambda: _yes(self.rng.random(len(e)) < 0.05),
            "curr95": lambda: _yes(self.rng.random(len(e)) < 0.05),
            "indicator": _same(word, len(e)),
            "reportingyear": _same(year, len(e)),
        }  # fmt: skip

    def _continued(self, amount: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the prior year's status from that year's file, if it had one."""
        n = len(self.cells[0])
        self.now[self.cells] = np.where(self.students[:n] >= SHOWN_FROM, amount["status"][:n], UNKNOWN)
        if self.last is not None:
            before = np.concatenate([self.last[self.cells], np.full(len(self.entity) - n, UNKNOWN)])
            amount["prior"] = np.where(before == UNKNOWN, amount["prior"], before)
            amount["change"] = amount["status"] - amount["prior"]
        return amount

    def _color(self) -> np.ndarray:
        return np.zeros(len(self.entity), np.int8) if self.color is None else self.color

    def _box(self) -> np.ndarray:
        """Return the cell of the grid. A small group's graduation has three change levels."""
        change = self.change.astype(np.int64)
        change = np.where(self.students < 150, change.clip(2, 4), change) if self.indicator == "grad" else change
        return np.where(self._color() > 0, (5 - self.status.astype(np.int64)) * 50 + change * 10, 0)

    def _type(self, kind: np.ndarray) -> pa.Array:
        grades = self.world.grades[self.entity]
        code = grades + np.where((kind == SCHOOL) | (kind == CHARTER), 0, 3)
        return pa.array(["ES", "HS", "MS", "ED", "HD", "UD"]).take(pa.array(code))

    def _size_group(self) -> pa.Array:
        return pa.array(["0 to 10", "11 to 29", "30 and Up"]).take(pa.array(np.digitize(self.students, [11, 30])))

    def _filler(self, column: str) -> Column:
        """Return columns that no rule uses: a share, a count, or nothing."""
        n = len(self.entity)
        shown = self.students >= SHOWN_FROM
        if column.endswith(("flag", "method", "95", "notestflag")) or column == "priorcertifyflag":
            return lambda: pa.nulls(n, pa.string())
        if column.endswith(("pct", "pc", "prate", "status", "withoutprloss", "adjustment")) and not column.endswith(
            "denomwithoutprloss"
        ):
            return lambda: _tenths(self.rng.integers(0, 1000, n), shown)
        return lambda: _whole((self.rng.random(n) * self.students).astype(np.int64), shown)


def file_name(indicator: str, year: int) -> str:
    """Return CDE's name of the file."""
    return f"{indicator}download{'2017f' if year == 2017 else year}.txt"


def entity_names(world: World) -> dict[str, pa.Array]:
    """Return codes and names of the entities as text, blank as in CDE's files."""
    return {
        "cds": pa.array(world.cds.tolist()),
        "cdscode": pa.array(world.cds.tolist()),
        "schoolname": pa.array([n or None for n in world.name.tolist()], pa.string()),
        "districtname": pa.array([n or None for n in world.district_name.tolist()], pa.string()),
        "countyname": pa.array([n or None for n in world.county.tolist()], pa.string()),
    }


def write(path: Path, rows: Rows) -> int:
    """Write the file under CDE's name and return its number of rows."""
    path.write_bytes(rows.text(HEADERS[path.name]))
    return len(rows.entity)


def _plain(column: str) -> str:
    return column.lower().replace("_", "")


def _length(array: pa.Array) -> int:
    return int(np.frombuffer(array.buffers()[1], np.int32)[len(array)])


def _same(value: str, n: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), n)


def _whole(values: np.ndarray, shown: np.ndarray | None = None) -> pa.Array:
    return pa.array(values, mask=None if shown is None else ~shown).cast(pa.string())


def _tenths(values: np.ndarray, shown: np.ndarray | None = None) -> pa.Array:
    return pa.array(values / 10, mask=None if shown is None else ~shown).cast(pa.string())


def _yes(values: np.ndarray) -> pa.Array:
    return pa.array(["Y"]).take(pa.array(np.zeros(len(values), np.int8), mask=~values))


def _yes_no(values: np.ndarray) -> pa.Array:
    return pa.array(["N", "Y"]).take(pa.array(values.astype(np.int8)))
