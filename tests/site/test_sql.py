"""The SQL address gives access to the release and nothing else, with stated limits, for any query."""

import asyncio
import contextlib
import csv
import io
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pyarrow.parquet as pq
import pytest
from lxml import html

from reports.recipe_book import find_recipe, recipes
from reports.serve.ask import MAX_RUNNING, MAX_WAITING, ROWS, AskError, Query, QueryRunner
from reports.serve.child import ADDRESS_SPACE
from tests.site.serving import InProcessRunner, serving
from tests.terminal import in_turn
from tests.workplace import Workplace

SALINAS = "27661590000000"
FAST, SLACK = 1, 20  # seconds: a short limit, and extra time for a busy machine


@pytest.fixture(scope="module")
def client(published: Workplace) -> Iterator[httpx.Client]:
    with serving(published.out) as made:
        yield made


@pytest.fixture(scope="module")
def client_in_process(published: Workplace) -> Iterator[httpx.Client]:
    """Yield a server that runs queries in its own process."""
    with serving(published.out, runner=InProcessRunner) as made:
        yield made


@pytest.fixture(scope="module")
def client_with_short_limit(published: Workplace) -> Iterator[httpx.Client]:
    """Yield a server whose queries may take a second."""
    with serving(published.out, FAST) as made:
        yield made


def ask(client: httpx.Client, query: str, **parameters: str) -> httpx.Response:
    return client.get("/sql.json", params={"q": query, **parameters})


FORMATS_QUERY = (
    "select cds, lea_name, determination_year, agrees_with_cde, '=1+1' as \"=odd\" from eligibility order by rowid"
    " limit 40"
)


@pytest.mark.slow
def test_all_formats_have_the_same_rows(client: httpx.Client) -> None:
    rows = ask(client, FORMATS_QUERY).json()["rows"]
    parquet = pq.read_table(io.BytesIO(client.get("/sql.parquet", params={"q": FORMATS_QUERY}).content))
    assert parquet.to_pylist() == rows
    text = client.get("/sql.csv", params={"q": FORMATS_QUERY}).content.decode("utf-8-sig")
    assert [line["lea_name"] for line in csv.DictReader(io.StringIO(text))] == [r["lea_name"] for r in rows]
    assert "'=1+1" in text, "no formula for a spreadsheet"
    assert "'=odd" in text
    page = html.fromstring(client.get("/sql", params={"q": FORMATS_QUERY}).text)
    assert [tr.xpath("./td")[1].text_content() for tr in page.xpath("//tbody/tr")] == [r["lea_name"] for r in rows]
    assert page.xpath("//p[@role='status']")[0].text_content() == "40 rows."


ODD = {  # JSON form of each value
    "'NaN'::double": None,
    "'inf'::float": None,
    "interval '1 month 2 days'": "1 month 2 days",
    "[interval 1 day]": "[1 day]",
    "timetz '12:00:00+02'": "12:00:00+02",
    "'101'::bit": "101",
    "union_value(z := 1)": "1",
    "123::bignum": "123",
    "340282366920938463463374607431768211455::uhugeint": "340282366920938463463374607431768211455",
    "sum(9::bigint)": 9,
    "170141183460469231731687303715884105727::hugeint": 170141183460469231731687303715884105727,
    "1.50::decimal(9, 2)": "1.50",
    "'11111111-1111-1111-1111-111111111111'::uuid": "11111111-1111-1111-1111-111111111111",
    "[1, null]": [1, None],
    "[date '2024-01-01']": ["2024-01-01"],
    "{'x': [1], 'y': timestamp '2024-01-01 04:15:00'}": {"x": [1], "y": "2024-01-01T04:15:00"},
    "map {'a': 1, 'b': null}": {"a": 1, "b": None},
    "time '10:00'": "10:00:00",
    "timestamptz '2024-01-01 00:00:00+00'": "2024-01-01T00:00:00+00:00",
    "'\\x00\\xAA'::blob": "00aa",
    "'x'::enum('x', 'y')": "x",
    "null": None,
}


@pytest.mark.slow
def test_odd_values_look_the_same_in_commands_and_on_the_site(
    client_in_process: httpx.Client, published: Workplace
) -> None:
    """In every format, with a distinct name for each column."""
    query = f"select {', '.join(f'{value} as n' for value in ODD)}"
    names = ["n", *(f"n_{number}" for number in range(2, len(ODD) + 1))]
    formats = ("json", "csv", "parquet", "plain-csv")
    commands = in_turn(published.out, [("sql", query, "--format", format) for format in formats])
    assert [code for code, _, _ in commands] == [0] * len(formats), commands
    as_json, as_csv, as_parquet, _ = (content for _, content, _ in commands)
    (row,) = ask(client_in_process, query).json()["rows"]
    assert row == json.loads(as_json) == dict(zip(names, ODD.values(), strict=True))
    assert client_in_process.get("/sql.csv", params={"q": query}).content == as_csv
    (cells,) = csv.DictReader(io.StringIO(as_csv.decode("utf-8-sig")))
    assert (cells["n_15"], cells["n_16"]) == ("2024-01-01", '{"x": [1], "y": "2024-01-01T04:15:00"}')
    tables = [
        pq.read_table(io.BytesIO(c))
        for c in (as_parquet, client_in_process.get("/sql.parquet", params={"q": query}).content)
    ]
    assert tables[0].schema == tables[1].schema
    assert tables[0].column_names == names
    page = html.fromstring(client_in_process.get("/sql", params={"q": query}).text)
    shown = [td.text_content() for td in page.xpath("//tbody/tr/td")]
    assert (shown[0], shown[14], shown[15]) == ("nan", "2024-01-01", '{"x": [1], "y": "2024-01-01T04:15:00"}')


@pytest.mark.slow
def test_a_day_beyond_the_calendar_is_refused_with_a_plain_message(
    client_in_process: httpx.Client, published: Workplace
) -> None:
    query = "select date '290000-01-01' as far"
    ended = in_turn(published.out, [("sql", query, "--format", form) for form in ("table", "json")])
    answers = [(code, said.decode()) for code, _, said in ended]
    beyond = ask(client_in_process, query)
    for code, said in (*answers, (2 if beyond.status_code == 400 else 0, beyond.text)):
        assert (code, "Cast it to VARCHAR" in said) == (2, True)


OUTSIDE = {
    "select * from read_text('/etc/passwd')": "disabled by configuration",
    "select * from '/etc/passwd'": "does not exist",
    "attach '/tmp/other.duckdb' as other": "disabled by configuration",
    "copy leas to '/tmp/taken.csv'": "disabled by configuration",
    "install httpfs": "disabled by configuration",
    "set enable_external_access = true": "locked",
    "set memory_limit = '100GB'": "locked",
    "select getenv('HOME')": "does not exist",
    "delete from leas": "read-only",
    "select 1; select 2": "Write one query",
    "selec 1": "syntax error",
    "select $a": "Give a value for a",
    "select " + "(" * 5000 + "1" + ")" * 5000: "depth",
    "": "There is no query to run",
}
OUTSIDE_TOO = {  # other ways to do the same
    "select * from read_csv('/etc/passwd')": "disabled by configuration",
    "select * from glob('/*')": "disabled by configuration",
    "select * from 'https://example.org/x.csv'": "disabled by configuration",
    "copy (select 1) to '/dev/stdout'": "disabled by configuration",
    "export database '/tmp/taken'": "disabled by configuration",
    "load httpfs": "disabled",
    "set threads = 64": "locked",
    "reset memory_limit": "locked",
    "pragma enable_external_access": "does not exist",
    "pragma memory_limit = '100GB'": "locked",
    "select * from duckdb_secrets()": "disabled by configuration",
    "drop table leas": "read-only",
    "create table x as select 1": "read-only",
    "update leas set lea_name = 'x'": "read-only",
    "-- nothing": "There is no query",
}


@pytest.mark.parametrize(
    ("query", "said"),
    [*OUTSIDE.items(), *(pytest.param(*of, marks=pytest.mark.slow) for of in OUTSIDE_TOO.items())],
    ids=lambda text: text[:40],
)
def test_a_query_reads_only_the_release(client_in_process: httpx.Client, query: str, said: str) -> None:
    answer = ask(client_in_process, query)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_the_query_process_reads_only_the_release(client: httpx.Client) -> None:
    for query in ("select * from read_text('/etc/passwd')", "set memory_limit = '100GB'"):
        answer = ask(client, query)
        assert (answer.status_code, OUTSIDE[query] in answer.json()["error"]) == (400, True)


def test_a_query_cannot_change_settings_for_the_next(client: httpx.Client) -> None:
    assert ask(client, "create temp table mine as select 1 as n").status_code == 200
    assert ask(client, "select * from mine").status_code == 400


ENDLESS = {
    "recursion": "with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t",
    "cross join": (
        "select count(*) from indicator_results a, indicator_results b, indicator_results c where a.cds || b.cds <"
        " c.cds"
    ),
    "count": "select count(*) from range(1000000000000)",
    "sleep": "select sleep_ms(100000)",
    "long texts": "select levenshtein(repeat('a', 400000) || i::varchar, repeat('b', 400000)) from range(1) t(i)",
}
GREEDY = {
    "one text": "select len(repeat('a', 4000000000))",
    "a list": "select list(i) from range(10000000000) t(i)",
    "a sort": "select * from indicator_results a, indicator_results b order by a.cds || b.cds",
    "wide rows": "select repeat('a', 200000000) from range(1000)",
    "a table": "create temp table x as select i, i::varchar || repeat('x', 100) as t from range(1000000000000) t(i)",
}


def mark_slow_except(names: Iterable[str], *quick: str) -> list[object]:
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in names]


# Below is a page with a query that only sleeps.
@pytest.mark.parametrize("name", mark_slow_except(ENDLESS))
def test_an_endless_query_is_stopped_at_the_time_limit(client_with_short_limit: httpx.Client, name: str) -> None:
    began = time.monotonic()
    answer = ask(client_with_short_limit, ENDLESS[name])
    assert time.monotonic() - began < FAST + SLACK
    assert (answer.status_code, answer.headers["dta-limit"], answer.json()["limit"]) == (400, "time", "time")
    assert f"longer than {FAST} seconds" in answer.json()["error"]


# Refused by the system. Slow: refused by DuckDB, and queries that would write files.
@pytest.mark.parametrize("name", mark_slow_except(GREEDY, "one text"))
def test_a_query_over_the_memory_limit_is_stopped(client: httpx.Client, release: Path, name: str) -> None:
    def files() -> dict[Path, int]:
        return {p: p.stat().st_mtime_ns for p in release.rglob("*")}

    before = files()
    answer = ask(client, GREEDY[name])
    assert (answer.status_code, answer.json()["limit"] in ("memory", "time")) == (400, True)
    children = psutil.Process().children(recursive=True)
    assert not [c for c in children if c.is_running() and c.memory_info().vms > ADDRESS_SPACE], "more than it may have"
    assert files() == before, "it leaves no file and changes none"


def test_a_page_reports_a_reached_limit_and_keeps_the_query(client_with_short_limit: httpx.Client) -> None:
    answer = client_with_short_limit.get("/sql", params={"q": ENDLESS["sleep"]})
    page = html.fromstring(answer.text)
    assert answer.status_code == 400
    assert f"longer than {FAST} seconds" in page.xpath("//*[@role='alert']")[0].text_content()
    assert page.xpath("//textarea")[0].text_content().strip() == ENDLESS["sleep"]


@pytest.mark.slow
def test_the_row_limit_is_stated_in_every_format(client_in_process: httpx.Client) -> None:
    query = {"q": "select i from range(10000000000) t(i)"}
    answer = client_in_process.get("/sql.json", params=query)
    document = answer.json()
    assert (len(document["rows"]), document["truncated"], document["row_limit"]) == (ROWS, True, ROWS)
    assert "row limit of 100,000 rows" in document["message"]
    assert document["rows"][-1] == {"i": ROWS - 1}
    for format in ("csv", "parquet"):
        headers = client_in_process.get(f"/sql.{format}", params=query).headers
        assert (headers["dta-truncated"], headers["dta-row-limit"]) == ("rows", str(ROWS))
    page = html.fromstring(client_in_process.get("/sql", params=query).text)
    assert len(page.xpath("//tbody/tr")) == 1000
    assert "row limit of 1,000 rows" in page.xpath("//p[@class='banner']")[-1].text_content()
    exact = ask(client_in_process, f"select i from range({ROWS}) t(i)").json()
    assert (len(exact["rows"]), exact["truncated"]) == (ROWS, False)


@pytest.mark.slow
def test_a_response_over_the_byte_limit_is_cut_with_a_notice(client_in_process: httpx.Client) -> None:
    answer = ask(client_in_process, "select repeat('a', 10000) as t from range(100000)")
    assert answer.json()["truncated"]
    assert "size limit" in answer.json()["message"]
    assert answer.headers["dta-truncated"] == "bytes"
    assert len(answer.content) < 200_000_000


@pytest.mark.parametrize(
    ("text", "value"),
    [("'it''s $y'", "it's $y"), ("$$a $y$$", "a $y"), ("$z$a $$ $y$z$", "a $$ $y"), ("/* $y */ 'a' -- $y", "a")],
)
def test_a_dollar_in_a_text_is_not_a_parameter(client_in_process: httpx.Client, text: str, value: str) -> None:
    assert ask(client_in_process, f"select {text}\nas n").json()["rows"] == [{"n": value}]


def test_saved_questions_run_with_parameters_of_the_address(client_in_process: httpx.Client) -> None:
    page = html.fromstring(client_in_process.get("/sql").text)
    assert {a.get("href") for a in page.xpath("//ul[@class='saved']//a")} == {
        f"/sql?recipe={name}" for name in recipes()
    }
    page = html.fromstring(client_in_process.get("/sql?recipe=why&year=2023").text)
    assert "Give a value for cds" in page.text_content(), "an example is no question"
    assert client_in_process.get("/sql.json?recipe=why").status_code == 400
    assert (
        client_in_process.get("/sql", params={"recipe": "why", "q": find_recipe("why").sql, "cds": ""}).headers[
            "location"
        ]
        == "/sql?recipe=why"
    )
    assert [(i.get("name"), i.get("value")) for i in page.xpath("//input[not(@type='hidden')]")] == [
        ("cds", "27660680000000"),
        ("year", "2023"),
    ]
    by_code = client_in_process.get("/sql.json", params={"recipe": "why", "cds": SALINAS, "year": "2023"}).json()[
        "rows"
    ]
    by_name = client_in_process.get(
        "/sql.json", params={"recipe": "why", "cds": "Salinas Union High", "year": "2023"}
    ).json()["rows"]
    assert by_code == by_name
    assert len(by_code) == 6
    unknown = client_in_process.get("/sql.json", params={"recipe": "why", "cds": "Nowhere Unified"})
    assert (unknown.status_code, "No LEA is called" in unknown.text) == (400, True)
    assert "There is no recipe 'nothing'" in client_in_process.get("/sql.json?recipe=nothing").json()["error"]
    assert "has no parameter colour" in client_in_process.get("/sql.json?recipe=why&colour=1").json()["error"]


def test_the_form_of_an_unchanged_saved_question_uses_its_short_address(
    client_in_process: httpx.Client,
) -> None:
    recipe = recipes()["why"]
    sent = {"recipe": "why", "cds": SALINAS, "year": "", "q": recipe.sql.replace("\n", "\r\n")}
    answer = client_in_process.get("/sql", params=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sql?recipe=why&cds={SALINAS}")
    changed = client_in_process.get(
        "/sql.json", params={**sent, "q": "select count(*) as n from eligibility where cds = $cds"}
    )
    assert changed.json()["rows"][0]["n"] > 0


def test_parameters_are_values(client_in_process: httpx.Client) -> None:
    for value in ("'; drop table leas; --", "$x", "\0", "<b>", "é"):
        assert ask(client_in_process, "select $x as x", x=value).json()["rows"] == [{"x": value}]
    assert ask(client_in_process, "select $x as x, '$y' as y -- $z", x="").json()["rows"] == [{"x": None, "y": "$y"}]


@pytest.mark.parametrize(
    "query",
    [
        "select '<script>alert(1)</script>' as \"<img src=x onerror=alert(1)>\"",
        "</textarea><script>alert(1)</script>",
        "select '{{ 7*7 }}'",
    ],
)
def test_queries_and_results_are_escaped(client_in_process: httpx.Client, query: str) -> None:
    answer = client_in_process.get("/sql", params={"q": query})
    page = html.fromstring(answer.text)
    assert not page.xpath("//script[not(@src)] | //main//img | //*[@onerror]")
    assert page.xpath("//textarea")[0].text_content().strip() == query


@pytest.mark.slow
def test_many_visitors_are_queued_or_told_to_wait(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.serve.ask.MAX_WAITING", 2)

    def visit(n: int) -> httpx.Response:
        with httpx.Client(base_url=client.base_url, cookies={"dta_visitor": f"visitor-{n:06d}"}, timeout=120) as own:
            return own.get("/sql.json", params={"q": "select sleep_ms(200)"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(visit, range(8)))
    outcomes = Counter(a.status_code for a in answers)
    assert set(outcomes) <= {200, 503}
    assert outcomes[200] >= MAX_RUNNING
    assert all("Try again in a moment" in a.text for a in answers if a.status_code == 503)
    assert ask(client, "select 1 as n").json()["rows"] == [{"n": 1}]


def test_one_query_at_a_time_for_a_visitor_and_a_few_in_all(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def answer(self: QueryRunner, release: Path, queries: list[Query]) -> bytes:
        visitor = queries[0].sql
        running[visitor] += 1
        most[visitor] = max(most[visitor], running[visitor])
        most["all"] = max(most["all"], running.total())
        await asyncio.sleep(0.02)
        running[visitor] -= 1
        return b'{"results": []}\n'

    monkeypatch.setattr(QueryRunner, "_run_child", answer)

    async def visits() -> list[object]:
        runner = QueryRunner()
        names = [f"visitor {n % 8}" for n in range(60)]
        found = await asyncio.gather(
            *(runner.run(name, release, [Query(name)]) for name in names), return_exceptions=True
        )
        assert not runner._locks
        assert not runner._visitors
        return list(found)

    outcomes = Counter(type(o) for o in asyncio.run(visits()))
    assert most.pop("all") == MAX_RUNNING
    assert set(most.values()) == {1}
    assert outcomes == {list: MAX_RUNNING + MAX_WAITING, AskError: 60 - MAX_RUNNING - MAX_WAITING}


def running_queries() -> list[psutil.Process]:
    """Return child processes that run a query, without those that ended but were not yet waited for."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # includes ZombieProcess
            if "reports.serve.child" in child.cmdline():
                found.append(child)
    return found


@pytest.mark.slow
def test_a_query_is_stopped_when_its_visitor_leaves(client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.get("/sql.json", params={"q": "select sleep_ms(60000)"}, timeout=1)
    deadline = time.monotonic() + SLACK
    while running_queries() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running_queries()
    assert ask(client, "select 1 as n").json()["rows"] == [{"n": 1}]
