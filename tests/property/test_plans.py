"""The decisions do not depend on DuckDB's query plans.

A cast that succeeds only after a filter would stop a good night if another version, or more rows, swapped the two.
"""

import duckdb
import pytest

from tests.workplace import Workplace
from transforms.database import SAFE
from transforms.schema import published_tables

# Without these some plans cannot run at all; all others only save time.
NEEDED = {
    "cte_inlining", "deliminator", "expression_rewriter", "filter_pullup", "filter_pushdown", "unnest_rewriter",
    "unused_columns",
}  # fmt: skip


@pytest.mark.slow
def test_other_plans_give_the_same_tables(
    workplace: Workplace, published: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = {name for (name,) in duckdb.sql("select name from duckdb_optimizers()").fetchall()}
    assert listed > NEEDED
    monkeypatch.setitem(SAFE, "disabled_optimizers", ",".join(sorted(listed - NEEDED)))
    with workplace.checked() as tables:
        tables.execute(f"attach '{published.out / 'current' / 'dta.duckdb'}' as planned (read_only)")
        for name, table in published_tables().items():
            columns = ", ".join(c for c in table.content_columns if c != "release_id")
            made, planned = f"select {columns} from main.{name}", f"select {columns} from planned.{name}"
            query = f"(({made}) except all ({planned})) union all (({planned}) except all ({made}))"
            if not table.is_meta:
                assert tables.execute(query).fetchall() == [], name
