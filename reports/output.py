"""Where what people ask for is written: never over what is there unless told to, and whole or not at all."""

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transforms.errors import DtaError
from transforms.files import exchange, sync_file, sync_folder, temporary_beside

MARK = ".dta-report"  # in folders that may be replaced as a whole


class OutputError(DtaError):
    """A file or folder that is already there (exit code 2)."""

    exit_code = 2


def file_name(text: str) -> str:
    """A name as part of a file name on any system: small letters, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:80] or "unnamed"


def refuse_to_overwrite(target: Path, force: bool) -> None:
    """Raises OutputError if something is there and ``force`` is not given."""
    if target.exists() and not force:
        raise OutputError(f"{target} is there already. Name another place, or give --force to replace it.")


@contextmanager
def whole_file(target: Path, force: bool) -> Iterator[Path]:
    """A path to write to; when the block ends well it becomes ``target``."""
    refuse_to_overwrite(target, force)
    if target.is_dir():
        raise OutputError(f"{target} is a folder. Name a file.")
    temporary = temporary_beside(target)
    try:
        yield temporary
        temporary.chmod(0o644)
        sync_file(temporary)
        os.replace(temporary, target)
        sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path, force: bool) -> Iterator[Path]:
    """A folder to write into; when the block ends well it becomes ``target``. With ``force`` only a folder that this made is replaced."""
    refuse_to_overwrite(target, force)
    if target.exists() and not (target.is_dir() and (target / MARK).exists()):
        raise OutputError(f"{target} was not made by this command: it is left alone. Name another place.")
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield building
        (building / MARK).write_text("Made by dta report; may be replaced as a whole.\n", "utf-8")
        building.chmod(0o755)
        if not (target.exists() and exchange(building, target)):
            shutil.rmtree(target, ignore_errors=True)  # a system that cannot swap
            os.rename(building, target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(building, ignore_errors=True)  # of a failure, or what was there before
