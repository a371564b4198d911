"""CDE's lists of low performing LEAs are compared with ours: reds of 2023, and the groups of EC 52064(e)(5)."""

import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.workplace import BEFORE_2023, COUNTY_BOOKS, Workplace, copy_of_state

REDS = "lowperfleasnonall23data.xlsx"
GOALS = "leas2023perec52064.xlsx"
INDICATORS = ("ELA", "Math", "Chronic", "CCI", "ELPI", "Grad", "Susp")


def write_reds(folder: Path, rows: list[tuple[str, str, set[str]]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        [
            "reportingyear",
            "cds",
            "rtype",
            "schoolname",
            "districtname",
            "countyname",
            "charter_flag",
            "studentgroup",
            *INDICATORS,
        ]
    )
    for cds, group, listed in rows:
        sheet.append(
            [
                "2023",
                cds,
                "D",
                "",
                "A district",
                "Monterey",
                "",
                group,
                *("Y" if i.lower() in listed else "" for i in INDICATORS),
            ]
        )
    book.save(folder / REDS)


def write_goals(folder: Path, rows: list[tuple[str, str]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for _ in range(5):
        sheet.append(["California Department of Education"])
    sheet.append(["CDS", "LEA", "Targeted Student Group(s)"])
    for cds, groups in rows:
        sheet.append([cds, "An LEA", groups])
    book.save(folder / GOALS)


def our_reds(db: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], set[str]]:
    """Return reds from the evidence of the release, not from the tables that are compared."""
    found: dict[tuple[str, str], set[str]] = {}
    for cds, group, indicator in db.execute(
        "select cds, student_group, indicator from evidence where dashboard_year = 2023 and finding = 'result' and"
        " level = 1"
    ).fetchall():
        found.setdefault((cds, group), set()).add(indicator)
    return found


@pytest.mark.slow
def test_the_list_of_reds_is_compared_cell_by_cell(workplace: Workplace, db: duckdb.DuckDBPyConnection) -> None:
    reds = our_reds(db)
    ((first, group), indicators), *_ = sorted(reds.items())
    gone = min(indicators)
    listed = [(cds, {"MR": "TOM"}.get(g, g), i) for (cds, g), i in sorted(reds.items())]
    listed[0] = (first, listed[0][1], indicators - {gone})
    added = next(i for i in ("ela", "math", "susp", "chronic") if i not in listed[1][2])
    listed[1] = (listed[1][0], listed[1][1], listed[1][2] | {added})
    write_reds(workplace.source, [*listed, ("27661590000000", "ALL", {"ela"})])
    with workplace.decide() as reduced:
        rows = reduced.execute(
            "select class, count(*) from reconciliation where flag like 'red:%' group by 1"
        ).fetchall()
        differing = reduced.execute(
            "select cds, flag, ours, cde, explanation from reconciliation where flag like 'red:%' and class <> 'agree'"
            " order by class"
        ).fetchall()
        kept = reduced.execute(
            "select f.rows_in, k.rows_kept from source_files f join source_rows k using (source_id) where layout ="
            " 'low_performing'"
        ).fetchall()
    assert dict(rows) == {"agree": sum(len(i) for i in reds.values()) - 1, "only_ours": 1, "only_cde": 1}
    assert [d[2:4] for d in differing] == [("N", "Y"), ("Y", "N")]
    assert differing[1][:2] == (first, f"red:{gone}:{group}")
    assert "list of low performing LEAs" in differing[1][4]
    assert kept == [(len(listed) + 1, len(listed) + 1)]


def test_a_row_that_breaks_the_contract_of_a_list_is_rejected(workplace: Workplace) -> None:
    write_reds(
        workplace.source,
        [("27661590000000", "EL", {"ela"}), ("2766159000000", "EL", {"ela"}), ("27661590000000", "XX", {"ela"})],
    )
    write_goals(workplace.source, [("27661590000000", "EL, Nobody"), ("27102720000000", "Foster youth; HOM")])
    with workplace.decide() as db:
        rows = db.execute(
            "select source_id, line, column_name, value from rejects where source_id in ('low-performing-2023',"
            " 'lcap-goals-2022') order by 1, 2"
        ).fetchall()
        groups = db.execute(
            "select student_group from low_performing where listed_for = 'ec52064e5' order by 1"
        ).fetchall()
        of_salinas = db.execute(
            "select split_part(flag, ':', 1), class, count(*) > 0 from reconciliation where cds = '27661590000000' "
            "and (flag like 'red:%' or flag like 'ec52064e5%') and cde = 'N' group by all order by 1"
        ).fetchall()
    assert of_salinas == [
        ("ec52064e5", "not_comparable", True),
        ("red", "not_comparable", True),
    ], "a row that was rejected is no 'no' of CDE"
    assert rows == [
        ("lcap-goals-2022", 7, "Targeted Student Group(s)", "Nobody"),
        ("low-performing-2023", 3, "CDS", "2766159000000"),
        ("low-performing-2023", 4, "studentgroup", "XX"),
    ]
    assert groups == [("FOS",), ("HOM",)]


@pytest.mark.parametrize(
    "missing",
    [
        "assistancestatus18.xlsx",
        *(
            pytest.param(book, marks=pytest.mark.slow)
            for book in ("assistancestatus19-rev.xlsx", "assistancestatus22.xlsx")
        ),
    ],
)
def test_an_unknown_year_does_not_count_as_met(tmp_path: Path, raw_cache: Path, missing: str) -> None:
    """Without the workbook of one of the three years, no group is known to have met the criteria in all of them."""
    source = copy_of_state(tmp_path / "source", GOALS)
    for path in COUNTY_BOOKS.glob("assistancestatus*.xlsx"):
        if path.name not in (missing, "assistancestatus23.xlsx", "assistancestatus24.xlsx"):
            shutil.copy(path, source)
    with Workplace(source, raw_cache, tmp_path / "out").decide() as db:
        rows = db.execute(
            "select distinct ours, class from reconciliation where flag like 'ec52064e5:%' order by all"
        ).fetchall()
        listed = db.execute("select count(*) from low_performing where listed_for = 'ec52064e5'").fetchall()
    assert not {ours for ours, _ in rows} & {"Y"}
    assert (None, "not_comparable") in rows
    assert listed[0][0] > 132


@pytest.fixture(scope="module")
def listed_by_letters(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> list[tuple[str, str]]:
    """Return the LEAs that CDE must have listed in January 2023, from the letters of its workbooks, without the
    pipeline.
    """
    from tests.golden.test_statewide import official

    letters = {year: official(year) for year in (2018, 2019, 2022)}
    columns = [c for c in letters[2022].columns if c.endswith("priorities")]
    found: dict[str, list[str]] = {}
    for cds in letters[2022].index:
        for column in columns:
            if all(cds in f.index and str(f.loc[cds, column]).strip("* ") for f in letters.values()):
                found.setdefault(cds, []).append(column.removesuffix("priorities"))
    return [(cds, ", ".join(groups)) for cds, groups in sorted(found.items())]


@pytest.mark.slow
def test_the_list_of_ec_52064_e_5_matches_cde_statewide(
    tmp_path: Path, raw_cache: Path, listed_by_letters: list[tuple[str, str]]
) -> None:
    assert len(listed_by_letters) == 132, "as many LEAs as CDE listed"
    source = copy_of_state(tmp_path / "source", *(name for name in BEFORE_2023 if name.startswith("assistancestatus")))
    write_goals(source, listed_by_letters[1:])
    with Workplace(source, raw_cache, tmp_path / "out").decide() as db:
        rows = db.execute(
            "select class, count(*), min(cds) from reconciliation where flag like 'ec52064e5:%' group by 1 order by 1"
        ).fetchall()
    assert [r[0] for r in rows] == ["agree", "only_ours"]
    assert rows[1][1:] == (len(listed_by_letters[0][1].split(", ")), listed_by_letters[0][0])
