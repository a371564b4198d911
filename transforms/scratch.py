"""Scratch folder of a run. A run that is killed leaves it behind; the next one begins anew, and removes it.

build/runs/<releases>/.lock   held while a run is at work
                      run-*   database and facts of the run
"""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from transforms.errors import ReleaseError
from transforms.folders import SCRATCH_NAME
from transforms.locks import only_one
from transforms.run import Run
from transforms.settings import Settings

STALE_AFTER = 3 * 86400  # seconds; longer than any run


@contextmanager
def claim(settings: Settings) -> Iterator[Run]:
    """A run in a scratch folder that is ours alone. Raises ReleaseError when another run holds it."""
    runs = settings.build / "runs"
    place = runs / hashlib.sha256(str(settings.out).encode()).hexdigest()[:16]
    with only_one(place / ".lock", f"Another run is at work in {place}. Wait until it has finished."):
        _sweep(runs, place)
        for leftover in place.iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
        run = Run(settings, Path(tempfile.mkdtemp(prefix="run-", dir=place)))
        try:
            yield run
        finally:
            run.finish()
            shutil.rmtree(place, ignore_errors=True)


def _sweep(runs: Path, ours: Path) -> None:
    """Remove scratch folders that died long ago.

    A clock that jumped makes nothing immortal: age counts in both directions.
    """
    for folder in runs.iterdir():
        if folder == ours or not SCRATCH_NAME.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
            continue
        if abs(time.time() - folder.stat().st_mtime) < STALE_AFTER:
            continue
        with suppress(ReleaseError), only_one(folder / ".lock", "at work"):
            shutil.rmtree(folder, ignore_errors=True)
