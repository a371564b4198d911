"""Stages 3 to 5: typed tables, criteria, determinations. The order of tables stands here."""

from transforms.assistance_reasons import write_assistance_reasons
from transforms.before import load_evidence_before
from transforms.change_reasons import write_change_sentences, write_watch_sentences
from transforms.dashboard.admission import admit_dashboards
from transforms.dashboard.parts import load_dashboards
from transforms.inputs import load_inputs
from transforms.reasons import write_reasons
from transforms.reconciliation_words import write_reconciliation_words
from transforms.registers.tables import put_registers
from transforms.run import Run, StepResult
from transforms.sql import build_table

FILES = (
    "assistance_cells",
    "assistance_rows_rejected",
    "assistance_letters",
    "assistance_flags",
    "assistance_leas",
    "local_rows",
    "local_indicators",
    "directory_rows",
    "directory",
    "charter_cells",
    "charter_letters",
    "charter_flags",
    "assistance_history",
    "low_performing_rows",
    "lcap_goal_rows",
    "low_performing",
    "lea_names",
)
LEAS = (
    "rejects",
    "leas",
    "interim_certifications",
    "source_rows",
)
CORE = (*FILES, *LEAS)
CRITERIA = (
    "source_coverage",
    "determination_years",
    "county_years",
    "workbook_listings",
    "lea_years",
    "meta_years",
    "lea_results",
    "expected_rows",
    "evidence",
    "condition_results",
    "criterion_results",
    "priority_results",
    "student_group_history",
    "predecessor_groups",
    "predecessor_years",
    "joined_history",
)
DETERMINATIONS = (
    "lea_index",
    "continuum_groups",
    "continuum",
    "loan_events_dated",
    "loan_states",
    "wraparound",
    "pathway_register",
    "case_states",
    "verdicts",
    "assistance_years",
    "local_failures",
    "assistance_methods",
    "differentiated_assistance",
    "consecutive_groups",
    "consecutive",
    "charter_groups",
    "charter_test",
    "low_performing_compared",
    "watch_rows",
    "pathway_changes",
)
MARTS = (
    "necessity_determinations",
    "eligibility",
    "eligible_districts",
    "assistance",
    "watch_list",
    "changes",
    "reconciliation",
    "state_loans",
    "state_loan_events",
    "successions",
    "calpads_certifications",
    "rule_criteria",
    "rule_windows",
    "rule_tests",
    "levels",
    "priority_letters",
    "geo_leads",
    "coe_providers",
    "counties",
    "student_groups",
    "indicators",
    "status_scales",
)


def build_core(run: Run) -> StepResult:
    """Typed, keyed tables from the raw files; rows that break the contract go to ``rejects``, and a file of too many of them is not used."""
    admit_dashboards(run)
    with run.connect() as connection:
        load_inputs(run, connection)
        results = load_dashboards(run, connection)
        rows = {table: build_table(connection, "core", table) for table in FILES}
        put_registers(run, connection)  # compared with the names in the files
        rows |= {table: build_table(connection, "core", table) for table in LEAS}
    rows_in = sum(r["rows_in"] for r in run.raw_reports())
    kept = f"{results:,} indicator results of {rows['leas']:,} LEAs, {rows['rejects']:,} rejects"
    return StepResult(rows_in, results, kept)


def build_criteria(run: Run) -> StepResult:
    """Clause, criterion, priority, student group: what each group showed in each Dashboard year."""
    with run.connect() as connection:
        load_evidence_before(run, connection)
        rows = {table: build_table(connection, "criteria", table) for table in CRITERIA}
    return StepResult(
        rows["evidence"], rows["student_group_history"], f"{rows['student_group_history']:,} group years from {rows['evidence']:,} indicator cells"
    )


def build_determinations(run: Run) -> StepResult:
    """A verdict per LEA, determination year and pathway, with its reason in words, and the tables that readers open."""
    with run.connect() as connection:
        rows = {table: build_table(connection, "determinations", table) for table in DETERMINATIONS}
        write_reasons(connection)
        write_assistance_reasons(connection)
        write_watch_sentences(connection)
        write_change_sentences(connection)
        write_reconciliation_words(connection)
        for table in MARTS:
            build_table(connection, "marts", table)
    return StepResult(rows["lea_index"], rows["verdicts"], f"{rows['verdicts']:,} verdicts")
