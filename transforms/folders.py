"""Which folders belong to dta. A folder that is neither empty nor marked is refused, and nothing in it is touched.

The first run that uses a folder marks it with a small file. Folders from versions without a mark are recognized by
their content.
"""

import json
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from transforms.errors import ConfigError, few_of
from transforms.files import write_atomically
from transforms.release.current import MANIFEST, release_folders
from transforms.settings import Settings

MARK = "dta-folder.txt"
# Left by a run that ended at once, or by a new file system.
HARMLESS = {MARK, ".run.lock", ".publisher.lock", "lost+found"}
# What a work folder may contain before the first run.
WORK_FOLDERS = {"build", "snapshots", "published", "backfill", "inbox", "prefect"}
OUT_FOLDERS = ("releases", "tags", "quality")  # of a folder of releases
READ = {"reference", "registers", "rules", "sample"}  # in the folder of the files that people maintain
STAGES = {"raw", "core", "runs", "checks"}
SCRATCH_NAME = re.compile(r"[0-9a-f]{16}|run-.+")  # of a run that publishes, and of a check
CATALOG = "catalog.toml"

Known = Callable[[Path], bool]


def claim_folders(settings: Settings) -> None:
    """Make sure that the folders of a run belong to dta, and mark them.

    Raises ConfigError, before anything is written, if one does not.
    """
    _refuse(settings.out, "--out (DTA_OUT)", has_releases)
    _refuse_within(settings.out, "--out (DTA_OUT)", (settings.snapshots, settings.build, settings.inbox))
    claim_work(settings)
    mark(settings.out, "releases")


def claim_work(settings: Settings) -> None:
    """Make sure that the folders below the work folder belong to dta, and mark them.

    Raises ConfigError if one does not.
    """
    ours = [
        (settings.snapshots, has_snapshots, "copies of source files"),
        (settings.build, has_stages, "files in progress"),
    ]
    _refuse_a_file(settings.work, "DTA_WORK")
    _refuse_within(settings.work, "DTA_WORK", (settings.out / part for part in OUT_FOLDERS))
    for folder, known, _ in ours:
        _refuse(folder, "DTA_WORK", known)
    if not any(is_own_folder(folder, known) for folder, known, _ in ours) and not (settings.work / CATALOG).exists():
        _refuse_strangers(settings)
    for folder, _, content in ours:
        mark(folder, content)


def claim_root(root: Path, setting: str) -> None:
    """Make sure that a root with one folder of releases per year or day belongs to dta, and mark it.

    Raises ConfigError if it does not.
    """
    _refuse(
        root,
        setting,
        lambda folder: any(
            re.fullmatch(r"(year|day)-[\d-]+", p.name) and is_own_folder(p, has_releases) for p in folder.iterdir()
        ),
    )
    mark(root, "folders of releases")


def mark(folder: Path, content: str) -> None:
    """Write a small file which says that the folder belongs to dta."""
    file = folder / MARK
    if not file.exists():
        write_atomically(
            file, f"This folder was made by dta and holds {content}. dta removes old files of its own here.\n".encode()
        )


def _refuse(folder: Path, setting: str, known: Known) -> None:
    _refuse_a_file(folder, setting)
    if not folder.exists() or is_own_folder(folder, known):
        return
    foreign_files = sorted(p.name for p in folder.iterdir() if p.name not in HARMLESS)
    if foreign_files:
        _raise(folder, setting, foreign_files)


def _refuse_within(folder: Path, setting: str, others: Iterable[Path]) -> None:
    """Raise ConfigError if a folder is or is in one of ``others``, or is among the releases of any folder."""
    place = Path(os.path.realpath(folder))
    around = {os.path.realpath(other) for other in others}
    for outer in (place, *place.parents):
        if str(outer) in around or (outer.name in OUT_FOLDERS and has_releases(outer.parent)):
            raise ConfigError(f"{folder} is in {outer}, which contains other dta files. Name another one in {setting}.")


def _refuse_a_file(folder: Path, setting: str) -> None:
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is not a folder. Name another one in {setting}.")


def _refuse_strangers(settings: Settings) -> None:
    """Refuse a work folder before its first run if it contains anything other than the folders that settings name."""
    work = settings.work.absolute()
    named = {settings.out, settings.inbox, settings.reference, settings.source_folder}
    inside = {p.absolute().relative_to(work).parts[0] for p in named if work in p.absolute().parents}
    present = work.iterdir() if work.is_dir() else ()
    foreign_files = sorted(p.name for p in present if p.name not in HARMLESS | WORK_FOLDERS | inside)
    if foreign_files:
        _raise(work, "DTA_WORK", foreign_files)


def _raise(folder: Path, setting: str, foreign_files: list[str]) -> None:
    shown = few_of([*map(repr, foreign_files)], 3)
    raise ConfigError(
        f"{folder} contains files that dta did not write ({shown}), and is not marked as a dta folder. Nothing in it"
        f" was changed. Name an empty folder, or one that does not exist yet, in {setting}."
    )


def folder_of_dta(place: Path) -> Path | None:
    """Return the folder of dta that contains ``place``, with links followed; None if people may write there.

    It is a folder of releases, of copies of source files, of files in progress, or one that runs read.
    """
    settings = Settings()
    read = {*(settings.reference / name for name in READ), *(settings.work / name for name in WORK_FOLDERS)}
    named = {os.path.realpath(folder) for folder in read}
    ends = {os.path.realpath(place), str(Path(os.path.realpath(place.parent)) / place.name)}
    for end in map(Path, sorted(ends)):
        for folder in (end, *end.parents):
            if str(folder) in named or is_own_folder(folder, has_releases):
                return folder
    return None


def is_own_folder(folder: Path, known: Known) -> bool:
    """Return True for a folder with our mark, or from a version that wrote no mark."""
    return folder.is_dir() and ((folder / MARK).is_file() or known(folder))


def has_releases(folder: Path) -> bool:
    """Return True for a release with its manifest, the record of a run, or an unfinished release."""
    if any((release / MANIFEST).exists() for release in release_folders(folder)):
        return True
    if any((folder / "releases").glob(".building-*")):
        return True
    try:
        status = json.loads((folder / "status.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(status, dict) and {"last_run", "last_outcome", "exit_code"} <= status.keys()


def has_snapshots(folder: Path) -> bool:
    """Return True for files named by their hash, in one folder per source."""
    return any(re.fullmatch(r"[0-9a-f]{64}\..+|accepted\.json", p.name) for p in folder.glob("*/*"))


def has_stages(folder: Path) -> bool:
    """Return True if the folder contains the folders of stages as a run leaves them, and nothing else."""
    names = {p.name for p in folder.iterdir() if p.name not in HARMLESS}
    made = [
        *folder.glob("raw/v*"),
        *folder.glob("core/v*"),
        *folder.glob("runs/run-*"),
        *(p for p in folder.glob("runs/*") if SCRATCH_NAME.fullmatch(p.name)),
    ]
    return bool(made) and names <= STAGES
