"""The table browser: the address has filters, order and page.

Every format has the same rows, and the pages have each row once.
"""

import csv
import io
import json
import math
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import duckdb
import httpx
import pyarrow.parquet as pq
import pytest
from lxml import html

from reports.serve.browse import OPERATORS, RESERVED
from reports.serve.release import current
from tests.site.serving import InProcessRunner, serving
from tests.workplace import Workplace
from transforms.values import unique_names

SALINAS = "27661590000000"


@pytest.fixture(scope="module")
def client(published: Workplace) -> Iterator[httpx.Client]:
    with serving(published.out, runner=InProcessRunner) as made:
        yield made


def as_json(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def rows_of(db: duckdb.DuckDBPyConnection, query: str, *parameters: Any) -> list[dict[str, Any]]:
    cursor = db.execute(query, parameters)
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, map(as_json, row), strict=True)) for row in cursor.fetchall()]


def found(client: httpx.Client, address: str) -> list[dict[str, Any]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def test_every_table_is_listed_and_opens(client: httpx.Client, db: duckdb.DuckDBPyConnection, release: Path) -> None:
    tables = dict(db.execute("select table_name, estimated_size from duckdb_tables()").fetchall())
    assert {r["table_name"]: r["row_count"] for r in found(client, "/data.json")} == tables
    page = html.fromstring(client.get("/data").text)
    assert {a.get("href") for a in page.xpath("//tbody//a")} == {f"/data/{name}" for name in tables}
    known = current(release.parent.parent).tables
    assert {name: list(table.columns) for name, table in known.items()} == {
        name: [c for (c,) in db.execute(f"select column_name from (describe {name})").fetchall()] for name in tables
    }
    for name in random.sample(sorted(tables), 5):
        answer = client.get(f"/data/{name}.json?_size=max").json()
        assert (answer["filtered_table_rows_count"], answer["columns"]) == (
            tables[name],
            list(known[name].columns),
        ), name


FILTERS = {
    "status=eligible": "status = 'eligible'",
    "status__exact=eligible": "status = 'eligible'",
    "status__not=eligible": "status <> 'eligible'",
    "cde_flag__not=Y": "cde_flag is distinct from 'Y'",
    "lea_name__contains=union": "lea_name ilike '%union%'",
    "lea_name__notcontains=union": "lea_name not ilike '%union%'",
    "lea_name__startswith=salinas": "lea_name ilike 'salinas%'",
    "lea_name__endswith=HIGH": "lea_name ilike '%high'",
    "determination_year=2023": "determination_year = 2023",
    "determination_year__gt=2023": "determination_year > 2023",
    "determination_year__gte=2023": "determination_year >= 2023",
    "determination_year__lt=2023": "determination_year < 2023",
    "determination_year__lte=2023": "determination_year <= 2023",
    "determination_year__gte=99999": "false",
    "determination_year__contains=23": "determination_year = 2023",
    "status__in=eligible,undetermined": "status in ('eligible', 'undetermined')",
    "status__notin=eligible,undetermined": "status not in ('eligible', 'undetermined')",
    "cde_flag__notin=Y": "cde_flag is distinct from 'Y'",
    "determination_year__in=2022,2024": "determination_year <> 2023",
    "student_groups=EL": "list_contains(student_groups, 'EL')",
    "student_groups__arraycontains=EL": "list_contains(student_groups, 'EL')",
    "cde_flag__isnull=1": "cde_flag is null",
    "cde_flag__notnull=1": "cde_flag is not null",
    "agrees_with_cde=true": "agrees_with_cde",
    "agrees_with_cde=0": "not agrees_with_cde",
    "as_of__gte=2023-01-01": "as_of >= date '2023-01-01'",
    "status=eligible&determination_year=2023&determination_year__lt=2024": (
        "status = 'eligible' and determination_year = 2023"
    ),
    "lea_name=": "false",
}


# The same comparisons with another column type, or in other words.
AGAIN = (
    "status__exact=eligible", "cde_flag__not=Y", "determination_year__gte=99999", "determination_year__contains=23",
    "cde_flag__notin=Y", "determination_year__in=2022,2024", "student_groups__arraycontains=EL", "agrees_with_cde=0",
)  # fmt: skip


@pytest.mark.parametrize("address", [pytest.param(a, marks=pytest.mark.slow) if a in AGAIN else a for a in FILTERS])
def test_a_filter_in_the_address_selects_rows(
    client: httpx.Client, db: duckdb.DuckDBPyConnection, address: str
) -> None:
    wanted = rows_of(db, f"select * from eligibility where {FILTERS[address]} order by rowid")
    assert found(client, f"/data/eligibility.json?{address}&_size=max") == wanted
    assert len(wanted) < db.execute("select count(*) from eligibility").fetchall()[0][0]


def test_every_comparison_operator_is_tested() -> None:
    tried = {name.rpartition("__")[2] for address in FILTERS for name in [address.split("=")[0]] if "__" in name}
    assert tried == set(OPERATORS)


def test_search_needs_no_accents(client: httpx.Client) -> None:
    assert found(client, "/data/leas.json?lea_name__contains=SALÍNAS%20UNION") == found(
        client, f"/data/leas.json?cds={SALINAS}"
    )


@pytest.mark.parametrize(
    ("address", "order"),
    [
        ("_sort=lea_name", "lea_name nulls last, rowid"),
        ("_sort_desc=cde_flag", "cde_flag desc nulls last, rowid"),
        ("_sort=student_groups", "student_groups nulls last, rowid"),
        ("", "rowid"),
    ],
)
def test_rows_are_ordered_by_the_address(
    client: httpx.Client, db: duckdb.DuckDBPyConnection, address: str, order: str
) -> None:
    assert found(client, f"/data/eligibility.json?{address}&_size=max") == rows_of(
        db, f"select * from eligibility order by {order}"
    )


ADDRESSES = ("", "_sort=status", "_sort_desc=determination_year&status__not=eligible")
# Each format and each address once, because all pairs are slow.
PAIRS = [("html", ADDRESSES[0]), ("csv", ADDRESSES[1]), ("json", ADDRESSES[2])]


@pytest.mark.parametrize(
    ("format", "address"),
    [
        pair if pair in PAIRS else pytest.param(*pair, marks=pytest.mark.slow)
        for pair in product(("json", "html", "csv"), ADDRESSES)
    ],
)
def test_pages_contain_every_row_once(client: httpx.Client, format: str, address: str) -> None:
    whole = [
        (r["cds"], r["determination_year"], r["pathway"])
        for r in found(client, f"/data/eligibility.json?{address}&_size=max")
    ]
    page, seen = f"/data/eligibility{'' if format == 'html' else '.' + format}?{address}&_size=500", []
    while page:
        answer = client.get(page)
        if format == "json":
            rows, page = answer.json()["rows"], answer.json()["next_url"]
        elif format == "csv":
            rows, page = (
                list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))),
                answer.links.get("next", {}).get("url"),
            )
        else:
            tree = html.fromstring(answer.text)
            names = [th.text_content().split()[0] for th in tree.xpath("//thead//th")]
            rows = [dict(zip(names, (td.text_content() for td in tr), strict=True)) for tr in tree.xpath("//tbody/tr")]
            page = (tree.xpath("//a[@rel='next']/@href") or [None])[0]
        assert len(rows) == 500 or page is None
        seen += [(r["cds"].strip('="'), int(r["determination_year"]), r["pathway"]) for r in rows]
    assert [(c, int(y), p) for c, y, p in seen] == whole


def test_all_formats_have_the_same_rows(client: httpx.Client, db: duckdb.DuckDBPyConnection) -> None:
    for table in ("eligibility", "meta_sources", "watch_list"):
        wanted = rows_of(db, f"select * from {table} order by rowid limit 60")
        address = "?_size=60"
        answer = client.get(f"/data/{table}.json{address}").json()
        assert answer["rows"] == wanted
        parquet = pq.read_table(io.BytesIO(client.get(f"/data/{table}.parquet{address}").content))
        assert [{k: as_json(v) for k, v in r.items()} for r in parquet.to_pylist()] == wanted
        text = client.get(f"/data/{table}.csv{address}").content.decode("utf-8-sig")
        head, *lines = list(csv.reader(io.StringIO(text)))
        assert (head, len(lines)) == (answer["columns"], len(wanted))
        page = html.fromstring(client.get(f"/data/{table}{address}").text)
        cells = [[td.text_content() for td in tr] for tr in page.xpath("//tbody/tr")]
        assert len(cells) == len(wanted)
        for column, name in enumerate(head):
            kinds = {type(r[name]) for r in wanted}
            if kinds <= {str, type(None)}:
                assert [c[column] for c in cells] == [r[name] or "" for r in wanted], name
            if kinds <= {int, type(None)}:
                assert (
                    [c[column] for c in cells]
                    == [line[column] for line in lines]
                    == ["" if r[name] is None else str(r[name]) for r in wanted]
                ), name
        assert client.get(f"/data/{table}{address}&_format=json").json() == answer


def test_the_suffix_and_the_parameter_name_the_same_format(client: httpx.Client) -> None:
    for format, kind in {
        "csv": "text/csv; charset=utf-8",
        "json": "application/json",
        "parquet": "application/vnd.apache.parquet",
    }.items():
        by_suffix, by_name = client.get(f"/data/leas.{format}"), client.get(f"/data/leas?_format={format}")
        assert by_suffix.headers["content-type"] == by_name.headers["content-type"] == kind
        assert by_suffix.content == by_name.content


@pytest.mark.slow
def test_csv_equals_that_of_the_command(client: httpx.Client, published: Workplace) -> None:
    query = "select * from eligible_districts order by rowid"
    told = subprocess.run(
        [Path(sys.executable).parent / "dta", "sql", query, "--format", "csv", "--out", str(published.out)],
        capture_output=True,
        check=True,
    )
    assert client.get("/data/eligible_districts.csv").content == told.stdout


def test_columns_can_be_chosen(client: httpx.Client) -> None:
    assert list(found(client, "/data/leas.json?_col=cds&_col=lea_name&_col=cds")[0]) == ["cds", "lea_name"]
    assert "cds" not in found(client, "/data/leas.json?_nocol=cds")[0]


def test_files_have_all_matching_rows_and_pages_a_hundred(client: httpx.Client, db: duckdb.DuckDBPyConnection) -> None:
    ((n,),) = db.execute("select count(*) from indicator_results").fetchall()
    assert n > 1000
    assert pq.read_table(io.BytesIO(client.get("/data/indicator_results.parquet").content)).num_rows == n
    assert len(found(client, "/data/indicator_results.json")) == 100
    assert len(html.fromstring(client.get("/data/indicator_results").text).xpath("//tbody/tr")) == 100


WRONG = {
    "/data/nothing": (404, "There is no table 'nothing'"),
    "/data/eligibilty": (404, "Did you mean eligibility"),
    "/data/eligibility.xlsx": (404, "There is no format 'xlsx'"),
    "/data/eligibility?_format=exe": (404, "There is no format 'exe'"),
    "/data/eligibility?nothing=1": (400, "eligibility has no column 'nothing'"),
    "/data/eligibility?lea_nam=1": (400, "Did you mean lea_name"),
    "/data/eligibility?status__like=1": (400, "'like' is not an operator"),
    "/data/eligibility?determination_year=abc": (400, "determination_year takes a whole number, not 'abc'"),
    "/data/eligibility?determination_year=99999999999999999999": (400, "whole number"),
    "/data/eligibility?determination_year__in=2022,x": (400, "not 'x'"),
    "/data/eligibility?agrees_with_cde=perhaps": (400, "true or false"),
    "/data/eligibility?as_of=2023-02-31": (400, "a date such as 2024-12-01"),
    "/data/eligibility?student_groups__gt=EL": (400, "is a list"),
    "/data/eligibility?status__arraycontains=eligible": (400, "is not a list"),
    "/data/eligibility?_sort=nothing": (400, "no column 'nothing'"),
    "/data/eligibility?_sort=status&_sort_desc=status": (400, "not both"),
    "/data/eligibility?cde_flag__isnull=0": (400, "takes 1, not '0'. For the other rows: cde_flag__notnull=1"),
    "/data/eligibility?cde_flag__notnull=": (400, "takes 1, not ''. For the other rows: cde_flag__isnull=1"),
    "/data/eligibility?_size=0": (400, "_size must be a number from 1 to 1,000"),
    "/data/eligibility?_size=1001": (400, "_size must be a number"),
    "/data/eligibility?_size=-5": (400, "_size must be a number"),
    "/data/eligibility?_size=²": (400, "_size must be a number"),
    "/data/eligibility?_next=5": (400, "_next must be the value that an answer gave"),
    "/data/eligibility?_next=x@y": (400, "_next must be the value that an answer gave"),
    "/data/eligibility?_next=5@2000-01-01-00000000": (409, "A newer release was published"),
    "/data/eligibility?_nothing=1": (400, "_nothing is not a known parameter"),
    "/data/eligibility?_where=1=1": (400, "_where is not a known parameter"),
    "/data/eligibility?_col=nothing": (400, "no column 'nothing'"),
    "/data/leas?" + "&".join(f"_nocol={c}" for c in ("cds", "lea_name")) + "&_col=cds": (
        400,
        "All columns are left out",
    ),
}


@pytest.mark.parametrize("address", WRONG)
def test_a_wrong_address_is_refused_with_the_reason(client: httpx.Client, address: str) -> None:
    status, words = WRONG[address]
    answer = client.get(address)
    assert answer.status_code == status
    assert words in html.fromstring(answer.text).text_content()
    assert "Traceback" not in answer.text


def test_a_refusal_has_the_requested_format(client: httpx.Client) -> None:
    assert (
        client.get("/data/eligibility.json?nothing=1").json()["error"].startswith("eligibility has no column 'nothing'")
    )
    assert client.get("/data/eligibility.csv?nothing=1").headers["content-type"] == "text/plain; charset=utf-8"
    assert client.get("/data/nothing.parquet").status_code == 404


HOSTILE = [
    *(
        "'; drop table eligibility; --",
        "' or 1=1 --",
        '"',
        "\\",
        "%",
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "$lea_name",
        "$1",
        "?",
        "\0",
    ),
    *("é\u0301", "=cmd|' /C calc'!A0", "a" * 4000, "\r\nSet-Cookie: a=b", "../../etc/passwd"),
]


# Input that breaks a query, a page and a header; others of these kinds are slow.
WORST = ("' or 1=1 --", "<script>alert(1)</script>", "\r\nSet-Cookie: a=b")
SOME_HOSTILE = [text if text in WORST else pytest.param(text, marks=pytest.mark.slow) for text in HOSTILE]


@pytest.mark.parametrize("value", SOME_HOSTILE)
def test_hostile_values_are_values(client: httpx.Client, value: str) -> None:
    assert found(client, f"/data/leas.json?{urlencode({'lea_name__not': value, '_size': 1})}")
    page = client.get(
        "/data/leas",
        params=[(f"lea_name{operator}", value) for operator in ("", "__contains", "__in", "__gte", "__endswith")],
    )
    assert page.status_code == 200
    assert "No rows match" in page.text
    tree = html.fromstring(page.text)
    assert not tree.xpath("//script[not(@src)] | //*[@onerror or @onclick]")
    assert "set-cookie: a=b" not in str(page.headers).lower()


@pytest.mark.parametrize("name", SOME_HOSTILE)
def test_hostile_names_are_not_accepted_as_columns_or_tables(client: httpx.Client, name: str) -> None:
    assert client.get("/data/eligibility.json", params={name: "1"}).status_code == 400
    assert client.get("/data/eligibility.json", params={f"{name}__gt": "1"}).status_code == 400
    for parameter in ("_sort", "_sort_desc", "_col", "_nocol"):
        assert client.get("/data/eligibility.json", params={parameter: name}).status_code == 400
    assert client.get(f"/data/{quote(name, safe='')}").status_code == 404
    page = client.get("/data/eligibility", params={name: "1"})
    assert "<script>alert" not in page.text


def test_the_form_leads_to_an_address_with_its_filters(client: httpx.Client) -> None:
    rows = [
        ("status", "exact", "eligible"),
        ("determination_year", "gte", "2023"),
        ("cde_flag", "notnull", ""),
        ("", "exact", "left out"),
    ]
    form = [pair for row in rows for pair in zip(("_filter_column", "_filter_op", "_filter_value"), row, strict=True)]
    answer = client.get("/data/eligibility", params=httpx.QueryParams([*form, ("_sort", "lea_name"), ("_size", "5")]))
    assert answer.status_code == 303
    assert (
        answer.headers["location"]
        == "/data/eligibility?status=eligible&determination_year__gte=2023&cde_flag__notnull=1&_sort=lea_name&_size=5"
    )
    assert (
        client.get(
            "/data/eligibility", params={"_filter_column": "nothing", "_filter_op": "exact", "_filter_value": "1"}
        ).status_code
        == 400
    )


def test_the_page_states_its_rows_and_links_to_the_next(client: httpx.Client, release: Path) -> None:
    address = f"/data/eligibility?cds={SALINAS}&determination_year__gte=2023&_sort_desc=pathway"
    page = html.fromstring(client.get(address).text)
    said = " ".join(page.xpath("//p[@role='status']")[0].text_content().split())
    assert (
        said
        == f"12 rows, where cds is {SALINAS} and determination_year is at least 2023, sorted by pathway, descending."
    )
    assert page.xpath(f"//tbody//a[@href='/release/{release.name}/reports/lea/{SALINAS}.html']")
    (head,) = page.xpath("//th[@aria-sort]")
    assert (head.get("aria-sort"), head.xpath("./a/@href")[0]) == ("descending", address.replace("_sort_desc", "_sort"))
    (sql,) = page.xpath("//a[text()='Continue in SQL']/@href")
    shown = html.fromstring(client.get(sql).text)
    assert len(shown.xpath("//tbody/tr")) == 12
    for format in ("CSV", "JSON", "Parquet"):
        assert client.get(page.xpath(f"//a[text()='{format}']/@href")[0]).status_code == 200


def test_a_response_states_its_limits_and_its_release(client: httpx.Client, release: Path) -> None:
    for path in ("/data/eligibility", "/data/eligibility.csv", "/data/eligibility.json", "/data/eligibility.parquet"):
        headers = client.get(path).headers
        assert (
            headers["dta-row-limit"],
            headers["dta-time-limit"],
            headers["dta-truncated"],
            headers["dta-release"],
        ) == ("100000", "10", "no", release.name)
    answer = json.loads(client.get("/data/eligibility.json").text)
    assert (answer["row_limit"], answer["time_limit_seconds"], answer["truncated"], answer["release_id"]) == (
        100_000,
        10,
        False,
        release.name,
    )


def test_the_parameters_of_an_address_match_the_documented_ones(client: httpx.Client) -> None:
    said = html.fromstring(client.get("/data/eligibility?_x=1").text).text_content()
    assert all(name in said for name in RESERVED)


@pytest.mark.parametrize("filters", [[("cds", "1")] * 51, [("lea_name__contains", "a"), ("cds__not", "")] * 1500])
def test_an_address_with_too_many_filters_is_refused(client: httpx.Client, filters: list[tuple[str, str]]) -> None:
    answer = client.get("/data/leas.json?" + urlencode(filters)[:31_000])
    assert answer.status_code == 400
    assert "50 filters at most" in answer.json()["error"]


def test_duplicate_column_names_are_made_unique(client: httpx.Client) -> None:
    assert unique_names(["n", "n_2", "n", "n", "m"]) == ["n", "n_2", "n_3", "n_4", "m"]
    assert len(set(unique_names(["n"] * 20_000))) == 20_000
    values = ",".join(["1"] * 100)
    assert [r["cds"] for r in found(client, f"/data/leas.json?cds__in={values},{SALINAS}")] == [SALINAS]
