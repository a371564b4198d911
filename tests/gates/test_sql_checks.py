"""For every SQL check: violate it once in the decided tables of a small state; exactly that check fails and names the
row.
"""

import re
from dataclasses import dataclass

import pytest
import sqlglot

from expectations.checks import Check, load_checks
from expectations.previous import attach_previous
from expectations.results import run_check
from tests.gates.state import State

CHECKS = load_checks()
MADE_UP = "99999990000000"


@dataclass(frozen=True)
class Violation:
    """Statements that violate a check, words in the row that it must name, and checks that necessarily fail too."""

    statements: tuple[str, ...]
    named: tuple[str, ...]
    companions: frozenset[str] = frozenset()


def violation(*statements: str, named: str, also: str = "") -> Violation:
    return Violation(statements, tuple(named.split()), frozenset(also.split()))


# {d}: a district that is in all files; {file}: source id of the ELA file of 2024, {book}: its workbook
OF_FILE = "where source_id = '{file}'"
REJECT = (
    "insert into rejects by name select '{file}' as source_id, 'eladownload2024.txt' as file, 7 as line, 'color' as"
    " column_name, '9' as value, 'wrong' as reason, "
)
RESULT = "(select min(rowid) from evidence where finding = 'result')"
SIX = "('01', '10', '19', '30', '37', '43')"
BY_DATA = (
    "insert into meta_release_changes by name select n.cds, n.determination_year, n.pathway, 'data' as attributed_to,"
    " b.status as status_before, n.status as status_after, 'status_changed' as change from eligibility n join"
    " before.eligibility b using (cds, determination_year, pathway) where n.pathway = '{pathway}' and b.status ="
    " '{before}' and n.status <> b.status"
)
REISSUED = "update meta_sources set sha256 = 'another' where source_id = '{file}'"
VIOLATIONS = {
    "changes_are_differences": violation("update indicator_results set change = change + 5 " + OF_FILE, named="{file}"),
    "counties_in_every_file": violation(
        "update source_coverage set counties = list_filter(counties, lambda c: c <> '02') " + OF_FILE,
        named="{file} 02 Alpine",
    ),
    "groups_in_every_file": violation(
        "delete from indicator_results where source_id = '{file}' and student_group = 'FI'", named="{file} FI"
    ),
    "indicators_known": violation(
        "update evidence set indicator = 'pe' where rowid = (select min(rowid) from evidence)", named="evidence pe"
    ),
    "leas_in_directory": violation("update leas set directory_status = null where cds = '{d}'", named="{d}"),
    "leas_in_every_file": violation(
        "delete from indicator_results where source_id = '{file}' and cds[1:2] in " + SIX, named="{file} without_rows"
    ),
    "leas_near_last_year": violation(
        "delete from indicator_results where source_id = '{file}' and cds[1:2] between '20' and '40'",
        named="ela 2023 2024",
        also="leas_in_every_file",
    ),
    "letters_follow_priorities": violation(
        "update assistance_letters set letter = if(letter = 'A', 'B', 'A') where rowid = (select min(rowid) from"
        " assistance_letters where letter is not null)",
        named="assistance_letters letter",
    ),
    "levels_all_used": violation(
        "update indicator_results set color = color + 1 where source_id = '{file}' and color between 1 and 4",
        named="{file} color 1",
    ),
    "levels_in_order": violation(
        "update indicator_results set status_level = 6 - status_level where source_id = '{file}' and status_level > 0",
        named="{file} up",
    ),
    "names_of_codes": violation(
        "update indicator_results set district_name = (select max(district_name) from indicator_results where"
        " record_type = 'D' and cds <> '{d}') where source_id = '{file}' and cds = '{d}'",
        named="{file} {d}",
    ),
    "one_file_per_indicator": violation(
        "update indicator_results set source_id = 'dashboard-ela-2023' where rowid = (select min(rowid) from"
        " indicator_results where source_id = '{file}')",
        named="2024 ela dashboard-ela-2023 {file}",
    ),
    "prior_differs_from_last_year": violation(
        "update indicator_results set prior_status = prior_status + 7, change = change - 7 " + OF_FILE,
        named="{file} dashboard-ela-2023",
    ),
    "prior_is_last_year": violation(
        "update indicator_results n set prior_status = o.current_status, change = n.current_status - o.current_status"
        " from indicator_results o where n.source_id = '{file}' and o.source_id = 'dashboard-ela-2022' and o.cds ="
        " n.cds and o.student_group = n.student_group",
        named="{file} dashboard-ela-2022 dashboard-ela-2023",
        also="prior_differs_from_last_year",
    ),
    "status_only_in_2022": violation(
        "update indicator_results set color = 2 where source_id = 'dashboard-susp-2022' and cds[1:2] < '30'",
        named="dashboard-susp-2022 with_status_only",
        also="indicator_results-2022",
    ),
    "statuses_in_units": violation(
        "update indicator_results set current_status = -current_status, prior_status = -prior_status, change = -change "
        "where source_id = 'dashboard-susp-2023' and record_type = 'S' and current_status > 0",
        named="dashboard-susp-2023 that_are_outside",
        also="single_statuses_in_units",
    ),
    "rates_are_percentages": violation(
        "update indicator_results set current_status = current_status / 100, prior_status = prior_status / 100, change"
        " = change / 100 where indicator = 'susp'",
        named="dashboard-susp largest_status",
        also="state_rows_as_printed",
    ),
    "rows_of_their_group": violation(
        "update indicator_results set current_status = 7.5, current_denominator = 777 where source_id ="
        " 'dashboard-ela-2023' and cds = '{d}' and student_group = 'SED'",
        "delete from indicator_results where source_id = '{file}' and cds = '{d}' and student_group = 'SED'",
        "update indicator_results set prior_status = 7.5, prior_denominator = 777, change = current_status - 7.5 where"
        " source_id = '{file}' and cds = '{d}' and student_group = 'PI'",
        named="{file} {d} PI dashboard-ela-2023 SED",
    ),
    "single_statuses_in_units": violation(
        "update indicator_results set prior_status = 101 where source_id = 'dashboard-susp-2024' and cds = '{d}'",
        named="dashboard-susp-2024 {d} 101",
    ),
    "state_rows_as_printed": violation(
        "update indicator_results set current_status = current_status + 0.2 "
        + OF_FILE
        + " and record_type = 'X' and student_group = 'ALL'",
        "update indicator_results set change = change + 0.2 "
        + OF_FILE
        + " and record_type = 'X' and student_group = 'ALL'",
        named="{file} printed current_status",
    ),
    "state_rows_as_quoted": violation(
        "update state_values set value = value + 0.2, printed_by = 'A newspaper' where dashboard_year = 2024 and"
        " indicator = 'elpi'",
        named="dashboard-elpi-2024 EL newspaper",
    ),
    "state_rows_compared": violation(
        "delete from state_values where dashboard_year = 2024 and indicator = 'ela'", named="{file} known"
    ),
    "statuses_remembered": violation(
        "update assistance_statuses_compared set contradicts = true where reported_by = '{book}' and hash(cds) % 3 = 0",
        named="{book} told_by_source_id",
    ),
    "student_groups_known": violation(
        "update watch_list set student_group = 'XX' where rowid = (select min(rowid) from watch_list)",
        named="watch_list XX",
    ),
    "acceptances_current": violation(
        "insert into accepted_differences by name select cds, dashboard_year, flag, ours, cde, 'a reason' as reason,"
        " date '2020-01-01' as expires_on from reconciliation where class = 'agree' limit 1",
        named="expired",
    ),
    "agrees_with_cde": violation(
        "update reconciliation set class = 'only_ours' where rowid = (select min(rowid) from reconciliation where class"
        " = 'agree')",
        named="dashboard_year",
    ),
    "cases_have_verdicts": violation(
        "insert into pathway_register by name select 'P-9' as case_id, 'primary' as pathway, '"
        + MADE_UP
        + "' as cds, 'A school' as lea_name, false as has_verdicts",
        "insert into reg_cases by name select 'P-9' as case_id",
        named="P-9 " + MADE_UP,
    ),
    "cases_kept": violation("insert into reg_cases by name select 'R-9' as case_id", named="R-9"),
    "cde_mostly_agrees": violation(
        "update reconciliation set class = 'only_ours' where flag like 'letter:%' and dashboard_year = 2024 and"
        " hash(cds) % 3 = 0",
        named="2024 letter",
        also="agrees_with_cde",
    ),
    "codes_of_one_name": violation(
        "insert into leas by name select '59123450000000' as cds, 'District' as lea_name, 'district' as lea_type, 2010"
        " as first_dashboard_year, 2016 as last_dashboard_year",
        "insert into lea_names by name select '59123450000000' as cds, upper(' ' || lea_name) as lea_name from"
        " lea_names where cds = '{d}'",
        named="{d} 59123450000000 2016",
    ),
    "counts_near_year_before": violation(
        "update assistance set status = 'not_eligible' where determination = 'differentiated_assistance' and"
        " determination_year = 2024",
        named="differentiated_assistance 2024",
        also="release_assistance_changed",
    ),
    "counts_possible": violation(
        "insert into eligibility by name select lpad(range::varchar, 14, '0') as cds, 2030 as determination_year,"
        " 'continuum' as pathway, 'not_eligible' as status, [] as student_groups from range(600)",
        named="2030 decided",
    ),
    "determinations_exist": violation(
        "update eligibility set status = 'undetermined' where pathway = 'continuum'",
        "update assistance set status = 'not_assessed'",
        named="determination year",
        also="eligibility_follows_history eligible_districts_complete release_assistance_changed",
    ),
    "letters_contradict_indicators": violation(
        "update student_group_history set cde_letter = if(cde_letter is null, null, if(cde_letter = 'A', 'B', 'A'))"
        " where dashboard_year = 2023",
        named="assistance-2023 letters dashboard-ela-2023",
    ),
    "flags_contradict_letters": violation(
        "insert into eligibility by name select lpad(range::varchar, 14, '0') as cds, 2024 as determination_year,"
        " 'continuum' as pathway, 'not_eligible' as status, 'computed_from_letters' as decided_by, if(range < 30, 'Y',"
        " 'N') as cde_flag, [] as student_groups from range(100)",
        named="2024 that_differ assistance-2024 dashboard-ela-2023",
    ),
    "differences_explained": violation(
        "update reconciliation set explanation = ' ' where rowid = (select min(rowid) from reconciliation)",
        named="dashboard_year",
    ),
    "eligibility_follows_history": violation(
        "update student_group_history set meets_criteria = false, letter = null, priorities_met = [] where cds ="
        " (select min(cds) from eligibility where pathway = 'continuum' and status = 'eligible' and determination_year"
        " = 2024) and meets_criteria",
        named="eligible groups_in_history",
    ),
    "eligible_districts_complete": violation(
        "delete from eligible_districts where rowid = (select min(rowid) from eligible_districts)",
        named="pathways_in_list",
    ),
    "index_is_judged": violation(
        "delete from verdicts where cds = '{d}' and pathway = 'request' and determination_year = 2024",
        named="{d} 2024 request",
    ),
    "leas_are_indexed": violation(
        "delete from lea_index where cds = '{d}'", "delete from verdicts where cds = '{d}'", named="{d}"
    ),
    "pathways_known": violation(
        "update changes set pathway = 'pilot' where rowid = (select min(rowid) from changes)", named="changes pilot"
    ),
    "pathways_possible": violation(
        "update eligibility set status = 'eligible' where cds = '{d}' and pathway = 'primary' and determination_year ="
        " 2024",
        "update eligible_districts set pathways = list_append(pathways, 'primary') where cds = '{d}' and"
        " determination_year = 2024",
        "insert into eligible_districts by name select '{d}' as cds, 2024 as determination_year, ['primary'] as"
        " pathways where not exists (select 1 from eligible_districts where cds = '{d}' and determination_year = 2024)",
        named="{d} 2024 primary",
    ),
    "necessity_after_criteria": violation(
        "insert into necessity_determinations by name select '{d}' as cds, 'A district' as lea_name, 2030 as"
        " determination_year, 'yes' as necessary",
        named="{d} 2030 yes",
    ),
    "successions_follow_files": violation(
        "insert into predecessor_groups by name select '{d}' as cds, '"
        + MADE_UP
        + "' as predecessor_cds, 2019 as dashboard_year, 'still_listed' as day_doubt",
        named="{d} 2019 still_listed " + MADE_UP,
    ),
    "registers_name_leas": violation(
        "insert into register_warnings by name select 'calpads' as register, '01999990000000' as cds,"
        " 'registers/calpads.csv' as file, 2 as line",
        named="calpads 01999990000000",
    ),
    "registers_rejected": violation(
        "insert into register_rejects by name select 'spi' as register, 'S-9' as record, 'registers/spi.csv' as file, 2"
        " as line, 'cds' as column_name",
        "insert into register_doubts by name select 'spi' as register, 'spi' as pathway, '{d}' as cds, 2 as line",
        named="spi S-9 {d}",
    ),
    "rejected_rows_concern_leas": violation(
        "insert into register_rejects by name select 'state_loan_events' as register, 'X-1' as record,"
        " 'registers/state_loan_events.csv' as file, 2 as line, 'loan_id' as column_name",
        "insert into register_doubts by name select 'state_loan_events' as register, '{d}' as cds, 2 as line, true as"
        " is_guess",
        named="state_loan_events X-1 loan_id",
        also="registers_rejected",
    ),
    "decisive_rows_rejected": violation(
        REJECT + "'D' as record_type",
        named="eladownload2024.txt 7 color 9",
        also="rows_rejected rows_accounted",
    ),
    "everything_placed": violation(
        "insert into unknown_headings values ('{file}', 'Brand_New')",
        named="eladownload2024.txt column Brand_New data/layouts.toml",
    ),
    "files_not_used": violation(
        "insert into meta_unused_files by name select 'x.txt' as file, 'it is empty' as reason, 'Download it again.' as"
        " what_to_do",
        named="x.txt empty",
    ),
    "files_read_as_served": violation(
        "update source_files set warnings = ['line 7 repeats line 3'] " + OF_FILE, named="eladownload2024.txt repeats"
    ),
    "files_not_empty": violation(
        "update source_rows set rows_kept = 0 " + OF_FILE, named="{file}", also="rows_accounted"
    ),
    "inputs_missing": violation(
        "update meta_years set indicators_missing = ['susp'] where dashboard_year = 2024", named="2024 susp"
    ),
    "columns-present": violation(
        "insert into meta_columns by name select 'leas' as table_name, 'nobody' as column_name", named="leas nobody"
    ),
    "columns-types": violation(
        "update meta_columns set type = 'BIGINT' where table_name = 'leas' and column_name = 'county_code'",
        named="leas county_code VARCHAR",
    ),
    "evidence-result-has-level": violation(
        "update evidence set level = 0 where rowid = " + RESULT, named="level finding"
    ),
    "evidence-result-has-line": violation(
        "update evidence set source_line = null where rowid = " + RESULT, named="source_line finding"
    ),
    "evidence-unknown-said": violation(
        "update evidence set finding = 'unknown', unknown_because = null where rowid = " + RESULT,
        named="unknown_because finding",
    ),
    "indicator_results-2022": violation(
        "update indicator_results set color = 2 where rowid = (select min(rowid) from indicator_results where source_id"
        " = 'dashboard-susp-2022')",
        named="dashboard-susp-2022 color",
    ),
    "indicator_results-numerators-within": violation(
        "update indicator_results set prior_numerator = prior_denominator + 1 where rowid = "
        "(select min(rowid) from indicator_results where source_id = 'dashboard-grad-2024' and prior_denominator > 0)",
        named="dashboard-grad-2024 prior_numerator",
    ),
    "dashboard_levels_blank": violation(
        "update indicator_results set color = null where rowid = (select min(rowid) from indicator_results where"
        " source_id = '{file}' and color = 0)",
        named="{file} color",
    ),
    "dashboard_levels_present": violation(
        "update indicator_results set color = null where source_id = '{file}' and hash(cds) % 3 = 0",
        named="{file} color",
        also="dashboard_levels_blank",
    ),
    "dashboard_rows_sound": violation(
        REJECT.replace("7 as line", "range as line") + "'S' as record_type from range(1, 2000)",
        "update source_rows set rows_kept = rows_kept - 1999 " + OF_FILE,
        named="{file} color 9",
        also="rows_rejected",
    ),
    "supporting_files_not_empty": violation(
        "update source_files set rows_in = 0 where source_id = 'directory'", named="directory", also="rows_accounted"
    ),
    "rows_accounted": violation("update source_rows set rows_kept = rows_kept - 1 " + OF_FILE, named="{file}"),
    "rows_rejected": violation(
        REJECT + "'S' as record_type",
        "update source_rows set rows_kept = rows_kept - 1 " + OF_FILE,
        named="eladownload2024.txt 7 color 9",
    ),
    "release_leas_in_files_kept": violation(
        REISSUED,
        "insert into before.indicator_results by name select '59123450000000' as cds, '{file}' as source_id, 'D' as"
        " record_type",
        named="{file} 59123450000000",
    ),
    "numerators_mostly_within": violation(
        "update indicator_results set current_numerator = current_denominator + 1 where source_id ="
        " 'dashboard-grad-2024'",
        named="grad",
        also="indicator_results-numerators-within",
    ),
    "release_eligible_band": violation(
        "update eligibility set status = 'eligible' where pathway = 'request' and determination_year = 2024 and cds in "
        "(select cds from leas where lea_type = 'district' order by cds limit 8)",
        "update before.eligibility set status = 'not_eligible' where pathway = 'request' and determination_year = 2024",
        BY_DATA.format(pathway="request", before="not_eligible"),
        named="2024 request",
        also="pathways_possible eligible_districts_complete release_verdicts_changed release_verdicts_kept",
    ),
    "release_files_kept": violation("update meta_sources set present = false " + OF_FILE, named="{file}"),
    "release_files_whole": violation("update meta_sources set rows_in = 0.97 * rows_in " + OF_FILE, named="{file}"),
    "release_leas_kept": violation(
        "insert into before.leas by name select '"
        + MADE_UP
        + "' as cds, 'A district' as lea_name, 'district' as lea_type",
        named=MADE_UP,
    ),
    "release_letters_kept": violation(
        "update meta_sources set sha256 = 'another' where source_id = '{book}'",
        "update before.assistance_letters set letter = if(letter = 'A', 'B', 'A') where source_id = '{book}' and letter"
        " is not null",
        named="{book}",
    ),
    "release_levels_kept": violation(
        REISSUED,
        "update before.indicator_results set color = 6 - color where source_id = '{file}' and color > 0 and hash(cds) %"
        " 3 = 0",
        named="{file}",
        also="release_levels_follow",
    ),
    "release_levels_follow": violation(
        REISSUED,
        "update before.indicator_results set color = 6 - color where source_id = '{file}' and cds = '{d}' and"
        " student_group = (select min(student_group) from indicator_results where source_id = '{file}' and cds = '{d}'"
        " and color in (1, 2, 4, 5))",
        named="{file} {d} color_before",
    ),
    "release_group_rows_kept": violation(
        REISSUED,
        "delete from indicator_results where rowid = (select min(rowid) from indicator_results where source_id ="
        " '{file}' and cds = '{d}' and student_group in (select student_group from rule_groups where dashboard_year ="
        " 2024))",
        named="{file} {d} color_before",
    ),
    "release_records_kept": violation(
        "insert into before.pathway_register by name select 'P-9' as case_id, 'A district' as lea_name",
        named="pathway_register P-9",
    ),
    "release_rows_kept": violation(
        "update before.meta_tables set row_count = 1000000 where table_name = 'evidence'", named="evidence 1000000"
    ),
    "release_assistance_changed": violation(
        "update before.assistance set status = 'eligible' where cds = '{d}' and determination = 'consecutive' and"
        " determination_year = 2024 and status <> 'eligible'",
        named="{d} 2024 consecutive",
    ),
    "release_verdicts_changed": violation(
        "insert into meta_release_changes by name select '{d}' as cds, 2024 as determination_year, 'continuum' as"
        " pathway, 'status_changed' as change, 'eligible' as status_before, 'not_eligible' as status_after",
        named="{d} 2024 continuum",
    ),
    "release_verdicts_kept": violation(
        "update before.eligibility set status = 'not_eligible' where pathway = 'spi' and determination_year = 2024 and"
        " cds in (select cds from leas where lea_type = 'district' order by cds limit 20)",
        BY_DATA.format(pathway="spi", before="not_eligible"),
        named="2024 spi",
        also="release_verdicts_changed",
    ),
    "release_years_kept": violation(
        "insert into before.eligibility by name select 2016 as determination_year", named="determination 2016"
    ),
}


@pytest.fixture(scope="module")
def names(state: State) -> dict[str, str]:
    """Return the names used in the violations."""
    ((district,),) = state.connection.execute(
        "select min(cds) from leas where lea_type = 'district' and first_dashboard_year = 2017 and last_dashboard_year"
        " = 2025"
    ).fetchall()
    return {"d": district, "file": "dashboard-ela-2024", "book": "assistance-2024"}


@pytest.fixture(scope="module")
def tables_of_checks(state: State) -> dict[str, set[str]]:
    """Return the tables that each check names, of this release and the previous one; a column of the same name counts
    too.
    """
    return {c.check_id: set(re.findall(r"before\.\w+|\w+", c.query)) & tables(state) for c in CHECKS}


def tables(state: State) -> set[str]:
    """Return all tables and views; those of the previous release have the name of its schema."""
    found = state.connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
    ).fetchall()
    return {name.removeprefix("main.") for (name,) in found}


def changed_by(spoiled: Violation) -> set[str]:
    """Return the tables that the statements change."""
    return {name for s in spoiled.statements for name in re.findall(r"^(?:update|insert into|delete from) ([\w.]+)", s)}


def may_affect(check: Check, tables: set[str], spoiled: Violation) -> bool:
    """Return True if a statement changes a table that the check uses; for an update, also a column that its query
    names.
    """
    words = set(re.findall(r"\w+", check.query))
    for statement in spoiled.statements:
        if tables & changed_by(violation(statement, named="")):
            if not statement.startswith("update"):
                return True
            if words & {e.this.name for e in sqlglot.parse_one(statement, read="duckdb").expressions}:
                return True
    return False


def test_every_check_has_a_violation() -> None:
    assert set(VIOLATIONS) == {c.check_id for c in CHECKS}
    assert len(CHECKS) == len(VIOLATIONS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.check_id)
def test_check_descriptions_are_whole_sentences(check: Check) -> None:
    assert [text for text in (check.sentence, check.reason) if not text.endswith(".")] == []


def test_a_good_state_passes_every_check(state: State) -> None:
    assert [r.described() for c in CHECKS if (r := run_check(state.connection, c)).outcome != "passed"] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.check_id)
def test_a_violation_fails_exactly_its_check_and_is_named(
    state: State, names: dict[str, str], tables_of_checks: dict[str, set[str]], check: Check
) -> None:
    """Run only checks that use the changed data; the others give the same result as on the good state."""
    spoiled = VIOLATIONS[check.check_id]
    state.connection.execute("begin")
    try:
        for statement in spoiled.statements:
            state.connection.execute(statement.format(**names))
        results = {
            c.check_id: run_check(state.connection, c)
            for c in CHECKS
            if c is check or may_affect(c, tables_of_checks[c.check_id], spoiled)
        }
    finally:
        state.connection.execute("rollback")
    failed = {i for i, r in results.items() if r.outcome != "passed"}
    assert failed == {check.check_id} | spoiled.companions
    result = results[check.check_id]
    assert result.outcome == "failed"
    for word in spoiled.named:
        assert word.format(**names) in result.rows[0], result.rows[0]


def test_a_check_that_cannot_run_is_an_error_and_stops_the_release(state: State) -> None:
    broken = Check(
        "broken", "release", "unusual", "info", "leas", "It runs.", "It must.", "select * from no_such_table"
    )
    result = run_check(state.connection, broken)
    assert result.outcome == "error"
    assert result.stops_release
    assert "no_such_table" in result.detail


def test_failing_rows_are_all_counted_and_a_hundred_are_shown(state: State) -> None:
    check = Check(
        "many", "release", "unusual", "info", "leas", "None.", "None.", "select range as n from range(1000) order by n"
    )
    result = run_check(state.connection, check)
    assert (result.failing_rows, len(result.rows), result.rows[0]) == (1000, 100, '{"n": 0}')


def test_checks_against_the_previous_release_pass_on_the_first_release(state: State) -> None:
    state.connection.execute("begin")
    try:
        attach_previous(state.connection, None)
        assert [r.described() for c in CHECKS if (r := run_check(state.connection, c)).outcome != "passed"] == []
    finally:
        state.connection.execute("rollback")


def test_tables_of_checks_and_violations_are_detected(state: State, tables_of_checks: dict[str, set[str]]) -> None:
    for check in CHECKS:
        changed = changed_by(VIOLATIONS[check.check_id])
        assert changed <= tables(state)
        assert changed & tables_of_checks[check.check_id], check.check_id
    views = {
        n
        for (n,) in state.connection.execute(
            "select view_name from duckdb_views() where schema_name = 'main' and not internal"
        ).fetchall()
    }
    assert not views & {n for names in tables_of_checks.values() for n in names}, "a view hides the tables behind it"
