"""Print verdicts in a terminal: words first, then the grid, then the sources. Color is never the only sign."""

import sys
from collections.abc import Sequence
from dataclasses import fields

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from flows.cli.consoles import raw_output
from flows.cli.phrases import for_shell
from flows.cli.rows import write_rows
from reports.compare import KINDS, Comparison, Difference
from reports.findings import LEGEND, GroupLine, Verdict
from reports.lea import LeaReport
from transforms.wording.labels import DESIGNATION, LEA_KINDS, STATUS, STATUS_ONLY
from transforms.wording.sentences import number, plural

COLORS = ("", "red", "dark_orange", "yellow", "green", "blue")
STYLES = {
    "eligible": "bold",
    "not_eligible": "",
    "undetermined": "bold yellow",
    "not_assessed": "dim",
    "not_applicable": "dim",
}


def show_report(console: Console, e: LeaReport, full: bool) -> None:
    """Print verdicts with reasons, then student groups by Dashboard, on one screen. ``full`` prints everything."""
    about = f" · {LEA_KINDS[e.lea.lea_type]} · {e.lea.county} County · CDS {e.lea.cds}"
    console.print(Text.assemble((e.lea.name, "bold"), about), soft_wrap=True)
    console.print(f"Determination year {e.year}, release {escape(e.release_id)}")
    for line in e.identity:
        console.print(escape(line), soft_wrap=True)
    for verdict in e.said:
        _show_verdict(console, verdict, full)
    for status in STATUS_ONLY:
        if names := [v.title for v in e.unsaid if v.status == status]:
            console.print(Text.assemble((" ".join(STATUS[status]), STYLES[status]), "  ", ", ".join(names)))
    for verdict in e.assistance:
        _show_verdict(console, verdict, full)
    if e.in_question:
        console.print(_fit_width(console, _grid(e, full)) if full else _grid(e, full))
    for line in [*e.remarks, *([LEGEND] if e.in_question else [])]:
        console.print(escape(line), style="dim")
    if full:
        _show_records(console, e)
    else:
        command = f"dta explain {for_shell(e.lea.name)} --full"
        console.print(f"{escape(command)} shows causes, loans, cases and sources.", style="dim")
    console.print(f"[dim]{DESIGNATION}[/]")


def _show_records(console: Console, e: LeaReport) -> None:
    """Print what to watch, loans, cases and sources."""
    if e.watched:
        console.print("\n[bold]What would change it (a preview, not a finding)[/]")
    for watched in e.watched:
        _print_indented(console, escape(watched.short_sentence))
    loans = [(x.description, x.day, x.confidence, x.source_url) for x in e.loan_events]
    _table(console, "State loans", ("Event", "Date as sourced", "Confidence", "Source"), loans)
    cases = [(c.name, c.case_id, c.case_state, str(c.known_from), c.evidence or "") for c in e.cases]
    _table(console, "Recorded cases", ("Pathway", "Case", "State", "On record since", "Evidence"), cases)
    _table(
        console,
        "Sources",
        ("File", "SHA-256", "First seen"),
        [(s.name, s.sha256[:16], s.first_seen or "") for s in e.sources],
    )
    for line in e.excerpts:
        console.print(line, markup=False)


def _print_indented(console: Console, sentence: str) -> None:
    """Print a sentence with every line indented."""
    for line in console.render_str(sentence).wrap(console, console.width - 3):
        console.print(Text("   ").append_text(line))


def _show_verdict(console: Console, v: Verdict, full: bool) -> None:
    """Print status and reason; with notes if ``full``, if CDE differs, or if the verdict is not determined."""
    console.print(Text.assemble((f"{v.sign} {v.label}", STYLES[v.status]), "  ", (v.title, "bold"), f"  {v.statute}"))
    _print_indented(console, escape(v.reason))
    if full or v.agrees_with_cde is False or v.status == "undetermined":
        for note in v.notes:
            _print_indented(console, f"[bold]{escape(note)}[/]" if v.agrees_with_cde is False else escape(note))


def _grid(e: LeaReport, full: bool) -> Table:
    table = Table(title="Student groups on the Dashboards that count", title_justify="left", show_lines=full)
    for heading in ("Group", *map(str, e.window)):
        table.add_column(heading, overflow="fold")
    table.add_column("Years", justify="right")
    for group in e.in_question:
        name = f"{escape(group.name)} [dim]{escape(group.code)}[/]"
        table.add_row(
            name, *[_cell(group, year, full) for year in e.window], group.total + (" ●" if group.counts else "")
        )
    return table


def _fit_width(console: Console, table: Table) -> Table:
    """Return the table. If it is too wide, it has no edges, and names break only between words."""
    wide = console.options.update(width=sys.maxsize)
    if Measurement.get(console, wide, table).maximum > console.width:
        names, *_, last = table.columns
        names.width = max(len(word) for cell in names.cells for word in console.render_str(str(cell)).plain.split())
        last.no_wrap = True
        table.show_edge = table.pad_edge = False
    return table


def _cell(group: GroupLine, year: int, full: bool) -> Text:
    """Return the sign of one group on one Dashboard; if ``full``, also its basis and causes."""
    cell, met = group.cells.get(year), group.state(year) == "met"
    text = Text(group.sign(year), "bold" if met else "dim")
    if cell and full and cell.detail:
        text.append(f" {cell.detail}")
    elif cell and met and cell.basis == "cde_letters":
        text.append(" CDE")
    for cause in cell.causes if cell and met and full else []:
        text.append(f"\n{cause.short} {cause.word} {cause.value}", COLORS[cause.colored] or "red")
    return text


def _table(console: Console, title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table if it has rows."""
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in ("SHA-256", "First seen"))
    for row in rows:
        table.add_row(*map(escape, row))
    if rows:
        console.print()
        console.print(table)


def show_comparison(console: Console, comparison: Comparison, format: str, full: bool) -> None:
    """Print differences in words: counts, then who is new, who left and who stays; ``full`` adds the others.

    Other formats are CSV or JSON lines for other programs.
    """
    rows = comparison.differences
    if format != "words":
        import pyarrow as pa

        table = pa.table({f.name: [getattr(row, f.name) for row in rows] for f in fields(Difference)})
        with raw_output() as stream:
            write_rows(table, format, stream)
        return
    found = {kind: [d for d in rows if d.kind == kind] for kind in KINDS}
    numbers = ", ".join(f"{number(len(found[kind]))} {words}" for kind, words in KINDS.items() if found[kind])
    console.print(
        f"{plural(len(rows), 'verdict').capitalize()} differ{'s' * (len(rows) <= 1)} between {comparison.before} and"
        f" {comparison.after}{': ' * bool(numbers)}{numbers}.",
        markup=False,
    )
    for kind, words in KINDS.items():
        if found[kind] and (full or kind != "other"):
            console.print(f"\n{words.capitalize()}", style="bold")
            for difference in found[kind]:
                console.print(f"• {escape(difference.sentence)}")
    if found["other"] and not full:
        console.print("\n--full shows the other differences.", style="dim")
