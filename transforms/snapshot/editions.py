"""Two files of one source in one folder: the catalog says which of them is used."""

from collections.abc import Sequence
from pathlib import Path

from transforms.catalog import Source
from transforms.snapshot.unused import UnusedFile

Found = tuple[Path, Source]


def latest_editions(found: Sequence[Found]) -> tuple[list[Found], list[UnusedFile]]:
    """The file of each source that the others are replaced by, in the order of the catalog, and the others."""
    latest: dict[str, Path] = {}
    for path, source in found:
        known = latest.get(source.id)
        if known is None or source.rank(path.name) < source.rank(known.name):
            latest[source.id] = path
    used = [(path, source) for path, source in found if latest[source.id] == path]
    return used, [replaced(path.name, source, latest[source.id].name) for path, source in found if latest[source.id] != path]


def replaced(name: str, source: Source, by: str) -> UnusedFile:
    """A file that is not used because of another one."""
    reason = (
        "it is an earlier edition, which CDE has replaced by" if source.is_earlier_edition(name) else "it is another copy of the file, and this one is used:"
    )
    return UnusedFile(name, f"{reason} {by}", f"Remove it; or remove {by}, if {name} is the one to use.", source.id)
