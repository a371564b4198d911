"""What lies in the inbox and is no file, what cannot leave it, and which of two editions is taken."""

import os
import shutil
from pathlib import Path

import pytest

from tests.fetch.cde import Cde
from tests.fetch.conftest import Night
from tests.pipeline.test_odd_files import EARLIER, FILE, LATER, ODD, OTHER, both_editions
from tests.workplace import SAMPLE
from transforms.raw.stage import Report
from transforms.run import Run, Snapshot
from transforms.snapshot.unused import UnusedFile, unused_files

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


@pytest.mark.parametrize("name", ["link out", "dangling", "circle", "folder", "pipe"])
def test_an_inbox_is_read_in_the_same_way(name: str, night: Night, cde: Cde) -> None:
    make, said = ODD[name]
    make(night.inbox / FILE)
    shutil.copy(SAMPLE / OTHER, night.inbox)
    run = night()
    assert unused_files(run) == [UnusedFile(FILE, said, "Put the file itself in its place.", "dashboard-ela-2024")]
    assert [s.file for s in run.snapshots()] == [OTHER]
    assert os.path.lexists(night.inbox / FILE), "it stays"


def test_a_file_that_cannot_be_removed_from_the_inbox_is_reported(night: Night, cde: Cde, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_file_that_was_replaced_meanwhile_stays_in_the_inbox(night: Night, cde: Cde, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came after the copy was made is not ours to remove: its bytes are kept nowhere."""
    import transforms.snapshot.published as published

    shutil.copy(SAMPLE / OTHER, night.inbox)
    read_snapshot = published.read_snapshot

    def replaced_meanwhile(run: Run, snapshot: Snapshot) -> Report:
        (night.inbox / OTHER).unlink()
        (night.inbox / OTHER).write_bytes(b"new bytes")
        return read_snapshot(run, snapshot)

    monkeypatch.setattr(published, "read_snapshot", replaced_meanwhile)
    assert [s.file for s in night().snapshots()] == [OTHER]
    assert (night.inbox / OTHER).read_bytes() == b"new bytes"


def test_an_earlier_edition_in_the_inbox_does_not_replace_a_later_one(night: Night, cde: Cde) -> None:
    """In whatever order they come: at once, the later one first, the earlier one first."""
    night_with_the_workbook(night)
    run = night()
    assert [s.file for s in run.snapshots()] == [LATER]
    reason, advice = f"it is an earlier edition, which CDE has replaced by {LATER}", f"Remove it; or remove {LATER}, if {EARLIER} is the one to use."
    assert unused_files(run) == [UnusedFile(EARLIER, reason, advice, "assistance-2019")]
    assert [p.name for p in night.inbox.iterdir()] == [EARLIER]
    run = night()
    assert [s.file for s in run.snapshots()] == [LATER]
    assert unused_files(run) == [UnusedFile(EARLIER, reason, advice, "assistance-2019")]


def test_a_later_edition_in_the_inbox_replaces_an_earlier_one(night: Night, cde: Cde) -> None:
    night_with_the_workbook(night)
    later = (night.inbox / LATER).rename(night.inbox.parent / LATER)
    assert [s.file for s in night().snapshots()] == [EARLIER]
    shutil.copy(later, night.inbox)
    assert [s.file for s in night().snapshots()] == [LATER]
