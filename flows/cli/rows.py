"""Write the rows of a query: as a table in the terminal, or for other programs."""

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import json_line
from transforms.values import plain, shown

if TYPE_CHECKING:
    import pyarrow as pa


MAX_CELL_LINES = 12  # most lines of a cell in a table that is still easy to read


def show_rows(console: Console, columns: list[str], rows: list[tuple[Any, ...]], total: int) -> None:
    """Print rows as a table if every word fits and no cell is tall; otherwise as one block per row."""
    texts = [[shown(v) for v in row] for row in rows]
    words = [
        max((cell_len(w) for t in (name, *(row[i] for row in texts)) for w in t.split()), default=1)
        for i, name in enumerate(columns)
    ]
    count = (
        f"{total:,} {'row' if total == 1 else 'rows'}"
        if total == len(rows)
        else f"first {len(rows)} of {total:,} rows; --format csv shows all"
    )
    spare = console.width - sum(words) - 3 * len(columns) - 1
    whole = [max(map(cell_len, (name, *(row[i] for row in texts)))) for i, name in enumerate(columns)]
    widths = _widths(words, whole, spare)
    if spare < 0 or any(most > MAX_CELL_LINES * width for most, width in zip(whole, widths, strict=True)):
        for number, row in enumerate(texts, 1):
            console.print(f"Row {number}", style="bold")
            console.print(_record(columns, row))
        console.print(count)
        return
    table = Table(caption=count)
    for name, width in zip(columns, widths, strict=True):
        table.add_column(escape(name), overflow="fold", width=width)
    for row in texts:
        table.add_row(*map(escape, row))
    console.print(table)


def _widths(words: list[int], whole: list[int], spare: int) -> list[int]:
    """Return widths of columns that hold each word. Spare width goes to the narrowest column that would wrap. Rich
    would cut off the last column if words leave little room.
    """
    widths = list(words)
    for _ in range(spare):
        wrapped = [i for i in range(len(widths)) if widths[i] < whole[i]]
        if not wrapped:
            break
        widths[min(wrapped, key=widths.__getitem__)] += 1
    return widths


def _record(columns: list[str], row: list[str]) -> Table:
    """Return one row with a line per column."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, max_width=40)
    grid.add_column(overflow="fold")
    for name, value in zip(columns, row, strict=True):
        grid.add_row(escape(f"  {name}"), escape(value))
    return grid


def write_rows(table: "pa.Table", format: str, stream: Any) -> None:
    """Write rows to ``stream`` as CSV, JSON lines or Parquet."""
    if format == "json":
        rows = table.to_pylist(maps_as_pydicts="lossy")
        stream.writelines(json_line({name: plain(value) for name, value in row.items()}) for row in rows)
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    from transforms.release.csv_for_people import WRITERS

    with pa.PythonFile(stream, mode="w") as file:
        if format == "parquet":
            pq.write_table(table, file, compression="zstd")
        else:
            WRITERS[format](table, file)
