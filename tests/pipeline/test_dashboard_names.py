"""A Dashboard row belongs to the LEA that it names: under another LEA's CDS code it is rejected.

If complete LEAs are swapped, the release is stopped.
"""

from collections.abc import Callable

import duckdb
import pytest

from expectations.checks import load_checks
from tests.workplace import Workplace

Edit = Callable[[str, Callable[[str], str]], None]
OFFICE, GREENFIELD, ALISAL, SALINAS = "27102720000000", "27660350000000", "27659610000000", "27661590000000"
(CHECK,) = (c for c in load_checks() if c.check_id == "names_of_codes")


def moved(group: str, code: str, target: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        lines = text.split("\n")
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{code}\tD\t") and f"\t{group}\t" in line)
        lines[at] = lines[at].replace(code, target, 1)
        return "\n".join(
            line
            for n, line in enumerate(lines)
            if n == at or not (line.startswith(f"{target}\tD\t") and f"\t{group}\t" in line)
        )

    return change


def exchanged(one: str, other: str) -> Callable[[str], str]:
    return lambda text: text.replace(one, "#").replace(other, one).replace("#", other)


MOVED = (
    ("graddownload2024.txt", "SED", OFFICE, SALINAS),
    ("suspdownload2023.txt", "SWD", ALISAL, GREENFIELD),
    ("eladownload2022.txt", "HI", SALINAS, ALISAL),
)


def test_a_row_under_another_code_is_rejected_and_unknown(workplace: Workplace, edit: Edit) -> None:
    for file, group, code, target in MOVED:
        edit(file, moved(group, code, target))
    with workplace.decide("criteria") as db:
        for file, group, _, target in MOVED:
            rejected = db.execute(
                "select cds, column_name, student_group, reason from rejects where file = ?", [file]
            ).fetchall()
            found = db.execute(
                "select finding from evidence e join source_files f using (source_id) where f.file = ? and e.cds = ?"
                " and e.student_group = ?",
                [file, target, group],
            ).fetchall()
            name = (target, "districtname", group, f"the file gives this name to a code other than {target}")
            assert name in rejected
            sizes = [r for r in rejected if r != name]  # a group larger than the whole LEA is also reported
            assert all(r[:3] == (target, "currdenom", group) for r in sizes)
            assert found == [("unknown",)]


@pytest.mark.slow
def test_completely_swapped_leas_are_a_fault(workplace: Workplace, edit: Edit, db: duckdb.DuckDBPyConnection) -> None:
    files = ("eladownload2023.txt", "suspdownload2024.txt", "chronicdownload2022.txt")
    of_the_sample = "select outcome, failing_rows from meta_gate_results where check_id = ?"
    assert db.execute(of_the_sample, [CHECK.check_id]).fetchall() == [("passed", 0)]
    for file in files:
        edit(file, exchanged(ALISAL, SALINAS))
    with workplace.decide() as found:
        assert {(row[1], row[2], row[5]) for row in found.execute(CHECK.query).fetchall()} == {
            (file, *pair) for file in files for pair in ((ALISAL, SALINAS), (SALINAS, ALISAL))
        }
