"""Generate a whole state: every file under CDE's name, and the truth."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tests.statewide.others import write_assistance, write_charters, write_directory, write_local, write_truth
from tests.statewide.reference import write_reference
from tests.statewide.results import Levels, decide_year
from tests.statewide.rows import Rows, entity_names, file_name, write
from tests.statewide.truth import Truth, others, tendency
from tests.statewide.world import ELEMENTARY, YEARS, Scale, World, make_world

FILES = {
    2017: ("ela", "math", "elpi", "susp", "grad", "cci", "ela11", "math11"),
    2018: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci"),
    2019: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci"),
    2022: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci"),
    2023: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci"),
    2024: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci", "science"),
    2025: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci", "science"),
}


@dataclass(frozen=True)
class State:
    """The location and size of a generated state.

    ``files`` is a source folder for a run, ``reference`` the settings' folder of that name with the printed values of
    this
    state; ``truth`` has the expected determinations.
    """

    files: Path
    truth: Path
    reference: Path
    rows: int
    bytes: int


def write_state(
    out: Path, scale: Scale, seed: int = 1, workers: int = 2, tell: Callable[[str], None] = lambda _: None
) -> State:
    """Write OUT/files, OUT/reference and OUT/truth.

    The same scale and seed give the same bytes for any number of ``workers``.
    """
    files = out / "files"
    files.mkdir(parents=True, exist_ok=True)
    world = make_world(scale, seed)
    truth = Truth()
    trouble, names = tendency(world, seed), entity_names(world)
    rows, last, printed = 0, {}, {}
    with ThreadPoolExecutor(workers) as pool:
        for year in YEARS:
            found = decide_year(world, truth, trouble, year, seed)
            rows += sum(
                pool.map(
                    lambda i, year=year, found=found: _write_file(
                        files, world, names, year, i, found, seed, last, printed
                    ),
                    FILES[year],
                )
            )
            tell(f"{year}: {rows:,} rows so far")
    others(world, truth, seed)
    write_assistance(files, world, truth)
    write_charters(files, world, truth)
    write_local(files, world, truth, seed)
    write_directory(files, world)
    write_truth(out / "truth", world, truth)
    return State(
        files,
        out / "truth",
        write_reference(out / "reference", printed),
        rows,
        sum(p.stat().st_size for p in files.iterdir()),
    )


def _write_file(
    files: Path,
    world: World,
    names: dict,
    year: int,
    indicator: str,
    found: dict[str, Levels],
    seed: int,
    last: dict,
    printed: dict,
) -> int:
    rng = np.random.default_rng([seed, 6, year, *indicator.encode()])
    levels = found.get(indicator) or _uncounted(world, found, indicator, year, rng)
    rows = Rows(world, names, year, indicator, levels, rng, last.get((year - 1, indicator)))
    n = write(files / file_name(indicator, year), rows)
    last[year, indicator] = rows.now
    if (status := rows.state_status()) is not None:
        printed[year, indicator] = status
    return n


def _uncounted(world: World, found: dict[str, Levels], indicator: str, year: int, rng: np.random.Generator) -> Levels:
    """Add science and grade 11, which no criterion uses. Science has a color from 2025 on."""
    like = found["ela"]
    level = rng.integers(1, 6, like.status.shape, dtype=np.int8)
    color = (level * like.sized).astype(np.int8) if (indicator, year) == ("science", 2025) else None
    reported = like.reported if indicator == "science" else like.reported & (world.grades != ELEMENTARY)
    return replace(like, reported=reported, status=(level * (like.students >= 11)).astype(np.int8), color=color)
