"""Local estimates: Monterey's colors of 2024, applied to a history without 2024."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from tests.workplace import SAMPLE, Workplace
from transforms.errors import ConfigError, ReleaseError
from transforms.estimate.ahead import AheadOptions, build_ahead, next_year
from transforms.estimate.compute import Estimate, EstimateOptions
from transforms.estimate.file import (
    Expected,
    lines_without_precedent,
    measures_by_input,
    read_estimates,
    template_of,
    words_for_levels,
)
from transforms.estimate.smallest import priorities_met
from transforms.registers.names import names_of
from transforms.release.csv_for_people import write_csv
from transforms.rules.load import load_rules
from transforms.rules.reference import Reference
from transforms.settings import PROJECT

REFERENCE = PROJECT / "data"
RULES = load_rules(REFERENCE)
YEAR = 2024
RULE_SET = next(r for r in RULES.years if r.dashboard_year == YEAR)
ASKED = measures_by_input(RULE_SET)
COLORS = ("none", "Red", "orange", "3", "GREEN", "blue")
OUTLOOK = {
    "eligible": "certain",
    "not_eligible": "ruled_out",
    "not_assessed": "ruled_out",
    "undetermined": "possible",
}
Rows = list[dict[str, str]]


@dataclass
class Monterey:
    """The county decided with 2024, and a history without it."""

    whole: duckdb.DuckDBPyConnection
    before: duckdb.DuckDBPyConnection
    folder: Path
    rows: Rows  # the filled template

    def outlooks(self, rows: Rows) -> dict[tuple[str, str], str]:
        file = self.folder / "estimates.csv"
        file.write_text(as_csv(rows), "utf-8")
        cells = read_estimates(file, expected(self.before)) if any(r["color"] for r in rows) else None
        build_ahead(self.before, RULES, REFERENCE, AheadOptions(YEAR, file=file.name), cells)
        found = self.before.execute("select cds, test, outlook from ahead.outlook").fetchall()
        return {(cds, test): outlook for cds, test, outlook in found}


def as_csv(rows: Rows) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def expected(connection: duckdb.DuckDBPyConnection) -> Expected:
    leas = frozenset(c for (c,) in connection.execute("select cds from ahead.leas").fetchall())
    words = words_for_levels(Reference(REFERENCE))
    return Expected("2024-final", ASKED, leas, words, names_of(connection), YEAR, YEAR - 1)


def template(connection: duckdb.DuckDBPyConnection, path: Path) -> Rows:
    """Return what ``dta estimate --template`` writes, as a spreadsheet or program reads it."""
    build_ahead(connection, RULES, REFERENCE, AheadOptions(YEAR))
    write_csv(template_of(connection, "main", "27", ASKED), path)
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


@pytest.fixture(scope="module")
def monterey(raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monterey]:
    folder = tmp_path_factory.mktemp("monterey")
    source = folder / "source"
    source.mkdir()
    for path in SAMPLE.iterdir():
        if "2024" not in path.name and "assistancestatus24" not in path.name:
            (source / path.name).write_bytes(path.read_bytes())
    with (
        Workplace(SAMPLE, raw_cache, folder / "out").decide() as whole,
        Workplace(source, raw_cache, folder / "out2").decide() as before,
    ):
        rows = template(before, folder / "template.csv")
        known = {
            key: (finding, level)
            for *key_, finding, level in whole.execute(
                "select cds, student_group, indicator, finding, level from evidence where dashboard_year = 2024"
            ).fetchall()
            for key in [tuple(key_)]
        }
        for row in rows:
            key = (row["cds"].removeprefix('="').removesuffix('"'), row["student_group"], row["indicator"])
            finding, level = known.get(key, ("unknown", None))
            if finding != "unknown":
                row["color"] = COLORS[level if finding == "result" else 0]
        yield Monterey(whole, before, folder, rows)


def test_the_history_has_no_results_of_the_estimated_year(monterey: Monterey) -> None:
    newest = monterey.before.execute("select max(determination_year) from determination_years").fetchall()[0][0]
    assert newest == 2023
    assert next_year(RULES, newest) == YEAR
    assert monterey.before.execute("select max(dashboard_year) from indicator_results").fetchall() == [(2023,)]


def test_the_smallest_change_search_applies_the_same_criteria_as_the_engine(monterey: Monterey) -> None:
    """Uses every student group of 2024. Groups met most of the priorities."""
    levels: dict[tuple[str, str], dict[str, int | None]] = {}
    query = (
        "select cds, student_group, indicator, level from evidence where dashboard_year = 2024 and finding = 'result'"
    )
    for cds, group, indicator, level in monterey.whole.execute(query).fetchall():
        levels.setdefault((cds, group), {})[indicator] = level
    engine = monterey.whole.execute(
        "select cds, student_group, priorities_met from student_group_history where dashboard_year = 2024 and basis ="
        " 'indicators' and priorities_unknown = []"
    ).fetchall()
    assert len({priority for *_, met in engine for priority in met}) >= 4
    for cds, group, met in engine:
        assert priorities_met(RULE_SET, group, levels.get((cds, group), {})) == set(met), (cds, group)


def test_the_template_shows_last_years_values_next_to_empty_cells(monterey: Monterey) -> None:
    rows = template(monterey.before, monterey.folder / "again.csv")
    leas = {r["cds"] for r in rows}
    assert {(r["student_group"], r["indicator"]) for r in rows} == set(ASKED)
    assert len(rows) == len(leas) * len(ASKED)
    assert {(r["year"], r["color"], r["status_level"], r["fill_in"], r["last_year"]) for r in rows} == {
        ("2024", "", "", "color", "2023")
    }
    found = {(r["cds"][2:-1], r["student_group"], r["indicator"]): r["last_color"] for r in rows if r["last_color"]}
    colors = ["none", "red", "orange", "yellow", "green", "blue"]
    query = "select cds, student_group, indicator, color from indicator_results where dashboard_year = 2023"
    known = {tuple(key): color for *key, color in monterey.whole.execute(query).fetchall()}
    assert len(found) > 1000
    assert {key: colors.index(color) for key, color in found.items()} == {key: known[key] for key in found}


def test_the_colors_of_a_year_as_estimates_give_the_results_of_that_year(monterey: Monterey) -> None:
    found = monterey.outlooks(monterey.rows)
    ours = {
        "continuum": (
            "select cds, if(decided_by = 'cde', 'undetermined', status) from eligibility where pathway = 'continuum'"
            " and determination_year = 2024 and status <> 'not_applicable'"
        ),
        "consecutive": (
            "select cds, status from assistance where determination = 'consecutive' and determination_year = 2024"
            " and status <> 'not_applicable'"
        ),
        "method_1": (
            "select cds, if(ours, 'eligible', 'not_eligible') from assistance_methods where method = 1 and"
            " determination_year = 2024"
        ),
    }
    for test, query in ours.items():
        results = {cds: s for cds, s in monterey.whole.execute(query).fetchall() if cds.startswith("27")}
        estimated = {cds: outlook for (cds, t), outlook in found.items() if t == test and cds.startswith("27")}
        assert len(estimated) > 20
        assert "certain" in estimated.values()
        assert estimated == {cds: OUTLOOK[status] for cds, status in results.items() if cds in estimated}, test
        assert {s for cds, s in results.items() if cds not in estimated} <= {"not_assessed"}, "an LEA that had closed"
    groups = "select cds, student_group, meets_criteria, has_result from {} where dashboard_year = 2024 order by all"
    estimated_groups = monterey.before.execute(groups.format("ahead.student_group_history")).fetchall()
    cds = {c for c, *_ in estimated_groups}
    assert estimated_groups == [
        r for r in monterey.whole.execute(groups.format("student_group_history")).fetchall() if r[0] in cds
    ]


def test_method_1_is_not_determined_without_estimates(monterey: Monterey) -> None:
    found = monterey.outlooks([r | {"color": ""} for r in monterey.rows])
    assert {outlook for (_, test), outlook in found.items() if test == "method_1"} == {"possible"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_removing_estimates_never_makes_a_verdict_more_certain(monterey: Monterey, seed: int) -> None:
    """Removes whole cells, groups and LEAs, from real and invented colors."""
    chance = random.Random(seed)  # noqa: S311
    rows = [dict(r) for r in monterey.rows]
    if seed % 2:  # colors that reach rare cases: many reds, and few groups with a result
        few = {r["cds"]: chance.random() < 0.4 for r in rows}
        kept = {(r["cds"], r["student_group"]): not few[r["cds"]] or chance.random() < 0.15 for r in rows}
        for r in rows:
            r["color"] = (
                chance.choice(["1", "1", "1", "2", "4", "none"]) if kept[r["cds"], r["student_group"]] else "none"
            )
    more = monterey.outlooks(rows)
    gone = {key: chance.random() for r in rows for key in ((r["cds"],), (r["cds"], r["student_group"]))}
    fewer_rows = [
        (
            r | {"color": ""}
            if gone[(r["cds"],)] < 0.2 or gone[r["cds"], r["student_group"]] < 0.3 or chance.random() < 0.3
            else r
        )
        for r in rows
    ]
    fewer = monterey.outlooks(fewer_rows)
    assert more.keys() == fewer.keys()
    wrong = {key: (more[key], fewer[key]) for key in more if fewer[key] not in (more[key], "possible")}
    assert wrong == {}
    assert more != fewer, "something was taken away that mattered"


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"cds": "2.76607E+13"}, "cds", "2.76607E+13"),
        ({"cds": "01611190000000"}, "cds", "01611190000000"),
        ({"cds": "27661750000000", "lea_name": "Salinas Union High"}, "lea_name", "Salinas Union High"),
        ({"year": "2023"}, "year", "2023"),
        ({"last_year": "2022"}, "last_year", "2022"),
        ({"year": "", "last_year": "2022"}, "last_year", "2022"),
        ({"student_group": "XX"}, "student_group", "XX"),
        ({"student_group": "ALL"}, "student_group", "ALL"),
        ({"indicator": "science"}, "indicator", "science"),
        ({"student_group": "AA", "indicator": "elpi"}, "indicator", "elpi"),
        ({"color": "purple"}, "color", "purple"),
        ({"color": "6"}, "color", "6"),
        ({"color": "", "status_level": "Low"}, "status_level", "Low"),
    ],
)
def test_a_wrong_row_is_named_with_line_column_and_value(
    monterey: Monterey, changes: dict[str, str], column: str, value: str
) -> None:
    rows = [dict(r) for r in monterey.rows[:30]]
    rows[7] = rows[7] | {"color": "red"} | changes
    with pytest.raises(ConfigError) as error:
        monterey.outlooks(rows)
    (line,) = str(error.value).splitlines()
    assert line.startswith(f"estimates.csv, line 9, column {column}: ")
    assert line.endswith(f"(value '{value}').")


@pytest.mark.slow
def test_a_code_under_another_leas_name_is_refused_with_the_nearest_lea(monterey: Monterey) -> None:
    row = monterey.rows[0] | {"color": "red"}
    with pytest.raises(ConfigError, match=r"is called San Ardo .*closest match is Salinas Union High \(2766159"):
        monterey.outlooks([row | {"cds": "27661750000000", "lea_name": "Salinas Union High"}])
    for name in ("", "SALINAS UNION HIGH SCHOOL DISTRICT"):
        monterey.outlooks([row | {"cds": "27661590000000", "lea_name": name}])


def test_a_group_that_an_lea_never_had_is_reported_with_its_line(monterey: Monterey) -> None:
    query = "select cds, student_group, indicator from indicator_results where color > 0 or status_level > 0"
    had = set(monterey.before.execute(query).fetchall())
    leas = {cds for cds, *_ in had}
    rows = [dict(r, cds=r["cds"][2:-1], color="red") for r in monterey.rows]
    file = monterey.folder / "never.csv"
    file.write_text(as_csv(rows), "utf-8")
    found = lines_without_precedent(monterey.before, "main", read_estimates(file, expected(monterey.before)))
    keys = [(r["cds"], r["student_group"], r["indicator"]) for r in rows]
    assert found == [line for line, key in enumerate(keys, start=2) if key[0] in leas and key not in had]
    assert 0 < len(found) < len(rows)


def test_a_duplicate_row_and_a_missing_column_are_reported(monterey: Monterey) -> None:
    with pytest.raises(ConfigError, match=r"appears 2 times \(lines 5, 11\)\. Keep one row"):
        monterey.outlooks([*monterey.rows[:9], monterey.rows[3]])
    with pytest.raises(ConfigError, match="line 1: the header lacks status_level"):
        monterey.outlooks([{k: v for k, v in r.items() if k != "status_level"} for r in monterey.rows[:9]])
    parted = monterey.folder / "parted.csv"
    parted.write_text(as_csv(monterey.rows[:9]).replace(",", ";"), "utf-8")
    with pytest.raises(ConfigError, match="line 1: the values are separated by semicolons; save the file with commas"):
        read_estimates(parted, expected(monterey.before))
    with pytest.raises(ConfigError, match="there is no such file"):
        read_estimates(monterey.folder / "nothing.csv", expected(monterey.before))
    with pytest.raises(ConfigError, match="is a folder"):
        read_estimates(monterey.folder, expected(monterey.before))


def test_the_template_asks_for_a_status_level_where_the_rules_need_one(monterey: Monterey) -> None:
    """College/Career of 2023 has a status level, in CDE's words or as a number."""
    rules = next(r for r in RULES.years if r.dashboard_year == 2023)
    measures = measures_by_input(rules)
    assert measures["SWD", "cci"] == "status_level"
    (cds,) = monterey.before.execute("select min(cds) from ahead.leas where lea_type = 'district'").fetchall()[0]
    row = {"cds": cds, "student_group": "SWD", "indicator": "cci", "color": "", "status_level": "Very Low"}
    file = monterey.folder / "status.csv"
    file.write_text(as_csv([row, row | {"indicator": "susp", "color": "red", "status_level": ""}]), "utf-8")
    given = replace(expected(monterey.before), named="2023-final", measures=measures)
    build_ahead(monterey.before, RULES, REFERENCE, AheadOptions(2023, ignore_results=True), read_estimates(file, given))
    found = monterey.before.execute(
        "select indicator, measure, finding, level from ahead.evidence_cells where dashboard_year = 2023 and"
        " student_group = 'SWD' and cds = ? and finding = 'result' order by 1",
        [cds],
    ).fetchall()
    assert found == [("cci", "status_level", "result", 1), ("susp", "color", "result", 1)]
    met = monterey.before.execute(
        "select priorities_met, meets_criteria from ahead.student_group_history where dashboard_year = 2023 and"
        " student_group = 'SWD' and cds = ?",
        [cds],
    ).fetchall()
    assert met == [([6, 8], True)]


def test_results_are_carried_over_only_on_request(monterey: Monterey) -> None:
    kinds = "select kind, count(*) from ahead.ahead_cells group by kind order by kind"
    file = monterey.folder / "one.csv"
    file.write_text(as_csv(monterey.rows[:1]), "utf-8")
    cells = read_estimates(file, expected(monterey.before))
    build_ahead(monterey.before, RULES, REFERENCE, AheadOptions(YEAR), cells)
    assert monterey.before.execute(kinds).fetchall() == [("estimate", 1)]
    build_ahead(monterey.before, RULES, REFERENCE, AheadOptions(YEAR, carry_over=True), cells)
    (_, carried), (_, given) = monterey.before.execute(kinds).fetchall()
    assert given == 1
    assert carried > 1000
    differs = monterey.before.execute("""
        select count(*) from ahead.ahead_cells k left join evidence e using (cds, student_group, indicator)
        where k.kind = 'carried_over' and e.dashboard_year = 2023 and k.level <> if(e.finding = 'result', e.level, 0)
    """).fetchall()
    assert differs == [(0,)]
    measured = monterey.before.execute(
        "select distinct indicator from ahead.ahead_cells where kind = 'carried_over'"
    ).fetchall()
    assert ("cci",) not in measured, "a status level of 2023 is no color of 2024"


def test_results_on_an_ended_scale_are_not_carried_over(monterey: Monterey) -> None:
    """English language arts and mathematics have another scale in 2026."""
    build_ahead(monterey.whole, RULES, REFERENCE, AheadOptions(2026, carry_over=True))
    carried = {i for (i,) in monterey.whole.execute("select distinct indicator from ahead.ahead_cells").fetchall()}
    assert carried == {"chronic", "susp", "grad", "elpi", "cci"}


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_a_damaged_release_is_named(tmp_path: Path, content: bytes) -> None:
    database = tmp_path / "2026-11-01" / "dta.duckdb"
    database.parent.mkdir()
    database.write_bytes(content)
    with pytest.raises(ReleaseError, match="Release 2026-11-01 is damaged"):
        Estimate(database, REFERENCE, "1GB", tmp_path / "spill", EstimateOptions())
