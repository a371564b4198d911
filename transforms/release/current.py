"""Find the release that readers see, which ``current`` points to, and read its manifest.

This module imports little, so that quick commands stay quick.
"""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from transforms.errors import ReleaseError, no_release, quoted
from transforms.release.run_records import published_ids

DATABASE = "dta.duckdb"
MANIFEST = "manifest.json"
RELEASE_NAME = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")


class _Source(BaseModel):
    source_id: str
    sha256: str


class _Table(BaseModel):
    name: str
    rows: int


class _File(BaseModel):
    file: str
    size: int
    sha256: str


class _Manifest(BaseModel):
    """The manifest keys that readers need. Releases of other versions may have more or fewer keys."""

    release_id: str
    sequence: int = 0
    as_of: date
    published_at: datetime
    content_digest: str
    inputs_digest: str
    warnings: list[Any]
    dated_facts: list[date] = []
    sources: list[_Source]
    tables: list[_Table]
    database: dict[str, Any] | None = None
    files: list[_File]


def current_release(out: Path) -> Path | None:
    """Return the folder of the release that ``current`` points to, resolved once.

    Returns None if there is none, or ``current`` is not a link to one of our releases.
    """
    folder = _target(out)
    return folder if folder is not None and (folder / MANIFEST).is_file() else None


def required_release(out: Path) -> Path:
    """Return the current release. Raises ReleaseError with the reason if there is none."""
    release = current_release(out)
    if release is None:
        fault = pointer_fault(out)
        raise ReleaseError(fault) if fault else no_release(out)
    return release


def pointer_fault(out: Path) -> str:
    """Describe what is wrong with ``current`` if it does not lead to a release.

    Returns an empty text if it leads to one, or was never created.
    """
    pointer = out / "current"
    if foreign := foreign_pointer(out):
        return foreign
    if pointer.is_symlink() and current_release(out) is None:
        return (
            f"The release that {pointer} points to, {pointer.readlink().name}, was missing or had no manifest. dta run"
            " makes a new one."
        )
    return ""


def foreign_pointer(out: Path) -> str:
    """Describe a foreign file or folder named ``current``, which is never replaced; empty if there is none."""
    pointer = out / "current"
    if pointer.is_symlink():
        target = _resolved(pointer)
        if target is not None and not target.is_relative_to((out / "releases").resolve()):
            return f"{pointer} points to {target}, which is not a release in {out}. Remove the link, then run: dta run"
        return ""
    if pointer.exists():
        kind = "folder" if pointer.is_dir() else "file"
        return f"{pointer} is a {kind}, not the link to a release that dta makes. Move it away, then run: dta run"
    return ""


def _target(out: Path) -> Path | None:
    pointer = out / "current"
    folder = _resolved(pointer) if pointer.is_symlink() else None
    return folder if folder is not None and folder.is_dir() and folder.parent == (out / "releases").resolve() else None


def _resolved(link: Path) -> Path | None:
    """Return the final target of a link; None if it leads in a circle."""
    try:
        return link.resolve()
    except (OSError, RuntimeError):
        return None


def releases(out: Path) -> list[Path]:
    """Return the releases in ``out`` that have a readable manifest, in the order of publication."""
    found = []
    for folder in release_folders(out):
        try:
            manifest = read_manifest(folder)
            found.append((int(manifest.get("sequence", 0)), str(manifest["published_at"]), folder))
        except ReleaseError:  # dta verify reports it
            continue
    return [folder for *_, folder in sorted(found)]


def release_before(out: Path, release: Path) -> Path | None:
    """Return the release that readers had before ``release`` was last published.

    Returns None if it was the first, or all earlier ones are gone. The record of runs shows when a release was
    published again. Without such a record, the order of the manifests counts.
    """
    known = {r.name: r for r in releases(out)}
    published = published_ids(out)
    if release.name in published:
        last = len(published) - 1 - published[::-1].index(release.name)
        for name in reversed(published[:last]):
            if name in known and name != release.name:
                return known[name]
    names = list(known)
    earlier = names[: names.index(release.name)] if release.name in known else []
    return known[earlier[-1]] if earlier else None


def release_folders(out: Path) -> list[Path]:
    """Return the folders in ``out`` that have names of releases, sorted by name; other folders are ignored."""
    return sorted(
        p
        for p in (out / "releases").glob("[0-9]*")
        if RELEASE_NAME.fullmatch(p.name) and p.is_dir() and not p.is_symlink()
    )


def find_release(out: Path, release_or_tag: str) -> Path:
    """Return the folder of a release by id, by tag, or by 'current'. Raises ReleaseError."""
    if release_or_tag == "current":
        return required_release(out)
    name = tags(out).get(release_or_tag, release_or_tag)
    for folder in release_folders(out):
        if folder.name == name:
            return folder.resolve()
    raise ReleaseError(f"There is no release or tag {quoted(release_or_tag)} in {out}. dta releases lists them.")


def tags(out: Path) -> dict[str, str]:
    """Return a dictionary from tag to release id."""
    return {link.name: link.readlink().name for link in sorted((out / "tags").glob("[!.]*")) if link.is_symlink()}


def read_manifest(release: Path) -> dict[str, Any]:
    """Return the manifest of a release. Raises ReleaseError if it is missing, unreadable or incomplete."""
    manifest = parsed_manifest(release)
    try:
        _Manifest.model_validate(manifest)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole file"
        raise ReleaseError(
            f"The manifest of release {release.name} is not valid ({where}: {first['msg']}). dta run rebuilds"
            " the release."
        ) from error
    return manifest


def source_hashes(release: Path | None) -> dict[str, str]:
    """Return the SHA-256 of the source files of a release, by source id. Raises ReleaseError."""
    return {s["source_id"]: s["sha256"] for s in read_manifest(release)["sources"]} if release else {}


def parsed_manifest(release: Path) -> dict[str, Any]:
    """Return the manifest without a check of its content. Raises ReleaseError if it cannot be read."""
    try:
        manifest = json.loads((release / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ReleaseError(
            f"The manifest of release {release.name} cannot be read ({error}). dta verify gives details; dta run"
            " rebuilds it."
        ) from error
    if not isinstance(manifest, dict):
        raise ReleaseError(f"The manifest of release {release.name} is not valid. dta run rebuilds the release.")
    return manifest
