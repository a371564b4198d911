"""A broken release or pointer gives a message and an exit code in every command.

The next run repairs what is ours.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.deployed.messages import about_failure
from flows.runner import execute
from reports.compare import compare
from tests.pipeline.test_command import main
from tests.pipeline.test_releases import current, shelf, spoil, whole_shelf, write  # noqa: F401 - fixtures
from tests.workplace import Workplace, linked, reissue
from transforms.errors import AfterPublishingError, ReleaseError, StorageError
from transforms.release.current import current_release, find_release, read_manifest
from transforms.release.pointer import current_hold, roll_back
from transforms.release.run_records import published_ids, read_status, record_run
from transforms.release.verify import damage_of

pytestmark = pytest.mark.usefixtures("cached_tables")

READERS = {
    "status": ("status",),
    "sql": ("sql", "select 1"),
    "explain": ("explain", "Salinas Union High"),
    "compare": ("compare", "previous", "current"),
    "compare years": ("compare", "2023", "2024"),
    "releases": ("releases",),
    "verify": ("verify",),
    "tag": ("tag", "current", "board"),
    "workbook": ("report", "workbook"),
    "letter": ("report", "letter", "Salinas Union High"),
    "site": ("site", "--no-open"),
    "watch": ("watch",),
}


def a_folder(out: Path) -> str:
    (out / "current").unlink()
    (out / "current").mkdir()
    (out / "current" / "precious").write_text("x")
    return "current is a folder"


def a_copy_of_a_release(out: Path) -> str:
    """Replace ``current`` by a copy of its release, as a copy that follows links does."""
    release = current(out)
    (out / "current").unlink()
    shutil.copytree(release, out / "current")
    return "current is a folder"


def a_file(out: Path) -> str:
    (out / "current").unlink()
    (out / "current").write_text("releases/2026-11-24-00000000")
    return "current is a file"


def outside(out: Path) -> str:
    elsewhere = out.parent / "elsewhere" / "releases" / current(out).name
    shutil.copytree(current(out), elsewhere)
    (out / "current").unlink()
    (out / "current").symlink_to(elsewhere)
    return "which is not a release in"


def missing_outside(out: Path) -> str:
    (out / "current").unlink()
    (out / "current").symlink_to("/nowhere/at/all")
    return "which is not a release in"


def dangling(out: Path) -> str:
    shutil.rmtree(current(out))
    return "was missing or had no manifest"


def circle(out: Path) -> str:
    (out / "current").unlink()
    (out / "current").symlink_to("current")
    return "was missing or had no manifest"


FOREIGN = [a_folder, a_copy_of_a_release, a_file, outside, missing_outside]
OURS = [dangling, circle]


@pytest.fixture
def released(bare_released: Workplace) -> Workplace:
    return bare_released


@pytest.fixture
def single_release(bare: Workplace, tmp_path: Path) -> Path:
    """Return a folder with one release."""
    return linked(bare.out, tmp_path / "alone")


@pytest.mark.parametrize("harm", [*FOREIGN, *OURS])
def test_every_command_reports_a_broken_pointer(
    harm: Callable[[Path], str],
    single_release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = harm(single_release)
    for name, command in READERS.items():
        assert main((*command, "--out", single_release), monkeypatch) == 6, name
        captured = capsys.readouterr()
        assert said in " ".join(captured.err.split()), (name, captured.err)
        assert "Traceback" not in captured.err


def pointer_content(out: Path) -> object:
    pointer = out / "current"
    return (
        pointer.readlink()
        if pointer.is_symlink()
        else pointer.read_text()
        if pointer.is_file()
        else sorted(p.name for p in pointer.iterdir())
    )


@pytest.mark.parametrize("harm", FOREIGN)
def test_a_run_does_not_replace_a_foreign_entry_named_like_the_pointer(
    harm: Callable[[Path], str], released: Workplace
) -> None:
    said = harm(released.out)
    reissue(released.source)
    before = pointer_content(released.out)
    with pytest.raises(ReleaseError, match=said):
        released.publish()
    after = pointer_content(released.out)
    assert after == before
    with pytest.raises(ReleaseError, match=said):
        roll_back(released.out, next((released.out / "releases").glob("2*")).name, "trial")
    assert not (released.out / "hold.json").exists()


@pytest.mark.parametrize("harm", OURS)
def test_a_run_repairs_its_own_pointer(harm: Callable[[Path], str], released: Workplace, bare: Workplace) -> None:
    harm(released.out)
    released.publish()
    assert current(released.out).name == current(bare.out).name
    assert damage_of(current(released.out)) == []


GOOD_KEYS = (
    "release_id",
    "as_of",
    "published_at",
    "content_digest",
    "inputs_digest",
    "warnings",
    "sources",
    "tables",
    "files",
)
MANIFESTS = {
    "empty": "",
    "truncated": '{"release_id": "2026-',
    "not JSON": "PK\x03\x04",
    "a list": "[]",
    "a number": "7",
    "null": "null",
    "deep": "[" * 100_000,
    **{f"without {key}": ("without", key) for key in GOOD_KEYS},
    **{f"{key} is {value!r}": ("with", key, value) for key, value in (
        ("as_of", "yesterday"), ("as_of", 7), ("files", "all"), ("files", [{"file": "x", "size": "big", "sha256": 1}]),
        ("sources", {}),
        ("sources", [{"source_id": "x"}]), ("tables", None), ("published_at", "soon"), ("release_id", ["x"]),
        ("sequence", "last"),
    )},
}  # fmt: skip


def spoiled(release: Path, how: str | tuple[object, ...]) -> None:
    """Write another manifest without a seal, as if it had been made before seals existed."""
    path = release / "manifest.json"
    manifest = {k: v for k, v in json.loads(path.read_text()).items() if k != "seal"}
    if isinstance(how, tuple):
        key = str(how[1])
        changed = {k: v for k, v in manifest.items() if k != key} | ({key: how[2]} if how[0] == "with" else {})
    path.chmod(0o644)
    path.write_text(how if isinstance(how, str) else json.dumps(changed))


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(
            how, id=kind, marks=pytest.mark.slow if kind.startswith("without") and kind != "without files" else ()
        )
        for kind, how in MANIFESTS.items()
    ],
)
def test_every_command_reports_an_invalid_manifest(
    how: str | tuple[object, ...],
    single_release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoiled(current(single_release), how)
    assert [d.file for d in damage_of(current(single_release))] == ["manifest.json"]
    for name in ("status", "compare", "releases", "verify", "tag", "watch"):
        assert main((*READERS[name], "--out", single_release), monkeypatch) == 6, name
        assert "manifest" in capsys.readouterr().err or name == "watch"
    assert main(("sources", "--out", single_release), monkeypatch) == 6


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",  # the test above covers every kind; here, one of each sort
    [
        "truncated",
        *(
            pytest.param(kind, marks=pytest.mark.slow)
            for kind in (
                "without tables",
                "files is 'all'",
                "empty",
                "not JSON",
                "a list",
                "without files",
                "as_of is 'yesterday'",
            )
        ),
    ],
)
def test_the_next_run_repairs_an_invalid_manifest(kind: str, released: Workplace) -> None:
    """Even without a requested day, when the check of the clock reads the manifest."""
    release = current(released.out)
    spoiled(release, MANIFESTS[kind])
    settings = released.settings()
    if kind == "truncated":
        settings.model_fields_set.discard("as_of")
    outcome = execute(settings, lambda step, run: step.function(run))
    assert (outcome.outcome, outcome.release_id) == ("published", release.name)
    assert "was damaged" in outcome.message
    assert damage_of(current(released.out)) == []
    assert released.publish().outcome == "unchanged"


@pytest.mark.parametrize(
    "content",
    [
        "",
        pytest.param("{", marks=pytest.mark.slow),
        "[]",
        '{"release_id": 7}',
        '{"release_id": "x", "since": "y", "reason": "z", "more": 1}',
        b"\xff\xfe",
    ],
)
def test_a_broken_hold_is_reported_and_nothing_is_published(
    content: str | bytes, released: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hold, before = released.out / "hold.json", current(released.out)
    hold.write_bytes(content if isinstance(content, bytes) else content.encode())
    reissue(released.source)
    for command in (("status",), ("releases",), ("watch",)):
        assert main((*command, "--out", released.out), monkeypatch) == 6
        assert "hold.json cannot be read" in " ".join(capsys.readouterr().err.split())
    with pytest.raises(ReleaseError, match="dta rollback --lift"):
        released.publish()
    assert current(released.out) == before
    for command in (("verify",), ("sql", "select 1"), ("tag", "current", "board")):
        assert main((*command, "--out", released.out), monkeypatch) == 0, "readers do without it"
    assert main(("rollback", "--lift", "--out", released.out), monkeypatch) == 0
    assert not hold.exists()
    if content == "{":
        assert released.publish().outcome == "published"


def test_a_folder_named_like_the_hold_is_reported(released: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    (released.out / "hold.json").mkdir()
    with pytest.raises(ReleaseError, match=r"hold\.json cannot be read"):
        current_hold(released.out)
    for command in (("status",), ("rollback", "--lift"), ("rollback", current(released.out).name)):
        assert main((*command, "--out", released.out), monkeypatch) in (6, 8)


def test_previous_is_the_earlier_release_even_after_a_rollback(shelf: Path) -> None:  # noqa: F811
    newest = current(shelf).name
    assert compare(shelf, "previous", "current").before == "2026-11-04-00000004"
    roll_back(shelf, "2026-11-03-00000003", "trial")
    assert (compare(shelf, "previous", "current").before, compare(shelf, "previous", "current").after) == (
        "2026-11-02-00000002",
        "2026-11-03-00000003",
    )
    roll_back(shelf, "2026-11-01-00000001", "trial")
    with pytest.raises(ReleaseError, match="no release before the current one"):
        compare(shelf, "previous", "current")
    roll_back(shelf, newest, "trial")
    assert compare(shelf, "previous", "current").before == "2026-11-04-00000004"


@pytest.mark.slow
def test_previous_of_a_republished_release_is_what_readers_had(released: Workplace, tmp_path: Path) -> None:
    """With yesterday's files, that day's release is current again; "previous" is what its readers had before."""
    shutil.copytree(released.source, tmp_path / "other")
    first = current(released.out).name
    again = Workplace(tmp_path / "other", released.work, released.out)
    reissue(released.source)
    second = released.publish().release_id
    assert again.publish().release_id == first
    assert published_ids(released.out)[-2:] == [second, first]
    assert compare(released.out, "previous", "current").before == second
    roll_back(released.out, str(second), "trial")
    assert compare(released.out, "previous", "current").before == first
    with (released.out / "runs.jsonl").open("a") as ledger:
        ledger.write('{"torn\n[]\n7\n')
    assert compare(released.out, "previous", "current").before == first


def test_status_does_not_exit_with_0_without_an_intact_release(
    single_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(("status", "--out", single_release), monkeypatch) == 0
    record_run(single_release, "unchanged", "Nothing changed.", None, 0)
    spoil(current(single_release) / "dta.duckdb")
    assert main(("status", "--out", single_release), monkeypatch) == 6
    (single_release / "current").unlink()
    assert main(("status", "--out", single_release), monkeypatch) == 6
    assert main(("status", "--out", tmp_path / "nothing"), monkeypatch) == 6
    record_run(single_release, "failed", "no network", None, 3)
    assert main(("status", "--out", single_release), monkeypatch) == 3
    record_run(single_release, "interrupted", "Interrupted.", None, 130)
    assert main(("status", "--out", single_release), monkeypatch) == 130


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{torn",
        "[]",
        "7",
        '{"last_run": 7}',
        '{"last_run": "x", "last_outcome": "failed", "exit_code": "?", "message": 1}',
    ],
)
def test_an_invalid_status_file_counts_as_none(
    content: str, single_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (single_release / "status.json").write_text(content)
    assert read_status(single_release) == {}
    assert main(("status", "--out", single_release), monkeypatch) == 0, "the release is sound"
    assert main(("watch", "--out", single_release), monkeypatch) == 6


def fail(*arguments: object, **options: object) -> None:
    raise OSError(28, "No space left on device", "somewhere")


@pytest.mark.parametrize(
    ("what", "mended"),
    [
        ("transforms.release.publish.prune", False),
        # repaired; settle already changes the pointer
        pytest.param("transforms.release.pointer._write_latest", False, marks=pytest.mark.slow),
        pytest.param("flows.runner.write_page", True, marks=pytest.mark.slow),
        pytest.param("transforms.release.publish.prune", True, marks=pytest.mark.slow),
        pytest.param("flows.runner.write_page", False, marks=pytest.mark.slow),
    ],
)
def test_a_failure_after_publishing_does_not_deny_the_publication(
    what: str, mended: bool, released: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current(released.out).name
    if mended:
        spoil(current(released.out) / "dta.duckdb")
    else:
        reissue(released.source)
    calls = []

    def at_the_end(*arguments: object, **options: object) -> None:
        calls.append(current(released.out).name)
        if what.endswith("_write_latest") and calls[-1] == before:
            return
        fail()

    monkeypatch.setattr(what, at_the_end)
    with pytest.raises(AfterPublishingError) as failed:
        released.publish()
    monkeypatch.undo()
    new = current(released.out).name
    assert (new == before) is mended
    assert failed.value.exit_code == 8
    assert f"Release {new} was published and is current" in str(failed.value)
    assert "the disk is full" in str(failed.value)
    assert "othing was published" not in str(failed.value)
    status = read_status(released.out)
    assert (status["last_outcome"], status["exit_code"], status["release_id"]) == ("failed", 8, new)
    assert "was published and is current" in status["message"]
    assert published_ids(released.out)[-1] == new
    message = about_failure(released.out, failed.value)
    assert f"release {new} was published, then the run failed" in message.subject
    assert "othing was published" not in message.text


@pytest.mark.slow
def test_an_unwritable_record_after_publishing_is_reported(
    released: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.runner.record_run", fail)
    reissue(released.source)
    with pytest.raises(AfterPublishingError, match="was published and is current"):
        released.publish()


def test_a_failure_before_publishing_reports_that_nothing_was_published(
    released: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current(released.out)
    monkeypatch.setattr("transforms.release.publish._write_manifest", fail)
    reissue(released.source)
    with pytest.raises(StorageError, match="Nothing was published"):
        released.publish()
    assert current(released.out) == before
    assert list((released.out / "releases").glob(".*")) == []


def test_find_release_never_leaves_the_output_folder(shelf: Path) -> None:  # noqa: F811
    (shelf / "tags").mkdir(exist_ok=True)
    (shelf / "tags" / "evil").symlink_to("/etc")
    (shelf / "releases" / "2026-11-05-00000005").symlink_to(shelf.parent)
    for asked in ("evil", "2026-11-05-00000005", "../../etc", "", "tags/evil"):
        with pytest.raises(ReleaseError, match="no release or tag"):
            find_release(shelf, asked)


def test_an_unreadable_release_is_listed_by_name(
    shelf: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    release = find_release(shelf, "2026-11-02-00000002")
    write(release, {})
    assert main(("releases", "--out", shelf), monkeypatch) == 6
    captured = capsys.readouterr()
    assert "2026-11-04-00000004" in captured.out
    assert "Release 2026-11-02-00000002 has no readable manifest" in captured.err
    assert current_release(shelf) is not None
    assert read_manifest(current(shelf))["sequence"] == 9
