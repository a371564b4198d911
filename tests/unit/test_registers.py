"""The registers: allowed content of a row, contradictions, and reports of problems."""

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases import CASE_REGISTERS, CHARTER, COUNTY_OFFICE, FILES, REGISTERS, add_rows, case
from transforms.registers.cases import lea_kind
from transforms.registers.fields import allowed, refusal
from transforms.registers.load import (
    check_registers,
    columns_of,
    from_cell,
    load_registers,
    numbered_lines,
    to_arrow,
    to_cell,
    to_line,
)
from transforms.rules.load import load_rules
from transforms.settings import PROJECT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy registers and reference lists, so that a test can damage them."""
    shutil.copytree(PROJECT / "data" / "registers", tmp_path / "registers", ignore=shutil.ignore_patterns("backups"))
    for name in ("reference", "rules"):
        shutil.copytree(PROJECT / "data" / name, tmp_path / name)
    return tmp_path


def problems_text(folder: Path) -> str:
    return "\n".join(str(p) for register in check_registers(folder).values() for p in register.problems)


def test_the_registers_of_the_project_load(folder: Path) -> None:
    registers = load_registers(folder)
    assert {name: len(register.used) for name, register in registers.items()} == {
        "state_loans": 12, "state_loan_events": 43, "primary": 0, "spi": 0, "fee_for_service": 0, "request": 0,
        "calpads": 0, "accepted_differences": 0,
        "successions": 1, "necessity_determinations": 0,
    }  # fmt: skip
    for name, model in REGISTERS.items():
        assert to_arrow(registers[name]).schema.names == columns_of(model)


@pytest.mark.parametrize("name", REGISTERS)
def test_the_header_of_each_file_matches_its_model(name: str) -> None:
    with (PROJECT / "data/registers" / f"{name}.csv").open(newline="") as stream:
        assert next(csv.reader(stream)) == columns_of(REGISTERS[name])


@pytest.mark.parametrize("name", REGISTERS)
def test_the_readme_describes_exactly_the_columns(name: str) -> None:
    readme = (PROJECT / "data/registers/README.md").read_text()
    section = re.split(r"\n##+ ", readme.split(f"# {name}.csv:")[1])[0]
    shared = re.split(r"\n##+ ", readme.split("| shared column |")[1])[0] if name in CASE_REGISTERS else ""
    rows = [line for line in (section + shared).splitlines() if line.startswith("| `")]
    named = [column for row in rows for column in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted(columns_of(REGISTERS[name]))


@pytest.mark.parametrize("name", REGISTERS)
def test_every_column_has_a_description(name: str) -> None:
    assert all(len(info.description or "") > 3 for info in REGISTERS[name].model_fields.values())


def test_the_kinds_served_match_the_rules() -> None:
    may_receive = {p.pathway: set(p.may_receive) for p in load_rules(PROJECT / "data").pathways.pathway}
    for name in CASE_REGISTERS:
        assert set(REGISTERS[name].serves) == may_receive[name]  # type: ignore[attr-defined]


def test_a_charter_of_a_county_office_counts_as_a_charter() -> None:
    assert [lea_kind(c) for c in ("27660680000000", COUNTY_OFFICE, CHARTER, "27102720112177")] == [
        "district",
        "county_office",
        "charter",
        "charter",
    ]


@pytest.mark.parametrize("name", FILES)
def test_a_full_case_is_accepted(folder: Path, name: str) -> None:
    add_rows(folder, name, FILES[name]())
    assert load_registers(folder)[name].fine == 1


@pytest.mark.parametrize(
    ("name", "changes", "column", "sentence"),
    [
        ("primary", {"cds": COUNTY_OFFICE}, "cds", "the Primary pathway does not serve a county office"),
        ("primary", {"cds": "2766068"}, "cds", "a CDS code has 14 digits"),
        ("primary", {"cds": "99660680000000"}, "cds", "there is no county with the code 99"),
        ("primary", {"case_id": ""}, "case_id", "it must not be empty"),
        ("primary", {"evidence": ""}, "evidence", "it must not be empty"),
        ("primary", {"concurrence_date": ""}, "concurrence", "an act without a date cannot count"),
        (
            "primary",
            {"concurrence": "", "concurrence_by": ""},
            "concurrence",
            "but not whether the Geographic Lead agreed",
        ),
        ("primary", {"concurrence": "Y"}, "concurrence", "it must be 'yes' or 'no'"),
        ("primary", {"geo_lead": ""}, "geo_lead", "the Geographic Lead that answered is not named"),
        (
            "primary",
            {"conferred_date": "2024-12-01"},
            "conferred_date",
            "they conferred after the Geographic Lead had answered (2024-10-01)",
        ),
        ("primary", {"determination_date": ""}, "determination_by", "determination_date is not"),
        ("primary", {"determination_date": "2024-02-30"}, "determination_date", "there is no such day in the calendar"),
        ("primary", {"determination_date": "9/1/2024"}, "determination_date", "a date is written yyyy-mm-dd"),
        ("primary", {"determination_date": "20240901"}, "determination_date", "a date is written yyyy-mm-dd"),
        (
            "primary",
            {"determination_date": "2025-02-01"},
            "determination_date",
            "the act is dated after the row was entered (2025-01-15)",
        ),
        ("primary", {"assistance_provider": ""}, "assistance_provider", "earlier assistance is only partly described"),
        (
            "primary",
            {"assistance_to": "2022-01-01"},
            "assistance_to",
            "the assistance ended before it began (2023-01-10)",
        ),
        (
            "primary",
            {"assistance_statute": "EC 47607.3"},
            "assistance_statute",
            "assistance to a district is given under EC 52071",
        ),
        ("primary", {"cds": CHARTER}, "assistance_statute", "assistance to a charter school is given under EC 47607.3"),
        ("primary", {"same_body": "yes"}, "same_body", "it must be 'Y' or 'N'"),
        (
            "primary",
            {"engagement_start": "2024-11-01", "end_date": "2024-10-15"},
            "end_date",
            "the case ended before its engagement_start (2024-11-01)",
        ),
        ("primary", {"end_reason": "done"}, "end_reason", "no end_date"),
        ("primary", {"received_date": "2024-01-01"}, "received_date", "before it was requested (2024-08-01)"),
        ("primary", {"superseded_by": "P-1"}, "superseded_by", "a case cannot replace itself"),
        ("primary", {"superseded_by": "P-77"}, "superseded_by", "no register has a case with this identifier"),
        (
            "spi",
            {"requested_date": "", "determination_date": "", "determination_by": ""},
            "requested_date",
            "no act is dated",
        ),
        ("spi", {"determination_date": ""}, "determination_by", "determination_date is not"),
        ("fee_for_service", {"agreement_date": ""}, "agreement_number", "agreement_date is not"),
        ("fee_for_service", {"amount_usd": "1,000"}, "amount_usd", "a whole number is needed"),
        ("fee_for_service", {"budget_act_year": "24"}, "budget_act_year", "a number from 2013 to 2100"),
        ("request", {"decision": ""}, "decision", "but not the decision"),
        ("request", {"decision_date": ""}, "decision", "decision_date is not"),
        ("request", {"decision_date": "2024-07-01"}, "decision_date", "decided before it was made (2024-08-01)"),
        (
            "request",
            {"received_date": "2024-09-02"},
            "decision_date",
            "CCEE decided on the request before it had reached",
        ),
        (
            "request",
            {"decision": "declined", "engagement_start": "2024-10-01"},
            "engagement_start",
            "the case has a first day of CCEE's work, but the request was declined on 2024-09-01",
        ),
        (
            "request",
            {"decision": "withdrawn", "engagement_start": "2024-09-02"},
            "engagement_start",
            "the request was withdrawn on 2024-09-01",
        ),
        (
            "fee_for_service",
            {"agreement_date": "2024-07-31"},
            "agreement_date",
            "CCEE acted on the case before it was requested (2024-08-01)",
        ),
        (
            "fee_for_service",
            {"received_date": "2024-09-02"},
            "agreement_date",
            "CCEE acted on the case before it had reached CCEE (2024-09-02)",
        ),
        ("spi", {"engagement_start": "2024-07-31"}, "engagement_start", "before it was requested (2024-08-01)"),
        ("request", {"decision": "maybe"}, "decision", "it must be 'accepted', 'declined' or 'withdrawn'"),
        ("request", {"expected_months": "0"}, "expected_months", "a number from 1 to 120"),
        ("calpads", {"school_year": "2023-2024"}, "school_year", "a school year is written as 2023-24"),
        ("calpads", {"school_year": "2023-25"}, "school_year", "two years that follow each other"),
        ("calpads", {"certified_on_time": ""}, "certified_on_time", "it must be 'Y' or 'N'"),
    ],
)
def test_a_wrong_row_is_reported_with_file_line_column_and_value(
    folder: Path, name: str, changes: dict[str, str], column: str, sentence: str
) -> None:
    row = FILES[name](**changes)
    add_rows(folder, name, row)
    (told,) = [
        line
        for line in problems_text(folder).splitlines()
        if line.startswith(f"registers/{name}.csv, line 2, column {column}: ")
    ]
    assert sentence in told
    assert told.endswith(f"(value {row[column]!r}).")


def test_an_agreement_before_the_determination_is_accepted(folder: Path) -> None:
    add_rows(folder, "primary", case("primary", concurrence_date="2024-08-20", conferred_date=""))
    assert load_registers(folder)["primary"].fine == 1


def test_a_request_withdrawn_after_the_work_began_is_accepted(folder: Path) -> None:
    add_rows(
        folder,
        "request",
        case("request", decision="withdrawn", engagement_start="2024-08-15"),
        case("request", case_id="R-2", decision="withdrawn", requested_date="2024-08-02", received_date="2024-09-03"),
    )
    assert load_registers(folder)["request"].fine == 2


def test_a_case_id_is_unique_across_registers(folder: Path) -> None:
    add_rows(folder, "primary", case("primary", case_id="X-1"))
    add_rows(folder, "spi", case("spi", case_id="X-1"))
    assert problems_text(folder).splitlines() == [
        "registers/primary.csv, line 2, column case_id: registers/spi.csv, line 2 has the same case_id (value 'X-1').",
        "registers/spi.csv, line 2, column case_id: registers/primary.csv, line 2 has the same case_id (value 'X-1').",
    ]


def test_an_lea_has_one_row_per_school_year(folder: Path) -> None:
    add_rows(
        folder,
        "calpads",
        case("calpads"),
        case("calpads", school_year="2022-23"),
        case("calpads", certified_on_time="Y"),
    )
    assert (
        "registers/calpads.csv, line 4, column cds: registers/calpads.csv, line 2 has the same cds and school_year"
        in problems_text(folder)
    )


def test_cases_must_not_replace_each_other_in_a_circle(folder: Path) -> None:
    add_rows(
        folder,
        "primary",
        case("primary", case_id="A", superseded_by="B"),
        case("primary", case_id="B", superseded_by="A"),
    )
    assert problems_text(folder).count("these cases replace each other") == 2


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    add_rows(folder, "primary", case("primary", cds="1", determination_date="soon"))
    add_rows(folder, "request", case("request", decision="perhaps"))
    add_rows(
        folder,
        "state_loan_events",
        [
            "NO-LOAN-1",
            "NO-LOAN",
            "repaid",
            "2024-01-01",
            "day",
            "1 Jan 2024",
            "",
            "",
            "https://example.org",
            "high",
            "",
        ],
    )
    lines = problems_text(folder).splitlines()
    assert len(lines) == 4
    assert any("column loan_id: state_loans.csv has no such loan (value 'NO-LOAN')" in line for line in lines)


def test_line_numbers_match_those_of_an_editor(folder: Path) -> None:
    add_rows(folder, "primary", case("primary", note="one\ntwo"), case("primary", case_id="P-2", cds="7"))
    assert "registers/primary.csv, line 4, column cds" in problems_text(folder)


def test_valid_and_invalid_rows_are_counted(folder: Path) -> None:
    add_rows(folder, "primary", case("primary"), case("primary", case_id="P-2", cds="7"))
    register = check_registers(folder)["primary"]
    assert (register.fine, len(register.lines)) == (1, 2)


def spoil(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (spoil("cds,", ""), "line 1: the header lacks cds. Compare it with registers/README.md"),
        (spoil("cds,", "cds,colour,"), "line 1: the header has columns that the register does not know: colour"),
        (spoil("cds,", "cds,cds,"), "line 1: the header has cds more than once"),
        (lambda text: text + "X-1,2766,x\n", "line 2: the row has 3 values, the header has"),
        (lambda text: text + 'X-1,"2766,x\n', ": line 2: this is not a row of a CSV file"),
        (lambda _: "", "line 1: the header lacks case_id"),
        *(
            (
                lambda text, sign=sign: text.replace(",", sign),
                f"line 1: the values are separated by {name}; save the file",
            )
            for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"))
        ),
    ],
)
def test_a_file_that_is_not_a_register_is_reported(folder: Path, how: Callable[[str], str], told: str) -> None:
    path = folder / "registers/primary.csv"
    path.write_text(how(path.read_text()))
    text = problems_text(folder)
    assert text.startswith("registers/primary.csv")
    assert told in text


def test_a_missing_file_and_a_wrong_encoding_are_reported(folder: Path) -> None:
    (folder / "registers/spi.csv").unlink()
    (folder / "registers/request.csv").write_bytes("case_id,é\n".encode("latin-1"))
    text = problems_text(folder)
    assert "registers/spi.csv: the file is missing" in text
    assert "registers/request.csv: this is not a CSV file in UTF-8" in text


def test_a_byte_order_mark_and_blank_lines_are_ignored(folder: Path) -> None:
    add_rows(folder, "primary", case("primary"))
    path = folder / "registers/primary.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert load_registers(folder)["primary"].fine == 1


@pytest.mark.parametrize(
    "value", ["=1+1", "+1", "-5", "@x", "'=1", "'quoted'", "''+", 'say "no", please', "two\nlines", "plain", "a=b", ""]
)
def test_a_value_round_trips_and_is_never_a_formula(value: str) -> None:
    assert from_cell(to_cell(value)) == value
    assert to_cell(value)[:1] not in {"=", "+", "-", "@"} or not value
    assert list(numbered_lines(to_line([value, "z"], "\n"))) == [(1, [value, "z"])]


def test_one_column_is_validated_alone() -> None:
    primary = REGISTERS["primary"]
    assert refusal(primary, "concurrence_date", "") is None
    assert refusal(primary, "concurrence_date", "1 May") == "a date is written yyyy-mm-dd"
    assert allowed(primary.model_fields["same_body"]) == ("Y", "N")
