"""For every expectation on a table: violate it once in good rows; exactly that check fails and names the row."""

import json

import duckdb
import pytest

from expectations.acceptances import classes_of_suites
from expectations.judging import rows_of
from expectations.suites import Suite
from expectations.suites.tables import suites_of_tables
from expectations.validate import validate
from transforms.database import quote

SUITES = {s.name: s for s in suites_of_tables()}
# The values that are set in one row.
VIOLATIONS = {
    "eligibility-reason-said": "reason = 'short'",
    "eligibility-statute-form": "statute = 'Education Code 52072'",
    "eligibility-loans-districts-only": "lea_type = 'county_office', pathway = 'wraparound', status = 'eligible'",
    "eligibility-continuum-not-charters": "lea_type = 'charter', pathway = 'continuum', status = 'not_eligible'",
    "eligible_districts-sentence-said": "sentence = 'short'",
    "eligible_districts-reasons-said": "reasons = 'short'",
    "assistance-reason-said": "reason = 'short'",
    "assistance-statute-form": "statute = 'EC'",
    "assistance-charter-test": "determination = 'charter', lea_type = 'district'",
    "assistance-year-known": "assistance_year = 3",
    "changes-forward": "from_year = to_year",
    "changes-newly-eligible": "change = 'newly_eligible', status_after = 'undetermined'",
    "changes-no-longer": "change = 'no_longer', status_before = 'undetermined'",
    "student_group_history-basis-known": "basis = 'a guess'",
    "student_group_history-unknown-said": "meets_criteria = null, note = null",
    "watch_list-sentence-said": "sentence = 'short'",
    "watch_list-preview-provisional": "watch = 'preview_one_more_red', standing = 'final'",
    "reconciliation-explained": "explanation = 'short'",
    "reconciliation-agree-same": "class = 'agree', flag = 'letter:EL', ours = 'A', cde = 'B'",
    "leas-cds-of-district": "lea_type = 'district', cds = '59660680000000'",
    "leas-cds-of-charter": "lea_type = 'charter', cds = '27660680000000'",
    "leas-county-known": "county = null",
    "directory-closed-after-open": "open_date = date '2024-01-02', closed_date = date '2024-01-01'",
    "state_loans-drawn-within": "amount_authorized_usd = 1, amount_drawn_usd = 2",
    "state_loan_events-period-forward": "earliest = date '2024-01-02', latest = date '2024-01-01'",
    "meta_sources-hash-present": "file = 'x.txt', sha256 = null",
    "meta_sources-kept-within": "rows_in = 1, rows_kept = 2",
}
CASES = [(suite.name, e.meta["check_id"]) for suite in SUITES.values() for e in suite.expectations]


def failed(connection: duckdb.DuckDBPyConnection, suite: Suite) -> dict[str, tuple[str, int]]:
    return {
        r.check_id: (r.outcome, r.failing_rows) for r in validate(rows_of(connection), suite) if r.outcome != "passed"
    }


@pytest.mark.parametrize("name", SUITES)
def test_good_rows_pass(good: duckdb.DuckDBPyConnection, name: str) -> None:
    results = validate(rows_of(good), SUITES[name])
    assert [r.described() for r in results if r.outcome != "passed"] == []
    assert [r.check_id for r in results] == [e.meta["check_id"] for e in SUITES[name].expectations]


@pytest.mark.parametrize(("name", "check_id"), CASES)
def test_a_violation_fails_exactly_its_check_and_names_its_row(
    good: duckdb.DuckDBPyConnection, name: str, check_id: str
) -> None:
    suite, table = SUITES[name], quote(name)
    good.execute("begin")
    try:
        good.execute(f"update {table} set {VIOLATIONS[check_id]} where rowid = (select max(rowid) from {table})")
        (key,) = good.execute(
            f"select {', '.join(map(quote, suite.key))} from {table} where rowid = (select max(rowid) from {table})"
        ).fetchall()
        results = {r.check_id: r for r in validate(rows_of(good), suite) if r.outcome != "passed"}
    finally:
        good.execute("rollback")
    assert list(results) == [check_id]
    result = results[check_id]
    assert (result.outcome, result.failing_rows, result.table_name) == ("failed", 1, name)
    assert (
        dict(zip(suite.key, json.loads(json.dumps(key, default=str)), strict=True)).items()
        <= json.loads(result.rows[0]).items()
    )
    assert len(result.rows_digest) == 64


def test_every_expectation_has_a_violation() -> None:
    assert sorted(VIOLATIONS) == sorted(i for _, i in CASES)


def test_a_result_has_the_digest_and_sources_of_its_failing_rows(good: duckdb.DuckDBPyConnection) -> None:
    found = []
    for line in ("'short'", "'also short'", "'short'"):
        good.execute("begin")
        good.execute(f"update reconciliation set explanation = {line}[:5] where rowid < 2")
        found += [r for r in validate(rows_of(good), SUITES["reconciliation"]) if r.outcome != "passed"]
        good.execute("rollback")
    one, other, again = found
    assert one.rows_digest == again.rows_digest != other.rows_digest
    assert one.failing_rows == 2


def test_an_expectation_that_cannot_run_is_an_error_and_stops(good: duckdb.DuckDBPyConnection) -> None:
    good.execute("begin")
    good.execute("alter table state_loans drop column amount_drawn_usd")
    results = validate(rows_of(good), SUITES["state_loans"])
    good.execute("alter table directory alter open_date type varchar")
    good.execute("update directory set open_date = 'x'")
    results += validate(rows_of(good), SUITES["directory"])
    good.execute("rollback")
    assert [(r.outcome, r.stops_release) for r in results] == [("error", True)] * 2


def test_every_expectation_has_a_unique_id_a_sentence_and_a_reason() -> None:
    from expectations.suites.files import SHAPES, suite_of_shape

    expectations = [
        e for s in (*SUITES.values(), *(suite_of_shape(layout, []) for layout in SHAPES)) for e in s.expectations
    ]
    assert len(expectations) == len(classes_of_suites()) <= 150
    assert [e.meta for e in expectations if not e.meta["sentence"].endswith(".") or len(e.meta["reason"]) <= 10] == []
