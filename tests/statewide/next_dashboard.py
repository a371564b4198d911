"""A possible 2026 Dashboard, made from the 2025 files of a generated state.

It has the same LEAs and everything that may be new: a scale of English language arts and mathematics whose colors
follow from status alone; a count in the file of English learners; a student group (REC); a file of growth; added or
renamed columns; a workbook instead of a text file; unknown flags, groups, letters and statuses.
"""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from tests.contract.writing import as_text, as_xlsx
from transforms.dashboard.redundancy import load_redundancy
from transforms.settings import PROJECT

GRIDS = load_redundancy(PROJECT / "data").grids
NEW_GROUP, RENAMED, NEW_COUNT, NEW_COLUMN = "REC", "currentstatus", "currreclassified", "dayslost"
NEW_FLAG, NEW_STATUS, NEW_LETTER = "EC52072c_2026", "Targeted Assistance", "M"
WORKBOOK = "assistancestatus26.xlsx"


def write_indicator(state: Path, folder: Path, indicator: str) -> Path:
    """Write the file of one indicator, with its name derived from 2025; English language arts as a workbook."""
    table = _continued(
        pd.read_csv(state / f"{indicator}download2025.txt", sep="\t", dtype=str, keep_default_na=False), indicator
    )
    if indicator in ("ela", "math"):
        table = _on_another_scale(table, keep_prior=indicator == "math")
    if indicator == "elpi":
        table.insert(table.columns.get_loc("currnumer"), NEW_COUNT, np.where(table["currnumer"] != "", "1", ""))
    if indicator in ("chronic", "susp"):
        table = pd.concat([table, table[table["studentgroup"] == "SWD"].assign(studentgroup=NEW_GROUP)])
    if indicator == "susp":
        table.insert(table.columns.get_loc("color"), NEW_COLUMN, "7")
    if indicator == "grad":
        table = table.rename(columns={"currstatus": RENAMED})
    rows = [list(table.columns), *table.to_numpy().tolist()]
    path = folder / f"{indicator}download2026.{'xlsx' if indicator == 'ela' else 'txt'}"
    path.write_bytes(as_xlsx({"2026": rows}) if indicator == "ela" else as_text(rows, "\t"))
    return path


def write_growth(state: Path, folder: Path) -> Path:
    """Write a file of an indicator that no list contains."""
    table = pd.read_csv(state / "eladownload2025.txt", sep="\t", dtype=str, keep_default_na=False).assign(
        indicator="GROWTH", reportingyear="2026"
    )
    path = folder / "growthdownload2026.txt"
    path.write_bytes(as_text([list(table.columns), *table.to_numpy().tolist()], "\t"))
    return path


def write_local(state: Path, folder: Path, priority: int) -> Path:
    """Write local indicators of one priority, as in 2025."""
    path = folder / f"Pr{priority}2026.txt"
    path.write_bytes(
        (state / f"Pr{priority}2025.txt").read_bytes().replace(b"|2025\r\n", b"|2026\r\n").replace(b"/2025|", b"/2026|")
    )
    return path


def write_workbook(state: Path, folder: Path, eligible: set[str]) -> Path:
    """Write CDE's workbook of districts and county offices.

    ``eligible``: LEAs whose new flag is Y. Every other status of assistance uses new words.
    """
    book = openpyxl.load_workbook(state / "assistancestatus25.xlsx")
    sheet = book["District and COE 2025"]
    header, *rows = [
        [str(c if c is not None else "") for c in row] for row in sheet.iter_rows(min_row=6, values_only=True)
    ]
    # 52072 of 2025 is repeated.
    table = (
        pd.DataFrame(rows, columns=header).rename(columns={"EC52071f_2025": "EC52071f_2026"}).assign(ReportYear="2026")
    )
    table[NEW_FLAG] = np.where(table["CDS"].isin(eligible), "Y", "N")
    table.insert(table.columns.get_loc("SEDpriorities"), f"{NEW_GROUP}priorities", "*")
    table.loc[0, "AApriorities"] = NEW_LETTER
    helped = np.where(np.arange(len(table)) % 2, "Differentiated Assistance, Year 1", NEW_STATUS)
    statuses = np.where(table["MetMethod1"] == "Y", helped, "General Assistance")
    table.insert(table.columns.get_loc("AssistanceStatus2025") + 1, "AssistanceStatus2026", statuses)
    path = folder / WORKBOOK
    above = [[f"Note {n}"] for n in range(1, 6)]
    path.write_bytes(
        as_xlsx(
            {
                "Record Layout": [["Field", "Description"]],
                "District and COE 2026": [*above, list(table.columns), *table.to_numpy().tolist()],
            }
        )
    )
    return path


def _continued(table: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Return a table without changes since 2025: each status is the same, and colors follow from no change."""
    table = table.rename(columns={"changeLevel": "changelevel"}).assign(reportingyear="2026")
    for name in [c for c in table.columns if c.startswith("curr") and c.replace("curr", "prior", 1) in table.columns]:
        table[name.replace("curr", "prior", 1)] = table[name]
    level, shown = table["statuslevel"].replace("", "0").astype(int), table["currstatus"] != ""
    enough = table["currnsizemet"] == "Y"
    table["change"], table["changelevel"] = np.where(shown, "0.0", ""), np.where(shown, "3", "0")
    cells = GRIDS[indicator] if indicator in GRIDS else GRIDS["ela"]
    by_grid = np.where(cells[0, level, 3] > 0, cells[0, level, 3], GRIDS["ela"][0, level, 3])
    counted = enough & ~table["studentgroup"].isin(["ELO", "RFP", "EO", "SBA", "CAA", "CAST"])
    color = np.where(counted, by_grid, 0)
    table["color"] = color.astype(str)
    table["box"] = np.where(color > 0, (5 - level) * 50 + 30, 0).astype(str)
    table["accountabilitymet"] = np.where(
        table["accountabilitymet"].isin(["Y", "N"]) & (indicator == "grad"),
        np.where(color > 0, "Y", "N"),
        np.where(color > 0, "Y", ""),
    )
    return table


def _on_another_scale(table: pd.DataFrame, keep_prior: bool) -> pd.DataFrame:
    """Return a table with Distance from Proficiency.

    The prior status is recalculated and the change is a growth, not a difference; or the prior status is still on the
    2025 scale.
    """
    shown, level = table["currstatus"] != "", table["statuslevel"].replace("", "0").astype(int)
    status = pd.to_numeric(table["currstatus"]) * 0.3 + 12
    color = np.where(table["color"] != "0", level, 0)
    table = table.assign(currstatus=np.where(shown, status.round(1).astype(str), ""), color=color.astype(str), box="0")
    if keep_prior:
        return table.assign(change="", changelevel="0")
    return table.assign(
        priorstatus=np.where(shown, (status - 1.5).round(1).astype(str), ""),
        change=np.where(shown, "7.5", ""),
        changelevel=np.where(shown, "4", "0"),
    )
