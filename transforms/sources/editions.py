"""Two files of one source in one folder: the catalog says which of them is used."""

from collections.abc import Sequence
from pathlib import Path

from transforms.sources.catalog import Source
from transforms.sources.unused import UnusedFile

Found = tuple[Path, Source, str]  # a file, what it is, and the name that the catalog has for it


def latest_editions(found: Sequence[Found]) -> tuple[list[Found], list[UnusedFile]]:
    """The files that no other edition of their source replaces, by the order of the catalog, and the others."""
    latest: dict[str, Found] = {}
    for one in found:
        _, source, name = one
        known = latest.get(source.id)
        if known is None or source.rank(name) < source.rank(known[2]):
            latest[source.id] = one
    used = [(p, s, name) for p, s, name in found if s.rank(name) == s.rank(latest[s.id][2])]
    return used, [
        replaced(p.name, name, s, latest[s.id][0].name)
        for p, s, name in found
        if s.rank(name) != s.rank(latest[s.id][2])
    ]


def replaced(file: str, name: str, source: Source, by: str) -> UnusedFile:
    """A file that is not used because of another one. ``name``: what the catalog calls it."""
    reason = (
        "it is an earlier edition, which CDE has replaced by"
        if source.is_earlier_edition(name)
        else "it is another copy of the file, and this one is used:"
    )
    return UnusedFile(file, f"{reason} {by}", f"Remove it; or remove {by}, if {file} is the one to use.", source.id)
