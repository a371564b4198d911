"""Data that a script draws in the page of an LEA stays text, whatever it contains."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
from lxml import html

from reports.book import Book
from reports.site.drawn import attribute, sources_of, state_values, write_known
from reports.site.pages import Pages

HOSTILE = "</script><img src=x onerror='alert(1)'> & \"quoted\" \u2028 {{ 7*7 }}"


def test_data_in_an_attribute_is_escaped() -> None:
    made = attribute([["EL", [0, HOSTILE]]])
    assert not set("<>'&") & set(made)
    (element,) = html.fragments_fromstring(f"<table data-rows='{made}'></table>")
    assert json.loads(element.get("data-rows")) == [["EL", [0, HOSTILE]]]
    assert not element.xpath(".//img")


def test_names_in_the_shared_data_file_are_escaped(tmp_path: Path) -> None:
    source = {"file": HOSTILE, "sha256": "0" * 64, "first_seen": None, "excerpt": "x"}
    indicator = {"short_name": HOSTILE, "name": "n", "better": "down", "unit": "percent"}
    book: Any = SimpleNamespace(indicators={"i": indicator}, groups={"EL": HOSTILE}, sources={"s": source})
    with duckdb.connect() as connection:
        connection.execute(
            "create table indicator_results as select 'X' as record_type, 2024 as dashboard_year, 'i' as indicator,"
            " 'EL' as student_group, 12.34 as current_status"
        )
        connection.execute("create table pathways as select 'p' as pathway, 'Request' as name")
        connection.execute(
            "create table eligibility as select 'p' as pathway, 'not_assessed' as status, 'EC 1' as statute,"
            " $1 as reason",
            [HOSTILE.replace("\u2028", "")],
        )
        write_known(connection, Pages(tmp_path, cast(Book, book)))
        assert state_values(connection, cast(Book, book))
    text = (
        (tmp_path / "assets" / "known.js").read_bytes().decode("ascii")
    )  # no U+2028, which ends a line in old engines
    known = json.loads(text.removeprefix("window.dtaKnown = ").removesuffix(";\n"))
    assert known == {
        "indicators": {"i": [HOSTILE, "n", "▼ is better"]},
        "groups": {"EL": HOSTILE},
        "state": {"2024": {"i": {"EL": "12.3%"}}},
        "statuses": {"not_assessed": ["–", "not assessed"], "not_applicable": ["·", "does not apply"]},
        "unsaid": {
            key: ["not_assessed", "p", "Request", "EC 1", HOSTILE.replace("\u2028", "")] for key in known["unsaid"]
        },
        "sources": [["s", HOSTILE, "0" * 64, "", True]],
    }


def test_sources_are_referenced_by_position() -> None:
    book: Any = SimpleNamespace(sources={"a": {}, "b": {}, "c": {}})
    assert json.loads(sources_of(book, {"c": [2023, 2024], "a": [2023, 2024], "b": [2024]})) == {
        "2023 2024": [0, 2],
        "2024": [1],
    }
