"""What lies in the inbox and is no file, what cannot leave it, and which of two editions is taken."""

import os
import shutil
from pathlib import Path

import pytest

from tests.fetch.cde import Cde
from tests.fetch.conftest import Night
from tests.pipeline.test_odd_files import EARLIER, FILE, LATER, ODD, OTHER, both_editions
from tests.workplace import SAMPLE

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
    problems = {p["file"]: p["message"] for p in run.fact("source_problems") if "inbox" in p["message"]}
    assert problems == {FILE: f"in the inbox, not taken: {said}"}
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
    prove = published.prove

    def replaced_meanwhile(*arguments: object) -> None:
        (night.inbox / OTHER).unlink()
        (night.inbox / OTHER).write_bytes(b"new bytes")
        prove(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(published, "prove", replaced_meanwhile)
    night()
    assert (night.inbox / OTHER).read_bytes() == b"new bytes"


def test_an_earlier_edition_in_the_inbox_does_not_replace_a_later_one(night: Night, cde: Cde) -> None:
    """In whatever order they come: at once, the later one first, the earlier one first."""
    night_with_the_workbook(night)
    run = night()
    assert [s.file for s in run.snapshots()] == [LATER]
    said = f"in the inbox, not taken: it is an earlier edition, which CDE has replaced by {LATER}"
    assert [p["message"] for p in run.fact("source_problems") if p["file"] == EARLIER] == [said]
    assert [p.name for p in night.inbox.iterdir()] == [EARLIER]
    run = night()
    assert [s.file for s in run.snapshots()] == [LATER]
    assert [p["message"] for p in run.fact("source_problems") if p["file"] == EARLIER] == [said]


def test_a_later_edition_in_the_inbox_replaces_an_earlier_one(night: Night, cde: Cde) -> None:
    night_with_the_workbook(night)
    later = (night.inbox / LATER).rename(night.inbox.parent / LATER)
    assert [s.file for s in night().snapshots()] == [EARLIER]
    shutil.copy(later, night.inbox)
    assert [s.file for s in night().snapshots()] == [LATER]
