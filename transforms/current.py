"""The release that readers see: where ``current`` points, and its manifest. Light on imports, so that quick commands stay quick."""

import json
from pathlib import Path
from typing import Any

DATABASE = "dta.duckdb"


def current_release(out: Path) -> Path | None:
    """Folder of the release that ``current`` points to, resolved once."""
    pointer = out / "current"
    if not pointer.exists():
        return None
    folder = pointer.resolve()
    return folder if (folder / "manifest.json").exists() else None


def releases(out: Path) -> list[Path]:
    """Whole releases below ``out``, in the order in which they were published."""
    folders = [f for f in (out / "releases").glob("[0-9]*") if (f / "manifest.json").exists()]
    return sorted(folders, key=lambda f: (read_manifest(f)["published_at"], f.name))


def read_manifest(release: Path) -> dict[str, Any]:
    """Manifest of a release."""
    manifest: dict[str, Any] = json.loads((release / "manifest.json").read_text("utf-8"))
    return manifest
