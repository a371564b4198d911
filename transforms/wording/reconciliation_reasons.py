"""The words of the reconciliation as a table, so that SQL can say them."""

import duckdb
import pyarrow as pa

from transforms.tables import as_table, put
from transforms.wording.sentences.reconciliation import CLASSES, KINDS


def write_reconciliation_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``reconciliation_words`` (kind x class)."""
    rows = (
        {"kind": kind, "class": name, "words": words.format(what)}
        for kind, what in KINDS.items()
        for name, words in CLASSES.items()
    )
    put(
        connection,
        "reconciliation_words",
        as_table(rows, **{"kind": pa.string(), "class": pa.string(), "words": pa.string()}),
    )
