"""Files that are either whole or absent: hashing, atomic writes, and temporary names without locks."""

import ctypes
import errno
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

BLOCK = 1 << 20  # bytes


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def same_bytes(one: Path, other: Path) -> bool:
    """Return True if both files have the same bytes; this is less work than two hashes. Raises OSError.

    ``filecmp`` caches its answers by size and time, so it would miss a file whose bytes have decayed since.
    """
    with one.open("rb", buffering=0) as left, other.open("rb", buffering=0) as right:
        while (block := left.read(BLOCK)) == right.read(BLOCK):
            if not block:
                return True
    return False


A_FOLDER = "it is a folder, not a file"


def why_not_regular(path: Path, folder: Path) -> str:
    """Return why a name in ``folder`` is not read, in words; empty for a regular file of this folder.

    A link that leads out of the folder may lead to anything on this machine.
    """
    try:
        if path.is_symlink():
            target = path.resolve(strict=True)
            if not target.is_relative_to(folder.resolve()):
                return "it is a link to a place outside the folder"
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "it is a broken link" if path.is_symlink() else "it is gone"
    except (OSError, RuntimeError) as error:  # RuntimeError: for a circle of links, before Python 3.13
        number = error.errno if isinstance(error, OSError) else errno.ELOOP
        return (
            "it is a link that leads back to itself"
            if number == errno.ELOOP
            else f"it cannot be accessed ({os.strerror(number or errno.EIO)})"
        )
    if stat.S_ISDIR(mode):
        return A_FOLDER
    kinds = {stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket", stat.S_ISCHR: "a device", stat.S_ISBLK: "a device"}
    return next((f"it is {words}, not a file" for is_kind, words in kinds.items() if is_kind(mode)), "")


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Flush one file to disk."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def files_below(folder: Path) -> list[Path]:
    """Return every file in a folder and its subfolders, by path."""
    return sorted(p for p in folder.rglob("*") if p.is_file())


def close_folder(folder: Path) -> None:
    """Make the files below ``folder`` read-only, and flush everything to disk. Raises OSError.

    Several files are flushed at a time: for a thousand files this takes a tenth of the time.
    """

    def close(file: Path) -> None:
        file.chmod(0o444)
        sync_file(file)

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(close, files_below(folder)))
    folder.chmod(0o755)
    for path in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        sync_folder(path)


def temporary_file(target: Path) -> Path:
    """Create an empty file with a new name in the target's folder, so that ``os.replace`` stays on one file system."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    return Path(name)


def is_temporary(path: Path, target: str) -> bool:
    """Return True for a name that ``temporary_file`` gives to a file that is to become ``target``."""
    return re.fullmatch(rf"\.{re.escape(target)}\.[a-z0-9_]{{8}}", path.name) is not None


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a temporary file next to ``target``.

    It replaces ``target`` in one step if the block succeeds, and is removed otherwise.
    """
    temporary = temporary_file(target)
    try:
        yield temporary
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomically(target: Path, content: bytes) -> None:
    """Write ``content`` so that a reader sees the old file or the new one, never a part."""
    with replacing(target) as temporary:
        temporary.write_bytes(content)
        temporary.chmod(0o644)
        sync_file(temporary)
    sync_folder(target.parent)


RENAME_EXCHANGE = 2  # linux/fs.h
AT_FDCWD = -100


def exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step.

    Returns False if the system cannot do that (systems other than Linux, some network file systems).
    """
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return (
        renameat2 is not None
        and renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0
    )


def point_link(link: Path, target: Path) -> None:
    """Point the symbolic link ``link`` to ``target`` (relative to its folder).

    A reader sees the old target or the new one, never a missing link.
    """
    with replacing(link) as temporary:
        temporary.unlink()
        temporary.symlink_to(target)
    sync_folder(link.parent)
