"""The entries that CONTRIBUTING.md lists, for four Dashboard years, an indicator and a recorded pathway, all invented.

Each entry is made as a person would make it: from the entries of 2025, with other years and names. No Python or SQL
of the product changes.
"""

import re
import shutil
from pathlib import Path

from tests.cases import case, reference_copy
from tests.dashboards import INDICATORS, MARKS, Dashboards
from transforms.registers.load import to_line

YEARS = (2027, 2028, 2029, 2030)
PATHWAY, INDICATOR = "pilot", "civics"
# Eligible by the invented indicator; nothing; by a case.
PIONEER, QUIET, CASE = (
    "27661590000000",
    "27659870000000",
    "27660350000000",
)
NAMES = {PIONEER: "Salinas Union High", QUIET: "Carmel Unified", CASE: "Greenfield Union Elementary"}
GROUPS = ("EL", "HI", "SED")

INDICATOR_ROW = (
    f"{INDICATOR},Civic engagement,Civics,civic engagement,8,up,Very Low,Very High,points from standard,all,,Invented\n"
)
MARK = f'{INDICATOR} = {{ code = "CIVICS", headings = ["service_hours"] }}\n'
CRITERION = """[[criterion]]
id = "{year}-p8-civics-red"
priority = 8
clause = "Red on civic engagement"
conditions = [
  {{ indicator = "civics", measure = "color", levels = [1] }},
]

"""
PATHWAY_ENTRY = """[[pathway]]
pathway = "pilot"
name = "Pilot"
statute = "EC 99999"
decided = "recorded"
record_kind = "determination"
determined_by = "State Board"
may_receive = ["district"]
trigger = "The State Board determines that the district joins the pilot."
url = "https://example.org/pilot"
open_question = ""
effective = 2018-09-17
effective_basis = "Invented."

"""


def extended_reference(folder: Path) -> Path:
    """Make the project's reference folder with every entry that the three additions need."""
    reference_copy(folder)
    shutil.rmtree(folder / "sample")
    add_indicator(folder)
    add_pathway(folder)
    for year in YEARS:
        add_year(folder, year)
        use_indicator(folder, year)
    return folder


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), "utf-8")


def add_indicator(folder: Path) -> None:
    """Add the entries of an indicator, except those of each year that has it."""
    with (folder / "reference" / "indicators.csv").open("a", encoding="utf-8") as stream:
        stream.write(INDICATOR_ROW)
    _change(folder / "layouts.toml", "[dashboard.told_by]\n", f"[dashboard.told_by]\n{MARK}")
    _change(folder / "layouts.toml", 'red = "(ela|', f'red = "({INDICATOR}|ela|')


def add_pathway(folder: Path) -> None:
    """Add the entries of a recorded pathway."""
    _change(
        folder / "rules" / "pathways.toml", "# How state loans are read.", f"{PATHWAY_ENTRY}# How state loans are read."
    )
    header = (folder / "registers" / "spi.csv").read_text("utf-8").splitlines()[0]
    row = case(
        "spi",
        cds=CASE,
        lea_name=NAMES[CASE],
        case_id="PILOT-1",
        determination_date="2030-12-10",
        requested_date="2030-12-02",
        entered_on="2030-12-20",
    )
    (folder / "registers" / f"{PATHWAY}.csv").write_text(
        header + "\n" + to_line([row[c] for c in header.split(",")], "\n"), "utf-8"
    )


def add_year(folder: Path, year: int) -> None:
    """Add the entries of a Dashboard year."""
    _add_sources(folder / "catalog.toml", year)
    text = (folder / "rules" / "2025.toml").read_text("utf-8")
    known = [*sorted(int(p.stem) for p in (folder / "rules").glob("[0-9]*.toml") if int(p.stem) < year), year]
    changes = {
        r"2025-12-01": f"{year}-12-01",
        r'id = "2025-': f'id = "{year}-',
        r"dashboard_year = 2025": f"dashboard_year = {year}",
        r"counted_dashboards = .*": f"counted_dashboards = {known[-4:]}",
        r"second_year_after = 2024": f"second_year_after = {known[-2]}",
        r'calpads_school_year = "2024-25"': f'calpads_school_year = "{year - 1}-{year % 100}"',
        r"years = \[2025\]": f"years = [{year}]",
        r"dashboards = \[2023, 2024, 2025\]": f"dashboards = {known[-3:]}",
        r"dashboards = \[2024, 2025\]": f"dashboards = {known[-2:]}",
    }
    for old, new in changes.items():
        text, times = re.subn(old, new, text)
        assert times, old
    (folder / "rules" / f"{year}.toml").write_text(text, "utf-8")


def _add_sources(catalog: Path, year: int) -> None:
    """Add the section of 2025 with another year."""
    text = catalog.read_text("utf-8")
    section = re.search(r"# ---- Dashboard 2025 ----\n.*?(?=\n# ---- )", text, re.DOTALL)
    assert section
    entries = re.sub(r"(assistance|status)25\b", rf"\g<1>{year % 100}", section[0]).replace("2025", str(year))
    catalog.write_text(f"{text}\n{entries}\n", "utf-8")


def use_indicator(folder: Path, year: int) -> None:
    """Add a file of the indicator in a year, modeled on science, and a criterion that uses it."""
    text = (folder / "catalog.toml").read_text("utf-8")
    science = re.search(rf'\[\[source\]\]\nid = "dashboard-science-{year}"\n(?:[^\n]+\n)*', text)
    assert science
    own = science[0].replace("science", INDICATOR).replace("Science", "Civic engagement")
    (folder / "catalog.toml").write_text(f"{text}\n{own}", "utf-8")
    _change(
        folder / "rules" / f"{year}.toml",
        "# EC 52072 (districts)",
        CRITERION.format(year=year) + "# EC 52072 (districts)",
    )


def write_sources(folder: Path) -> None:
    """Write Dashboard files of the four years.

    Three groups of one district are red in civic engagement and suspension in three of them.
    """
    state = Dashboards(
        indicators=dict.fromkeys(YEARS, (*INDICATORS[2025], INDICATOR)), marks={**MARKS, INDICATOR: "service_hours"}
    )
    for year in YEARS:
        for cds in NAMES:
            state.names[cds, year] = NAMES[cds]
            for group in GROUPS:
                red = 1 if cds == PIONEER and year > YEARS[0] else 3
                state.put(year, cds, group, ela=3, math=3, chronic=3, grad=3, cci=3, science=3, elpi=3)
                state.row(year, "susp", cds, group, color=red, statuslevel=1 if red == 1 else 3)
                state.row(
                    year,
                    INDICATOR,
                    cds,
                    group,
                    color=red,
                    statuslevel=1 if red == 1 else 3,
                    currstatus=-41.5 if red == 1 else 12,
                )
    state.write(folder)
