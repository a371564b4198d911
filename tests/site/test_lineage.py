"""The lineage picture agrees with the SQL models."""

from pathlib import Path

import pytest

from reports.site.lineage import HEIGHT, input_of, lineage, name_lines, picture, shortened, tables_reading
from tests.site.page import Page
from tests.sql_reads import reads
from transforms.schema import published_tables
from transforms.sql import PYTHON


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ("select * from a join b using (x) left join c on true, d", {"a", "b", "c", "d"}),
        ("with a as (select * from b), c as (select * from a) select * from c", {"b"}),
        (
            "select (select max(x) from a) from b where y in (select z from c union all select z from d)",
            {"a", "b", "c", "d"},
        ),
        ("from a select count(*)", {"a"}),
        ("select 'from b' from a -- from c", {"a"}),
        ("select u.x from a cross join unnest(a.list) as u(x), range(3) r(i)", {"a"}),
    ],
)
def test_what_a_query_reads(query: str, tables: set[str]) -> None:
    assert reads(query) == tables


def test_every_published_table_is_in_the_graph_with_inputs() -> None:
    graph = lineage()
    assert set(graph) == {name for name, table in published_tables().items() if not table.is_meta}
    assert [name for name, sources in graph.items() if not sources] == []
    assert set(PYTHON) <= set(graph)
    assert {s for sources in graph.values() for s in sources} - set(graph) <= {
        "Assistance workbooks", "Charter workbooks", "Dashboard files", "Other CDE files", "Reference lists",
        "Registers", "Rules",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "sources"),
    [
        ("eligible_districts", {"eligibility"}),
        ("reconciliation", {"eligibility", "assistance", "student_group_history"}),
        ("continuum_groups", {"student_group_history"}),
        ("indicator_results", {"Dashboard files"}),
        ("loan_states", {"Registers", "Rules"}),
        ("pathway_register", {"leas", "Registers"}),
    ],
)
def test_known_tables_have_their_inputs(table: str, sources: set[str]) -> None:
    assert sources <= lineage()[table]


def test_readers_are_the_reversed_graph() -> None:
    graph = lineage()
    assert {(s, t) for t, sources in graph.items() for s in sources if s in graph} == {
        (s, t) for s, readers in tables_reading(graph).items() for t in readers
    }


def test_the_reduced_graph_keeps_every_path() -> None:
    def before(name: str, graph: dict[str, set[str]]) -> set[str]:
        return {s for source in graph.get(name, ()) for s in (source, *before(source, graph))}

    whole = {t: set(sources) - {"Reference lists"} for t, sources in lineage().items()}
    short = shortened(lineage())
    for table in short:
        assert before(table, short) == before(table, whole), table


def test_boxes_do_not_overlap_and_lines_go_right() -> None:
    drawn = picture()
    boxes = {b.name: b for b in drawn.boxes}
    for one in drawn.boxes:
        assert 0 <= one.x <= drawn.width - one.width
        assert 0 <= one.y <= drawn.height - HEIGHT
        for other in drawn.boxes:
            if one is not other:
                apart = abs(one.y - other.y) >= HEIGHT or one.x + one.width <= other.x or other.x + other.width <= one.x
                assert apart, (one.name, other.name)
    for edge in drawn.edges:
        assert boxes[edge.start].x + boxes[edge.start].width < boxes[edge.end].x
    assert drawn.width <= 1280, "it fits a screen"


def test_long_names_wrap_without_losing_a_letter() -> None:
    assert name_lines("evidence") == ["evidence"]
    assert name_lines("necessity_determinations") == ["necessity_", "determinations"]
    assert name_lines("Assistance workbooks") == ["Assistance", "workbooks"]
    for box in picture().boxes:
        assert " ".join(box.lines) == box.name or "".join(box.lines) == box.name
        assert len(box.lines) <= 2


def test_tables_are_classified_by_the_longest_prefix() -> None:
    assert input_of("raw_charter_assistance") == "Charter workbooks"
    assert input_of("raw_rejects") == ""
    assert input_of("raw_directory") == "Other CDE files"
    assert input_of("run_parameters") == ""


def test_the_page_lists_the_graph_the_sizes_and_the_snippets(release: Path) -> None:
    page = Page(release / "reports" / "data.html")
    listed = {row.get("data-lineage"): page.read("./td", row)[0] for row in page.find("//tr[@data-lineage]")}
    assert listed == {name: ", ".join(sorted(sources, key=str.lower)) for name, sources in lineage().items()}
    for row in page.find("//tr[@data-table-name]"):
        size = (release / f"{row.get('data-table-name')}.parquet").stat().st_size
        assert f"Parquet {max(round(size / 1000), 1)} KB" in page.read("./td", row)[3]
    assert f"dta.duckdb ({(release / 'dta.duckdb').stat().st_size / 1e6:.1f} MB)" in " ".join(page.read("//main"))
