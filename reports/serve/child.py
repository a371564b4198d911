"""Run queries in a separate process: the system limits its resources, and the server can always end it.

DuckDB's own limits are not enough. A long text function does not notice ``interrupt()``, and ``memory_limit`` does not
count what it allocates.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMORY = "1 GB"  # counted by DuckDB
ADDRESS_SPACE = 3 << 30  # enforced by the system, with Python and libraries
THREADS = 2
BYTES = 64 << 20  # limit of one result


def limit_process(seconds: int) -> None:
    """Limit memory, processor time and files of this process if the system supports it."""
    try:
        import resource
    except ImportError:  # Windows: only DuckDB's limit and the server's timer apply
        return
    limits = {"RLIMIT_AS": ADDRESS_SPACE, "RLIMIT_CPU": seconds * THREADS + 5, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (ValueError, OSError):  # a lower limit is already set
            continue


def run(request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the facts about each result and its rows as an Arrow stream."""
    from reports.published import resolve_names
    from transforms.database import connect_read_only, one_query
    from transforms.values import exportable

    with connect_read_only(Path(request["database"]), MEMORY, spill_limit=None, threads=THREADS) as connection:
        timer = threading.Timer(request["seconds"], connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            for query in request["queries"]:
                statement, given = one_query(query["sql"]), query["parameters"]
                parameters = {name: value for name, value in given.items() if name in statement.named_parameters}
                if query["names"]:
                    parameters = resolve_names(connection, parameters)
                relation = connection.sql(query["sql"], params=parameters or None)
                if relation is None:
                    raise ValueError("Only queries that return rows can be run here.")
                yield _read_limited(exportable(relation), query["rows"])
        finally:
            timer.cancel()


def _read_limited(relation: Any, most: int) -> tuple[dict[str, Any], bytes]:
    """Read at most this many rows and bytes, batch by batch."""
    import pyarrow as pa

    batches, rows, size, cut = [], 0, 0, ""
    reader = relation.to_arrow_reader(2048)
    for batch in reader:
        if rows + len(batch) > most:
            batch, cut = batch.slice(0, most - rows), "rows"
        batches.append(batch)
        rows, size = rows + len(batch), size + batch.nbytes
        if size > BYTES:
            cut = cut or "bytes"
        if cut:
            break
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, reader.schema) as stream:
        for batch in batches:
            stream.write_batch(batch)
    content = sink.getvalue().to_pybytes()
    return {"size": len(content), "cut": cut}, content


def failure(error: BaseException) -> dict[str, str]:
    """Return the error in the form that the server reads."""
    message = str(error)
    if type(error).__name__ == "InterruptException":
        return {"kind": "time", "message": ""}
    if isinstance(error, MemoryError) or message.startswith("Out of Memory"):
        return {"kind": "memory", "message": ""}
    return {"kind": "query", "message": message}


def response_bytes(request: dict[str, Any]) -> bytes:
    """Return a line of JSON with facts about all results, or the error, followed by the results."""
    contents: list[bytes] = []
    try:
        results = []
        for facts, content in run(request):
            results.append(facts)
            contents.append(content)
        head: dict[str, Any] = {"results": results}
    except BaseException as error:
        contents, head = [], {"error": failure(error)}
    return json.dumps(head).encode() + b"\n" + b"".join(contents)


def main() -> None:
    """Read a request from stdin and write the answer."""
    request = json.loads(sys.stdin.buffer.read())
    limit_process(request["seconds"])
    sys.stdout.buffer.write(response_bytes(request))
    sys.stdout.buffer.flush()
    os._exit(0)  # there is nothing to clean up, and a query may still be running


if __name__ == "__main__":
    main()
