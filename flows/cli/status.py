"""``dta status`` shows which release is current, whether it is intact, and how the last run ended. ``dta sources``
lists the files of the catalog, which are loaded, how fresh they are, and every file that was seen and not used.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import print_error
from flows.cli.phrases import (
    ago,
    changes_lines,
    failed_checks,
    not_listed_as_unused,
    problem_lines,
    unused_lines,
    unused_of,
)
from transforms.errors import ReleaseError, few_of
from transforms.release.check_result import warning_text
from transforms.release.current import current_release, pointer_fault, read_manifest, source_hashes
from transforms.release.pointer import current_hold
from transforms.release.run_records import GOOD, read_status
from transforms.release.verify import damage_of

if TYPE_CHECKING:
    from transforms.settings import Settings
    from transforms.sources.catalog import Source
    from transforms.sources.store import Accepted

NO_RELEASE = ReleaseError.exit_code


def show_status(out: Path, console: Console) -> int:
    """Print the status; faults go to the error stream.

    Returns the exit code: that of the last run if it did not end well, 6 if there is no intact release, otherwise 0.
    """
    last, release = read_status(out), current_release(out)
    faults = list(filter(None, [pointer_fault(out)]))
    if not last and release is None and not faults:
        raise ReleaseError(f"Nothing has been run in {out} yet. Run: dta run")
    if release is None:
        console.print("There is no release.")
    else:
        faults += _show_release(out, release, console)
    try:
        if hold := current_hold(out):
            console.print(f"  [yellow]held[/] {escape(str(hold))}", soft_wrap=True)
    except ReleaseError as error:
        faults.append(str(error))
    if last:
        _show_last_run(out, last, console)
    for fault in faults:
        print_error(fault)
    if last and last["last_outcome"] not in GOOD:
        return int(last["exit_code"]) or NO_RELEASE
    return NO_RELEASE if faults or release is None else 0


def _show_release(out: Path, release: Path, console: Console) -> list[str]:
    """Print the release and what it was made from. Returns what is wrong with it."""
    if damage := damage_of(release):
        return [f"Release {release.name} is damaged ({few_of(damage, 1)}). dta run rebuilds it."]
    from reports.published import FETCH, not_loaded, not_placed, open_release, rows
    from reports.release_changes import release_changes

    manifest = read_manifest(release)
    console.print(
        f"Release [bold]{escape(release.name)}[/] as of {manifest['as_of']}, published {ago(manifest['published_at'])}"
    )
    sizes = f"{len(manifest['sources'])} source files, {len(manifest['tables'])} tables"
    console.print(f"  {sizes}, in {escape(str(release))}", soft_wrap=True)
    with open_release(out) as connection:
        (about,) = rows(connection, "select scope from meta_release")
        console.print(f"  {escape(about['scope'])}")
        if lines := not_loaded(connection):
            console.print(
                *(f"  [yellow]{escape(line)}[/]" for line in lines),
                f"  To get the files: {FETCH}",
                sep="\n",
                soft_wrap=True,
            )
        for line in changes_lines(release_changes(connection)):
            console.print(f"  {escape(line)}", soft_wrap=True)
        for line in not_placed(connection):
            console.print(f"  [yellow]not used[/] {escape(line)}", soft_wrap=True)
    for warning in manifest["warnings"]:
        console.print(f"  [yellow]▲ warning[/] {escape(warning_text(warning))}")
    return []


def _show_last_run(out: Path, last: dict[str, Any], console: Console) -> None:
    unused = unused_of(last)
    for line in problem_lines(not_listed_as_unused(last.get("source_problems", []), unused)):
        console.print(f"  [yellow]not refreshed[/] {escape(line)}", soft_wrap=True)
    for line in unused_lines(unused, "  "):
        console.print(line, soft_wrap=True)
    message = failed_checks(last) or escape(last["message"])
    console.print(f"Last run {ago(last['last_run'])}: {escape(last['last_outcome'])}. {message}")
    page = out / "quality" / "index.html"
    if page.exists():
        console.print(f"What was checked, and which rows failed: {escape(str(page))}", soft_wrap=True)
    console.print(f"Last good check {ago(last['last_good_check']) if last['last_good_check'] else 'never'}")


def show_sources(settings: "Settings", console: Console, year: int | None, missing: bool) -> None:
    """Print one line per file of the catalog: whether the current release uses it, when it was accepted, the last look,
    and when changes are expected.
    """
    from transforms.sources.catalog import load_catalog
    from transforms.sources.store import Store

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
            _last_check(source, accepted),
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


def _last_check(source: "Source", accepted: "Accepted | None") -> str:
    """Return how the last look for a newer file ended, in words."""
    if accepted is None:
        return "never" if source.url else "no address known"
    outcome = f"{ago(accepted.checked_at)}: {accepted.outcome}"
    return escape(f"{outcome} ({accepted.message})" if accepted.message else outcome)
