"""``dta register``: its questions, its refusals, and that the file is never incomplete."""

import csv
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import transforms.registers.append as append
from flows.cli.app import app
from tests.cases import COUNTY_OFFICE, REGISTERS, add_rows, case, reference_copy
from tests.workplace import Workplace
from transforms.errors import ConfigError
from transforms.registers.append import add_row
from transforms.registers.load import check_registers, columns_of, load_registers, to_arrow

DTA = [str(Path(sys.executable).parent / "dta")]


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return reference_copy(tmp_path / "reference")


def register(reference: Path, *arguments: str, answers: list[str] | None = None):
    runner = CliRunner(env={"DTA_REFERENCE": str(reference), "COLUMNS": "160", "NO_COLOR": "1"})
    return runner.invoke(app, ["register", *arguments], input="".join(f"{a}\n" for a in answers or []))


def answers(name: str, **changes: str) -> list[str]:
    """Return the answers of a person for a full row: a value for each column, in order."""
    row = case(name, **changes)
    return [row[column] for column in columns_of(REGISTERS[name])]


def text_of(reference: Path, name: str) -> str:
    return (reference / "registers" / f"{name}.csv").read_bytes().decode()


def test_check_counts_valid_rows(reference: Path) -> None:
    ended = register(reference, "check")
    assert ended.exit_code == 0
    assert "state_loans.csv: 12 of 12 rows are fine" in ended.output
    assert "primary.csv: no rows" in ended.output


def test_check_names_every_problem_and_exits_with_4(reference: Path) -> None:
    add_rows(reference, "primary", case("primary"), case("primary", case_id="P-2", cds="27", determination_date="soon"))
    add_rows(reference, "request", case("request", decision="perhaps"))
    command = [*DTA, "register", "check"]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "DTA_REFERENCE": str(reference)}
    )
    assert ended.returncode == 4
    assert "primary.csv: 1 of 2 rows are fine, 2 problems" in ended.stdout
    assert "request.csv: 0 of 1 rows are fine, one problem" in ended.stdout
    assert (
        "registers/primary.csv, line 3, column cds: a CDS code has 14 digits, with leading zeros (value '27')."
        in ended.stderr
    )
    assert (
        "registers/primary.csv, line 3, column determination_date: a date is written yyyy-mm-dd (value 'soon')."
        in ended.stderr
    )
    assert (
        "registers/request.csv, line 2, column decision: it must be 'accepted', 'declined' or 'withdrawn' (value"
        " 'perhaps')." in ended.stderr
    )


@pytest.mark.parametrize("name", ["primary", "spi", "fee_for_service", "request", "calpads"])
def test_add_asks_shows_and_appends_and_keeps_a_backup(reference: Path, name: str) -> None:
    before = text_of(reference, name)
    ended = register(reference, "add", name, answers=[*answers(name), "y"])
    assert ended.exit_code == 0, ended.output
    assert f"New row of {name}.csv" in ended.output
    assert "\n " not in ended.output.split("\nEnter leaves")[0], "the opening is one paragraph"
    for column, info in REGISTERS[name].model_fields.items():
        assert column in ended.output
        assert (info.description or "")[:40] in ended.output
    after = text_of(reference, name)
    assert after.startswith(before)
    assert after.count("\n") == before.count("\n") + 1
    assert load_registers(reference)[name].fine == 1
    (backup,) = (reference / "registers/backups").glob("*.csv.bak")
    assert backup.read_text() == before
    assert backup.name in ended.output


def test_a_wrong_value_is_refused_with_the_reason_and_asked_again(reference: Path) -> None:
    typed = answers("spi")
    typed[1:2] = ["2766", typed[1]]
    typed[typed.index("2024-08-01")] = "1 September\n2024-09-31\n2024-08-01"
    ended = register(reference, "add", "spi", answers=[*typed, "y"])
    assert ended.exit_code == 0, ended.output
    assert "Not accepted: a CDS code has 14 digits" in ended.output
    assert "Not accepted: a date is written yyyy-mm-dd" in ended.output
    assert "Not accepted: there is no such day in the calendar" in ended.output
    assert to_arrow(load_registers(reference)["spi"]).column("cds").to_pylist() == ["27660680000000"]


def test_values_that_contradict_each_other_are_asked_again(reference: Path) -> None:
    typed = answers("primary", cds=COUNTY_OFFICE)
    ended = register(
        reference,
        "add",
        "primary",
        answers=[*typed, "27660680000000", "27660680000000", "South Monterey County Joint Union High", "y"],
    )
    assert "cds: the Primary pathway does not serve a county office." in ended.output
    assert ended.exit_code == 0, ended.output
    assert to_arrow(load_registers(reference)["primary"]).column("cds").to_pylist() == ["27660680000000"]


def test_a_duplicate_identifier_is_asked_again(reference: Path) -> None:
    add_rows(reference, "request", case("request", case_id="S-1"))
    ended = register(reference, "add", "spi", answers=[*answers("spi"), "S-2", "y"])
    assert "registers/request.csv, line 2 has the same case_id." in ended.output
    assert to_arrow(load_registers(reference)["spi"]).column("case_id").to_pylist() == ["S-2"]


def test_a_space_clears_a_column_that_is_asked_again(reference: Path) -> None:
    typed = answers("spi", determination_date="")
    ended = register(reference, "add", "spi", answers=[*typed, "", " ", "y"])  # keeps the day empty, empties the signer
    assert ended.exit_code == 0, ended.output
    assert to_arrow(load_registers(reference)["spi"]).column("determination_by").to_pylist() == [None]


@pytest.mark.parametrize("last", ["n", ""])
def test_nothing_is_written_without_confirmation(reference: Path, last: str) -> None:
    before = text_of(reference, "spi")
    ended = register(reference, "add", "spi", answers=[*answers("spi"), last])
    assert (ended.exit_code, "Nothing was written." in ended.output) == (0, True)
    assert text_of(reference, "spi") == before
    assert not (reference / "registers/backups").exists()


@pytest.mark.parametrize("given", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in (0, None))])
def test_answers_that_end_before_confirmation_exit_with_2(reference: Path, given: int | None) -> None:
    """A script that pipes too few answers must see that its row was not added."""
    before = text_of(reference, "spi")
    typed = "".join(f"{answer}\n" for answer in answers("spi")[:given])
    ended = subprocess.run(
        [*DTA, "register", "add", "spi"],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DTA_REFERENCE": str(reference)},
    )
    assert ended.returncode == 2, ended.stderr
    assert "The input ended before the row was confirmed. Nothing was written." in ended.stderr
    assert "Aborted" not in ended.stdout + ended.stderr
    assert text_of(reference, "spi") == before


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_signal_at_a_question_exits_with_its_own_code(reference: Path, number: signal.Signals) -> None:
    before = text_of(reference, "spi")
    process = subprocess.Popen(
        [*DTA, "register", "add", "spi"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "DTA_REFERENCE": str(reference), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    said = b""
    while b"case_id: " not in said.partition(b"identifier")[2]:
        said += os.read(process.stdout.fileno(), 1000)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert f"interrupted by {number.name}" in errors.decode()
    assert text_of(reference, "spi") == before


@pytest.mark.parametrize(
    ("event", "part"), [("repaid", "referral_closed or referral_confirmed"), ("authorized", "the event disbursed")]
)
def test_add_names_the_event_that_settles_an_open_question(reference: Path, event: str, part: str) -> None:
    typed = [
        "CA-SEL-2012-INGLEWOOD-03",
        "CA-SEL-2012-INGLEWOOD",
        event,
        "2026-02-01" if event == "repaid" else "2012-09-14",
        "day",
        "2026-02-01" if event == "repaid" else "2012-09-14",
        "",
        "",
        "https://example.org",
        "high",
        "",
    ]
    ended = register(reference, "add", "state_loan_events", answers=[*typed, "y"])
    assert ended.exit_code == 0, ended.output
    assert part in " ".join(ended.output.split())


def test_add_reports_that_a_loan_needs_its_acts(reference: Path) -> None:
    path = reference / "registers/state_loans.csv"
    *others, last = path.read_text().splitlines(keepends=True)
    path.write_text("".join(others))
    events = reference / "registers/state_loan_events.csv"
    (row,) = csv.DictReader(io.StringIO(others[0] + last))
    loan = row["loan_id"]
    events.write_text("".join(x for x in events.read_text().splitlines(keepends=True) if f",{loan}," not in x))
    ended = register(reference, "add", "state_loans", answers=[*row.values(), "y"])
    assert ended.exit_code == 0, ended.output
    assert "dta register add state_loan_events" in " ".join(ended.output.split())


@pytest.mark.parametrize(
    ("name", "changes", "again"),
    [
        ("spi", {"lea_name": "Salinas Union High"}, ["", "South Monterey County Joint Union High"]),
        (
            "calpads",
            {"cds": "27661590000000", "lea_name": "South Monterey County Joint Union High"},
            ["27660680000000", ""],
        ),
        ("request", {"cds": "27661590000000", "lea_name": "Gonzales Unified"}, ["", "Salinas Union High"]),
    ],
)
def test_add_refuses_a_row_whose_code_is_another_leas(
    published: Workplace,
    reference: Path,
    name: str,
    changes: dict[str, str],
    again: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DTA_OUT", str(published.out))
    ended = register(reference, "add", name, answers=[*answers(name, **changes), *again, "y"])
    assert ended.exit_code == 0, ended.output
    assert "Not accepted: cds: this is the code of" in ended.output
    assert load_registers(reference)[name].fine == 1


def test_migrate_by_command(reference: Path) -> None:
    path = reference / "registers/state_loans.csv"
    path.write_text(path.read_text().replace("amount_authorized_usd", "amount_authorised_usd"))
    assert "Rewritten. Backup of the previous file:" in register(reference, "migrate").output
    assert "amount_authorized_usd" in path.read_text()
    assert "Nothing was changed." in register(reference, "migrate").output


def test_an_unknown_register_is_named(reference: Path) -> None:
    ended = register(reference, "add", "wraparound")
    assert ended.exit_code == 2
    assert "fee_for_service" in ended.output


def test_registers_with_a_problem_must_be_fixed_first(reference: Path) -> None:
    add_rows(reference, "spi", case("spi", cds="7"))
    ended = register(reference, "add", "primary")
    assert isinstance(ended.exception, ConfigError)
    assert "Correct the registers before you add to them." in str(ended.exception)


@pytest.mark.parametrize(
    "value", ["=HYPERLINK(1)", "+1", "-1", "@cmd", 'he said "no", twice', "two\nlines", "'=already"]
)
def test_a_value_is_stored_safely_and_comes_back(reference: Path, value: str) -> None:
    add_row(reference, "spi", case("spi", note=value))
    assert to_arrow(load_registers(reference)["spi"]).column("note").to_pylist() == [value]
    assert not re.search(r"(^|,)\"?[=+\-@]", text_of(reference, "spi"), re.MULTILINE)


def test_the_file_keeps_its_line_ends_byte_order_mark_and_column_order(reference: Path) -> None:
    path = reference / "registers/spi.csv"
    columns = list(reversed(columns_of(REGISTERS["spi"])))
    cells = case("spi", case_id="S-0", note="x")
    # No newline at the end of the file.
    before = b"\xef\xbb\xbf" + (",".join(columns) + "\r\n" + ",".join(cells[c] for c in columns)).encode()
    path.write_bytes(before)
    add_row(reference, "spi", case("spi"))
    after = path.read_bytes()
    assert after.startswith(before + b"\r\n")
    assert after.count(b"\n") == after.count(b"\r\n") == 3
    assert to_arrow(load_registers(reference)["spi"]).column("case_id").to_pylist() == ["S-0", "S-1"]


def test_an_invalid_row_is_never_written(reference: Path) -> None:
    before = text_of(reference, "spi")
    with pytest.raises(ConfigError, match="column cds"):
        add_row(reference, "spi", case("spi", cds="7"))
    assert text_of(reference, "spi") == before


def test_a_failed_write_leaves_the_file_intact(reference: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = text_of(reference, "spi")

    def full(_: object, __: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("transforms.files.os.replace", full)
    with pytest.raises(OSError, match="No space"):
        add_row(reference, "spi", case("spi"))
    assert text_of(reference, "spi") == before
    assert check_registers(reference)["spi"].problems == []
    assert not [p for p in (reference / "registers").iterdir() if p.name.startswith(".spi")]


def test_two_rows_added_one_after_the_other_are_both_kept(reference: Path) -> None:
    backups = {add_row(reference, "spi", case("spi", case_id=f"S-{n}")) for n in range(5)}
    assert len(backups) == 5
    assert load_registers(reference)["spi"].fine == 5
    assert (reference / "registers" / append.BACKUPS / ".lock").exists()
