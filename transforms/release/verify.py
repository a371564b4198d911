"""Verify a release against its manifest: every file, byte for byte, with no missing and no extra files; and the
manifest against its seal.
"""

import hashlib
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from transforms.errors import ReleaseError
from transforms.files import sha256_of
from transforms.interrupt import stop_if_signaled
from transforms.release.current import MANIFEST, read_manifest


class Mark(NamedTuple):
    """What the system reports about a file. Every change to the file sets its ctime."""

    mode: int
    size: int
    inode: int
    mtime_ns: int
    ctime_ns: int


Present = dict[str, Mark]  # every file and link of a release
_whole: dict[Path, Present] = {}  # releases that this process found complete, with their files at that time


@dataclass(frozen=True)
class Damage:
    """A file of a release that differs from the manifest."""

    file: str
    problem: str

    def __str__(self) -> str:
        """Return file and problem."""
        return f"{self.file}: {self.problem}"


def seal_of(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 of the whole manifest except the seal itself, in any order of keys."""
    return hashlib.sha256(
        json.dumps({k: v for k, v in manifest.items() if k != "seal"}, sort_keys=True).encode()
    ).hexdigest()


def damage_of(release: Path) -> list[Damage]:
    """Return what is wrong with a release; empty if it is complete.

    This process reads the bytes once, and not again as long as the system reports that no file was touched.
    """
    present = _present(release)
    if _whole.get(release) == present:
        return []
    found = _damage_of(release, present)
    if not found:
        _whole[release] = present
    return found


def _present(release: Path) -> Present:
    found: Present = {}
    for folder, folders, files in os.walk(release):
        for name in (*folders, *files):
            path = os.path.join(folder, name)  # noqa: PTH118 - a thousand times
            with suppress(FileNotFoundError):  # the file is being removed; the manifest names it
                of = os.lstat(path)
                if not stat.S_ISDIR(of.st_mode):
                    file = path[len(str(release)) + 1 :].replace(os.sep, "/")
                    found[file] = Mark(of.st_mode, of.st_size, of.st_ino, of.st_mtime_ns, of.st_ctime_ns)
    return found


def _damage_of(release: Path, present: Present) -> list[Damage]:
    try:
        manifest = read_manifest(release)
    except ReleaseError:
        return [Damage(MANIFEST, "missing, not readable, or not the manifest of a release")]
    listed = {str(f["file"]): (int(f["size"]), str(f["sha256"])) for f in manifest["files"]}
    named = str(manifest["release_id"])
    found = [Damage(MANIFEST, f"belongs to release {named}")] if named != release.name else []
    if manifest.get("seal", seal_of(manifest)) != seal_of(manifest):  # older releases have no seal
        found.append(Damage(MANIFEST, "has changed since it was published"))
    found += [Damage(file, "missing") for file in sorted(listed.keys() - present.keys())]
    found += [
        Damage(file, "not listed in the manifest") for file in sorted(present.keys() - listed.keys() - {MANIFEST})
    ]
    files = sorted(listed.keys() & present.keys())
    with ThreadPoolExecutor(max_workers=2) as pool:
        problems = pool.map(lambda file: _problem(release / file, present[file], *listed[file]), files)
    return found + [Damage(file, problem) for file, problem in zip(files, problems, strict=True) if problem]


def _problem(path: Path, mark: Mark, size: int, sha256: str) -> str:
    stop_if_signaled()
    if not stat.S_ISREG(mark.mode):
        return "not a plain file"
    if mark.size != size:
        return f"has {mark.size:,} bytes, not the {size:,} of the manifest"
    try:
        return "" if sha256_of(path) == sha256 else "its bytes differ from the published ones"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
