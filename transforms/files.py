"""Files that are either whole or absent: hashing, atomic writes, and a lock-free temporary name beside the target."""

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
    """SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def same_bytes(one: Path, other: Path) -> bool:
    """True if both files hold the same bytes: less work than two hashes. Raises OSError.

    ``filecmp`` remembers its answers by size and time, and would not notice a file that rotted since.
    """
    with one.open("rb", buffering=0) as left, other.open("rb", buffering=0) as right:
        while (block := left.read(BLOCK)) == right.read(BLOCK):
            if not block:
                return True
    return False


A_FOLDER = "it is a folder, not a file"


def odd_kind(path: Path, folder: Path) -> str:
    """Why a name in ``folder`` is not read, in words; empty for a plain file of this folder.

    Links out of it may lead to anything on this machine.
    """
    try:
        if path.is_symlink():
            target = path.resolve(strict=True)
            if not target.is_relative_to(folder.resolve()):
                return "it is a link that leads out of the folder"
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "it is a link that leads nowhere" if path.is_symlink() else "it is gone"
    except (OSError, RuntimeError) as error:  # RuntimeError: before Python 3.13, for a circle
        number = error.errno if isinstance(error, OSError) else errno.ELOOP
        return (
            "it is a link that leads in a circle"
            if number == errno.ELOOP
            else f"it cannot be looked at ({os.strerror(number or errno.EIO)})"
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
    """Every file in a folder and the folders in it, by path."""
    return sorted(p for p in folder.rglob("*") if p.is_file())


def close_folder(folder: Path) -> None:
    """Flush everything below ``folder`` to disk, its files closed to writing. Several files wait for the disk at a
    time: it takes a thousand of them in a tenth of the time. Raises OSError.
    """

    def close(file: Path) -> None:
        file.chmod(0o444)
        sync_file(file)

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(close, files_below(folder)))
    folder.chmod(0o755)
    for path in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        sync_folder(path)


def temporary_beside(target: Path) -> Path:
    """A fresh name in the target's folder, so that ``os.replace`` stays on one file system."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    return Path(name)


def is_temporary(path: Path, target: str) -> bool:
    """True for the names that ``temporary_beside`` gives to a file that is to become ``target``."""
    return re.fullmatch(rf"\.{re.escape(target)}\.[a-z0-9_]{{8}}", path.name) is not None


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A file beside ``target`` that takes its place in one step when the block ends well, and is gone otherwise."""
    temporary = temporary_beside(target)
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

    False where the system cannot do that (other than Linux, some network file systems).
    """
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return (
        renameat2 is not None
        and renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0
    )


def point(link: Path, target: Path) -> None:
    """Let the symbolic link ``link`` lead to ``target`` (relative to its folder): the old target or the new one, never
    none.
    """
    with replacing(link) as temporary:
        temporary.unlink()
        temporary.symlink_to(target)
    sync_folder(link.parent)
