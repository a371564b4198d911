"""Write requested output: never over existing files unless forced, and completely or not at all."""

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from transforms.errors import DtaError, few_of
from transforms.files import exchange, replacing, sync_file, sync_folder
from transforms.folders import folder_of_dta
from transforms.interrupt import shielded, stop_if_signaled

MARK = ".dta-report"  # in folders that may be replaced as a whole; lists the written files, one per line
MADE = "Made by dta report; may be replaced as a whole. Its files:"


class OutputError(DtaError):
    """A file or folder that is already there (exit code 2)."""

    exit_code = 2


def file_name(text: str) -> str:
    """Return a name as part of a file name for any system: lowercase letters, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:80] or "unnamed"


def refuse_place(target: Path, force: bool) -> None:
    """Refuse a place that must not be written.

    Raises OutputError for a place in a folder reserved for dta, through any link, and for an existing file or folder
    without ``force``.
    """
    if kept := folder_of_dta(target):
        raise OutputError(f"{target} is in {kept}, which is reserved for dta. Choose a place outside it.")
    if (target.exists() or target.is_symlink()) and not force:
        raise OutputError(f"{target} already exists. Choose another place, or give --force to replace it.")


@contextmanager
def whole_file(target: Path, force: bool) -> Iterator[Path]:
    """Yield a path to write to. It becomes ``target`` if the block succeeds.

    Raises OutputError if ``target`` may not be written.
    """
    refuse_place(target, force)
    if target.exists() and not target.is_file():
        raise OutputError(
            f"{target} is {'a folder' if target.is_dir() else 'a device or a pipe'}. Give the name of a file."
        )
    with ExitStack() as stack:
        with shielded():  # a signal at this moment would leave the temporary file
            temporary = stack.enter_context(replacing(target))
        stop_if_signaled()
        yield temporary
        temporary.chmod(0o644)
        sync_file(temporary)
    sync_folder(target.parent)


def _refuse_foreign_folder(target: Path) -> None:
    """Raise OutputError for a folder that was not written by dta, or to which files were added since."""
    mark = target / MARK
    if target.is_symlink() or not mark.is_file():
        raise OutputError(f"{target} was not made by this command and will not be changed. Choose another place.")
    made = mark.read_text("utf-8", errors="replace").splitlines()[1:]
    added = [f for f in _files(target) if f not in {*made, MARK}]
    if added:
        raise OutputError(
            f"{target} contains files that this command did not write"
            f" ({few_of([*map(repr, added)], 3)}): move them away first."
        )


def _files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_symlink() or not p.is_dir())


@contextmanager
def whole_folder(target: Path, force: bool) -> Iterator[Path]:
    """Yield a folder to write into. It becomes ``target`` if the block succeeds.

    ``force`` replaces only a folder that was written by this function and to which nothing was added.
    """
    refuse_place(target, force)
    if target.exists() or target.is_symlink():
        _refuse_foreign_folder(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with shielded():  # a signal at this moment would leave the folder
            building = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
            stack.callback(shutil.rmtree, building, ignore_errors=True)  # left by a failure, or the replaced folder
        stop_if_signaled()
        yield building
        (building / MARK).write_text("\n".join([MADE, *_files(building)]) + "\n", "utf-8")
        building.chmod(0o755)
        if not (target.exists() and exchange(building, target)):
            shutil.rmtree(target, ignore_errors=True)  # on a system that cannot swap folders
            os.rename(building, target)
        sync_folder(target.parent)
