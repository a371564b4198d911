"""Folders of others stay unchanged, byte for byte; in our folders only our own files are removed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.backfill import plan
from flows.watch import inspect_releases, is_notification_due
from reports.output import MARK as REPORT_MARK
from reports.output import OutputError, whole_file, whole_folder
from tests.pipeline.test_command import main
from tests.workplace import Workplace, reissue
from transforms.errors import ConfigError, SourceFilesError, StorageError
from transforms.folders import MARK, claim_folders, claim_work

pytestmark = pytest.mark.usefixtures("cached_tables")
Tree = dict[str, tuple[bytes, int]]


@pytest.fixture
def released(bare_released: Workplace) -> Workplace:
    return bare_released


def tree(folder: Path) -> Tree:
    """Return every file and folder below, with content and time of change."""
    return {
        p.relative_to(folder).as_posix(): (
            b"" if p.is_dir() and not p.is_symlink() else p.read_bytes() if p.is_file() else b"?",
            p.lstat().st_mtime_ns,
        )
        for p in sorted(folder.rglob("*"))
    }


def secrets(folder: Path) -> None:
    """Create files that people keep in a project folder."""
    (folder / ".git" / "objects").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main")
    for name in (".env", ".gitignore", ".status.json.bak", "notes.txt"):
        (folder / name).write_text(name)


def a_worktree(folder: Path) -> None:
    """Create a folder whose .git is a file."""
    folder.mkdir(parents=True)
    (folder / ".git").write_text("gitdir: elsewhere")


def foreign_releases(folder: Path) -> None:
    """Create another program's folder of the same name."""
    (folder / "releases" / "2019").mkdir(parents=True)
    (folder / "releases" / "2019" / "manifest.json").write_text("{}")
    (folder / "status.json").write_text('{"ok": true}')


def foreign_builds(folder: Path) -> None:
    (folder / "build" / "core").mkdir(parents=True)
    (folder / "build" / "core" / "main.o").write_text("x")
    (folder / "build" / "runs" / "old").mkdir(parents=True)


def foreign_snapshots(folder: Path) -> None:
    (folder / "snapshots" / "monday").mkdir(parents=True)
    (folder / "snapshots" / "monday" / "disk.img").write_text("x")


@pytest.mark.parametrize("made", [secrets, a_worktree, foreign_releases])
def test_a_foreign_output_folder_is_refused_and_unchanged(made: Callable[[Path], None], workplace: Workplace) -> None:
    made(workplace.out)
    before = tree(workplace.out)
    with pytest.raises(ConfigError, match="files that dta did not write") as refused:
        workplace.publish()
    assert refused.value.exit_code == 4
    assert "--out" in str(refused.value)
    assert tree(workplace.out) == before


@pytest.mark.parametrize("made", [secrets, a_worktree, foreign_builds, foreign_snapshots])
def test_a_foreign_work_folder_is_refused_and_unchanged(
    made: Callable[[Path], None], workplace: Workplace, tmp_path: Path
) -> None:
    work = tmp_path / "project"
    made(work)
    before = tree(work)
    for claim in (claim_work, claim_folders):
        with pytest.raises(ConfigError, match="DTA_WORK"):
            claim(workplace.settings(work=work))
    assert tree(work) == before
    assert not workplace.out.exists(), "nothing is written anywhere"


def test_a_file_in_the_place_of_a_folder_is_refused(workplace: Workplace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for changes in ({"out": tmp_path / "file"}, {"work": tmp_path / "file"}):
        with pytest.raises(ConfigError, match="is not a folder"):
            workplace.publish(**changes)
    for changes in ({"out": tmp_path / "file" / "below"}, {"work": tmp_path / "file" / "below"}):
        with pytest.raises(StorageError, match="a part of this path is a file"):
            workplace.publish(**changes)
    assert (tmp_path / "file").read_text() == "x"


def test_folders_that_may_be_used(workplace: Workplace, tmp_path: Path) -> None:
    """A missing folder, an empty one, a new file system, a parent of the other folders, and the project folder."""
    work = tmp_path / "state"
    (work / "inbox").mkdir(parents=True)
    (work / "here").mkdir()
    (tmp_path / "disk" / "lost+found").mkdir(parents=True)
    claim_folders(workplace.settings(work=work, out=work / "here" / "published"))
    claim_folders(workplace.settings(work=work, out=tmp_path / "disk"))
    shutil.copytree(
        workplace.reference, tmp_path / "data", ignore=shutil.ignore_patterns("build", "snapshots", "published")
    )
    claim_folders(workplace.settings(work=tmp_path / "data", reference=tmp_path / "data", out=tmp_path / "new"))
    assert (tmp_path / "data" / "build" / MARK).is_file()
    assert not (tmp_path / "data" / MARK).exists()


def test_folders_of_earlier_versions_are_accepted_without_a_mark(released: Workplace, tmp_path: Path) -> None:
    for folder in (released.out, released.work / "build", released.work / "snapshots"):
        (folder / MARK).unlink()
    claim_folders(released.settings())
    assert all(
        (folder / MARK).is_file() for folder in (released.out, released.work / "build", released.work / "snapshots")
    )
    status_alone, locks_alone = tmp_path / "failed", tmp_path / "died"
    for folder in (status_alone, locks_alone):
        folder.mkdir()
        (folder / ".run.lock").touch()
    shutil.copy(released.out / "status.json", status_alone)
    for folder in (status_alone, locks_alone):
        claim_folders(released.settings(out=folder))


@pytest.mark.slow
def test_a_first_run_that_failed_can_be_repeated(workplace: Workplace) -> None:
    whole = workplace.source.rename(workplace.source.with_name("whole"))
    workplace.source.mkdir()
    (workplace.source / "eladownload2024.txt").write_text("<html>")
    with pytest.raises(SourceFilesError):
        workplace.publish()
    shutil.copytree(whole, workplace.source, dirs_exist_ok=True)
    assert workplace.publish().outcome == "published"


def test_files_of_people_next_to_releases_are_kept(released: Workplace) -> None:
    """Names that look almost like ours stay too; our own incomplete folders are removed."""
    releases = released.out / "releases"
    secrets(released.out)
    for name in (".backup-2024", ".d-old", "2024 archive", ".git"):
        (releases / name).mkdir()
        (releases / name / "x").write_text("x")
    (releases / "2019-01-01-mine").mkdir()
    (releases / "2019-01-01-mine" / "manifest.json").write_bytes(
        (released.out / "current" / "manifest.json").read_bytes()
    )
    (releases / ".building-note").write_text("a file of a person")
    kept = {
        k: v
        for k, v in tree(released.out).items()
        if k.startswith((".env", ".git", ".status", "notes", "releases/.", "releases/2024 ", "releases/2019"))
    }
    (releases / ".building-12345678").mkdir()
    (released.out / ".latest.json.a1b2c3d4").write_text("half")
    reissue(released.source)
    assert released.publish(keep_releases=1).outcome == "published"
    after = tree(released.out)
    assert {k: after.get(k) for k in kept} == kept
    assert not (releases / ".building-12345678").exists()
    assert ".latest.json.a1b2c3d4" not in after


@pytest.mark.slow
def test_links_named_like_leftovers_are_not_followed(released: Workplace, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    (released.out / "releases" / ".building-link").symlink_to(elsewhere)
    runs = released.work / "build" / "runs"
    runs.mkdir(exist_ok=True)
    (runs / "0000000000000000").symlink_to(elsewhere)
    os.utime(elsewhere, (0, 0))
    reissue(released.source)
    released.publish()
    assert (elsewhere / "precious").read_text() == "x"
    (runs / "0000000000000000").unlink()


def test_a_backfill_does_not_write_into_a_foreign_folder(workplace: Workplace, tmp_path: Path) -> None:
    root = tmp_path / "root"
    secrets(root)
    before = tree(root)
    with pytest.raises(ConfigError, match="files that dta did not write"):
        plan(workplace.settings(), 2023, 2024, [], root)
    assert tree(root) == before
    targets = plan(workplace.settings(), 2023, 2024, [], tmp_path / "new")
    assert [t.settings.out.name for t in targets] == ["year-2023", "year-2024"]
    assert plan(workplace.settings(), 2022, 2022, [], tmp_path / "new"), "and again"
    earlier = tmp_path / "earlier"
    shutil.copytree(tmp_path / "new", earlier / "year-2023" / "x")
    with pytest.raises(ConfigError, match="files that dta did not write"):
        plan(workplace.settings(), 2023, 2024, [], earlier)


def test_the_watch_writes_nothing_into_a_foreign_folder(tmp_path: Path) -> None:
    secrets(tmp_path)
    before = tree(tmp_path)
    seen = inspect_releases(tmp_path, 48)
    assert seen.wrong
    assert is_notification_due(tmp_path, seen)
    assert tree(tmp_path) == before


def test_commands_that_change_releases_do_not_touch_foreign_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign_releases(tmp_path)
    before = tree(tmp_path)
    for arguments in (("tag", "2019", "x"), ("rollback", "2019"), ("rollback", "--lift"), ("tag", "--remove", "x")):
        assert main((*arguments, "--out", tmp_path), monkeypatch) == 6
    assert tree(tmp_path) == before


def test_a_report_folder_with_other_files_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "packet"
    with whole_folder(target, force=False) as folder:
        (folder / "page.pdf").write_text("old")
    (target / "my notes.docx").write_text("precious")
    with pytest.raises(OutputError, match=r"my notes\.docx"), whole_folder(target, force=True):
        pass
    assert (target / "my notes.docx").read_text() == "precious"
    (target / "my notes.docx").unlink()
    (target / REPORT_MARK).unlink()
    with pytest.raises(OutputError, match="will not be changed"), whole_folder(target, force=True):
        pass
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(OutputError, match="will not be changed"), whole_folder(tmp_path / "link", force=True):
        pass
    assert (target / "page.pdf").read_text() == "old"


PLACES = (
    "",
    "current",
    "current/reports",
    "releases",
    "releases/new",
    "tags",
    "quality",
    "new",
    "../link",
    "../link/x",
)


@pytest.mark.parametrize("place", PLACES)
def test_no_command_writes_requested_files_among_releases(place: str, released: Workplace) -> None:
    """With every command that writes, also through links, and into a release made before folders were marked."""
    (released.out.parent / "link").symlink_to(released.out / "current")
    folder = released.out / place
    for marked in (True, False):
        if not marked:
            (released.out / MARK).unlink()
        before = tree(released.out)
        for force in (True, False):
            with pytest.raises(OutputError, match="is reserved for dta"), whole_file(folder / "x.csv", force):
                pass
            with pytest.raises(OutputError, match="is reserved for dta"), whole_folder(folder / "x", force):
                pass
        assert tree(released.out) == before


def test_no_command_writes_requested_files_into_folders_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DTA_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("DTA_REFERENCE", str(tmp_path / "kept"))
    for place in ("work/build/raw", "work/snapshots", "work/inbox", "kept/registers", "kept/rules/old"):
        with pytest.raises(OutputError, match="reserved for dta"), whole_file(tmp_path / place / "x.csv", force=True):
            pass
    assert not any(tmp_path.iterdir())
    with whole_file(tmp_path / "work" / "letters" / "x.csv", force=False) as path:
        path.write_text("mine")
    assert (tmp_path / "work" / "letters" / "x.csv").read_text() == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "letter", "27660680000000", "--to", "{out}/current"),
        ("report", "letter", "27660680000000", "--to", "{out}/current/reports", "--force"),
        ("report", "lea", "27660680000000", "--json", "--to", "{out}/tags"),
        ("report", "lea", "--all", "--json", "--to", "{out}/releases"),
        ("report", "county", "Monterey", "--to", "{out}/current"),
        ("report", "workbook", "--out-file", "{out}/current/x.xlsx"),
        ("sql", "select 1 as n", "--out-file", "{out}/current/leas.parquet", "--force"),
        ("estimate", "--to", "{out}/current"),
        ("estimate", "--template", "Monterey", "--to", "{out}/current"),
        ("check", "--page", "{out}/current/reports/index.html", "--force"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_commands_that_write_do_not_change_a_release(
    arguments: tuple[str, ...],
    released: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = tree(released.out)
    assert main((*(a.format(out=released.out) for a in arguments), "--out", released.out), monkeypatch) == 2
    assert "is reserved for dta" in capsys.readouterr().err
    assert tree(released.out) == before


def test_nested_folders_of_a_run_are_refused(released: Workplace, tmp_path: Path) -> None:
    before = tree(released.out)
    for place in ("current/out", "releases/new", "tags/out"):
        with pytest.raises(ConfigError, match="--out"):
            claim_folders(released.settings(out=released.out / place))
        with pytest.raises(ConfigError, match="DTA_WORK"):
            claim_work(released.settings(work=released.out / place))
    assert tree(released.out) == before
    both = tmp_path / "both"
    with pytest.raises(ConfigError, match="DTA_WORK"):
        claim_folders(released.settings(out=both, work=both / "releases" / "x"))
    for inside in ("build", "snapshots/x"):
        with pytest.raises(ConfigError, match="--out"):
            claim_folders(released.settings(out=both / inside, work=both))
    assert not both.exists()
    claim_folders(released.settings(out=both, work=both))  # their contents have different names
    claim_folders(released.settings(out=both, work=both))


def test_a_report_does_not_replace_a_device_or_link_unasked(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="a device or a pipe"), whole_file(tmp_path / "pipe", force=True):
        pass
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    with pytest.raises(OutputError, match="--force"), whole_file(tmp_path / "link", force=False):
        pass


def test_the_check_page_does_not_replace_files_unasked(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "index.html"
    page.write_text("mine")
    assert main(("check", "--source", workplace.source, "--out", workplace.out, "--page", page), monkeypatch) == 2
    assert page.read_text() == "mine"
