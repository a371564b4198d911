"""Put changes between determination years, and what to watch, into words."""

from typing import Any

import duckdb
import pyarrow as pa

from transforms.sentences import Change, GroupChange, change_sentence, watch_sentence
from transforms.tables import put

GROUP_YEARS = """
    select cds, determination_year, student_group, years_met, counts from continuum_groups
"""


def write_change_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``change_sentences`` (cds x pathway x to_year)."""
    groups: dict[tuple[str, int, str], list[int]] = {(cds, year, group): met for cds, year, group, met, _ in connection.execute(GROUP_YEARS).fetchall()}
    rows = connection.execute(
        """
        select c.cds, c.pathway, c.from_year, c.to_year, c.status_before, c.status_after, c.groups_added, c.groups_removed, l.lea_name, p.name
        from pathway_changes c join leas l using (cds) join pathways p using (pathway) order by all
        """
    ).fetchall()
    said: list[tuple[Any, ...]] = []
    for cds, pathway, from_year, to_year, before, after, added, removed, name, pathway_name in rows:
        change = Change(
            name,
            pathway_name,
            f"determination year {from_year}",
            f"{to_year}",
            before,
            after,
            tuple(GroupChange(g, tuple(groups.get((cds, to_year, g), ()))) for g in added),
            tuple(GroupChange(g, tuple(groups.get((cds, to_year, g), ()))) for g in removed),
        )
        said.append((cds, pathway, to_year, change_sentence(change)))
    _put(connection, "change_sentences", said, cds=pa.string(), pathway=pa.string(), to_year=pa.int16(), sentence=pa.string())


def write_watch_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``watch_sentences`` (cds x student_group x watch)."""
    rows = connection.execute(
        "select w.cds, w.student_group, w.watch, l.lea_name, w.years, w.next_dashboard, w.indicators, w.would_be_eligible "
        "from watch_rows w join leas l using (cds)"
    ).fetchall()
    said = [
        (cds, group, watch, watch_sentence(name, group, watch, years, next_year, indicators, bool(would)))
        for cds, group, watch, name, years, next_year, indicators, would in rows
    ]
    _put(connection, "watch_sentences", said, cds=pa.string(), student_group=pa.string(), watch=pa.string(), sentence=pa.string())


def _put(connection: duckdb.DuckDBPyConnection, name: str, rows: list[tuple[Any, ...]], **types: pa.DataType) -> None:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    put(connection, name, pa.table({n: pa.array(c, t) for (n, t), c in zip(types.items(), columns, strict=True)}))
