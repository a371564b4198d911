"""If a newer file could not be fetched, the age of the file used instead is visibly reported."""

import json
from datetime import timedelta
from pathlib import Path

from typer.testing import CliRunner

from flows.cli.app import app
from flows.cli.phrases import problem_lines
from tests.fetch.cde import Cde, body, status
from tests.fetch.conftest import Night
from tests.fetch.test_download import ELA, ELA_BYTES, MATH
from transforms import clock
from transforms.release.run_records import record_run


def test_dta_status_reports_the_age_of_the_used_file(night: Night, cde: Cde, tmp_path: Path) -> None:
    cde.scripts = {ELA: [body(ELA_BYTES, '"a"')], MATH: [status(404)]}
    night()
    path = night.work / "snapshots" / "dashboard-ela-2024" / "accepted.json"
    three_days_ago = (clock.now() - timedelta(days=3, hours=1)).isoformat(timespec="seconds")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"accepted_at": three_days_ago}))
    cde.scripts[ELA] = [status(503)]
    problems = night().fact("source_problems")
    (tmp_path / "out").mkdir(exist_ok=True)
    record_run(tmp_path / "out", "unchanged", "Nothing changed.", None, 0, source_problems=problems)
    said = CliRunner().invoke(app, ["status", "--out", str(tmp_path / "out")]).output
    assert "eladownload2024.txt: the server answered 503, 4 times; the file accepted 3 days ago is used" in said
    assert "mathdownload2024.txt: the server answered 404; there is no earlier file" in said


def test_many_files_with_one_cause_are_reported_in_one_line() -> None:
    """Without a network, no file of the catalog can be requested. The run's later messages must still be visible."""
    gone = [{"file": f"f{n}.txt", "message": "no connection", "accepted_at": ""} for n in range(9)]
    other = {"file": "g.txt", "message": "the server answered 404", "accepted_at": ""}
    assert problem_lines([*gone, other]) == [
        "9 files: no connection; f0.txt, f1.txt, f2.txt, f3.txt, f4.txt and 4 more. Earlier files used: none",
        "g.txt: the server answered 404; there is no earlier file",
    ]
    assert problem_lines(gone[:2]) == [f"f{n}.txt: no connection; there is no earlier file" for n in range(2)]
