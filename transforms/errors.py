"""Errors that a person must act on. Each message says where the problem is, what it is and what to do."""

import errno
from collections.abc import Sequence
from pathlib import Path

from transforms.control_characters import on_one_line, shown

LONGEST = 80  # characters of a typed text that a message shows


def quoted(text: str) -> str:
    """Return what a person typed, quoted and shortened for a message."""
    return repr(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def few_of(found: Sequence[object], most: int) -> str:
    """Return the first items for a message: ``a, b and 3 more``."""
    more = f" and {len(found) - most:,} more" if len(found) > most else ""
    return ", ".join(map(str, found[:most])) + more


class DtaError(Exception):
    """A problem that the user can act on. The command ends with ``exit_code``."""

    exit_code = 1
    released = ""  # id of the release that the run had published before it failed

    def __str__(self) -> str:
        """Return the message without characters that a screen would obey, whatever file names and values it quotes."""
        return shown(super().__str__())


class SourceError(DtaError):
    """A file is not what its name promises (exit code 3)."""

    exit_code = 3

    def __init__(
        self, file: str, problem: str, advice: str, *, line: int | None = None, column: str = "", value: str = ""
    ) -> None:
        self.file, self.problem, self.advice = on_one_line(file), shown(problem), shown(advice)
        self.line, self.column, self.value = line, shown(column), shown(value)
        where = self.file + (f", line {line}" if line else "") + (f", column {self.column}" if column else "")
        value_text = f" (value {self.value[:80]!r})" if value else ""
        super().__init__(f"{where}: {self.problem}{value_text}. {self.advice}")


class SourceFilesError(DtaError):
    """All broken files of a run together, so that a person can fix them at once (exit code 3)."""

    exit_code = 3

    def __init__(self, errors: list[SourceError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


class UsageError(DtaError):
    """The command received something that it cannot use (exit code 2)."""

    exit_code = 2


class ConfigError(DtaError):
    """A rules, catalog, reference or register file of this project is wrong (exit code 4)."""

    exit_code = 4


class GateError(DtaError):
    """A critical check failed or could not run, so nothing was published (exit code 5)."""

    exit_code = 5


class ReleaseError(DtaError):
    """There is no release, or not the requested one (exit code 6)."""

    exit_code = 6


def no_release(out: Path) -> ReleaseError:
    """Return the error for a folder in which nothing was published yet."""
    return ReleaseError(f"There is no release in {out} yet. Run: dta run")


class StaleError(DtaError):
    """Sources could not be refreshed, and the policy treats that as a failure (exit code 7)."""

    exit_code = 7


class StorageError(DtaError):
    """A disk is full, a folder is not writable, or memory is short (exit code 8)."""

    exit_code = 8


class AfterPublishingError(DtaError):
    """A release was published, but a later step failed (exit code of the cause).

    Readers have the release; a person must look at the rest.
    """

    def __init__(self, released: str, cause: Exception) -> None:
        self.released, self.exit_code = released, cause.exit_code if isinstance(cause, DtaError) else 1
        super().__init__(
            f"Release {released} was published and is current. What came after that failed:"
            f" {str(cause) or type(cause).__name__}"
        )


STORAGE = {
    errno.ENOSPC: "the disk is full. Free some space",
    errno.EDQUOT: "the quota is used up. Free some space",
    errno.EROFS: "the file system is read-only. Make it writable",
    errno.EACCES: "this user may not write here. Check owner and permissions",
    errno.EPERM: "this user may not write here. Check owner and permissions",
    errno.EIO: "the disk answers with errors. Check it",
    errno.ENOENT: "it no longer exists: a folder was removed or moved while it was in use. Put it back",
    errno.ENOTDIR: "a part of this path is a file, not a folder. Name another folder",
    errno.ESTALE: "the network folder is gone. Mount it again",
    errno.EEXIST: "something else with this name is in the way. Move it away",
    errno.EISDIR: "a folder is where a file should be. Move it away",
    errno.ELOOP: "the links in this path form a loop. Name another folder",
    errno.ENAMETOOLONG: "the name is too long. Name another folder",
}
# The texts that DuckDB and Arrow use.
ERROR_NUMBERS = {
    "No space left on device": errno.ENOSPC,
    "Read-only file system": errno.EROFS,
    "Permission denied": errno.EACCES,
    "No such file or directory": errno.ENOENT,
    "No files found that match the pattern": errno.ENOENT,
    "Stale file handle": errno.ESTALE,
}


def storage_error(error: BaseException) -> StorageError | None:
    """Return the error as a StorageError if it is about storage, else None.

    DuckDB has the error number only in its text.
    """
    number, text = error.errno if isinstance(error, OSError) else None, str(error)
    if number not in STORAGE:
        number = next((n for words, n in ERROR_NUMBERS.items() if words in text), None)
    if number is None:
        if text.startswith("Out of Memory Error"):
            return StorageError("DuckDB needs more memory than it may use. Raise DTA_MEMORY_LIMIT and run again.")
        return None
    where = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
    if not where and number == errno.ENOENT:
        where = f"{text.splitlines()[0]}: "  # names the file
    return StorageError(f"{where}{STORAGE[number]} and run again.")
