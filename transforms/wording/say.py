"""Put verdicts into words: an SQL model gives the facts, ``transforms.wording.sentences`` gives the sentence, and the
text is stored with the key.
"""

from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
from pydantic import TypeAdapter

from transforms.tables import as_table, put, texts
from transforms.wording.sentences import Change, change_sentence
from transforms.wording.sentences.assistance import (
    DifferentiatedFacts,
    SpanFacts,
    charter_reason,
    consecutive_reason,
    differentiated_reason,
)
from transforms.wording.sentences.changes import change_cause
from transforms.wording.sentences.continuum import ContinuumFacts, continuum_reason
from transforms.wording.sentences.lists import (
    CLASSES,
    KINDS,
    EligibleFacts,
    WatchFacts,
    eligible_sentence,
    watch_sentence,
)
from transforms.wording.sentences.recorded import RecordedFacts, recorded_reason
from transforms.wording.sentences.wraparound import WraparoundFacts, wraparound_reason

VERDICT = ("cds", "determination_year", "pathway")
ASSISTANCE = ("cds", "determination_year", "determination")
REASONS: tuple[tuple[str, type, tuple[str, ...], Callable[[Any], str]], ...] = (
    ("continuum", ContinuumFacts, VERDICT, continuum_reason),
    ("wraparound", WraparoundFacts, VERDICT, wraparound_reason),
    ("recorded", RecordedFacts, VERDICT, recorded_reason),
    ("differentiated", DifferentiatedFacts, ASSISTANCE, differentiated_reason),
    ("consecutive", SpanFacts, ASSISTANCE, consecutive_reason),
    ("charter", SpanFacts, ASSISTANCE, charter_reason),
)


def say(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    facts: type,
    key: tuple[str, ...],
    into: str,
    **sentences: Callable[[Any], str | None],
) -> None:
    """Create the table ``into``: the key and one text per sentence, for each row of the table ``query`` (sql/facts).

    The columns of the model have the names and types of the dataclass ``facts``; pydantic raises ValidationError if
    they differ.
    """
    table: pa.Table = connection.table(query).to_arrow_table()
    rows = TypeAdapter(list[facts]).validate_python(table.to_pylist())  # type: ignore[valid-type]
    texts = {name: pa.array([sentence(row) for row in rows], pa.string()) for name, sentence in sentences.items()}
    put(connection, into, pa.table({name: table[name] for name in key} | texts))


def write_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the reason of every verdict, one sentence per eligible LEA, the changes, and the watch list."""
    write_reasons(connection)
    write_watch_list_sentences(connection)


def write_reasons(connection: duckdb.DuckDBPyConnection) -> None:
    """Write all sentences except those of the watch list."""
    for name, facts, key, reason in REASONS:
        say(connection, f"{name}_facts", facts, key, f"{name}_reasons", reason=reason)
    say(connection, "eligible_facts", EligibleFacts, VERDICT[:2], "eligible_sentences", sentence=eligible_sentence)
    of_change = {"cause": change_cause, "sentence": change_sentence}
    say(connection, "change_facts", Change, ("cds", "pathway", "to_year"), "change_sentences", **of_change)
    write_reconciliation_texts(connection)


def write_watch_list_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the sentence of every row of the watch list."""
    key = ("cds", "student_group", "watch")
    say(connection, "watch_facts", WatchFacts, key, "watch_sentences", sentence=watch_sentence)


def write_reconciliation_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``reconciliation_words`` (kind x class)."""
    rows = (
        {"kind": kind, "class": name, "words": words.format(what)}
        for kind, what in KINDS.items()
        for name, words in CLASSES.items()
    )
    put(connection, "reconciliation_words", as_table(rows, **texts("kind", "class", "words")))
