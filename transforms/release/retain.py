"""How long releases stay: the newest nights by number, all that carry a tag, and always the current one.

The functions that write are for the owner of the publisher lock.
"""

import os
import re
import shutil
from pathlib import Path

from transforms.errors import ReleaseError, UsageError, quoted
from transforms.files import point, sync_folder
from transforms.release.current import find_release, releases, tags
from transforms.release.pointer import is_needed
from transforms.release.verify import damage_of

RESERVED = {"current", "previous"}  # names of releases in commands
TAG = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")


def prune(out: Path, keep: int) -> list[str]:
    """Remove releases beyond the newest ``keep`` that are not needed; returns their ids."""
    needed = is_needed(out)
    tagged = set(tags(out).values())
    nightly = [r for r in releases(out) if r.name not in tagged]
    removed = []
    for release in nightly[:-keep]:
        if release.name in needed:
            continue
        doomed = release.with_name(f".pruned-{release.name}")
        os.rename(release, doomed)  # gone in one step: nobody lists half a release
        sync_folder(doomed.parent)
        shutil.rmtree(doomed)
        removed.append(release.name)
    return removed


def add_tag(out: Path, asked: str, tag: str) -> Path:
    """Keep a release for good under a name: tags/TAG leads to it.

    Raises UsageError for a bad name, ReleaseError for a taken one, or a damaged release.
    """
    if tag.lower() in RESERVED:
        raise UsageError(f"{quoted(tag)} cannot be a tag: it always means the {tag.lower()} release. Name another.")
    if not TAG.fullmatch(tag):
        raise UsageError(
            f"{quoted(tag)} cannot be a tag: a letter, then letters, digits, dots, hyphens or underscores, 64 at most."
        )
    release = find_release(out, asked)
    taken = tags(out).get(tag)
    if taken not in (None, release.name):
        raise ReleaseError(f"The tag {tag} is that of release {taken}. Remove it first: dta tag --remove {tag}")
    damage = damage_of(release)
    if damage:
        raise ReleaseError(f"Release {release.name} is damaged ({damage[0]}) and is not tagged.")
    point(out / "tags" / tag, Path("..") / "releases" / release.name)
    return release


def remove_tag(out: Path, tag: str) -> str:
    """Take a tag away; returns the release it stood for. Raises ReleaseError when there is none."""
    release = tags(out).get(tag)
    if release is None:
        raise ReleaseError(f"There is no tag {quoted(tag)} in {out}.")
    (out / "tags" / tag).unlink()
    sync_folder(out / "tags")
    return release
