"""``python -m tests.benchmarks``: measure, print targets and figures side by side, and write JSON and a growth plot."""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tests.benchmarks.plot import growth_plot
from tests.statewide.state import write_state
from tests.statewide.world import SCALES
from transforms import clock
from transforms.settings import PROJECT

RESULTS = PROJECT / "tests" / "benchmarks" / "results"
GROWTH = ("county", "counties", "state")
console = Console()


@dataclass(frozen=True)
class Figure:
    """One line of the table: the comparison, the target, and the result (the median)."""

    name: str
    target: str
    value: float
    unit: str
    met: bool
    values: list[float]
    peak_gb: float | None = None


def run_task(name: str, *arguments: object) -> dict[str, Any]:
    """Run one side in a separate process that reports its peak memory, and add its processor time."""
    command = [sys.executable, "-m", "tests.benchmarks.tasks", name, *map(str, arguments)]
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, cwd=PROJECT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise typer.Exit(process.returncode)
        out.seek(0)
        result: dict[str, Any] = json.loads(out.read().splitlines()[-1])
    result |= {"cpu_seconds": usage.ru_utime + usage.ru_stime}
    console.print(f"  {name}: {result['seconds']:.1f} s, peak {result['peak_gb']:.2f} GB", highlight=False)
    return result


def ratios(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[float]:
    """Return ratios pair by pair, in the order of measurement."""
    return [a["seconds"] / b["seconds"] for a, b in zip(one, other, strict=True)]


def figure(
    name: str,
    target: str,
    unit: str,
    values: list[float],
    limit: float,
    at_least: bool = False,
    peak: float | None = None,
) -> Figure:
    value = statistics.median(values)
    return Figure(name, target, value, unit, value >= limit if at_least else value <= limit, values, peak)


def measure(files: Path, work: Path, repeat: int, times: int) -> tuple[list[Figure], dict[str, Any]]:
    """Return all figures of one state."""
    sides: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("parse_text", "rebuild", "again", "whole_process", "commands", "one_changed", "plain_way")
    }
    for turn in range(repeat):
        console.print(f"turn {turn + 1} of {repeat}")
        for name, found in sides.items():
            found.append(run_task(name, files, *([] if name in ("parse_text", "plain_way") else [work])))
    release = (work / "out" / "current").resolve()
    asked = run_task("queries", release)
    one, many = run_task("determinations", files, work, 1, "2GB"), run_task("determinations", files, work, times, "2GB")
    rebuilt = sides["rebuild"]
    peak = max(r["peak_gb"] for r in rebuilt)
    slowest = {where: max(asked[where]) for where in ("duckdb", "parquet")}
    figures = [
        figure(
            "full rebuild / parsing the same bytes to text once",
            "at most 4",
            "times",
            ratios(rebuilt, sides["parse_text"]),
            4,
            peak=peak,
        ),
        figure("peak memory of the full rebuild, gates included", "at most 1.5", "GB", [peak], 1.5),
        figure("unchanged night, own work", "at most 2", "s", [r["seconds"] for r in sides["again"]], 2),
        figure(
            "unchanged night, the whole process", "at most 8", "s", [r["seconds"] for r in sides["whole_process"]], 8
        ),
        figure(
            "slowest of dta status, sql and explain, the whole process",
            "at most 0.7",
            "s",
            [r["seconds"] for r in sides["commands"]],
            0.7,
        ),
        figure("one changed file / full rebuild", "at most 0.2", "times", ratios(sides["one_changed"], rebuilt), 0.2),
        figure(
            "plain way / full rebuild", "at least 3", "times", ratios(sides["plain_way"], rebuilt), 3, at_least=True
        ),
        figure(
            "plain way / night with one changed file",
            "at least 3",
            "times",
            ratios(sides["plain_way"], sides["one_changed"]),
            3,
            at_least=True,
        ),
        figure(
            "plain way / unchanged night",
            "at least 3",
            "times",
            ratios(sides["plain_way"], sides["again"]),
            3,
            at_least=True,
        ),
        figure(
            f"determinations on {times} times the rows, 2 GB / on 1 time",
            "at most 15",
            "times",
            [many["seconds"] / one["seconds"]],
            15,
            peak=many["peak_gb"],
        ),
        *(
            figure(f"slowest of 20 questions, warm, from {where}", "at most 100", "ms", [ms], 100)
            for where, ms in slowest.items()
        ),
    ]
    return figures, {**sides, "queries": asked, "determinations": [one, many]}


def show(figures: list[Figure]) -> None:
    table = Table("figure", "target", "measured", "", title="Benchmarks")
    for f in figures:
        table.add_row(f.name, f"{f.target} {f.unit}", f"{f.value:.2f} {f.unit}", "reached" if f.met else "not reached")
    console.print(table)


def main(
    scale: Annotated[str, typer.Option(help=f"One of {', '.join(SCALES)}")] = "full",
    repeat: Annotated[int, typer.Option(min=1, help="Turns; the median counts")] = 5,
    times: Annotated[int, typer.Option(min=1, help="How many states for the determinations alone")] = 10,
    quick: Annotated[bool, typer.Option("--quick", help="Ten counties, once: shows that everything runs")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where generated files lie and are looked for; a temporary folder by default")
    ] = None,
    keep: Annotated[bool, typer.Option(help="Keep the result under tests/benchmarks/results")] = True,
    note: Annotated[str, typer.Option(help="Kept with the result, such as what else the machine was doing")] = "",
) -> None:
    """Measure what issue and documentation promise."""
    if quick:
        scale, repeat, times, keep = "counties", 1, 2, False
    base = folder or Path(tempfile.mkdtemp(prefix="dta-bench-"))
    try:
        grown = []
        smaller = list(SCALES)[: list(SCALES).index(scale)]
        for name in (*(s for s in GROWTH if s in smaller and not quick), scale):
            files = base / name / "files"
            if not (base / name / "reference").exists():
                write_state(base / name, SCALES[name])
            if name != scale:
                grown.append(_grown(name, files, run_task("rebuild", files, base / f"work-{name}")))
        figures, raw = measure(base / scale / "files", base / f"work-{scale}", repeat, times)
        grown.append(_grown(scale, base / scale / "files", raw["rebuild"][-1]))
        show(figures)
        if keep:
            _keep(scale, repeat, times, note, figures, raw, grown)
    finally:
        if folder is None:
            shutil.rmtree(base, ignore_errors=True)


def _grown(name: str, files: Path, result: dict[str, Any]) -> dict[str, Any]:
    size = sum(p.stat().st_size for p in files.iterdir())
    return {"scale": name, "bytes": size, **{k: result[k] for k in ("seconds", "peak_gb", "cpu_seconds", "steps")}}


def _keep(
    scale: str,
    repeat: int,
    times: int,
    note: str,
    figures: list[Figure],
    raw: dict[str, Any],
    grown: list[dict[str, Any]],
) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    about = {
        "at": clock.now().isoformat(timespec="seconds"),
        "scale": scale,
        "turns": repeat,
        "states_for_determinations": times,
        "note": note,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_at_end": os.getloadavg(),
    }
    text = json.dumps({**about, "figures": [asdict(f) for f in figures], "growth": grown, "measured": raw}, indent=1)
    (RESULTS / f"{scale}.json").write_text(text + "\n", "utf-8")
    growth_plot(grown, raw["determinations"], RESULTS / "growth.svg")


if __name__ == "__main__":
    typer.run(main)
