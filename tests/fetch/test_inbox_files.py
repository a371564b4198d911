"""Inbox entries that are not files, files that cannot be moved out, and the choice between two editions."""

import os
import shutil
from pathlib import Path

import pytest

from tests.fetch.cde import Cde
from tests.fetch.conftest import Night
from tests.pipeline.test_odd_files import EARLIER, FILE, LATER, ODD, OTHER, both_editions
from tests.workplace import SAMPLE
from transforms.raw.table import Report
from transforms.run import Run, Snapshot
from transforms.sources.unused import unused_files

WORKBOOK = f"""
[[source]]
id = "assistance-2019"
title = "LCFF assistance status 2019"
file = "{LATER}"
earlier_editions = ["{EARLIER}"]
landing_page = "x"
format = "workbook"
layout = "assistance"
dashboard_year = 2019
changes_expected = "any night"
"""


def night_with_the_workbook(night: Night) -> None:
    """Both editions of the workbook of 2019 are in the inbox."""
    with (night.reference / "catalog.toml").open("a") as catalog:
        catalog.write(WORKBOOK)
    both_editions(night.inbox)


@pytest.mark.parametrize("name", [FILE, f"Copy of {FILE}"])
@pytest.mark.parametrize("kind", ["link out", "dangling", "circle", "folder", "pipe"])
def test_odd_inbox_entries_are_reported_and_not_read(kind: str, name: str, night: Night, cde: Cde) -> None:
    make, said = ODD[kind]
    make(night.inbox / name)
    shutil.copy(SAMPLE / OTHER, night.inbox)
    run = night()
    assert [(u.file, u.reason, u.source_id) for u in unused_files(run)] == [(name, said, "dashboard-ela-2024")]
    assert [s.file for s in run.snapshots()] == [OTHER]
    assert os.path.lexists(night.inbox / name), "it stays"


def test_unrecognized_inbox_files_are_reported(night: Night, cde: Cde) -> None:
    os.mkfifo(night.inbox / "a pipe")
    (night.inbox / "more").mkdir()
    shutil.copy(SAMPLE / FILE, night.inbox / "more")
    shutil.copy(SAMPLE / OTHER, night.inbox)
    assert {u.file: u.reason for u in unused_files(night())} == {
        "a pipe": "it is a pipe, not a file",
        "more/": "this is a folder that contains files of the catalog",
    }


def test_a_file_that_cannot_be_removed_from_the_inbox_is_reported(
    night: Night, cde: Cde, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(SAMPLE / OTHER, night.inbox)
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.parent == night.inbox:
            raise OSError(30, "Read-only file system")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    run = night()
    assert [s.file for s in run.snapshots()] == [OTHER]
    assert [p["message"] for p in run.fact("source_problems") if p["file"] == OTHER and "inbox" in p["message"]] == [
        "taken, but it cannot be removed from the inbox: Read-only file system"
    ]


def test_a_file_replaced_during_the_copy_stays_in_the_inbox(
    night: Night, cde: Cde, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that came after the copy was made must not be removed, because its bytes are stored nowhere else."""
    import transforms.sources.inbox as published

    shutil.copy(SAMPLE / OTHER, night.inbox)
    read = published.read_snapshot

    def replaced_meanwhile(run: Run, snapshot: Snapshot) -> Report:
        (night.inbox / OTHER).unlink()
        (night.inbox / OTHER).write_bytes(b"new bytes")
        return read(run, snapshot)

    monkeypatch.setattr(published, "read_snapshot", replaced_meanwhile)
    night()
    assert (night.inbox / OTHER).read_bytes() == b"new bytes"


def test_an_earlier_edition_in_the_inbox_does_not_replace_a_later_one(night: Night, cde: Cde) -> None:
    """In any order: together, the later one first, the earlier one first."""
    night_with_the_workbook(night)
    run = night()
    assert [s.file for s in run.snapshots()] == [LATER]
    said = (EARLIER, f"it is an earlier edition, which CDE has replaced by {LATER}")
    assert [(u.file, u.reason) for u in unused_files(run)] == [said]
    assert [p.name for p in night.inbox.iterdir()] == [EARLIER]
    run = night()
    assert [s.file for s in run.snapshots()] == [LATER]
    assert [(u.file, u.reason) for u in unused_files(run)] == [said]


def test_a_later_edition_keeps_its_place_under_a_careless_name(night: Night, cde: Cde) -> None:
    night_with_the_workbook(night)
    earlier = (night.inbox / EARLIER).rename(night.inbox.parent / EARLIER)
    careless = f"Copy of {LATER}"
    (night.inbox / LATER).rename(night.inbox / careless)
    assert [s.file for s in night().snapshots()] == [careless]
    shutil.copy(earlier, night.inbox / f"{Path(EARLIER).stem} (1).xlsx")
    run = night()
    assert [s.file for s in run.snapshots()] == [careless]
    assert [u.reason for u in unused_files(run)] == [f"it is an earlier edition, which CDE has replaced by {careless}"]


def test_a_later_edition_in_the_inbox_replaces_an_earlier_one(night: Night, cde: Cde) -> None:
    night_with_the_workbook(night)
    later = (night.inbox / LATER).rename(night.inbox.parent / LATER)
    assert [s.file for s in night().snapshots()] == [EARLIER]
    shutil.copy(later, night.inbox)
    assert [s.file for s in night().snapshots()] == [LATER]
