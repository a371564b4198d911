"""Every mistake in the files of this project is reported on reading: file, line if there is one, and remedy; exit code
4.
"""

import re
import shutil
from pathlib import Path

import pytest

from tests.workplace import AS_OF, SAMPLE
from transforms.config.toml_model import line_of
from transforms.errors import ConfigError
from transforms.inputs import check_configuration
from transforms.registers.load import load_registers
from transforms.run import Run
from transforms.settings import PROJECT, Settings

NAMES = ("rules", "reference", "registers", "catalog.toml", "layouts.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy everything that people maintain."""
    place = tmp_path / "reference"
    place.mkdir()
    for name in NAMES:
        source = PROJECT / "data" / name
        shutil.copytree(source, place / name) if source.is_dir() else shutil.copy(source, place)
    return place


def error_message(folder: Path) -> str:
    """Return the message of a run with this folder before it does anything."""
    settings = Settings(
        source=str(SAMPLE), work=folder.parent / "work", out=folder.parent / "out", reference=folder, as_of=AS_OF
    )
    with pytest.raises(ConfigError) as raised:
        check_configuration(Run.start(settings))
    assert raised.value.exit_code == 4
    assert str(raised.value).isprintable() or "\n" in str(raised.value)
    return str(raised.value)


def test_the_configuration_of_the_project_is_valid(tmp_path: Path) -> None:
    check_configuration(Run.start(Settings(source=str(SAMPLE), work=tmp_path, out=tmp_path / "out", as_of=AS_OF)))


FILES = sorted(
    str(p.relative_to(PROJECT / "data"))
    for name in NAMES
    for p in ([PROJECT / "data" / name] if name.endswith(".toml") else (PROJECT / "data" / name).iterdir())
    if p.suffix in (".toml", ".csv")
)


# One of each kind, and the year that may be missing; the others are slow.
OF_EACH_KIND = (
    "catalog.toml", "layouts.toml", "rules/2024.toml", "rules/2026.toml", "rules/pathways.toml",
    "reference/counties.csv", "registers/spi.csv",
)  # fmt: skip
SOME_FILES = {f: [] if f in OF_EACH_KIND else [pytest.mark.slow] for f in FILES}


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(f, marks=marks)
        for f, marks in SOME_FILES.items()
        if not re.match(r"rules/20(17|18|19|22|23|24|25)", f)
    ],
)
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    if file == "rules/2026.toml":  # a year that nothing counts may be missing; the last one may not
        shutil.rmtree(folder / "rules")
        assert "contains no rules for a Dashboard year" in error_message(folder)
        return
    (folder / file).unlink()
    assert Path(file).name in error_message(folder)
    assert re.search(r"the file is missing|header", error_message(folder))


def test_a_missing_year_that_others_count_is_reported(folder: Path) -> None:
    (folder / "rules" / "2019.toml").unlink()
    assert "rules/2022.toml: no rules for counted Dashboard [2019]; add a file for it" in error_message(folder)


@pytest.mark.parametrize("file", [pytest.param(f, marks=marks) for f, marks in SOME_FILES.items()])
def test_a_file_that_is_not_utf_8_is_reported_with_its_line(folder: Path, file: str) -> None:
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content.rstrip(b"\n") + b"\n# Ca\xf1ada\n")
    line = (folder / file).read_bytes().count(b"\n")
    message = error_message(folder)
    assert Path(file).name in message
    assert "UTF-8" in message
    assert f"line {line}" in message or file.startswith("registers/")


@pytest.mark.parametrize(
    "file", ["catalog.toml", "rules/2024.toml", "reference/counties.csv", "registers/accepted_differences.csv"]
)
def test_a_folder_named_like_a_configuration_file_is_reported(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (folder / file).mkdir()
    assert f"{Path(file).name}" in error_message(folder)
    assert "cannot be read (Is a directory)" in error_message(folder)


BIG, CDS, REST = "9" * 30, "1" * 14, "a,b,long enough reason,2024-01-01,2025-01-01\n"

# fault -> file, text that is replaced (empty: added at the end), new text, message; {n}: line of the change; {entry}:
# of its entry
FAULTS: dict[str, tuple[str, str, str, str]] = {
    "catalog_no_year": (
        "catalog.toml",
        "dashboard_year = 2017\n",
        "",
        r"catalog.toml, line {entry}, source.0: dashboard-ela-2017: .*needs dashboard_year",
    ),
    "catalog_no_indicator": (
        "catalog.toml",
        'indicator = "ela"\n',
        "",
        r"line {entry}, source.0: dashboard-ela-2017: .*needs indicator",
    ),
    "catalog_no_edition": ("catalog.toml", 'edition = "2024-25 first"\n', "", r"line \d+.*needs edition"),
    "catalog_wrong_edition": (
        "catalog.toml",
        'edition = "2024-25 first"\n',
        'edition = "first"\n',
        r"line \d+.*'first' is not an edition",
    ),
    "catalog_duplicate_id": (
        "catalog.toml",
        'id = "dashboard-math-2017"',
        'id = "dashboard-ela-2017"',
        r"line {n}, source.1.id: .*appears 2 times",
    ),
    "catalog_duplicate_file": (
        "catalog.toml",
        'file = "mathdownload2017f.txt"',
        'file = "ELAdownload2017f.txt"',
        r"line {n}, source.1.file: dashboard-math-2017: .*2 times",
    ),
    "catalog_two_files_of_an_indicator": (
        "catalog.toml",
        'indicator = "math"',
        'indicator = "ela"',
        r"line {entry}, source.1: dashboard-math-2017: .*several entries",
    ),
    "catalog_other_host": (
        "catalog.toml",
        "https://www3.cde.ca.gov/",
        "https://example.org/",
        r"catalog.toml, line {n}, source.0.url: .*not an https",
    ),
    "catalog_unknown_key": (
        "catalog.toml",
        'format = "text"',
        'typo = 1\nformat = "text"',
        r"catalog.toml, line {n}, source.0.typo: dashboard-ela-2017: this key is not known",
    ),
    "catalog_big_year": (
        "catalog.toml",
        "dashboard_year = 2017",
        f"dashboard_year = {BIG}",
        r"catalog.toml, line {n}, .*more than 64 bits",
    ),
    "catalog_hex_year": (
        "catalog.toml",
        "dashboard_year = 2017",
        "dashboard_year = 0x" + "f" * 5000,
        r"line {n}, .*more than 64 bits",
    ),
    "catalog_endless_digits": (
        "catalog.toml",
        "dashboard_year = 2017",
        "dashboard_year = " + "9" * 5000,
        r"catalog.toml: not valid TOML",
    ),
    "catalog_year_9999": (
        "catalog.toml",
        "dashboard_year = 2017",
        "dashboard_year = 9999",
        r"catalog.toml, line {n}, .*2100",
    ),
    "catalog_escape": (
        "catalog.toml",
        "Dashboard 2017: English",
        "Dashboard 2017: \\u001B[31mEnglish",
        r"line {n}, source.0.title: .*U\+001B",
    ),
    "catalog_direction": (
        "catalog.toml",
        "Dashboard 2017: English",
        "Dashboard 2017: \u202eEnglish",
        r"line {n}, source.0.title: .*U\+202E",
    ),
    "catalog_nested": (
        "catalog.toml",
        "",
        "\nx = " + "[" * 5000,
        r"catalog.toml: not valid TOML: brackets are nested too deeply",
    ),
    "catalog_invalid_toml": (
        "catalog.toml",
        'format = "text"',
        "format = text",
        r"catalog.toml: not valid TOML.*line {n}",
    ),
    "layouts_bad_pattern": (
        "layouts.toml",
        '"metmethod(\\\\d)"',
        '"metmethod(\\\\d"',
        r"layouts.toml, line \d+, .*not a regular expression",
    ),
    "layouts_no_group": ("layouts.toml", '"metmethod(\\\\d)"', '"metmethod"', r"layouts.toml, line \d+, .*one group"),
    "layouts_twice": (
        "layouts.toml",
        'rtype = ["rtype"]',
        'rtype = ["rtype", "cds"]',
        r"layouts.toml, line \d+, dashboard.columns.\w+: .*2 times",
    ),
    "layouts_capitals": (
        "layouts.toml",
        'rtype = ["rtype"]',
        'rtype = ["RType"]',
        r"layouts.toml, line \d+, dashboard.columns.rtype: .*lower case",
    ),
    "layouts_unknown_need": (
        "layouts.toml",
        'always = ["cds", "rtype",',
        'always = ["cds", "typo",',
        r"layouts.toml, line {n}, dashboard.always: .*typo",
    ),
    "rules_unknown_indicator": (
        "rules/2024.toml",
        '"ela", measure',
        '"ela9", measure',
        r"line {n}, criterion.0.conditions.0.indicator: .*'ela9'",
    ),
    "rules_unknown_indicator_later": (
        "rules/2023.toml",
        'indicator = "cci"',
        'indicator = "college"',
        r"rules/2023.toml, line \d+, .*'college'",
    ),
    "rules_level_6": (
        "rules/2024.toml",
        "levels = [1] }",
        "levels = [6] }",
        r"rules/2024.toml, line {n}, .*unknown level '6'",
    ),
    "rules_level_0": (
        "rules/2024.toml",
        "levels = [1] }",
        "levels = [0] }",
        r"rules/2024.toml, line {n}, .*unknown level '0'",
    ),
    "rules_no_level": ("rules/2024.toml", "levels = [1] }", "levels = [] }", r"rules/2024.toml, line {n}, .*no level"),
    "rules_level_big": (
        "rules/2024.toml",
        "levels = [1] }",
        f"levels = [{BIG}] }}",
        r"2024.toml, line {n}, .*more than 64 bits",
    ),
    "rules_unknown_group": (
        "rules/2024.toml",
        '["AA", "AI",',
        '["AA", "ZZ",',
        r"rules/2024.toml, line {n}, student_groups: unknown student group 'ZZ'",
    ),
    "rules_duplicate_group": (
        "rules/2024.toml",
        '["AA", "AI",',
        '["AA", "AA", "AI",',
        r"rules/2024.toml, line {n}, student_groups: .*'AA' appears 2 times",
    ),
    "rules_group_without_year": (
        "rules/2024.toml",
        'only_groups = ["EL", "LTEL"]',
        'only_groups = ["EL", "ELO"]',
        r"line \d+, criterion.3.only_groups: .*'ELO'",
    ),
    "rules_priority_11": (
        "rules/2024.toml",
        "priority = 8",
        "priority = 11",
        r"rules/2024.toml, line \d+, criterion.7.priority: unknown priority '11'",
    ),
    "rules_local_priority_12": (
        "rules/2024.toml",
        "[1, 2, 3, 6, 7]",
        "[1, 2, 3, 6, 12]",
        r"rules/2024.toml, line \d+, assistance.local.priorities: .*'12'",
    ),
    "rules_method_5": (
        "rules/2024.toml",
        "methods = [1, 2, 3, 4]",
        "methods = [1, 2, 3, 4, 5]",
        r"rules/2024.toml, line \d+, assistance.methods: .*'5'",
    ),
    "rules_duplicate_id": (
        "rules/2024.toml",
        '"2024-p5-grad-red"',
        '"2024-p5-chronic-red"',
        r"rules/2024.toml, line {n}, criterion.4.id: .*appears 2 times",
    ),
    "rules_id_of_another_year": (
        "rules/2024.toml",
        '"2024-p5-grad-red"',
        '"2023-p5-grad-red"',
        r"criterion.\d+.id: criterion id '2023-p5-grad-red'",
    ),
    "rules_duplicate_years": (
        "rules/2024.toml",
        "[2019, 2022, 2023, 2024]",
        "[2019, 2022, 2024, 2024]",
        r"line \d+, continuum.*2024 appears 2",
    ),
    "rules_own_year_not_counted": (
        "rules/2024.toml",
        "[2019, 2022, 2023, 2024]",
        "[2018, 2019, 2022, 2023]",
        r"continuum.*the Dashboard of 2024 itself",
    ),
    "rules_more_years_than_counted": (
        "rules/2024.toml",
        "years_required = 3",
        "years_required = 5",
        r"line \d+, continuum.years_required: 5",
    ),
    "rules_more_priorities_than_counted": (
        "rules/2024.toml",
        "priorities_required = 2",
        "priorities_required = 9",
        r"line {n}, priorities_required: 9",
    ),
    "rules_in_force_too_early": (
        "rules/2024.toml",
        "in_force_from = 2024-12-01",
        "in_force_from = 2020-12-01",
        r"line {n}, in_force_from: it must be later",
    ),
    "preview_indicator": (
        "rules/preview.toml",
        'indicator = "susp"',
        'indicator = "suspension"',
        r"rules/preview.toml, line {n}, .*'suspension'",
    ),
    "preview_group": (
        "rules/preview.toml",
        '["ALL",',
        '["EVERYONE",',
        r"rules/preview.toml, line \d+, student_groups: .*'EVERYONE'",
    ),
    "preview_level": (
        "rules/preview.toml",
        "levels = [1, 2]",
        "levels = [1, 7]",
        r"rules/preview.toml, line {n}, .*'7'",
    ),
    "pathway_twice": (
        "rules/pathways.toml",
        'pathway = "spi"',
        'pathway = "primary"',
        r"pathways.toml, line 30, pathway.2: .*'primary' appears 2 times",
    ),
    "pathway_unknown": (
        "rules/pathways.toml",
        'pathway = "spi"',
        'pathway = "state"',
        r"registers/spi.csv: no recorded pathway of rules/pathways.toml has this register",
    ),
    "pathway_without_register": (
        "rules/pathways.toml",
        'pathway = "spi"',
        'pathway = "state"',
        r"registers/state.csv: the file is missing",
    ),
    "pathway_computed": (
        "rules/pathways.toml",
        'pathway = "wraparound"',
        'pathway = "loans"',
        r"line {n}, pathway.1.pathway: unknown pathway 'loans'; only continuum and wraparound are computed",
    ),
    "pathway_kind": (
        "rules/pathways.toml",
        'record_kind = "determination"\n',
        "",
        r"line {entry}, pathway.3: .*names its record_kind",
    ),
    "pathway_determined_by": (
        "rules/pathways.toml",
        'determined_by = "State Superintendent"\n',
        "",
        r"line {entry}, pathway.3: .*who determines",
    ),
    "pathway_effective": (
        "rules/pathways.toml",
        "effective = 2013-07-01\n",
        "",
        r"pathway.5: .*the day its law took effect",
    ),
    "pathway_effective_basis": (
        "rules/pathways.toml",
        'effective_basis = "EC 52074 established',
        'open = "EC 52074 established',
        r"pathway.5",
    ),
    "pathway_assistance_effective": (
        "rules/pathways.toml",
        "assistance_effective = 2013-07-01",
        "",
        r"pathway.2: .*assistance_effective",
    ),
    "reference_header": (
        "reference/counties.csv",
        "county_code,county",
        "code,county",
        r"reference/counties.csv, line {n}: the header lacks county_code",
    ),
    "reference_duplicate_header": (
        "reference/counties.csv",
        "county_code,county",
        "county_code,county,county",
        r"counties.csv, line {n}: .*county more than once",
    ),
    "reference_ragged": (
        "reference/counties.csv",
        "02,Alpine",
        "02,Alpine,x",
        r"reference/counties.csv, line {n}: the row has 3 values, the header has 2",
    ),
    "reference_short": (
        "reference/counties.csv",
        "02,Alpine",
        "02",
        r"reference/counties.csv, line {n}: the row has 1 values, the header has 2",
    ),
    "reference_quote": (
        "reference/counties.csv",
        "02,Alpine",
        '02,"Alpine',
        r"reference/counties.csv, line {n}: this is not a row of a CSV file",
    ),
    "reference_twice": (
        "reference/counties.csv",
        "02,Alpine",
        "01,Alpine",
        r"reference/counties.csv: 01 appears 2 times",
    ),
    "reference_lost_zero": (
        "reference/counties.csv",
        "02,Alpine",
        "2,Alpine",
        r"reference/counties.csv, line {n}, column county_code: .*'2'",
    ),
    "reference_escape": (
        "reference/counties.csv",
        "02,Alpine",
        "02,Alp\x1b[1mine",
        r"reference/counties.csv, line {n}, column county: .*U\+001B",
    ),
    "reference_nul": ("reference/counties.csv", "02,Alpine", "02,Alp\x00ine", r"reference/counties.csv, line {n}"),
    "reference_level": (
        "reference/levels.csv",
        "color,1,Red",
        "color,one,Red",
        r"reference/levels.csv, line {n}, column level: .*'one'",
    ),
    "reference_letter": (
        "reference/priority_letters.csv",
        "A,4|5|6",
        "A,4|5|six",
        r"reference/priority_letters.csv, line {n}, column priorities: ",
    ),
    "reference_big": (
        "reference/priority_letters.csv",
        "A,4|5|6",
        f"A,4|{BIG}",
        r"reference/priority_letters.csv, line {n}, column priorities: ",
    ),
    "state_value_big": (
        "reference/state_values.csv",
        "2018,cci",
        f"{BIG},cci",
        r"reference/state_values.csv, line {n}, column dashboard_year: ",
    ),
    "register_header": (
        "registers/state_loans.csv",
        "loan_id,",
        "loan,",
        r"registers/state_loans.csv, line {n}: the header lacks loan_id",
    ),
    "register_quote": (
        "registers/primary.csv",
        "",
        '"P-1',
        r"registers/primary.csv: line {n}: this is not a row of a CSV file",
    ),
}

# Rows of registers that are rejected while the run continues, in the same form.
ROWS: dict[str, tuple[str, str, str, str]] = {
    "accepted_big": (
        "registers/accepted_differences.csv",
        "",
        f"11111111111111,,{BIG},f,a,b,long enough reason,2024-01-01,2025-01-01\n",
        r"_differences.csv, line {n}, column dashboard_year: the number is too large",
    ),
    "accepted_hidden": (
        "registers/accepted_differences.csv",
        "",
        "11111111111111,,2024,f\u202e,a,b,long enough reason,2024-01-01,2025-01-01\n",
        r"differences.csv, line {n}, column flag: .*U\+202E",
    ),
    "register_big": (
        "registers/state_loans.csv",
        ",14000000,",
        f",{BIG},",
        r"line {n}, column amount_authori[sz]ed_usd: the number is too large",
    ),
    "register_endless": (
        "registers/state_loans.csv",
        ",9525000,",
        "," + "9" * 5000 + ",",
        r"line {n}, column amount_drawn_usd: the number is too large",
    ),
    "register_escape": (
        "registers/state_loans.csv",
        "West Contra Costa",
        "West \x1b[31mContra Costa",
        r"line {n}, column district: .*U\+001B",
    ),
    "register_direction": (
        "registers/state_loan_events.csv",
        "high",
        "hi\u200bgh",
        r"registers/state_loan_events.csv, line \d+, column .*U\+200B",
    ),
}


def spoil(folder: Path, fault: str) -> int:
    """Insert a fault; return the first changed line."""
    file, old, new, _ = (FAULTS | ROWS)[fault]
    text = (folder / file).read_text("utf-8")
    assert old in text
    at = text.index(old) if old else len(text)
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    (folder / file).write_text(text[:at] + new + text[at + len(old) :], "utf-8", newline="")
    return text.count("\n", 0, at + same) + 1


@pytest.mark.parametrize("fault", FAULTS)
def test_an_error_names_file_and_line(folder: Path, fault: str) -> None:
    line = spoil(folder, fault)
    above = (folder / FAULTS[fault][0]).read_text("utf-8").splitlines()[:line]
    entry = max((n for n, text in enumerate(above, 1) if text.startswith("[[")), default=line)
    pattern = FAULTS[fault][3].replace("{n}", str(line)).replace("{entry}", str(entry))
    assert re.search(pattern, error_message(folder)), f"{pattern}\n{error_message(folder)}"


@pytest.mark.parametrize("fault", ROWS)
def test_a_wrong_register_row_is_rejected_and_the_run_continues(folder: Path, fault: str) -> None:
    line = spoil(folder, fault)
    settings = Settings(
        source=str(SAMPLE), work=folder.parent / "work", out=folder.parent / "out", reference=folder, as_of=AS_OF
    )
    check_configuration(Run.start(settings))
    register = load_registers(folder)[Path(ROWS[fault][0]).stem]
    assert [row.number for row in register.rejected] == [line]
    assert re.search(ROWS[fault][3].replace("{n}", str(line)), "\n".join(map(str, register.problems)))


def test_a_workbook_without_a_year_is_named(folder: Path) -> None:
    path = folder / "catalog.toml"
    text = path.read_text("utf-8")
    changed = re.sub(r'(id = "assistance-2024"(?:\n.+)*?)\ndashboard_year = 2024', r"\1", text, count=1)
    assert changed != text
    path.write_text(changed, "utf-8")
    line = text[: text.index('id = "assistance-2024"')].count("\n")
    assert re.search(
        rf"catalog.toml, line {line}, source\.\d+: assistance-2024: .*needs dashboard_year", error_message(folder)
    )


def test_all_errors_are_reported_at_once(folder: Path) -> None:
    for fault in (
        "catalog_no_year",
        "rules_level_6",
        "layouts_capitals",
        "state_value_big",
        "register_header",
        "register_quote",
    ):
        spoil(folder, fault)
    message = error_message(folder)
    for part in ("catalog.toml", "layouts.toml", "state_values.csv", "primary.csv", "state_loans.csv"):
        assert part in message


@pytest.mark.parametrize("file", ["catalog.toml", "rules/2024.toml", "reference/levels.csv"])
def test_a_byte_order_mark_is_accepted(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"\xef\xbb\xbf" + (folder / file).read_bytes())
    check_configuration(
        Run.start(
            Settings(
                source=str(SAMPLE), work=folder.parent / "w", out=folder.parent / "out", reference=folder, as_of=AS_OF
            )
        )
    )


TOML = '''a = 1
text = """
[[no.table]]
b = 2
"""
[[s]]
x = { y = 1 }
[[s.t]]
v = [
  { k = 1 },
  { k = 2 },
]
[[s]]
"quoted key" = 3
[[s.t]]
v = [{ k = 1 }, { k = 2 }]
w.z = 1
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("a",), 1), (("text",), 2), (("no", "table"), None), (("s", 0), 6), (("s", 0, "x", "y"), 7),
        (("s", 0, "t", 0, "v", 1, "k"), 11),
        (("s", 1), 13), (("s", 1, "quoted key"), 14), (("s", 1, "t", 0, "v", 1), 16), (("s", 1, "t", 0, "w", "z"), 17),
        (("s", 1, "missing"), 13),
    ],
)  # fmt: skip
def test_the_line_of_an_entry_is_found(place: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(TOML, place) == line
