"""Every sentence of the statewide release is short, uses the project's words, and fits its status.

It neither repeats nor contradicts the status.
"""

import re

import duckdb
import pytest

from tests.unit.test_words import NEVER
from transforms.wording.labels import STATUS

SENTENCES = [
    ("eligibility", "reason"), ("assistance", "reason"), ("eligible_districts", "sentence"), ("changes", "sentence"),
    ("changes", "cause"), ("watch_list", "sentence"), ("predecessor_years", "sentence"),
    ("reconciliation", "explanation"), ("geo_leads", "date_basis"), ("geo_leads", "basis"),
]  # fmt: skip
ONE_OR_MANY = re.compile(
    r"\b(?:1|one) (?:\w+ )?(?:groups|years|Dashboards|priorities|methods|loans)\b"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|1\d) (?:student )?(?:group|year|Dashboard|loan) (?!of)"
)


def sentences(db: duckdb.DuckDBPyConnection, table: str, column: str) -> list[str]:
    """Return all distinct sentences of a column."""
    found = db.execute(f"select distinct {column} from {table} where {column} is not null").fetchall()
    return [s for (text,) in found for s in re.split(r"(?<=[.!?])\s+(?=[A-Z0-9])", text)]


@pytest.mark.parametrize(("table", "column"), SENTENCES)
def test_sentences_are_short_except_for_lists(state_db: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    names = [n for (n,) in state_db.execute("select name_in_text from student_groups").fetchall()]
    lists = re.compile(
        rf"\([^()]*(\([^()]*\)[^()]*)*\)|({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(,| and|;)*"
    )
    said = sentences(state_db, table, column)
    assert said
    assert not [s for s in said if len(lists.sub("", s).split()) > 30]
    assert not [s for s in said if NEVER.search(s) or ONE_OR_MANY.search(s)]
    assert not [s for s in said if re.search(r"\.(xlsx?|txt|csv)\b|[a-z]_[a-z]|\b(cci|ela|susp)\b", s)], (
        "words, not ids"
    )


@pytest.mark.parametrize("table", ["eligibility", "assistance"])
def test_reasons_do_not_repeat_the_status(state_db: duckdb.DuckDBPyConnection, table: str) -> None:
    """No reason has the words of any status: the same status would be repeated, another would be contradicted."""
    words = "|".join(sorted({word for _, word in STATUS.values()}, key=len, reverse=True))
    found = state_db.execute(f"select distinct status, reason from {table}").fetchall()
    assert len({status for status, _ in found}) > 2
    assert not [(status, reason) for status, reason in found if re.search(rf"\b({words})\b", reason, re.I)]
