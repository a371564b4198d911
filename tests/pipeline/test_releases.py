"""What people do with releases: verify, repair, roll back, hold, tag, keep and remove them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from tests.pipeline.test_command import main
from tests.workplace import Workplace, linked, reissue
from transforms.errors import ReleaseError, UsageError
from transforms.files import sha256_of
from transforms.locks import publisher_lock
from transforms.release import verify
from transforms.release.current import current_release, find_release, read_manifest, releases, tags
from transforms.release.pointer import activate, add_tag, current_hold, lift_hold, prune, recover, remove_tag, roll_back
from transforms.release.run_records import read_status
from transforms.release.verify import damage_of, seal_of

pytestmark = pytest.mark.usefixtures("cached_tables")  # these tests check how releases are kept, not their content
runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})


@pytest.fixture(scope="session")
def whole_shelf(bare: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the release of the sample and four earlier ones, which are copies under other names.

    The newest is current. Tests only read it.
    """
    out = linked(bare.out, tmp_path_factory.mktemp("shelf") / "out")
    newest = current(out)
    manifest = read_manifest(newest)
    manifest["sequence"] = 9
    write(newest, manifest)
    for day in range(1, 5):
        earlier = linked(newest, newest.with_name(f"2026-11-0{day}-0000000{day}"))
        write(earlier, {**manifest, "release_id": earlier.name, "sequence": day})
    return out


@pytest.fixture
def shelf(whole_shelf: Path, tmp_path: Path) -> Path:
    """Copy the shelf, so that a test can change it."""
    return linked(whole_shelf, tmp_path / "shelf")


@pytest.fixture
def released(bare_released: Workplace) -> Workplace:
    return bare_released


def write(release: Path, manifest: dict[str, object]) -> None:
    (release / "manifest.json").chmod(0o644)
    (release / "manifest.json").write_text(json.dumps({**manifest, "seal": seal_of(manifest)}))


def spoil(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()  # it may be a link
    file.write_bytes(content)


def current(out: Path) -> Path:
    release = current_release(out)
    assert release is not None
    return release


def test_every_kind_of_damage_is_named(shelf: Path) -> None:
    release = current(shelf)
    assert damage_of(release) == []
    spoil(release / "eligibility.parquet")
    (release / "evidence.parquet").unlink()
    (release / "dta.duckdb.wal").write_text("x")
    (release / "site").mkdir()
    (release / "site" / "extra.html").write_text("x")
    (release / "dictionary.csv").unlink()
    (release / "dictionary.csv").write_text("short")
    (release / "leas.parquet").unlink()
    (release / "leas.parquet").symlink_to(release / "counties.parquet")
    said = {d.file: d.problem for d in damage_of(release)}
    assert said.keys() == {
        "eligibility.parquet",
        "evidence.parquet",
        "dta.duckdb.wal",
        "site/extra.html",
        "dictionary.csv",
        "leas.parquet",
    }
    assert said["eligibility.parquet"] == "its bytes differ from the published ones"
    assert said["evidence.parquet"] == "missing"
    assert said["site/extra.html"] == "not listed in the manifest"
    assert "bytes, not the" in said["dictionary.csv"]
    assert said["leas.parquet"] == "not a plain file"


def test_a_verified_release_is_reread_only_where_files_changed(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release, hashed = current(shelf), []
    monkeypatch.setattr(verify, "sha256_of", lambda path: hashed.append(path) or sha256_of(path))
    assert damage_of(release) == []
    assert hashed
    hashed.clear()
    assert damage_of(release) == []
    assert hashed == []
    path = release / "eligibility.parquet"
    before = path.stat()
    spoil(path)
    path.chmod(before.st_mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [(d.file, d.problem) for d in damage_of(release)] == [
        ("eligibility.parquet", "its bytes differ from the published ones")
    ]
    assert [d.file for d in damage_of(release)] == ["eligibility.parquet"], "damage is not forgotten"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": [{}]}', '{"files": []}'])
def test_an_invalid_manifest_is_damage(shelf: Path, content: str) -> None:
    release = current(shelf)
    (release / "manifest.json").chmod(0o644)
    (release / "manifest.json").write_text(content)
    assert [d.file for d in damage_of(release)] == ["manifest.json"]
    assert release not in releases(shelf)


def test_a_manifest_with_other_content_is_damage(shelf: Path) -> None:
    release = current(shelf)
    path, manifest = release / "manifest.json", read_manifest(release)
    for key, value in {"warnings": ["one more"], "dated_facts": ["2020-01-01"], "inputs_digest": "another"}.items():
        path.write_text(json.dumps({**manifest, key: value}))
        assert [(d.file, d.problem) for d in damage_of(release)] == [
            ("manifest.json", "has changed since it was published")
        ], key
    path.write_text(json.dumps({k: v for k, v in manifest.items() if k != "seal"}))
    assert damage_of(release) == [], "releases from before there were seals"


def test_a_renamed_release_is_damaged(shelf: Path) -> None:
    other = shelf / "releases" / "2026-01-01-00000000"
    shutil.copytree(current(shelf), other)
    assert [d.problem for d in damage_of(other)] == [f"belongs to release {current(shelf).name}"]


def test_verify_reports_damage_and_exits_with_its_code(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def verify(*arguments: str) -> tuple[int, str, str]:
        return main(("verify", *arguments, "--out", shelf), monkeypatch), *capsys.readouterr()

    assert verify("--all")[0] == 0
    spoil(find_release(shelf, "2026-11-02-00000002") / "dta.duckdb")
    code, said, told = verify("--all")
    assert code == 6
    assert "2026-11-02-00000002/dta.duckdb: its bytes differ" in told
    assert "Release 2026-11-01-00000001 is intact." in said
    assert "no release or tag '../..'" in verify("../..")[2]


@pytest.mark.slow
def test_the_next_run_repairs_a_damaged_current_release(released: Workplace) -> None:
    release = current(released.out)
    for files in (("dta.duckdb", "eligibility.parquet"), ("manifest.json",)):
        for file in files:
            spoil(release / file)
        outcome = released.publish()
        assert (outcome.outcome, outcome.release_id) == ("published", release.name), files
        assert "was damaged" in outcome.message or "had no manifest" in outcome.message
        assert damage_of(current(released.out)) == []
    assert released.publish().outcome == "unchanged"


def test_readers_get_the_newest_intact_release_until_the_repair(shelf: Path) -> None:
    spoil(current(shelf) / "dta.duckdb")
    spoil(find_release(shelf, "2026-11-04-00000004") / "dta.duckdb")
    wrong = recover(shelf)
    assert "was damaged (dta.duckdb: its bytes differ" in wrong
    assert current(shelf).name == "2026-11-03-00000003"
    assert json.loads((shelf / "latest.json").read_text())["release_id"] == "2026-11-03-00000003"


def test_a_dangling_pointer_is_repaired(shelf: Path) -> None:
    shutil.rmtree(current(shelf))
    assert "was missing" in recover(shelf)
    assert current(shelf).name == "2026-11-04-00000004"
    (shelf / "current").unlink()
    assert recover(shelf) == ""
    assert current(shelf).name == "2026-11-04-00000004"


def test_leftovers_of_a_crash_are_removed_and_latest_is_updated(shelf: Path) -> None:
    for name in (".building-x", ".pruned-x"):
        (shelf / "releases" / name).mkdir()
    for name in (".current.abcd_123", ".latest.json.0000aaaa", ".status.json.zzzzzzzz"):
        (shelf / name).write_text("x")
    (shelf / "latest.json").write_text("{}")
    recover(shelf)
    assert list((shelf / "releases").glob(".*")) == []
    assert {p.name for p in shelf.glob(".*")} <= {".publisher.lock", ".run.lock"}
    assert json.loads((shelf / "latest.json").read_text())["release_id"] == current(shelf).name


def test_a_rollback_holds_until_it_is_lifted(released: Workplace) -> None:
    first = current(released.out).name
    reissue(released.source)
    second = released.publish().release_id
    assert second != first
    said = runner.invoke(app, ["rollback", first, "--reason", "wrong file", "--out", str(released.out)])
    assert said.exit_code == 0, said.output
    assert current(released.out).name == first
    outcome = released.publish()
    assert outcome.outcome == "unchanged"
    assert "Held at release" in outcome.message
    assert "wrong file" in outcome.message
    assert current(released.out).name == first
    assert "held" in runner.invoke(app, ["releases", "--out", str(released.out)]).output
    blank = runner.invoke(app, ["rollback", "--lift", "--reason", " ", "--out", str(released.out)])
    assert "--reason is blank" in str(blank.exception)
    assert current_hold(released.out) is not None
    lifted = ["rollback", "--lift", "--reason", "CDE sent it again", "--out", str(released.out)]
    assert runner.invoke(app, lifted).exit_code == 0
    assert released.publish().release_id == second
    entries = [json.loads(line) for line in (released.out / "runs.jsonl").read_text().splitlines()]
    assert [(e["event"], e["message"]) for e in entries if "event" in e] == [
        ("rolled back", "wrong file"),
        ("hold lifted", "CDE sent it again"),
    ]


def test_a_release_id_is_listed_in_full_with_a_long_tag(shelf: Path) -> None:
    tag = "board-meeting-of-december-2026"
    assert runner.invoke(app, ["tag", "current", tag, "--out", str(shelf)]).exit_code == 0
    said = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"}).invoke(app, ["releases", "--out", str(shelf)]).output
    assert [r.name for r in releases(shelf) if r.name not in said] == []


def test_a_rollback_to_a_damaged_release_is_refused(shelf: Path) -> None:
    before = current(shelf)
    spoil(find_release(shelf, "2026-11-02-00000002") / "evidence.parquet")
    with pytest.raises(ReleaseError, match="damaged"):
        roll_back(shelf, "2026-11-02-00000002", "a test")
    with pytest.raises(ReleaseError, match="no release or tag"):
        roll_back(shelf, "2020-01-01-00000000", "a test")
    assert current(shelf) == before
    assert current_hold(shelf) is None
    with pytest.raises(ReleaseError, match="Nothing is held"):
        lift_hold(shelf)


def test_old_releases_are_removed_unless_protected(shelf: Path) -> None:
    add_tag(shelf, "2026-11-01-00000001", "board-2026")
    roll_back(shelf, "2026-11-02-00000002", "trial")
    newest = releases(shelf)[-1].name
    assert prune(shelf, 1) == ["2026-11-03-00000003", "2026-11-04-00000004"]
    assert [r.name for r in releases(shelf)] == ["2026-11-01-00000001", "2026-11-02-00000002", newest]
    lift_hold(shelf)
    activate(find_release(shelf, newest), shelf)
    assert remove_tag(shelf, "board-2026") == "2026-11-01-00000001"
    assert prune(shelf, 1) == ["2026-11-01-00000001", "2026-11-02-00000002"]
    assert prune(shelf, 1) == []


def test_the_order_of_releases_does_not_depend_on_the_clock(shelf: Path) -> None:
    oldest = find_release(shelf, "2026-11-01-00000001")
    write(oldest, {**read_manifest(oldest), "published_at": "2099-01-01T00:00:00+00:00"})
    assert releases(shelf)[0] == oldest


def test_a_tag_selects_its_release(shelf: Path) -> None:
    add_tag(shelf, "2026-11-01-00000001", "board")
    assert (shelf / "tags" / "board" / "dta.duckdb").exists()
    assert find_release(shelf, "board").name == "2026-11-01-00000001"
    with pytest.raises(ReleaseError, match="belongs to release"):
        add_tag(shelf, "current", "board")
    for bad in ("", "current", "Previous", "../x", "a/b", "2026-11-01-00000001", ".x", "a" * 65, "a b"):
        with pytest.raises(UsageError, match="cannot be a tag"):
            add_tag(shelf, "current", bad)
    for bad in ("a" * 300, "é" * 300):
        with pytest.raises(UsageError) as refused:
            add_tag(shelf, "current", bad)
        assert len(str(refused.value)) < 250, "a long name is not repeated whole"
        with pytest.raises(ReleaseError) as refused_too:
            find_release(shelf, bad)
        assert bad not in str(refused_too.value)
    with pytest.raises(UsageError, match="always means the current release"):
        add_tag(shelf, "current", "current")
    assert tags(shelf) == {"board": "2026-11-01-00000001"}
    with pytest.raises(ReleaseError, match="no tag"):
        remove_tag(shelf, "other")


@pytest.mark.parametrize("reason", ["", "   ", "\n\t", "\u200b\u200b", "\u3164", "sound\u202e text"])
def test_a_rollback_without_a_readable_reason_is_refused(whole_shelf: Path, reason: str) -> None:
    with pytest.raises(UsageError, match="--reason"):
        roll_back(whole_shelf, "2026-11-01-00000001", reason)
    assert current_hold(whole_shelf) is None
    assert (whole_shelf / "current").resolve().name != "2026-11-01-00000001"


def test_one_process_at_a_time_changes_releases(shelf: Path) -> None:
    with publisher_lock(shelf):
        ended = subprocess.run(
            [Path(sys.executable).parent / "dta", "tag", "current", "x", "--out", shelf],
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 6
    assert "Another run is publishing" in ended.stderr
    assert tags(shelf) == {}


def test_the_record_describes_each_stage(published: Workplace) -> None:
    status = read_status(published.out)
    assert [s["stage"] for s in status["stages"]][-1] == "release"
    assert all(s["seconds"] >= 0 and s["rows_in"] >= 0 for s in status["stages"])
    line = json.loads((published.out / "runs.jsonl").read_text().splitlines()[0])
    assert line["run_id"]
    assert line["stages"]
