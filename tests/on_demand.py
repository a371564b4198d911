"""Build tables of the determinations when a query names them, because most tests use one or two of sixty."""

import re
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from transforms.build import build_checked
from transforms.estimate.ahead import watch
from transforms.rules.load import Rules
from transforms.sql import inputs_of, made_from, models, order_of
from transforms.wording import say

STAGES = ("determinations", "facts", "marts")
READS = {table: set(inputs) for stage in STAGES for table, inputs in inputs_of(stage).items()}
READING = re.compile(r"\s*(select|with|from|describe)\b", re.IGNORECASE)
CATALOG = re.compile(r"\b(duckdb_\w+|information_schema|show|summarize)\b", re.IGNORECASE)
WATCH = "watch_rows"  # a separate computation, based on the determinations


class OnDemand:
    """A connection to a run in memory whose last step is not done yet.

    A query that only reads builds the tables that it names and their inputs. Any other use of the connection first
    builds everything.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, rules: Rules, reference: Path) -> None:
        self._connection, self._rules, self._reference = connection, rules, reference
        self._built: set[str] = set()

    def execute(self, query: str, *parameters: Any) -> duckdb.DuckDBPyConnection:
        self._build_for(query)
        return self._connection.execute(query, *parameters)

    def sql(self, query: str, **given: Any) -> duckdb.DuckDBPyRelation:
        self._build_for(query)
        return self._connection.sql(query, **given)

    def __getattr__(self, name: str) -> Any:
        self._build(set(READS))
        return getattr(self._connection, name)

    def __enter__(self) -> "OnDemand":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def rebuild(self, changed: str, wanted: str) -> None:
        """Rebuild the tables between ``changed`` and ``wanted``, after both exist."""
        leads, new = set[str](), {wanted}
        while new:
            leads |= new
            new = {made_from(read) for table in new for read in models().get(table, ())} - leads
        stale = {changed}
        for stage in ("core", "criteria", *STAGES):
            if stage == "marts":
                self._say(stale & leads)
            for table in order_of(stage):
                if stale & {made_from(read) for read in inputs_of(stage)[table]}:
                    stale.add(table)
                    self._tables(stage, {table} & leads)

    def _build_for(self, query: str) -> None:
        if READING.match(query) and not CATALOG.search(query):
            self._build({made_from(word) for word in re.findall(r"\w+", query)})
        else:
            self._build(set(READS))

    def _build(self, named: set[str]) -> None:
        wanted: set[str] = set()
        new = named
        while new := (new & (set(READS) | {WATCH})) - wanted - self._built:
            wanted |= new
            read = set().union(*(READS.get(table, set(order_of("determinations"))) for table in new))
            new = {made_from(table) for table in read}
        self._tables("determinations", wanted)
        if WATCH in wanted:
            watch(self._connection, self._rules, self._reference)
        self._tables("facts", wanted)
        if wanted & set(order_of("facts") + order_of("marts")):
            self._say(wanted)
        self._tables("marts", wanted)
        self._built |= wanted

    def _tables(self, stage: str, wanted: set[str]) -> None:
        for table in order_of(stage):
            if table in wanted:
                build_checked(self._connection, stage, table)

    def _say(self, wanted: set[str]) -> None:
        """Write the sentences of the facts that were just built, and the words that need no facts."""
        write = say.say

        def write_if_wanted(connection: duckdb.DuckDBPyConnection, facts: str, *given: Any, **sentences: Any) -> None:
            if facts in wanted:
                write(connection, facts, *given, **sentences)

        say.say = write_if_wanted
        try:
            say.write_sentences(self._connection)
        finally:
            say.say = write
