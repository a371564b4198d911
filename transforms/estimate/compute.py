"""Compute an estimate: the outlook of every LEA on a Dashboard that is not out, as tables of a separate database.

It reads a release and writes only to its own connection. The name of every table begins with ``estimate_``, and its
first column is marked "Estimate".
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from transforms.database import connect, fetch_one, first_column, literal, pairs, records
from transforms.errors import ConfigError, ReleaseError
from transforms.estimate.ahead import SCHEMA, AheadOptions, ahead_schema, build_ahead, next_year
from transforms.estimate.file import (
    Expected,
    Measures,
    lines_without_precedent,
    measures_by_input,
    read_estimates,
    words_for_levels,
)
from transforms.estimate.smallest import Change, Group, Search
from transforms.estimate.tables import BASE, PREVIEW_TABLES, STATES, SUMMARY_TABLES, TABLES
from transforms.files import sha256_of
from transforms.registers.names import names_of
from transforms.rules.load import is_confirmed, load_rules, name_of, rules_of
from transforms.rules.reference import Reference
from transforms.sql import build_table
from transforms.tables import put
from transforms.wording.say import write_watch_list_sentences
from transforms.wording.sentences.estimate import (
    LABEL,
    OutlookFacts,
    ShownWords,
    change_words,
    no_change_words,
    notice,
    outlook_sentence,
)

SOURCES = f"(select * from {BASE}.meta_sources where present)"
PREVIEW = "preview"


@dataclass(frozen=True)
class EstimateOptions:
    """The options of the command: a file of estimates, a year, other rules, results used for missing ones."""

    file: Path | None = None
    year: int | None = None
    rules: str | None = None
    carry_over: bool = False


class Estimate:
    """A release, the rules of the requested year, and a database for the results."""

    def __init__(
        self, database: Path, reference: Path, memory_limit: str, spill: Path, options: EstimateOptions
    ) -> None:
        """Open ``database``, the one of a release, read-only.

        Raises ConfigError for a request that is not possible, ReleaseError for a damaged release.
        """
        self.reference, self.options = reference, options
        self.without_precedent: list[int] = []  # line numbers in the file
        self.rules = load_rules(reference)
        self.connection = connect(":memory:", memory_limit, spill)
        try:
            self.connection.execute(f"attach {literal(str(database))} as release (read_only)")
        except duckdb.Error as error:
            raise ReleaseError(
                f"Release {database.parent.name} is damaged: its database cannot be opened ({error}). dta run"
                " rebuilds it."
            ) from error
        self.preview = options.rules is not None
        self.year = self._requested_year()
        self.rule_set = rules_of(self.rules, self.year)
        self.named = options.rules or name_of(self.rules, self.year)

    def __enter__(self) -> "Estimate":
        """Return the estimate itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the database."""
        self.connection.close()

    @cached_property
    def measures(self) -> Measures:
        """Return the inputs of the rules."""
        return measures_by_input(self.rule_set, self.rules.preview if self.preview else None)

    @cached_property
    def notice(self) -> str:
        """Return the sentence on the limits of the estimate."""
        query = f"select count(*) from {BASE}.student_group_history where dashboard_year = $1 and basis <> 'none'"
        (loaded,) = self.connection.execute(query, [self.year]).fetchall()[0]
        return notice(self.year, loaded > 0)

    def _requested_year(self) -> int:
        preview = self.rules.preview
        if self.options.rules not in (None, f"{preview.dashboard_year}-{PREVIEW}"):
            raise ConfigError(
                f"There are no rules {self.options.rules!r}. Use {preview.dashboard_year}-{PREVIEW}, or leave out"
                " --rules to use the newest confirmed rules."
            )
        if self.preview:
            if self.options.year not in (None, preview.dashboard_year):
                raise ConfigError(f"The preview is for {preview.dashboard_year}. Leave out --year.")
            return preview.dashboard_year
        oldest, newest = fetch_one(
            self.connection,
            f"select min(dashboard_year), max(dashboard_year) from {BASE}.student_group_history where basis <> 'none'",
        )
        if newest is None:
            raise ConfigError("The release has no student group results to estimate from. Run: dta run")
        if self.options.year is not None:
            with_rules = {r.dashboard_year for r in self.rules.years}
            if self.options.year < max(with_rules) and self.options.year not in with_rules:
                raise ConfigError(
                    f"--year {self.options.year}: no determination is based on a Dashboard of that year. There are"
                    f" rules for {', '.join(map(str, sorted(with_rules)))}."
                )
            if not oldest < self.options.year <= newest + 4:
                raise ConfigError(
                    f"--year {self.options.year}: the release has results of {oldest} to {newest}. Name a year from"
                    f" {oldest + 1} to {newest + 4}."
                )
            return self.options.year
        return next_year(self.rules, newest)

    def build_ahead(self, cells: pa.Table | None = None) -> None:
        """Build the schema ``ahead``."""
        file = self.options.file.name if self.options.file else ""
        options = AheadOptions(self.year, BASE, SOURCES, True, file, self.options.carry_over, self.preview)
        build_ahead(self.connection, self.rules, self.reference, options, cells)

    def compute(self) -> None:
        """Read the file, look ahead, and create the tables estimate_*."""
        self.build_ahead(self._read_file(self.options.file) if self.options.file else None)
        label = (
            f"{literal(LABEL)} as label, {self.year}::smallint as determination_year, {literal(self.named)} as rules"
        )
        pairs = [{"student_group": g, "indicator": i, "measure": m} for (g, i), m in self.measures.items()]
        with ahead_schema(self.connection, BASE):
            put(self.connection, "asked_pairs", pa.Table.from_pylist(pairs))
            build_table(self.connection, "facts", "watch_facts")
            write_watch_list_sentences(self.connection)
            for name, query in (PREVIEW_TABLES if self.preview else TABLES).items():
                self.connection.execute(f"create table memory.main.{name} as select {label}, t.* from ({query}) t")
        self._put_verdicts()
        put(self.connection, "about", pa.Table.from_pylist([self._about()]))
        for name, query in SUMMARY_TABLES.items():
            self.connection.execute(f"create table {name} as select {label}, t.* from ({query}) t")

    def _about(self) -> dict[str, object]:
        kinds = pairs(self.connection, "select kind, count(*) from estimate_inputs group by kind")
        confirmed = not self.preview and self.rule_set.rule_set == self.named and is_confirmed(self.rules, self.year)
        return {
            "notice": self.notice,
            "newest_dashboard": self._newest,
            "rules_are_those_of_the_year": confirmed,
            "file": self.options.file.name if self.options.file else None,
            "file_sha256": sha256_of(self.options.file) if self.options.file else None,
            "cells_estimated": kinds.get("estimate", 0),
            "cells_carried_over": kinds.get("carried_over", 0),
        }

    def _read_file(self, file: Path) -> pa.Table:
        self.build_ahead()  # creates the list of LEAs
        leas = frozenset(first_column(self.connection, f"select cds from {SCHEMA}.leas"))
        with ahead_schema(self.connection, BASE):
            names = names_of(self.connection)
        expected = Expected(self.named, self.measures, leas, self._words, names, self.year, self._newest)
        cells = read_estimates(file, expected)
        self.without_precedent = lines_without_precedent(self.connection, BASE, cells)
        return cells

    def _put_verdicts(self) -> None:
        """Create estimate_verdicts, with the sentence and the smallest change."""
        found = self._rows("select * from outlooks order by cds, test")
        groups = self._names("student_groups", "student_group", "name_in_text")
        changes = {} if self.preview else self._changes()
        rows = []
        for r in found:
            facts = OutlookFacts(
                r["test"], r["outlook"], r["lea_type"], self.year, r["by_clause"], r["groups_required"],
                tuple(groups[g] for g in r["groups_certain"]), tuple(groups[g] for g in r["groups_possible"]),
                bool(r["inputs_estimated"] or r["inputs_carried_over"]),
            )  # fmt: skip
            change = (
                None if self.preview or r["by_clause"] else self._change_words(changes[r["cds"], r["test"]], r, groups)
            )
            rows.append(
                {"cds": r["cds"], "test": r["test"], "smallest_change": change, "sentence": outlook_sentence(facts)}
            )
        text = pa.string()
        schema = pa.schema([("cds", text), ("test", text), ("smallest_change", text), ("sentence", text)])
        put(self.connection, "sentences", pa.Table.from_pylist(rows, schema))
        self.connection.execute("""
            create table estimate_verdicts as
            select o.* exclude (inputs_estimated, inputs_carried_over, inputs_missing), s.sentence, s.smallest_change,
                o.inputs_estimated, o.inputs_carried_over, o.inputs_missing
            from outlooks o join sentences s using (cds, test)
            order by o.county, o.lea_name, o.cds, o.test
        """)
        self.connection.execute("drop table sentences; drop table outlooks")

    def _changes(self) -> dict[tuple[str, str], Change | None]:
        search, states = Search(self.rule_set, self._for_all), self._states()
        by_lea: dict[tuple[str, str], list[Group]] = {}
        for r in self._rows(f"select * from {SCHEMA}.outlook_test_groups order by cds, test, student_group"):
            known = states.get((r["cds"], r["student_group"]), {})
            used = sorted(i for g, i in self.measures if g == r["student_group"])
            group = Group(
                r["student_group"], tuple((i, *known.get(i, (None, None))) for i in used),
                r["outlook"] == "certain", bool(r["counts_if_met"]), r["counts_anyway"],
            )  # fmt: skip
            by_lea.setdefault((r["cds"], r["test"]), []).append(group)
        tests = self._rows(f"select cds, test, outlook, by_clause, groups_required from {SCHEMA}.outlook")
        return {
            (t["cds"], t["test"]): search.smallest(
                by_lea.get((t["cds"], t["test"]), []),
                t["groups_required"],
                t["outlook"] == "certain" and not t["by_clause"],
            )
            for t in tests
        }

    def _states(self) -> dict[tuple[str, str], dict[str, tuple[int | None, int | None]]]:
        """Return the level of the year and the last known level, by LEA and student group, then by indicator.

        If only a letter is known, its priorities show which indicators had a level that counts.
        """
        found: dict[tuple[str, str], dict[str, tuple[int | None, int | None]]] = {}
        for r in self._rows(STATES.format(base=BASE, schema=SCHEMA)):
            found.setdefault((r["cds"], r["student_group"]), {})[r["indicator"]] = (r["level"], r["last_level"])
        return found

    def _change_words(self, change: Change | None, row: dict[str, Any], groups: dict[str, str]) -> str:
        """Return the smallest change in words, or the reason why there is none."""
        if change is None:
            gaps = self.year - 1 not in self._known_years
            return no_change_words(self.year, row["outlook"], gaps)
        indicators = self._indicators
        groups_shown = []
        for group, shown in change.groups:
            by_level: dict[str, list[str]] = {}
            for s in shown:
                known = self._words[self.measures[group, s.indicator], s.indicator]
                level = next(w for w, n in known.items() if n == s.level and not w.isdigit())
                by_level.setdefault(f"{level} or better" if s.or_better else level, []).append(indicators[s.indicator])
            groups_shown.append((groups[group], [ShownWords(level, tuple(names)) for level, names in by_level.items()]))
        return change_words(change.adds, groups_shown)

    @cached_property
    def _for_all(self) -> dict[str, bool]:
        """Return the indicators in order, each with True if every LEA has results for it."""
        query = f"select indicator, reported_for = 'all' from {SCHEMA}.ref_indicators order by position"
        return pairs(self.connection, query)

    @cached_property
    def _newest(self) -> int:
        return max(self._known_years)

    @cached_property
    def _words(self) -> dict[tuple[str, str], dict[str, int]]:
        return words_for_levels(Reference(self.reference))

    @cached_property
    def _indicators(self) -> dict[str, str]:
        return self._names("indicators", "indicator", "name_in_text")

    @cached_property
    def _known_years(self) -> set[int]:
        return set(first_column(self.connection, f"select distinct dashboard_year from {SCHEMA}.history"))

    def _names(self, table: str, code: str, name: str) -> dict[str, str]:
        return pairs(self.connection, f"select {code}, {name} from {SCHEMA}.ref_{table}")

    def _rows(self, query: str) -> list[dict[str, Any]]:
        return records(self.connection, query)
