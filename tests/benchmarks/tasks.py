"""Sides of the figures, run in separate processes. ``python -m tests.benchmarks.tasks NAME ARGUMENTS`` prints JSON."""

import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

Result = dict[str, Any]
AS_OF = date(2026, 11, 24)
WINDOW = (2022, 2023, 2024, 2025)


def parse_text(files: Path) -> Result:
    """The yardstick: parse every delimited file to text columns once, with pyarrow on all cores."""
    import pyarrow as pa
    from pyarrow import csv

    started, rows = time.perf_counter(), 0
    for path in sorted(files.glob("*.txt")):
        with path.open("rb") as stream:
            header = stream.readline().decode("latin-1").rstrip("\r\n")
            encoding = "utf8" if _is_utf8(path) else "latin1"
        delimiter = max("\t|", key=header.count)
        options = csv.ParseOptions(delimiter=delimiter, quote_char=False)
        types = dict.fromkeys(header.split(delimiter), pa.string())
        table = csv.read_csv(
            path,
            csv.ReadOptions(encoding=encoding),
            options,
            csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
        rows += table.num_rows
    return {"seconds": time.perf_counter() - started, "rows": rows}


def _is_utf8(path: Path) -> bool:
    return not any(year in path.name for year in ("2018", "2019", "2022"))


def _run(files: Path, work: Path, changes: dict[str, Any] | None = None) -> Result:
    """Run and time all steps except the pages. The gates and their imports are timed separately."""
    from flows.steps import STEPS
    from transforms.release.publish import publish
    from transforms.run import Run
    from transforms.settings import Settings

    settings = Settings(
        **{
            "source": str(files),
            "work": work,
            "out": work / "out",
            "reference": files.parent / "reference",
            "as_of": AS_OF,
            **(changes or {}),
        }
    )
    settings.out.mkdir(parents=True, exist_ok=True)
    run = Run.start(settings)
    steps: dict[str, float] = {}
    try:
        for step in STEPS:
            if step.name == "gates":
                steps["imports"] = _seconds(lambda: __import__("great_expectations"))[0]
            function = (lambda r: publish(r, ())) if step.name == "release" else step.function
            steps[step.name], result = _seconds(lambda function=function: function(run))
            if result.finished:
                break
    finally:
        run.finish()
    own = sum(seconds for name, seconds in steps.items() if name not in ("imports", "gates"))
    return {"seconds": own, "steps": steps, "message": result.message}


def _seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = function()
    return time.perf_counter() - started, result


def rebuild(files: Path, work: Path) -> Result:
    """Build and publish a release from nothing."""
    shutil.rmtree(work, ignore_errors=True)
    return _run(files, work)


def again(files: Path, work: Path) -> Result:
    """Run the same folder again, with nothing to publish."""
    result = _run(files, work)
    if "release" in result["steps"] or "raw" in result["steps"]:
        raise RuntimeError(
            f"a night without change did not end early: {result['message']} Were files of the project edited meanwhile?"
        )
    return result


def one_changed(files: Path, work: Path) -> Result:
    """Run the same folder after one Dashboard file was reissued with one changed value."""
    changed = work / "changed"
    shutil.rmtree(changed, ignore_errors=True)
    changed.mkdir(parents=True)
    for path in files.iterdir():
        os.link(path, changed / path.name)
    target = changed / "mathdownload2023.txt"
    text = target.read_bytes()
    target.unlink()
    place = text.index(b"\r\n", len(text) // 2)
    line = text[place + 2 : text.index(b"\r\n", place + 2)].split(b"\t")
    line[9] = str(int(line[9] or 0) + 1 + int(time.time()) % 1000).encode()  # currdenom; another one each time
    target.write_bytes(text[: place + 2] + b"\t".join(line) + text[text.index(b"\r\n", place + 2) :])
    return _run(changed, work, {"reference": files.parent / "reference"})


def whole_process(files: Path, work: Path) -> Result:
    """Run the whole command, with imports, on a night in which nothing changed."""
    settings = {
        "DTA_SOURCE": str(files),
        "DTA_REFERENCE": str(files.parent / "reference"),
        "DTA_WORK": str(work),
        "DTA_OUT": str(work / "out"),
    }
    return {"seconds": _command(["run", "--as-of", AS_OF.isoformat()], settings)}


def commands(_files: Path, work: Path) -> Result:
    """Measure the slowest of the commands that people wait for, in seconds, each as the median of three."""
    settings = {"DTA_WORK": str(work), "DTA_OUT": str(work / "out")}
    cds = _first_eligible(work / "out" / "current" / "dta.duckdb")
    asked = {"status": ["status"], "sql": ["sql", "select count(*) from eligibility"], "explain": ["explain", cds]}
    found = {name: statistics.median(_command(words, settings) for _ in range(3)) for name, words in asked.items()}
    return {"seconds": max(found.values()), **found}


def _first_eligible(database: Path) -> str:
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select cds from eligibility where status = 'eligible' order by cds limit 1"
        ).fetchall()
    return str(rows[0][0])


def _command(words: list[str], settings: dict[str, str]) -> float:
    dta = Path(sys.executable).with_name("dta")
    # As on a machine where dta was used before.
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run([dta, *words], env={**compiled, **settings}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def plain_way(files: Path) -> Result:
    """The plain way: sniffing read_csv for each file, union views, and one query for the three-of-four rule.

    It has no contract, evidence, reason or release.
    """
    import duckdb

    started = time.perf_counter()
    connection = duckdb.connect(config={"memory_limit": "4GB"})
    connection.execute("set enable_progress_bar = false")
    years = {year: sorted(files.glob(f"*download{year}.txt")) for year in WINDOW}
    views = []
    for year, paths in years.items():
        for path in paths:
            indicator = path.name.split("download")[0]
            encoding = "utf-8" if _is_utf8(path) else "latin-1"
            name = f"{indicator}_{year}"
            connection.execute(
                f"create table {name} as select * from read_csv('{path}', delim = '\t', header = true, quote = '',"
                f" encoding = '{encoding}')"
            )
            level = "statuslevel" if year == 2022 or (indicator, year) == ("cci", 2023) else "color"
            columns = {c.lower() for (c, *_) in connection.execute(f"describe {name}").fetchall()}
            if level not in columns:
                continue
            group = "studentgroup" if "studentgroup" in columns else "'EL'"
            views.append(
                f"select cds::varchar as cds, {year} as year, '{indicator}' as indicator, {group} as studentgroup,"
                f" {level} as level from {name}"
            )
    for year, paths in (
        (y, sorted(files.glob(f"*download{s}.txt"))) for y, s in ((2017, "2017f"), (2018, "2018"), (2019, "2019"))
    ):
        for path in paths:
            encoding = "utf-8" if _is_utf8(path) else "latin-1"
            name = f"{path.name.split('download')[0]}_{year}"
            connection.execute(
                f"create table {name} as select * from read_csv('{path}', delim = '\t', header = true, quote = '',"
                f" encoding = '{encoding}')"
            )
    connection.execute("create view results as " + " union all ".join(views))
    found = connection.execute("""
        with met as (
            select cds, year, studentgroup,
                count(distinct case indicator
                when 'ela' then 4 when 'math' then 4 when 'elpi' then 4 when 'chronic' then 5
                when 'grad' then 5 when 'susp' then 6 when 'cci' then 8 end) filter (level = 1) >= 2 as meets
            from results group by all
        ), counted as (select cds, studentgroup, count(*) filter (meets) >= 3 as counts from met group by all)
        select count(*) from (select cds from counted where counts group by cds having count(*) >= 3)
        """).fetchall()
    return {"seconds": time.perf_counter() - started, "leas": found[0][0]}


def determinations(files: Path, work: Path, times: int, memory: str) -> Result:
    """Run criteria and determinations alone, on the rows of ``times`` states, with DuckDB limited to ``memory``."""
    from flows.steps import take_snapshots
    from tests.benchmarks.larger import enlarge
    from transforms.build import build_core, build_criteria, build_determinations
    from transforms.raw.stage import read_raw
    from transforms.run import Run
    from transforms.settings import Settings

    run = Run.start(Settings(source=str(files), work=work, out=work / "out", as_of=AS_OF, memory_limit=memory))
    try:
        for step in (take_snapshots, read_raw, build_core):
            step(run)
        rows = enlarge(run, work / "larger", times)
        seconds = {f.__name__: _seconds(lambda f=f: f(run))[0] for f in (build_criteria, build_determinations)}
    finally:
        run.finish()
    return {"seconds": sum(seconds.values()), "rows": rows, "steps": seconds}


def gates_of_a_run(source: Path, place: Path) -> Result:
    """Return processor seconds of the gates of a first run, including the process that imports Great Expectations."""
    from flows.steps import STEPS
    from transforms.run import Run
    from transforms.settings import Settings

    run = Run.start(Settings(source=str(source), work=place / "work", out=place / "out", as_of=AS_OF))
    try:
        for step in STEPS:
            before = sum(os.times()[:4])
            step.function(run)
            if step.name == "gates":
                return {"seconds": sum(os.times()[:4]) - before}
    finally:
        run.finish()
    raise RuntimeError("no step is called gates")


def queries(release: Path) -> Result:
    """Time typical warm questions to the database and to Parquet, in milliseconds, as the median of five each."""
    from tests.benchmarks.queries import ask

    return ask(release)


def peak_gb() -> float:
    """Return peak memory of this process. The system's value for a child starts at the size of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1e6  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9


TASKS = {
    f.__name__: f
    for f in (
        parse_text,
        rebuild,
        again,
        whole_process,
        one_changed,
        commands,
        plain_way,
        determinations,
        gates_of_a_run,
        queries,
    )
}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    given = [int(a) if a.isdigit() else a if a.endswith("GB") else Path(a) for a in arguments]
    print(json.dumps(TASKS[name](*given) | {"peak_gb": peak_gb()}))  # noqa: T201
