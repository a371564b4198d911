"""Links out of a source folder, and folders, pipes and circular links instead of files, are reported and not read.

Of two editions of a file, the catalog decides.
"""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workplace import SAMPLE, Workplace
from transforms.files import why_not_regular
from transforms.run import Run
from transforms.settings import PROJECT
from transforms.sources.catalog import Source, load_catalog
from transforms.sources.folder import from_folder
from transforms.sources.unused import UnusedFile, unused_files

FILE, OTHER = "eladownload2024.txt", "mathdownload2024.txt"
EARLIER, LATER = "assistancestatus19.xlsx", "assistancestatus19-rev.xlsx"


def link_to_a_secret(path: Path) -> None:
    (path.parent.parent / "secret").write_text("a secret")
    path.symlink_to(path.parent.parent / "secret")


def link_over_a_folder(path: Path) -> None:
    """Create a link in the folder to another link that leads out of it."""
    link_to_a_secret(path.parent / "step")
    path.symlink_to("step")


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("gone")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def circle_of_two(path: Path) -> None:
    path.symlink_to("second")
    (path.parent / "second").symlink_to(path.name)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket must be short
        try:
            listener.bind(path.name)
        finally:
            os.chdir(here)


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "link out": (link_to_a_secret, "it is a link to a place outside the folder"),
    "link over a link": (link_over_a_folder, "it is a link to a place outside the folder"),
    "link to a device": (link_to_a_device, "it is a link to a place outside the folder"),
    "dangling": (link_to_nothing, "it is a broken link"),
    "circle": (circle, "it is a link that leads back to itself"),
    "circle of two": (circle_of_two, "it is a link that leads back to itself"),
    "folder": (Path.mkdir, "it is a folder, not a file"),
    "pipe": (os.mkfifo, "it is a pipe, not a file"),
    "socket": (a_socket, "it is a socket, not a file"),
}


def taken(place: Workplace) -> Run:
    run = Run.start(place.settings())
    from_folder(run)
    return run


@pytest.mark.parametrize(("make", "said"), ODD.values(), ids=ODD.keys())
def test_links_pipes_and_folders_are_reported_and_not_read(
    make: Callable[[Path], None], said: str, workplace: Workplace
) -> None:
    path = workplace.source / FILE
    path.unlink()
    make(path)
    run = taken(workplace)
    helpers = [
        UnusedFile(n, said, "Remove it, or replace it with the file itself.")
        for n in ("second", "step")
        if (workplace.source / n).is_symlink()
    ]
    assert unused_files(run) == [
        *helpers,
        UnusedFile(FILE, said, "Replace it with the file itself.", "dashboard-ela-2024"),
    ]
    assert FILE not in [s.file for s in run.snapshots()]
    assert OTHER in [s.file for s in run.snapshots()]
    for kept in (workplace.work / "snapshots").rglob("*"):
        assert not kept.is_file() or b"a secret" not in kept.read_bytes()


@pytest.mark.parametrize("careless", ["Copy of eladownload2024 (1).txt", "ELAdownload2024.txt.txt"])
@pytest.mark.parametrize("kind", ["link out", "folder", "pipe"])
def test_an_odd_entry_with_a_careless_name_is_reported(kind: str, careless: str, workplace: Workplace) -> None:
    make, said = ODD[kind]
    (workplace.source / FILE).unlink()
    make(workplace.source / careless)
    assert unused_files(taken(workplace)) == [
        UnusedFile(careless, said, "Replace it with the file itself.", "dashboard-ela-2024")
    ]


def test_unrecognized_odd_entries_are_reported(workplace: Workplace) -> None:
    """But a folder with other content is ignored."""
    os.mkfifo(workplace.source / "a pipe")
    link_to_nothing(workplace.source / "a link")
    for folder, name in (("more", FILE), ("photos", "holiday.jpg")):
        (workplace.source / folder).mkdir()
        (workplace.source / folder / name).write_text("x")
    assert {u.file: u.reason for u in unused_files(taken(workplace))} == {
        "a pipe": "it is a pipe, not a file",
        "a link": "it is a broken link",
        "more/": "this is a folder that contains files of the catalog",
    }


def test_the_edition_of_the_current_release_is_used_instead(released: Workplace) -> None:
    path = released.source / FILE
    path.unlink()
    link_to_a_secret(path)
    run = taken(released)
    (unused,) = unused_files(run)
    (used,) = [s for s in run.snapshots() if s.source_id == "dashboard-ela-2024"]
    assert unused.earlier_sha256 == used.sha256
    assert Path(used.path).read_bytes() == (SAMPLE / FILE).read_bytes()


def test_links_within_the_folder_are_read(workplace: Workplace, tmp_path: Path) -> None:
    """Kubernetes mounts files like this; the folder itself can also be a link."""
    (workplace.source / "..data").mkdir()
    (workplace.source / FILE).rename(workplace.source / "..data" / FILE)
    (workplace.source / FILE).symlink_to(Path("..data") / FILE)
    (tmp_path / "link").symlink_to(workplace.source)
    run = taken(Workplace(tmp_path / "link", workplace.work, workplace.out))
    assert unused_files(run) == []
    assert FILE in [s.file for s in run.snapshots()]


def both_editions(folder: Path) -> None:
    shutil.copy(SAMPLE / LATER, folder / LATER)
    shutil.copy(SAMPLE / LATER, folder / EARLIER)
    with (folder / EARLIER).open("ab") as stream:
        stream.write(b"\0")  # other bytes


def test_a_reissue_replaces_its_edition_in_a_folder(workplace: Workplace) -> None:
    both_editions(workplace.source)
    run = taken(workplace)
    assert [s.file for s in run.snapshots() if s.source_id == "assistance-2019"] == [LATER]
    (unused,) = unused_files(run)
    assert (unused.file, unused.reason) == (EARLIER, f"it is an earlier edition, which CDE has replaced by {LATER}")
    (workplace.source / LATER).unlink()
    run = taken(workplace)
    assert [s.file for s in run.snapshots() if s.source_id == "assistance-2019"] == [EARLIER], (
        "alone it is better than none"
    )
    assert unused_files(run) == []


def test_editions_are_recognized_under_careless_names(workplace: Workplace) -> None:
    both_editions(workplace.source)
    for name in (EARLIER, LATER):
        (workplace.source / name).rename(workplace.source / f"Copy of {name}")
    run = taken(workplace)
    assert [s.file for s in run.snapshots() if s.source_id == "assistance-2019"] == [f"Copy of {LATER}"]
    (unused,) = unused_files(run)
    assert (unused.file, unused.reason) == (
        f"Copy of {EARLIER}",
        f"it is an earlier edition, which CDE has replaced by Copy of {LATER}",
    )


def test_an_incomplete_later_edition_replaces_nothing(workplace: Workplace) -> None:
    both_editions(workplace.source)
    (workplace.source / LATER).rename(workplace.source / f"{LATER}.crdownload")
    run = taken(workplace)
    assert [s.file for s in run.snapshots() if s.source_id == "assistance-2019"] == [EARLIER]
    assert [u.file for u in unused_files(run)] == [f"{LATER}.crdownload"]


def test_of_two_names_of_one_edition_the_first_of_the_catalog_is_used(workplace: Workplace) -> None:
    known = load_catalog(PROJECT / "data")
    source = next(s for s in known.source if s.also_named and any((SAMPLE / n).exists() for n in s.names))
    present = next(n for n in source.names if (SAMPLE / n).exists())
    absent = next(n for n in source.names if n != present)
    (workplace.source / absent).write_bytes((SAMPLE / present).read_bytes() + b"\n")
    run = taken(workplace)
    first = min((present, absent), key=source.rank)
    assert [s.file for s in run.snapshots() if s.source_id == source.id] == [first]
    assert [u.file for u in unused_files(run)] == [absent if first == present else present]


def test_editions_are_ordered_as_in_the_catalog() -> None:
    source = Source(
        id="x-2024", title="x", file="x24-rev2.xlsx", also_named=("x24-v2.xlsx",),
        earlier_editions=("x24.xlsx", "x24-rev.xlsx"),
        landing_page="", format="workbook", layout="assistance", changes_expected="",
    )  # fmt: skip
    assert sorted(["x24.xlsx", "X24-REV.xlsx", "x24-v2.xlsx", "x24-rev2.xlsx"], key=source.rank) == [
        "x24-rev2.xlsx",
        "x24-v2.xlsx",
        "X24-REV.xlsx",
        "x24.xlsx",
    ]
    assert [source.is_earlier_edition(n) for n in ("X24.xlsx", "x24-rev.xlsx", "x24-v2.xlsx", "x24-rev2.xlsx")] == [
        True,
        True,
        False,
        False,
    ]
    known = load_catalog(PROJECT / "data").by_file_name()
    assert known[EARLIER] is known[LATER]
    assert known[EARLIER].is_earlier_edition(EARLIER)


def test_a_plain_file_is_not_odd(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    assert why_not_regular(tmp_path / "x", tmp_path) == ""
    assert why_not_regular(tmp_path / "gone", tmp_path) == "it is gone"
    assert why_not_regular(tmp_path / ("x" * 300), tmp_path).startswith("it cannot be accessed (File name too long")
