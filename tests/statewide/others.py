"""The files other than the indicators: assistance and charter workbooks, local indicators, the directory."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from tests.statewide import truth as t
from tests.statewide.rows import HEADERS
from tests.statewide.world import CHARTER, COUNTY_OFFICE, DISTRICT, GROUPS, SCHOOL, STATE, YEARS, World

# Later ones are named after the year; row 6.
SHEETS = {
    2017: ("LCFF_Assistance_Status_Fall2017", 5),
    2018: ("LCFFLEAAssistance2018", 3),
}
WORKBOOKS = {2017: "assistancestatus2017.xlsx", 2019: "assistancestatus19-rev.xlsx"}
TWO_YEARS = "Not Met For Two or More Years"
LABELS = dict(
    zip(t.LOCAL, ("Basic", "Academic", "Parents", "Climate", "Access", "Expelled", "FosterYouth"), strict=True)
)
LOCAL_FILES = {2019: ".txt", 2022: ".txt", 2023: ".xlsx", 2024: ".txt", 2025: ".txt"}
TAB_YEARS = (2022, 2023)
GRADES = np.array(["K-8", "9-12", "K-12"])


def write_assistance(folder: Path, world: World, truth: t.Truth) -> list[Path]:
    """Write CDE's workbooks for districts and county offices, with letters, methods and flags from the truth."""
    decided = t.assistance(world, truth)
    continuum, consecutive = t.continuum(world, truth), t.consecutive(world, truth)
    words = {year: _status_words(world, decided, year) for year in YEARS}
    written = []
    for year in YEARS:
        who = np.flatnonzero((world.kind == DISTRICT if year == 2017 else world.is_lea) & world.exists(year))
        cds = world.cds[who]
        columns = _common(world, truth, year, who)
        columns |= {f"assistancestatus{y}": [words[y].get(c, _none(year)) for c in cds] for y in YEARS if y <= year}
        columns["assistancestatus"] = columns["assistancestatus2017"]
        columns |= {f"metmethod{m}": _flags(met[who]) for m, met in t.methods_met(world, truth, year).items()}
        for name, frame in (("ec52072", continuum), ("ec52072b", continuum), ("ec52071f", consecutive)):
            yes = set(frame.cds[(frame.determination_year == year) & (frame.status == "eligible")])
            columns[f"{name}{year}"] = ["Y" if c in yes else "N" for c in cds]
        name = WORKBOOKS.get(year, f"assistancestatus{year % 100}.xlsx")
        sheet, header_row = SHEETS.get(year, (f"District and COE {year}", 6))
        written.append(_write_sheet(folder / name, sheet, header_row, columns))
    return written


def write_charters(folder: Path, world: World, truth: t.Truth) -> list[Path]:
    """Write CDE's workbooks for charter schools, with the letters of two Dashboards."""
    written = []
    tests = t.charter_test(world, truth)
    for year, (before, _) in t.CHARTER_YEARS.items():
        who = np.flatnonzero((world.kind == CHARTER) & world.exists(year))
        columns = _common(world, truth, year, who) | {"schoolname": world.name[who].tolist()}
        for suffix, of in (("current", year), ("prior", before)):
            letters = truth.letters(of)[who]
            columns |= {f"{_cde(g).lower()}{suffix}": [v or "*" for v in letters[:, i]] for i, g in enumerate(GROUPS)}
        helped = set(tests.cds[(tests.determination_year == year) & tests.status.isin(["eligible", "undetermined"])])
        columns[f"assistancestatus{year}"] = [
            "Differentiated Assistance" if c in helped else "General Assistance" for c in world.cds[who]
        ]
        columns |= {
            f"ec47607{year}": ["N"] * len(who),
            "metmethod1": _flags(np.isin(world.cds[who], list(helped))),
            "metmethod2": ["N"] * len(who),
        }
        written.append(
            _write_sheet(folder / f"charterassistance{year % 100}.xlsx", f"Charter School {year}", 6, columns)
        )
    return written


def _common(world: World, truth: t.Truth, year: int, who: np.ndarray) -> dict[str, list[str]]:
    """Return codes, names, county and letters."""
    letters = truth.letters(year)[who]
    judged = [i for i in t.JUDGED if i != t.LTEL or t.RULES[year].ltel]
    codes = {"cdcode": [c[:7] for c in world.cds[who]], "cds": world.cds[who].tolist()}
    names = {
        "leaname": world.district_name[who].tolist(),
        "districtname": world.district_name[who].tolist(),
        "cityname": [f"City {c}" for c in world.cds[who]],
    }
    places = {"countyname": world.county[who].tolist(), "gsoffered": GRADES[world.grades[who]].tolist()}
    years = dict.fromkeys(("reportingyear", "reportyear"), ["2017f" if year == 2017 else str(year)] * len(who))
    groups = {
        f"{name}priorities": [v or _none(year) for v in letters[:, i]]
        for i in judged
        for name in {GROUPS[i].lower(), _cde(GROUPS[i]).lower()}
    }
    totals = [str(n) for n in (letters[:, judged] != "").sum(axis=1)]
    return {**codes, **names, **places, **years, **groups, "totalstudentgroups": totals}


def _cde(group: str) -> str:
    return "TOM" if group == "MR" else group


def _none(year: int) -> str:
    """Return the cell text for no value; 2017 and 2018 leave cells empty."""
    return "*" if year >= 2019 else ""


def _flags(values: np.ndarray) -> list[str]:
    return np.where(values, "Y", "N").tolist()


def _status_words(world: World, decided: pd.DataFrame, year: int) -> dict[str, str]:
    """Return the status of each existing LEA, in the words of the year's workbook."""
    yes, no = (
        ("Differentiated Support", "General Support")
        if year == 2017
        else ("Differentiated Assistance", "General Assistance")
    )
    frame = decided[(decided.determination_year == year) & decided.status.isin(["eligible", "not_eligible"])]
    suffix = {2023: ", Year {}", 2024: ", Year {}"}.get(year, "")
    return {
        c: yes + suffix.format(n) if s == "eligible" else no
        for c, s, n in zip(frame.cds, frame.status, frame.assistance_year, strict=True)
    }


def _write_sheet(path: Path, sheet: str, header_row: int, columns: dict[str, list[str]]) -> Path:
    """Write one workbook in CDE's layout: notes, the header in its row, all cells text.

    The same content gives the same bytes.
    """
    header = HEADERS[path.name]
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": pd.Timestamp("2026-01-01").to_pydatetime()})
        layout = book.add_worksheet("Record Layout")
        layout.write_row(0, 0, ["Field", "Description"])
        page = book.add_worksheet(sheet)
        for row in range(header_row - 1):
            page.write_string(row, 0, f"Note {row + 1}")
        page.write_row(header_row - 1, 0, header)
        for i, name in enumerate(header):
            for row, value in enumerate(columns[name.lower().replace("_", "")], header_row):
                page.write_string(row, i, value)
    return path


def write_local(folder: Path, world: World, truth: t.Truth, seed: int) -> list[Path]:
    """Write local indicators: one file each for 2017 and 2018, then one for each priority."""
    rng = np.random.default_rng([seed, 5])
    written = _write_first_years(folder, world, truth, rng)
    # One district is in no file of 2024, which happened in reality.
    away = int(np.flatnonzero((world.kind == DISTRICT) & world.exists(2024))[0])
    for year, ending in LOCAL_FILES.items():
        for i, priority in enumerate(t.LOCAL):
            listed = world.kind == COUNTY_OFFICE if priority >= 9 else world.is_judged
            who = np.flatnonzero(listed & world.exists(year) & ~((np.arange(len(world.cds)) == away) & (year == 2024)))
            drawn = np.where(rng.random(len(who)) < 0.03, "Not Met", "Met")
            failed = truth.local_failed[year][who, i] if year in truth.local_failed else np.zeros(len(who), dtype=bool)
            path = folder / f"Pr{priority}{year}{ending}"
            written.append(_write_priority(path, world, who, priority, year, np.where(failed, TWO_YEARS, drawn)))
    return written


def _write_first_years(folder: Path, world: World, truth: t.Truth, rng: np.random.Generator) -> list[Path]:
    written = []
    failed = truth.local_failed[2018]
    once = rng.random((2, *failed.shape)) < 0.03
    # Not met in only one of them: no failure.
    not_met = {
        2017: failed | (once[0] & ~once[1]),
        2018: failed | (once[1] & ~once[0]),
    }
    for year, missed in not_met.items():
        lines = ["CDS\tLEAname\tCountyname\tLocalIndicator\tPerformance"]
        for e in np.flatnonzero(world.is_lea & world.exists(year)):
            for i, priority in enumerate(t.LOCAL):
                if (priority >= 9 and world.kind[e] != COUNTY_OFFICE) or (priority == 7 and year == 2017):
                    continue
                met = "Not Met" if missed[e, i] else "NA" if year == 2018 and e % 97 == 0 else "Met"
                lines.append(
                    f"{world.cds[e]}\t{world.district_name[e]}\t{world.county[e]}\t{LABELS[priority]}-Priority Area"
                    f" {priority}\t{met}"
                )
        path = folder / f"LocalIndPerf{year}.txt"
        path.write_text("\n".join(lines) + "\n", "utf-8", newline="")
        written.append(path)
    return written


def _write_priority(
    path: Path, world: World, who: np.ndarray, priority: int, year: int, performance: np.ndarray
) -> Path:
    """Write one priority of one year. The narrative columns have a few words each."""
    header = HEADERS[path.name]
    names = np.where(world.kind[who] == CHARTER, world.name[who], world.district_name[who])
    known = {
        "cdscode": world.cds[who].tolist(), "lea": names.tolist(), "countyperformance": performance.tolist(),
        "performance": performance.tolist(),
        "year": [str(year)] * len(who), "meetingdate": [f"06/{1 + i % 28:02d}/{year}" for i in range(len(who))],
        **dict.fromkeys(("prioritynumber", "priorityid"), [str(priority)] * len(who)),
    }  # fmt: skip
    columns = [known.get(h.lower(), [f"{h} of {c[:7]}" for c in world.cds[who]]) for h in header]
    if path.suffix == ".txt":
        delimiter = "\t" if year in TAB_YEARS else "|"
        lines = [delimiter.join(header), *(delimiter.join(row) for row in zip(*columns, strict=True))]
        path.write_bytes(("\r\n".join(lines) + "\r\n").encode())
        return path
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": pd.Timestamp("2026-01-01").to_pydatetime()})
        page = book.add_worksheet("Sheet1")
        for i, (name, values) in enumerate(zip(header, columns, strict=True)):
            page.write_column(0, i, [name, *values])
    return path


def write_directory(folder: Path, world: World) -> Path:
    """Write CDE's directory of public schools."""
    path = folder / "pubschls.txt"
    header = HEADERS[path.name]
    who = np.flatnonzero(world.kind != STATE)
    closed = world.last_year[who] < YEARS[-1]
    school = np.where(world.kind[who] >= CHARTER, world.name[who], "No Data")
    known = {
        "CDSCode": world.cds[who], "StatusType": np.where(closed, "Closed", "Active"), "County": world.county[who],
        "District": world.district_name[who],
        "School": school, "OpenDate": np.array([f"07/01/{y}" for y in world.first_year[who]]),
        "ClosedDate": np.where(closed, [f"06/30/{y + 1}" for y in world.last_year[who]], "No Data"),
        "Charter": np.where(world.kind[who] == CHARTER, "Y", np.where(world.kind[who] == SCHOOL, "N", "No Data")),
    }  # fmt: skip
    blank = np.full(len(who), "No Data")
    rows = zip(*(known.get(h, blank).tolist() for h in header), strict=True)
    path.write_bytes("\r\n".join(["\t".join(header), *("\t".join(r) for r in rows), ""]).encode())
    return path


def write_truth(folder: Path, world: World, truth: t.Truth) -> list[Path]:
    """Write the expected determinations, one Parquet file per kind."""
    judged = np.flatnonzero(world.is_judged)
    kinds = np.array(["", "county_office", "district", "charter", ""])
    leas = pd.DataFrame(
        {
            "cds": world.cds[judged],
            "lea_type": kinds[world.kind[judged]],
            "first_year": world.first_year[judged],
            "last_year": world.last_year[judged],
        }
    )
    tables = {
        "leas": leas,
        **{
            f.__name__: f(world, truth)
            for f in (t.group_years, t.continuum, t.consecutive, t.charter_test, t.methods, t.assistance)
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in tables.items():
        written.append(folder / f"{name}.parquet")
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), written[-1])
    return written
