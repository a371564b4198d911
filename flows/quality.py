"""Keep OUT/quality up to date: the page about the last run, and for programs the results it is made from."""

import json
from pathlib import Path
from typing import Any

from transforms.database import literal
from transforms.errors import GateError
from transforms.files import write_atomically
from transforms.release.current import current_release
from transforms.release.run_records import GOOD, read_status
from transforms.run import Run

RESULTS, REJECTS, PAGE = "results.json", "rejects.parquet", "index.html"


def keep_results(run: Run, report: dict[str, Any]) -> None:
    """Leave what the gates found where it can be read though nothing is published: results with their first failing
    rows, and all rejects.
    """
    folder = run.settings.out / "quality"
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / RESULTS, json.dumps(report, indent=1, default=str).encode())
    with run.connect() as connection:
        written = run.folder / REJECTS
        connection.execute(f"copy rejects to {literal(str(written))} (format parquet)")
    write_atomically(folder / REJECTS, written.read_bytes())


def write_page(out: Path) -> None:
    """Write the page about the last run: from its gates if they failed, else from the current release."""
    from reports.quality import quality_of_release, quality_of_run, render

    status, release = read_status(out), current_release(out)
    if status["last_outcome"] in GOOD and release is not None:
        quality = quality_of_release(release, status)
    else:
        kept = out / "quality" / RESULTS
        report = (
            json.loads(kept.read_text("utf-8"))
            if status["exit_code"] == GateError.exit_code and kept.exists()
            else None
        )
        quality = quality_of_run(status, report)
    (out / "quality").mkdir(parents=True, exist_ok=True)
    write_atomically(out / "quality" / PAGE, render(quality).encode())
