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


def read_manifest(release: Path) -> dict[str, Any]:
    """Manifest of a release."""
    manifest: dict[str, Any] = json.loads((release / "manifest.json").read_text("utf-8"))
    return manifest
