"""The release that readers see: where ``current`` points, and its manifest. Light on imports, so that quick commands stay quick."""

import json
from pathlib import Path
from typing import Any

from transforms.errors import ReleaseError

DATABASE = "dta.duckdb"
MANIFEST = "manifest.json"


def current_release(out: Path) -> Path | None:
    """Folder of the release that ``current`` points to, resolved once."""
    pointer = out / "current"
    if not pointer.exists():
        return None
    folder = pointer.resolve()
    return folder if (folder / MANIFEST).exists() else None


def releases(out: Path) -> list[Path]:
    """Releases below ``out`` with a readable manifest, in the order in which they were published."""
    found = []
    for folder in (out / "releases").glob("[0-9]*"):
        try:
            manifest = read_manifest(folder)
            found.append((int(manifest.get("sequence", 0)), str(manifest["published_at"]), folder))
        except (ReleaseError, KeyError):  # left to dta verify
            continue
    return [folder for *_, folder in sorted(found)]


def find_release(out: Path, asked: str) -> Path:
    """Folder of a release by id, by tag, or 'current'. Raises ReleaseError."""
    current = current_release(out)
    if asked == "current":
        if current is None:
            raise ReleaseError(f"There is no release in {out} yet. Run: dta run")
        return current
    for folder in (out / "releases").glob("[0-9]*"):
        if folder.name == asked:
            return folder
    if asked in tags(out):
        return (out / "tags" / asked).resolve()
    raise ReleaseError(f"There is no release or tag {asked!r} in {out}. dta releases lists them.")


def tags(out: Path) -> dict[str, str]:
    """Tag to release id."""
    return {link.name: link.readlink().name for link in sorted((out / "tags").glob("[!.]*")) if link.is_symlink()}


def read_manifest(release: Path) -> dict[str, Any]:
    """Manifest of a release. Raises ReleaseError when there is none that can be read."""
    try:
        manifest: dict[str, Any] = json.loads((release / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseError(f"The manifest of release {release.name} cannot be read ({error}). dta verify says more; dta run mends it.") from error
    if not isinstance(manifest, dict):
        raise ReleaseError(f"The manifest of release {release.name} is not one. dta run mends it.")
    return manifest
