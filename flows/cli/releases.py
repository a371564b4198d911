"""``dta releases``, ``rollback``, ``tag`` and ``verify``: commands on published releases."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import out_console as console
from flows.cli.options import Out, settings_from
from transforms.errors import ReleaseError, no_release


def _out(out: Path | None) -> Path:
    return settings_from(None, out).out


def releases(out: Out = None) -> None:
    """List all releases, newest first, with their tags."""
    from flows.cli.phrases import ago
    from transforms.release.current import current_release, pointer_fault, read_manifest, release_folders, tags
    from transforms.release.current import releases as known
    from transforms.release.pointer import Hold, current_hold

    folder = _out(out)
    current, faults = current_release(folder), list(filter(None, [pointer_fault(folder)]))
    hold: Hold | None = None
    try:
        hold = current_hold(folder)
    except ReleaseError as error:
        faults.append(str(error))
    named: dict[str, list[str]] = {}
    for name, release in tags(folder).items():
        named.setdefault(release, []).append(name)
    table = Table(title=f"Releases in {escape(str(folder))}", title_justify="left")
    for heading in ("Release", "", "Published", "As of", "Tags"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("Release", ""))  # people copy ids
    readable = known(folder)
    for path in reversed(readable):
        manifest = read_manifest(path)
        state = ("● current" if current and path.name == current.name else "") + (
            ", held" if hold and hold.release_id == path.name else ""
        )
        table.add_row(
            path.name,
            state,
            ago(manifest["published_at"]),
            manifest["as_of"],
            escape(", ".join(named.get(path.name, []))),
        )
    faults += [
        f"Release {path.name} has no readable manifest. See: dta verify {path.name}"
        for path in release_folders(folder)
        if path not in readable
    ]
    if not table.row_count and not faults:
        raise no_release(folder)
    console.print(table)
    if hold:
        console.print(f"[yellow]Held[/] {escape(str(hold))}", soft_wrap=True)
    if faults:
        raise ReleaseError("\n".join(faults))


def rollback(
    release: Annotated[
        str | None, typer.Argument(help="Id or tag of the release to go back to; see dta releases.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; recorded with the hold and in the record of runs.")
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Lift the hold, so that runs publish again.")] = False,
    out: Out = None,
) -> None:
    """Make an earlier release current, and publish nothing until the hold is lifted."""
    from transforms.locks import publisher_lock
    from transforms.release.pointer import lift_hold, roll_back
    from transforms.release.run_records import reason_of, record_event

    folder = _out(out)
    if (release is None) == (not lift):
        raise typer.BadParameter("Give a release to go back to, or --lift.")
    why = None if reason is None else reason_of(reason, "--reason")
    with publisher_lock(_existing(folder)):
        if release is None:
            hold = lift_hold(folder)
            record_event(folder, "hold lifted", why or hold.reason, hold.release_id)
            message = (
                f"The hold{f' at release {hold.release_id}' if hold.release_id else ''} is lifted. The next run"
                " can publish."
            )
        else:
            why = why or "no reason given"
            target = roll_back(folder, release, why)
            record_event(folder, "rolled back", why, target.name)
            message = f"Release {target.name} is current. Nothing is published until: dta rollback --lift"
    console.print(message, markup=False, soft_wrap=True)


def tag(
    release: Annotated[str | None, typer.Argument(help="Id of the release, or 'current'.")] = None,
    name: Annotated[str | None, typer.Argument(help="The tag, such as board-2026-12.")] = None,
    remove: Annotated[str | None, typer.Option("--remove", help="Remove this tag.")] = None,
    out: Out = None,
) -> None:
    """Keep a release permanently under a name; OUT/tags/NAME points to it."""
    from transforms.locks import publisher_lock
    from transforms.release.pointer import add_tag, remove_tag
    from transforms.release.run_records import record_event

    folder = _out(out)
    with publisher_lock(_existing(folder)):
        if remove is not None and release is None:
            freed = remove_tag(folder, remove)
            record_event(folder, "tag removed", remove, freed)
            message = f"Release {freed} no longer has the tag {remove}."
        elif release is not None and name is not None and remove is None:
            kept = add_tag(folder, release, name)
            record_event(folder, "tagged", name, kept.name)
            message = f"Release {kept.name} is kept permanently as {folder / 'tags' / name}"
        else:
            raise typer.BadParameter("Give a release and a tag, or --remove TAG.")
    console.print(message, markup=False, soft_wrap=True)


def verify(
    release: Annotated[str, typer.Argument(help="Id or tag of a release, or 'current'.")] = "current",
    every: Annotated[bool, typer.Option("--all", help="Verify all releases.")] = False,
    out: Out = None,
) -> None:
    """Compare the files of a release with its manifest, byte for byte; no file may be missing or extra."""
    from transforms.release.current import find_release, pointer_fault, release_folders
    from transforms.release.verify import damage_of

    folder = _out(out)
    chosen = release_folders(folder) if every else [find_release(folder, release)]
    problems = list(filter(None, [pointer_fault(folder)]))
    if not chosen and not problems:
        raise no_release(folder)
    for path in chosen:
        damage = damage_of(path)
        problems += [f"{path.name}/{d}" for d in damage]
        if not damage:
            console.print(f"Release {path.name} is intact.", markup=False)
    if problems:
        raise ReleaseError("\n".join(problems) + "\nTo rebuild a damaged current release: dta run")


def _existing(out: Path) -> Path:
    from transforms.folders import has_releases, is_own_folder

    if not (out / "releases").is_dir() or not is_own_folder(out, has_releases):
        raise no_release(out)
    return out
