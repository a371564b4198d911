"""Show the catalog with what is loaded and how fresh it is, and every file that was seen and not used."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.phrases import ago, unused_lines, unused_of
from transforms.release.current import current_release, source_hashes
from transforms.release.run_records import read_status
from transforms.settings import Settings
from transforms.sources.catalog import Source, load_catalog
from transforms.sources.store import Accepted, Store


def show_sources(settings: Settings, console: Console, year: int | None, missing: bool) -> None:
    """One line per file of the catalog: loaded in the current release, accepted since when, last look, and when changes
    are expected.
    """
    catalog, store = load_catalog(settings.reference), Store(settings.snapshots)
    release = current_release(settings.out)
    used = source_hashes(release)
    table = Table(
        title=(
            f"Files of the catalog, and whether release {escape(release.name) if release else '(none yet)'} was made"
            " from them"
        ),
        title_justify="left",
    )
    table.add_column("File", no_wrap=True)
    for heading in ("In release", "Accepted", "Last look", "Changes expected"):
        table.add_column(heading, overflow="fold")
    shown = 0
    for source in catalog.source:
        if (year is not None and source.dashboard_year != year) or (missing and source.id in used):
            continue
        shown += 1
        accepted = store.accepted(source)
        in_release = "● yes" if source.id in used else "○ no"
        table.add_row(
            escape(source.file),
            in_release,
            ago(accepted.accepted_at) if accepted else "–",
            _look(source, accepted),
            escape(source.changes_expected),
        )
    console.print(table)
    for line in unused_lines(unused_of(read_status(settings.out))):
        console.print(line, soft_wrap=True)
    console.print(
        f"{shown} of {len(catalog.source)} files. Files without an address come in through the inbox:"
        f" {escape(str(settings.inbox))}",
        soft_wrap=True,
    )


def _look(source: Source, accepted: Accepted | None) -> str:
    """How the last look for a newer file ended, in words."""
    if accepted is None:
        return "never" if source.url else "no address known"
    said = f"{ago(accepted.checked_at)}: {accepted.outcome}"
    return escape(f"{said} ({accepted.message})" if accepted.message else said)
