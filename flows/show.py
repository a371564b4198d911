"""How verdicts look in a terminal: words first, then the grid, then the sources. Colour is never the only sign."""

from dataclasses import asdict, fields
from typing import Any

import pyarrow as pa
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from flows.consoles import json_line, raw_output
from reports.compare import Comparison, Difference
from reports.explain import Explanation, identity_lines
from transforms.spreadsheet import WRITERS
from transforms.words import (
    ASSISTANCE,
    DESIGNATION,
    NOT_LISTED,
    STATUS,
    UNSAID,
    agreement,
    capitalized,
    ccee_determination,
    source_age,
)

COLORS = {1: ("red", "red"), 2: ("orange", "dark_orange"), 3: ("yellow", "yellow"), 4: ("green", "green"), 5: ("blue", "blue")}
STYLES = {"eligible": "bold", "not_eligible": "", "undetermined": "bold yellow", "not_assessed": "dim", "not_applicable": "dim"}


def status_text(status: str) -> Text:
    """Status with a sign that needs no colour."""
    return Text(" ".join(STATUS[status]), STYLES[status])


def _agreement(row: dict[str, Any]) -> str:
    said = agreement(row)
    return f"[bold]{said}[/]" if row["agrees_with_cde"] is False else said


def _say(console: Console, sentence: str) -> None:
    """A sentence below what it is about, every line of it."""
    for line in console.render_str(sentence).wrap(console, console.width - 3):
        console.print(Text("   ").append_text(line))


def _show_verdict(console: Console, verdict: dict[str, Any]) -> None:
    """One verdict: status, reason, what CDE says, what is open."""
    age = f" ({source_age(verdict)})" if source_age(verdict) else ""
    console.print(Text.assemble(status_text(verdict["status"]), age, "  ", (verdict["name"], "bold"), f"  {verdict['statute']}"))
    _say(console, escape(verdict["reason"]))
    if ccee_determination(verdict):
        _say(console, f"{escape(capitalized(ccee_determination(verdict)))}.")
    if verdict["case_state"]:
        _say(console, f"State of the case: {escape(verdict['case_state'])}.")
    if verdict["cde_flag"]:
        _say(console, f"CDE's own flag is {escape(verdict['cde_flag'])}: {_agreement(verdict)}.")
    if verdict["status"] == "undetermined" and verdict["open_question"]:
        _say(console, f"[dim]Open: {escape(verdict['open_question'])}[/]")


def _show_assistance(console: Console, e: Explanation) -> None:
    """What comes before Direct Technical Assistance, and what one more Dashboard would do."""
    if e.assistance:
        console.print("\n[bold]Assistance by the county office or the State Superintendent[/]")
    for row in e.assistance:
        if row["status"] == "not_applicable":
            continue
        console.print(Text.assemble(status_text(row["status"]), "  ", (ASSISTANCE[row["determination"]], "bold"), f"  {row['statute']}"))
        _say(console, escape(row["reason"]))
        if row["cde_value"]:
            _say(console, f"CDE's own value is {escape(row['cde_value'])}: {_agreement(row)}.")
    if e.watched:
        console.print("\n[bold]To watch (a preview, not a finding)[/]")
    for row in e.watched:
        _say(console, escape(row["sentence"]))


def show_explanation(console: Console, e: Explanation) -> None:
    """Verdicts in words, groups by year, loans, sources."""
    console.print(f"[bold]{escape(e.lea.name)}[/] · {escape(e.lea.lea_type.replace('_', ' '))} · {escape(e.lea.county)} County · CDS {escape(e.lea.cds)}")
    console.print(f"Determination year {e.determination_year}, release {escape(e.release_id)}")
    for line in identity_lines(e):
        console.print(escape(line), highlight=False, soft_wrap=True)
    console.print()
    for verdict in e.verdicts:
        if verdict["status"] in UNSAID and verdict["pathway"] != "continuum":
            continue
        _show_verdict(console, verdict)
    for status in UNSAID:
        names = [v["name"] for v in e.verdicts if v["status"] == status and v["pathway"] != "continuum"]
        if names:
            console.print(Text.assemble(status_text(status), "  ", ", ".join(names)))
    _show_assistance(console, e)
    if any(map(_shown, e.groups)):
        console.print()
        console.print(_grid(e))
        never = [g["student_group"] for g in e.groups if not _shown(g)]
        if never:
            console.print(f"Met the criteria in none of these years: {', '.join(map(escape, never))}.")
        console.print(
            "[dim]A letter stands for two or more state priorities met (A to K, as CDE's); below it the indicators that caused it. "
            "· met no or one priority, – no result of sufficient size, ? cannot be known, (CDE) taken from CDE's letters.[/]"
        )
    if e.loans:
        console.print()
        console.print(_loans(e))
    if e.cases:
        console.print()
        console.print(_cases(e))
    console.print()
    console.print(_sources(e))
    console.print(f"[dim]{DESIGNATION}[/]")


def _grid(e: Explanation) -> Table:
    table = Table(title="Student groups in the counted Dashboards", title_justify="left", show_lines=True)
    table.add_column("Group")
    for year in e.window:
        table.add_column(str(year))
    table.add_column("Years", justify="right")
    for group in filter(_shown, e.groups):
        cells = [_cell(e.cells.get((group["student_group"], year))) for year in e.window]
        total = f"{len(group['years_met'])} of {len(e.window)}" + (" ●" if group["counts"] else "")
        table.add_row(f"{escape(group['student_group'])}\n[dim]{escape(group['name'])}[/]", *cells, total)
    return table


def _shown(group: dict[str, Any]) -> bool:
    """True for groups that met the criteria, or may have, in any counted year."""
    return bool(group["years_met"] or group["years_unknown"])


def _cell(cell: dict[str, Any] | None) -> RenderableType:
    """One group in one year."""
    if cell is None:
        return Text("·", "dim")
    if cell["listed"] is False:
        return Text(NOT_LISTED, "dim")
    if cell["meets_criteria"] is None:
        return Text(f"? {cell['note'] or ''}", "yellow")
    if not cell["meets_criteria"]:
        return Text("–" if cell["has_result"] is False else "·", "dim")
    if cell["basis"] != "indicators":
        return Text(f"{cell['letter']}  (CDE)\npriorities {', '.join(map(str, cell['priorities_met']))}")
    return Group(Text(f"{cell['letter'] or '●'}", "bold"), *[_cause(c) for c in cell["causes"]])


def _cause(cause: dict[str, Any]) -> Text:
    """An indicator and its level, in words and colour."""
    word, style = COLORS[cause["level"]] if cause["measure"] == "color" else (cause["worst_status_label"], "red")
    return Text(f"{cause['indicator']} {word}", style)


def _loans(e: Explanation) -> Table:
    table = Table(title="State loan record", title_justify="left")
    for heading in ("Event", "Date as sourced", "Role", "Confidence", "Source"):
        table.add_column(heading, overflow="fold")
    for loan in e.loans:
        table.add_row(escape(loan["event"]), escape(loan["date_text"]), escape(loan["role"] or ""), escape(loan["confidence"]), escape(loan["source_url"]))
    return table


def _cases(e: Explanation) -> Table:
    table = Table(title="Recorded cases", title_justify="left")
    for heading in ("Pathway", "Case", "State", "On record since", "Evidence"):
        table.add_column(heading, overflow="fold")
    for case in e.cases:
        table.add_row(escape(case["name"]), escape(case["case_id"]), escape(case["case_state"]), str(case["known_from"]), escape(case["evidence"]))
    return table


def _sources(e: Explanation) -> Group:
    table = Table(title="Sources", title_justify="left")
    table.add_column("File", overflow="fold")
    for heading in ("SHA-256", "First seen"):
        table.add_column(heading, no_wrap=True)
    for source in e.sources:
        table.add_row(escape(source["file"] or f"missing: {source['title']}"), (source["sha256"] or "")[:16], source["first_seen"] or "")
    return Group(table, *map(Text, e.excerpts))


def show_rows(console: Console, columns: list[str], rows: list[tuple[Any, ...]], total: int) -> None:
    """Rows of a query: a table where every word fits, else one block per row."""
    texts = [["" if v is None else str(v) for v in row] for row in rows]
    words = [max((len(w) for t in (name, *(row[i] for row in texts)) for w in t.split()), default=1) for i, name in enumerate(columns)]
    said = f"{total:,} {'row' if total == 1 else 'rows'}" if total == len(rows) else f"first {len(rows)} of {total:,} rows; --format csv shows all"
    if sum(words) + 3 * len(columns) + 1 > console.width:
        for number, row in enumerate(texts, 1):
            console.print(f"Row {number}", style="bold", highlight=False)
            console.print(_record(columns, row), highlight=False)
        console.print(said, highlight=False)
        return
    table = Table(caption=said)
    for name, width in zip(columns, words, strict=True):
        table.add_column(escape(name), overflow="fold", min_width=width)
    for row in texts:
        table.add_row(*map(escape, row))
    console.print(table)


def _record(columns: list[str], row: list[str]) -> Table:
    """One row with a line per column."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, max_width=40)
    grid.add_column(overflow="fold")
    for name, value in zip(columns, row, strict=True):
        grid.add_row(escape(f"  {name}"), escape(value))
    return grid


def show_comparison(console: Console, comparison: Comparison, format: str) -> None:
    """Differences in words, or as CSV or JSON lines for other programs."""
    rows = [asdict(d) for d in comparison.differences]
    if format == "json":
        with raw_output() as stream:
            stream.writelines(map(json_line, rows))
        return
    if format in WRITERS:
        table = pa.table({f.name: [row[f.name] for row in rows] for f in fields(Difference)})
        with raw_output() as stream, pa.PythonFile(stream, mode="w") as file:
            WRITERS[format](table, file)
        return
    for difference in comparison.differences:
        console.print(f"• {escape(difference.sentence)}", highlight=False)
    console.print(f"{len(rows)} verdicts differ between {comparison.before} and {comparison.after}.", markup=False)
