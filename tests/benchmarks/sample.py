"""``python -m tests.benchmarks.sample``: measure how long a person waits on the statewide sample.

Figures are medians for whole processes, with their targets, and are kept as JSON.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from openpyxl.cell import Cell
from rich.console import Console
from rich.table import Table

from tests.workbooks import change_rows
from tests.workplace import AS_OF, STATE
from transforms import clock
from transforms.settings import PROJECT

RESULTS = PROJECT / "tests" / "benchmarks" / "results" / "sample.json"
DTA = str(Path(sys.executable).parent / "dta")
BOOK = "assistancestatus24.xlsx"
console = Console()


@dataclass
class Figure:
    """One line of the table: targets in seconds (None if the plan names none), and the time of each repetition."""

    name: str
    wall_target: float | None
    processor_target: float | None = None
    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self, command: list[str], environment: dict[str, str], expected: int = 0) -> bytes:
        """Run one process to its end and keep its times, including its children's."""
        started = time.perf_counter()
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=PROJECT, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.wall.append(time.perf_counter() - started)
            self.processor.append(usage.ru_utime + usage.ru_stime)
            out.seek(0)
            said = out.read()
        if process.returncode != expected:
            console.print(said.decode(errors="replace"))
            raise typer.Exit(1)
        return said

    @property
    def met(self) -> bool:
        """True if the medians meet every target."""
        pairs = ((self.wall, self.wall_target), (self.processor, self.processor_target))
        return all(target is None or statistics.median(values) <= target for values, target in pairs)


def surroundings(place: Path, source: Path) -> dict[str, str]:
    """Return the environment of a command: its own folders, and the day on which the tests decide."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("DTA_")}
    folders = {"DTA_SOURCE": str(source), "DTA_WORK": str(place / "work"), "DTA_OUT": str(place / "out")}
    return own | folders | {"DTA_AS_OF": str(AS_OF), "COLUMNS": "80"}


def alter(book: Path, mark: str) -> None:
    """Write another name of a city in every row: other bytes, but the same verdicts."""

    def change(cells: dict[str, Cell]) -> None:
        cells["Cityname"].value = f"{str(cells['Cityname'].value).split(' (')[0]} ({mark})"

    change_rows(book, change)


def measure(repeat: int, place: Path) -> list[Figure]:
    """Return every figure. Commands that read run once before, so that they are warm."""
    cold, gates = Figure("dta run, statewide sample, nothing there", 20, 30), Figure("of it the gates", None, 10)
    unchanged, changed = Figure("dta run, unchanged night", 2), Figure("dta run, one changed workbook", 10)
    source = Path(shutil.copytree(STATE, place / "source"))
    for n in range(repeat):
        here = place / f"cold-{n}"
        told = cold.take([DTA, "run", "--log", "json"], surroundings(here, source))
        stages = [json.loads(line) for line in told.splitlines() if line.startswith(b"{")]
        gates.wall += [s["seconds"] for s in stages if s.get("stage") == "gates"]
        if n:
            shutil.rmtree(place / f"cold-{n - 1}")
    environment = surroundings(place / f"cold-{repeat - 1}", source)
    for n in range(repeat):
        gates.processor.append(_gates(place / f"gates-{n}", source))
        unchanged.take([DTA, "run"], environment)
    for n in range(repeat):
        alter(source / BOOK, f"edition {n}")
        changed.take([DTA, "run"], environment)
    figures = [cold, gates, unchanged, changed]
    for name, target, code, command in (
        ("dta --help", 0.3, 0, ["--help"]),
        ("dta sql", 0.5, 0, ["sql", "select count(*) from eligibility"]),
        ("dta explain", 0.5, 0, ["explain", "27661590000000"]),
        ("dta status", 0.5, 0, ["status"]),
        ("an error of dta sql", 0.5, 2, ["sql", "selec 1"]),
        ("an error of dta explain", 0.5, 2, ["explain", "Nobody at all"]),
    ):
        figure = Figure(name, target)
        Figure(name, None).take([DTA, *command], environment, code)
        for _ in range(repeat):
            figure.take([DTA, *command], environment, code)
        figures.append(figure)
    return figures


def _gates(place: Path, source: Path) -> float:
    """Return processor seconds of the gates alone in a separate process, including the import of Great Expectations."""
    command = [sys.executable, "-m", "tests.benchmarks.tasks", "gates_of_a_run", str(source), str(place)]
    ended = subprocess.run(command, capture_output=True, check=True, cwd=PROJECT)
    shutil.rmtree(place)
    return float(json.loads(ended.stdout.splitlines()[-1])["seconds"])


def show(figures: list[Figure]) -> None:
    """Print targets and medians side by side."""
    table = Table("figure", "wall, s", "target", "processor, s", "target", "")
    for f in figures:
        wall, processor = (f"{statistics.median(v):.2f}" if v else "" for v in (f.wall, f.processor))
        targets = ["" if t is None else f"{t:g}" for t in (f.wall_target, f.processor_target)]
        table.add_row(f.name, wall, targets[0], processor, targets[1], "met" if f.met else "not met")
    console.print(table)


def main(repeat: Annotated[int, typer.Option(help="How often each is measured; the median counts.")] = 5) -> None:
    """Measure, print, and keep the result under tests/benchmarks/results."""
    with tempfile.TemporaryDirectory(prefix="dta-sample-") as folder:
        figures = measure(repeat, Path(folder))
    show(figures)
    found = [{**asdict(f), "met": f.met} for f in figures]
    about = {
        "measured_on": clock.today().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_at_end": os.getloadavg(),
        "repeat": repeat,
    }
    RESULTS.write_text(json.dumps({**about, "figures": found}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
