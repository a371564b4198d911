"""Bad rows end with a message and an exit code, and never replace the last good release; a broken file is not used."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workplace import SAMPLE, Workplace
from transforms.errors import DtaError, GateError

Edit = Callable[[str, Callable[[str], str]], None]


def tree(folder: Path) -> dict[str, bytes]:
    """Return every byte that readers of ``current`` see."""
    current = (folder / "current").resolve()
    return {"->": current.name.encode(), **{p.name: p.read_bytes() for p in current.iterdir() if p.is_file()}}


def first_district_row(text: str, column: str, value: str) -> str:
    """Set one column of the first district row."""
    header, *lines = text.split("\n")
    position = header.rstrip("\r").lower().split("\t").index(column)
    for n, line in enumerate(lines):
        cells = line.split("\t")
        if cells[1] == "D" and cells[0] != "27102720000000":
            cells[position] = value
            lines[n] = "\t".join(cells)
            return "\n".join([header, *lines])
    raise AssertionError("no district row")


def drop_column(text: str, column: str) -> str:
    rows = [line.split("\t") for line in text.split("\n")]
    position = [h.strip().lower() for h in rows[0]].index(column)
    return "\n".join(
        "\t".join(c for i, c in enumerate(row) if i != position) if len(row) > 1 else "\t".join(row) for row in rows
    )


# file, damage, error, and parts of the message
CASES: dict[str, tuple[str, Callable[[str], str], type[DtaError], tuple[str, ...]]] = {
    "cut_between_lines": (
        "suspdownload2024.txt",
        lambda t: "\n".join(t.split("\n")[:150]) + "\n",
        GateError,
        ("leas_in_every_file", "suspdownload2024.txt"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_stopped_run_keeps_the_current_release(
    sql_checks_only: None, bare_released: Workplace, edit: Edit, case: str
) -> None:
    file, how, error, said = CASES[case]
    before = tree(bare_released.out)
    edit(file, how)
    with pytest.raises(error) as raised:
        bare_released.publish()
    for part in said:
        assert part in str(raised.value)
    assert tree(bare_released.out) == before
    status = json.loads((bare_released.out / "status.json").read_text())
    assert status["last_outcome"] == "failed"
    assert status["exit_code"] == raised.value.exit_code != 0
    assert status["release_id"] == before["->"].decode()


# file, damage of a district's rows, column and value of the rejects
BAD_ROWS: dict[str, tuple[str, Callable[[str], str], str, str]] = {
    "cds_of_13_digits": (
        "graddownload2024.txt",
        lambda t: first_district_row(t, "cds", "7659610000000"),
        "cds",
        "7659610000000",
    ),
    "unknown_color": ("eladownload2023.txt", lambda t: first_district_row(t, "color", "7"), "color", "7"),
    "unknown_student_group": (
        "eladownload2023.txt",
        lambda t: first_district_row(t, "studentgroup", "XX"),
        "studentgroup",
        "XX",
    ),
    "doubled_rows": (
        "suspdownload2022.txt",
        lambda t: t + first_district_line(t).replace("\t10\t", "\t9\t", 1),
        "cds",
        "27",
    ),
}

# A verdict that does not depend on the rejected row: CDE's flag answers if inputs are missing, and the reason names the
# row.
CDE_SAYS_SO = (
    "(decided_by = 'cde' and status_after = case cde_flag when 'N' then 'not_eligible' when 'Y' then 'eligible' end "
    "and starts_with(reason, 'CDE''s flag') and contains(reason, ' was rejected: '))"
)


def first_district_line(text: str) -> str:
    return next(line for line in text.split("\n") if line.split("\t")[1:2] == ["D"]) + "\n"


def test_a_bad_row_is_rejected_and_dependent_results_are_not_determined(
    sql_checks_only: None, bare_released: Workplace, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    """Rows of each kind, in one night."""
    by_file: dict[str, set[tuple[str, str]]] = {}
    for file, how, column, value in BAD_ROWS.values():
        edit(file, how)
        by_file.setdefault(file, set()).add((column, value))
    with bare_released.checked() as db:
        rejects = db.execute("select file, column_name, value from rejects").fetchall()
        warned = {
            i
            for (i,) in db.execute(
                "select check_id from meta_gate_results where severity = 'warning' and outcome = 'failed'"
            ).fetchall()
        }
        ((lost,),) = db.execute(
            "select count(*) from meta_release_changes left join eligibility using (cds, determination_year, pathway) "
            "where status_after not in ('undetermined', status_before) and pathway = 'continuum' and not coalesce("
            + CDE_SAYS_SO
            + ", false)"
        ).fetchall()
        unknown = db.execute(
            "select distinct s.file from evidence e join meta_sources s using (source_id) where finding = 'unknown'"
        ).fetchall()
    found = {
        file: {
            (c, next((v for _, v in expected if value.startswith(v)), value)) for f, c, value in rejects if f == file
        }
        for file, expected in by_file.items()
    }
    assert found == by_file
    assert {file for file, *_ in rejects} == by_file.keys()
    assert {"decisive_rows_rejected", "rows_rejected"} <= warned
    assert (lost, by_file.keys() <= {file for (file,) in unknown}) == (0, True)


REFUSED: dict[str, tuple[str, Callable[[str], str], str]] = {
    "empty": ("sciencedownload2024.txt", lambda t: "", "the file is empty"),
    "last_year": (
        "graddownload2024.txt",
        lambda t: (SAMPLE / "graddownload2023.txt").read_bytes().decode("utf-8"),
        "its rows are for 2023",
    ),
    "html_page": (
        "eladownload2024.txt",
        lambda t: "<!DOCTYPE html>\n<html><body>Page not found</body></html>\n",
        "web page",
    ),
    "cut_in_a_line": ("mathdownload2023.txt", lambda t: t[: int(len(t) * 0.6)], "cut off"),
    "needed_column_missing": ("chronicdownload2024.txt", lambda t: drop_column(t, "color"), "lacks color"),
    "status_column_missing_2022": (
        "graddownload2022.txt",
        lambda t: drop_column(t, "statuslevel"),
        "lacks statuslevel",
    ),
    "another_year": ("suspdownload2023.txt", lambda t: re.sub(r"2023(\r?\n)", r"2024\1", t), "its rows are for 2024"),
    "only_a_header": ("elpidownload2024.txt", lambda t: t.split("\n")[0] + "\n", "no rows"),
    "a_nul_byte": ("ccidownload2024.txt", lambda t: t[:5000] + "\x00" + t[5000:], "NUL"),
}


@pytest.mark.slow
def test_a_broken_file_is_unused_and_the_current_release_stays(
    sql_checks_only: None, bare_released: Workplace, edit: Edit
) -> None:
    """A file broken in each way, in one night."""
    before = tree(bare_released.out)
    for file, how, _ in REFUSED.values():
        edit(file, how)
    published = {s["file"]: s["sha256"] for s in json.loads(before["manifest.json"])["sources"]}
    outcome = bare_released.publish()
    assert outcome.outcome == "unchanged"
    unused = {f.file: f for f in outcome.unused}
    assert unused.keys() == {file for file, *_ in REFUSED.values()}
    for file, _, said in REFUSED.values():
        assert said in unused[file].reason
        assert unused[file].earlier_sha256 == published[file]
    assert tree(bare_released.out) == before
    status = json.loads((bare_released.out / "status.json").read_text())
    assert {f["file"] for f in status["unused_files"]} == unused.keys()


@pytest.mark.slow
def test_a_bad_school_row_is_rejected_and_counted(
    sql_checks_only: None, workplace: Workplace, edit: Callable[[str, Callable[[str], str]], None]
) -> None:
    def spoil(text: str) -> str:
        header, *lines = text.split("\n")
        position = header.rstrip("\r").split("\t").index("color")
        n = next(i for i, line in enumerate(lines) if line.split("\t")[1] == "S")
        cells = lines[n].split("\t")
        cells[position] = "9"
        lines[n] = "\t".join(cells)
        return "\n".join([header, *lines])

    edit("suspdownload2024.txt", spoil)
    with workplace.checked() as db:
        rows = db.execute("select file, column_name, value from rejects").fetchall()
        counted = db.execute(
            "select rows_in, rows_kept, rows_rejected from meta_sources where source_id = 'dashboard-susp-2024'"
        ).fetchall()
        warnings = db.execute("select check_id from meta_gate_results where outcome = 'failed'").fetchall()
    assert rows == [("suspdownload2024.txt", "color", "9")]
    assert counted == [(414, 413, 1)]
    assert warnings == [("rows_rejected",)]
