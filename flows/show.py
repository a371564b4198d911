"""How verdicts look in a terminal: words first, then the grid, then the sources. Colour is never the only sign."""

import csv
import json
import sys
from dataclasses import asdict, fields
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from reports.compare import Comparison, Difference
from reports.explain import Explanation
from transforms.spreadsheet import safe_text
from transforms.words import ASSISTANCE, DESIGNATION, STATUS

COLORS = {1: ("red", "red"), 2: ("orange", "dark_orange"), 3: ("yellow", "yellow"), 4: ("green", "green"), 5: ("blue", "blue")}
STYLES = {"eligible": "bold", "not_eligible": "", "undetermined": "bold yellow", "not_assessed": "dim", "not_applicable": "dim"}
UNSAID = ("not_assessed", "not_applicable")  # one line for all of them


def status_text(status: str) -> Text:
    """Status with a sign that needs no colour."""
    return Text(" ".join(STATUS[status]), STYLES[status])


def _show_verdict(console: Console, verdict: dict[str, Any]) -> None:
    """One verdict: status, reason, what CDE says, what is open."""
    console.print(Text.assemble(status_text(verdict["status"]), "  ", (verdict["name"], "bold"), f"  {verdict['statute']}"))
    console.print(f"   {escape(verdict['reason'])}")
    if verdict["case_state"]:
        console.print(f"   State of the case: {escape(str(verdict['case_state']))}.")
    if verdict["cde_flag"]:
        agrees = {True: "agrees", False: "[bold]does not agree[/]", None: "cannot be compared"}[verdict["agrees_with_cde"]]
        console.print(f"   CDE's own flag is {escape(str(verdict['cde_flag']))}: {agrees}.")
    if verdict["status"] == "undetermined" and verdict["open_question"]:
        console.print(f"   [dim]Open: {escape(verdict['open_question'])}[/]")


def _show_assistance(console: Console, e: Explanation) -> None:
    """What comes before Direct Technical Assistance, and what one more Dashboard would do."""
    if e.assistance:
        console.print("\n[bold]Assistance by the county office or the State Superintendent[/]")
    for row in e.assistance:
        if row["status"] == "not_applicable":
            continue
        console.print(Text.assemble(status_text(row["status"]), "  ", (ASSISTANCE[row["determination"]], "bold"), f"  {row['statute']}"))
        console.print(f"   {escape(row['reason'])}")
        if row["cde_value"]:
            agrees = {True: "agrees", False: "[bold]does not agree[/]", None: "cannot be compared"}[row["agrees_with_cde"]]
            console.print(f"   CDE's own value is {escape(row['cde_value'])}: {agrees}.")
    if e.watched:
        console.print("\n[bold]To watch (a preview, not a finding)[/]")
    for row in e.watched:
        console.print(f"   {escape(row['sentence'])}")


def show_explanation(console: Console, e: Explanation) -> None:
    """Verdicts in words, groups by year, loans, sources."""
    console.print(f"[bold]{escape(e.lea.name)}[/] · {escape(e.lea.lea_type.replace('_', ' '))} · {escape(e.lea.county)} County · CDS {escape(e.lea.cds)}")
    console.print(f"Determination year {e.determination_year}, release {escape(e.release_id)}\n")
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


def _sources(e: Explanation) -> Table:
    table = Table(title="Sources", title_justify="left")
    for heading in ("File", "SHA-256", "First seen"):
        table.add_column(heading, no_wrap=True)
    for source in e.sources:
        table.add_row(escape(source["file"] or f"missing: {source['title']}"), (source["sha256"] or "")[:16], source["first_seen"] or "")
    return table


def summary_table(rows: list[tuple[str, str, int]], year: int) -> Table:
    """Counts by pathway and status for one determination year."""
    table = Table(title=f"Determination year {year}: districts, county offices and charter schools by pathway", title_justify="left")
    table.add_column("Pathway")
    for sign, label in STATUS.values():
        table.add_column(f"{sign} {label}", justify="right")
    counts: dict[str, dict[str, int]] = {}
    for name, status, n in rows:
        counts.setdefault(name, {})[status] = n
    for name, by_status in counts.items():
        table.add_row(escape(name), *[str(by_status.get(s, 0)) for s in STATUS])
    return table


def result_table(columns: list[str], rows: list[tuple[Any, ...]], total: int) -> Table:
    """Rows of a query."""
    table = Table(caption=f"{total:,} rows" if total == len(rows) else f"first {len(rows)} of {total:,} rows; --format csv shows all")
    for column in columns:
        table.add_column(escape(column), overflow="fold")
    for row in rows:
        table.add_row(*["" if v is None else escape(str(v)) for v in row])
    return table


def show_comparison(console: Console, comparison: Comparison, format: str) -> None:
    """Differences in words, or as CSV or JSON lines for other programs."""
    rows = [asdict(d) for d in comparison.differences]
    if format == "json":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))  # noqa: T201
        return
    if format == "csv":
        writer = csv.DictWriter(sys.stdout, [f.name for f in fields(Difference)])
        writer.writeheader()
        writer.writerows({k: safe_text(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows)
        return
    for difference in comparison.differences:
        console.print(f"• {escape(difference.sentence)}", highlight=False)
    console.print(f"{len(rows)} verdicts differ between {comparison.before} and {comparison.after}.", markup=False)
