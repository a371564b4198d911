"""Locks that die with their owner: the operating system frees them, so nobody has to clean up after a crash."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from transforms.errors import ReleaseError


@contextmanager
def only_one(path: Path, taken: str) -> Iterator[None]:
    """Hold the lock file ``path``. Others are refused; they do not wait.

    Raises ReleaseError(``taken``) if another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with path.open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ReleaseError(taken) from error
            # The owner before us removed the file: lock the one that is there now.
            if not _is_still(path, handle.fileno()):
                continue
            yield
            return


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def publisher_lock(out: Path) -> AbstractContextManager[None]:
    """Let only one process at a time change releases, tags or the pointer. Raises ReleaseError if it is taken."""
    return only_one(out / ".publisher.lock", f"Another run is publishing to {out}. Wait until it has finished.")


def run_lock(out: Path) -> AbstractContextManager[None]:
    """Let only one run at a time use a folder of releases. Raises ReleaseError if it is taken."""
    return only_one(out / ".run.lock", f"Another run is using {out}. Wait until it has finished.")
