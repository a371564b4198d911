"""Reference lists from CDE's rows: color grids, cut scores of status levels, and CDE's own exceptions."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field

from transforms.config.csv_model import read_csv
from transforms.config.toml_model import StrictModel
from transforms.errors import ConfigError
from transforms.rules.reference import SCALES, CountyRow, StatusScale, Years, load_scales, scale_begins, scale_of

FOLDER = Path("reference")
GRIDS, CUTS, EXCEPTIONS = FOLDER / "color_grids.csv", FOLDER / "status_cuts.csv", FOLDER / "row_exceptions.csv"
COUNTIES = FOLDER / "counties.csv"
Grid = npt.NDArray[np.int8]  # [small, status level, change level] -> color, 0 for a cell that was never seen


def _number(text: object) -> object:
    return None if text == "" else text


Level = Annotated[int, Field(ge=1, le=5)]
Kind = Literal[
    "record_type", "name", "county", "office", "school", "grid", "box", "color_size", "color_flag", "size_flag",
    "levels", "shown", "rate", "numerator", "change", "cuts", "parts", "of_all"
]  # fmt: skip


class Cell(StrictModel):
    """One cell of a color grid."""

    indicator: str
    grid: Literal["5x5", "3x5"]
    status_level: Level
    change_level: Level
    color: Level
    seen_in: Years
    source: str


class Cuts(StrictModel):
    """The lowest status of each level, or the highest if less is better.

    ``class_name``: the rows that it applies to.
    """

    indicator: str
    class_name: str
    level_2: float
    level_3: float
    level_4: float
    level_5: float
    seen_in: Years
    presumed_in: Years

    @property
    def bounds(self) -> npt.NDArray[np.float64]:
        """The bounds from the worst level's end to the best level's."""
        return np.array([self.level_2, self.level_3, self.level_4, self.level_5])


class RowException(StrictModel):
    """Rows, or a whole file if ``column`` is blank, that some tests do not apply to."""

    indicator: str
    dashboard_year: Annotated[int | None, BeforeValidator(_number)]
    column: str
    value: str  # * is any text
    spares: Annotated[
        tuple[Kind, ...], BeforeValidator(lambda text: tuple(text.split()) if isinstance(text, str) else text)
    ]
    source: str


@dataclass(frozen=True)
class Redundancy:
    """The reference lists, read once, and a digest of their bytes."""

    grids: dict[str, Grid]
    cuts: tuple[Cuts, ...]
    exceptions: tuple[RowException, ...]
    digest: str
    scales: tuple[StatusScale, ...] = ()
    counties: Mapping[str, str] = field(default_factory=dict)  # the first two digits of a code -> name

    def exceptions_of(self, indicator: str, year: int) -> list[RowException]:
        """Return the exceptions that may apply in one file."""
        return [e for e in self.exceptions if e.indicator == indicator and e.dashboard_year in (None, year)]

    def scale_begins(self, indicator: str, year: int) -> bool:
        """Return True if the prior year's numbers may be on another scale than the year's own."""
        return scale_begins(self.scales, indicator, year)

    def scale_is_seen(self, indicator: str, year: int) -> bool:
        """Return False for a scale of which no row was ever tested."""
        scale = scale_of(self.scales, indicator, year)
        return scale is None or bool(scale.seen_in)

    def cuts_of(self, indicator: str, year: int) -> tuple[dict[str, Cuts], bool]:
        """Return the cut scores by class of rows, and whether files of this year have shown them."""
        own_cuts = [c for c in self.cuts if c.indicator == indicator]
        seen = {c.class_name: c for c in own_cuts if year in c.seen_in}
        return (seen, True) if seen else ({c.class_name: c for c in own_cuts if year in c.presumed_in}, False)


def load_redundancy(folder: Path) -> Redundancy:
    """Read the lists below ``folder``. Raises ConfigError if one is wrong."""
    cells = read_csv(folder, GRIDS, Cell, ("indicator", "grid", "status_level", "change_level"))
    grids: dict[str, Grid] = {}
    for cell in cells:
        grid = grids.setdefault(cell.indicator, np.zeros((2, 6, 6), np.int8))
        grid[int(cell.grid == "3x5"), cell.status_level, cell.change_level] = cell.color
    cuts = read_csv(folder, CUTS, Cuts, ("indicator", "class_name", "seen_in"))
    for row in cuts:
        steps = np.diff(row.bounds)
        if not ((steps > 0).all() or (steps < 0).all()):
            raise ConfigError(
                f"{CUTS}: the cut scores of {row.indicator} {row.class_name} do not rise or fall from level to level."
            )
    scales = load_scales(folder)
    counties = {c.county_code: c.county for c in read_csv(folder, COUNTIES, CountyRow, ("county_code",))}
    exceptions = read_csv(folder, EXCEPTIONS, RowException, ("indicator", "dashboard_year", "column"))
    digest = hashlib.sha256(
        b"".join((folder / file).read_bytes() for file in (GRIDS, CUTS, EXCEPTIONS, SCALES, COUNTIES))
    ).hexdigest()
    return Redundancy(grids, tuple(cuts), tuple(exceptions), digest, scales, counties)
