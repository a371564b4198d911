"""A file that cannot be used is recorded with the remedy, and an earlier edition is used if there is one.

The night continues with the other files.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.runner import Outcome
from tests.conftest import use_sql_checks_only
from tests.contract.writing import as_xlsx
from tests.workplace import SAMPLE, Workplace, reissue
from transforms.errors import GateError, SourceFilesError
from transforms.run import Run
from transforms.sources.unused import UnusedFile, unused_files

ELA = "eladownload2024.txt"


def read(place: Workplace) -> tuple[dict[str, UnusedFile], dict[str, str]]:
    """Return the files that are not used, and source -> file of those that are."""
    from flows.steps import take_snapshots
    from transforms.raw.stage import read_raw

    run = Run.start(place.settings())
    said = take_snapshots(run).message + read_raw(run).message
    unused = {f.file: f for f in unused_files(run)}
    assert all(name in said for name in unused), said
    return unused, {r["source_id"]: r["file"] for r in run.raw_reports()}


def without_column(content: bytes, column: bytes) -> bytes:
    rows = [line.split(b"\t") for line in content.replace(b"\r\n", b"\n").split(b"\n") if line]
    at = rows[0].index(column)
    return b"".join(b"\t".join(c for i, c in enumerate(r) if i != at) + b"\n" for r in rows)


# File, damage, reason why it is not used, and remedy.
DAMAGED: dict[str, tuple[str, Callable[[bytes], bytes], str, str]] = {
    "empty": ("mathdownload2024.txt", lambda _: b"", "the file is empty", "Download it again."),
    "web_page": (
        "eladownload2022.txt",
        lambda _: b"<!DOCTYPE html>\n<html>Sorry</html>",
        "this is a web page, not a data file",
        "Download",
    ),
    "zip": (
        "suspdownload2024.txt",
        lambda c: b"PK\x03\x04" + c,
        "this is a zip archive or a workbook, not a text file",
        "Unpack it",
    ),
    "utf_16": (
        "graddownload2024.txt",
        lambda c: c.decode().encode("utf-16"),
        "the file is UTF-16 text",
        "Save the file as UTF-8",
    ),
    "semicolons": (
        "ccidownload2024.txt",
        lambda c: c.replace(b"\t", b";"),
        "the columns are separated by semicolons; tabs are expected",
        "Download the file again",
    ),
    "commas": (
        "sciencedownload2024.txt",
        lambda c: c.replace(b"\t", b","),
        "the columns are separated by commas; tabs are expected",
        "Download the file again",
    ),
    "bars": (
        "elpidownload2024.txt",
        lambda c: c.replace(b"\t", b"|"),
        "the columns are separated by bars; tabs are expected",
        "Download the file again",
    ),
    "last_year": (
        "chronicdownload2024.txt",
        lambda _: (SAMPLE / "chronicdownload2023.txt").read_bytes(),
        "its rows are for 2023, not for 2024",
        "Check which year's file this is.",
    ),
    "other_indicator": (
        "eladownload2024.txt",
        lambda _: (SAMPLE / "chronicdownload2024.txt").read_bytes(),
        "its rows are for CHRO, not for ELA",
        "Check which indicator's file",
    ),
    "no_color": (
        "eladownload2023.txt",
        lambda c: without_column(c, b"color"),
        "the header lacks color",
        "Download the file again",
    ),
    "cut": ("mathdownload2023.txt", lambda c: c[: int(len(c) * 0.6)], "the last line is cut off", "Download the file"),
    "no_rows": (
        "suspdownload2023.txt",
        lambda c: c.split(b"\n")[0] + b"\n",
        "the file has a header and no rows",
        "Download",
    ),
}
NewPlace = Callable[[], Workplace]


@pytest.fixture(scope="module")
def damaged(new_place: NewPlace) -> tuple[dict[str, UnusedFile], dict[str, str]]:
    """Damage a file in each way, all in one folder."""
    place = new_place()
    for file, damage, *_ in DAMAGED.values():
        (place.source / file).write_bytes(damage((place.source / file).read_bytes()))
    return read(place)


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_not_used(damaged: tuple[dict[str, UnusedFile], dict[str, str]], case: str) -> None:
    unused, used = damaged
    file, _, reason, what_to_do = DAMAGED[case]
    assert unused[file].reason == reason
    assert what_to_do in unused[file].what_to_do
    assert unused[file].source_id == f"dashboard-{file[:-4].replace('download', '-')}"
    assert unused[file].source_id not in used


def test_good_files_next_to_damaged_ones_are_used(damaged: tuple[dict[str, UnusedFile], dict[str, str]]) -> None:
    unused, used = damaged
    files = {p.name for p in SAMPLE.iterdir()} - {"README.md"}
    assert unused.keys() == {file for file, *_ in DAMAGED.values()}
    assert set(used.values()) == files - unused.keys()


@pytest.mark.slow
@pytest.mark.parametrize("case", ["web_page", "empty", "no_color"])
def test_a_release_is_renewed_when_an_unused_file_is_used_again(
    cached_tables: None, bare_released: Workplace, case: str
) -> None:
    """Its bytes are those of the edition that was used: the tables are the same, but the information about the file is
    not.
    """
    place, (file, damage, *_) = bare_released, DAMAGED[case]
    path = place.source / file
    sound = path.read_bytes()
    path.write_bytes(damage(sound))
    reissue(place.source)  # otherwise there is nothing to publish
    assert place.publish().outcome == "published"
    named = "select file from meta_unused_files"
    with duckdb.connect(str(place.out / "current/dta.duckdb"), read_only=True) as db:
        assert db.execute(named).fetchall() == [(file,)]
    assert place.publish().outcome == "unchanged", "the file is as it was"
    path.write_bytes(sound)
    assert place.publish().outcome == "published"
    with duckdb.connect(str(place.out / "current/dta.duckdb"), read_only=True) as db:
        assert db.execute(named).fetchall() == []
    assert place.publish().outcome == "unchanged"


@pytest.fixture
def release_without_snapshots(bare_released: Workplace, tmp_path: Path) -> Workplace:
    """Return a place with a release without stored copies of its files; their readings are known."""
    work = tmp_path / "without-snapshots"
    work.mkdir()
    (work / "build").symlink_to(bare_released.work / "build")
    return replace(bare_released, work=work)


def refuse(place: Workplace, *files: str) -> None:
    for file in files:
        (place.source / file).write_bytes(b"<html>Sorry</html>")


@pytest.mark.slow
def test_a_refused_file_without_an_earlier_edition_stops_no_night(
    sql_checks_only: None, release_without_snapshots: Workplace
) -> None:
    refuse(release_without_snapshots, "mathdownload2024.txt", "assistancestatus24.xlsx")
    with release_without_snapshots.checked() as db:
        unused = db.execute("select file, earlier_sha256 from meta_unused_files order by file").fetchall()
        failed = dict(
            db.execute(
                "select check_id, failing_rows from meta_gate_results where outcome <> 'passed' and severity <> 'info'"
            ).fetchall()
        )
        gone = db.execute(
            "select count(*) from indicator_results where indicator = 'math' and dashboard_year = 2024"
        ).fetchone()
    assert unused == [("assistancestatus24.xlsx", None), ("mathdownload2024.txt", None)]
    assert failed == {"files_not_used": 2, "inputs_missing": 1}
    assert gone == (0,)


@pytest.mark.slow
def test_refused_files_that_cost_a_determination_year_stop_the_night(
    sql_checks_only: None, release_without_snapshots: Workplace
) -> None:
    before = (release_without_snapshots.out / "current").resolve()
    refuse(
        release_without_snapshots,
        "assistancestatus22.xlsx",
        *(p.name for p in release_without_snapshots.source.glob("*download2022.txt")),
    )
    with pytest.raises(GateError, match="release_years_kept") as raised:
        release_without_snapshots.publish()
    assert '{"kind": "determination", "year": 2022}' in str(raised.value)
    assert "release_files_kept" not in str(raised.value)
    assert "release_rows_kept" not in str(raised.value)
    assert (release_without_snapshots.out / "current").resolve() == before


@pytest.mark.slow
def test_a_missing_file_stops_the_night_even_with_a_refused_one(
    sql_checks_only: None, release_without_snapshots: Workplace
) -> None:
    refuse(release_without_snapshots, "mathdownload2024.txt")
    (release_without_snapshots.source / "sciencedownload2024.txt").unlink()
    with pytest.raises(GateError, match="release_files_kept") as raised:
        release_without_snapshots.checked()
    assert "dashboard-science-2024" in str(raised.value)
    assert "dashboard-math-2024" not in str(raised.value)


@pytest.fixture(scope="module")
def odd_folder(new_place: NewPlace) -> tuple[Workplace, Outcome]:
    """Publish a folder with a misnamed file, one with wrong content, and one that belongs to no source."""
    place = new_place()
    shutil.move(place.source / "mathdownload2024.txt", place.source / "math 2024 final.txt")
    (place.source / "suspdownload2024.txt").write_bytes(b"<html>")
    (place.source / "holiday.jpg").write_bytes(b"x")
    with pytest.MonkeyPatch.context() as patch:
        use_sql_checks_only(patch)
        return place, place.publish()


def test_results_that_depend_on_an_unused_file_are_undetermined(odd_folder: tuple[Workplace, Outcome]) -> None:
    with duckdb.connect(str(odd_folder[0].out / "current/dta.duckdb"), read_only=True) as db:
        found = db.execute(
            "select distinct finding from evidence where dashboard_year = 2024 and indicator = 'susp' and cds[1:2] ="
            " '27'"
        ).fetchall()
    assert found == [("unknown",)]


def test_commands_and_release_name_every_unused_file(odd_folder: tuple[Workplace, Outcome]) -> None:
    workplace, outcome = odd_folder
    assert {f.file for f in outcome.unused} == {"math 2024 final.txt", "suspdownload2024.txt", "holiday.jpg"}
    said = [
        (
            "math 2024 final.txt: its name is not one of CDE's, but its rows match mathdownload2024.txt. Rename it"
            " to mathdownload2024.txt."
        ),
        "suspdownload2024.txt, line 1: this is a web page, not a data file. Download the file again.",
        "holiday.jpg: the catalog has no file with this name. Name files as CDE does",
    ]
    for command in ("status", "sources"):
        output = " ".join(CliRunner().invoke(app, [command, "--out", str(workplace.out)]).output.split())
        assert "3 files were found but not used" in output
        assert all(line in output for line in said)
    with duckdb.connect(str(workplace.out / "current/dta.duckdb"), read_only=True) as db:
        rows = db.execute(
            "select file, source_id, indicator, line, earlier_sha256 from meta_unused_files order by file"
        ).fetchall()
        failed = db.execute(
            "select check_id, failing_rows from meta_gate_results where check_id = 'files_not_used'"
        ).fetchall()
    assert rows == [
        ("holiday.jpg", None, None, None, None),
        ("math 2024 final.txt", None, None, None, None),
        ("suspdownload2024.txt", "dashboard-susp-2024", "susp", 1, None),
    ]
    assert failed == [("files_not_used", 3)]
    page = (workplace.out / "quality" / "index.html").read_text("utf-8")
    assert "Files not used" in page
    assert "Rename it to mathdownload2024.txt." in page


def test_a_folder_without_a_usable_file_stops_the_run(workplace: Workplace) -> None:
    for path in workplace.source.iterdir():
        path.write_text("<html>Sorry</html>")
    with pytest.raises(SourceFilesError) as raised:
        workplace.publish()
    assert len(raised.value.errors) == len([p for p in workplace.source.iterdir() if p.name != "README.md"])
    status = json.loads((workplace.out / "status.json").read_text())
    assert len(status["unused_files"]) == len(raised.value.errors)


def test_only_earlier_editions_stop_the_run(sql_checks_only: None, released: Workplace, tmp_path: Path) -> None:
    for content in (b"", b"<html>Sorry</html>"):
        folder = tmp_path / f"bad-{len(content)}"
        folder.mkdir()
        (folder / ELA).write_bytes(content)
        with pytest.raises(SourceFilesError, match=ELA):
            released.publish(source=str(folder))


@pytest.mark.parametrize("names", [[], ["holiday.jpg"], ["eladownload2024.zip"]])
def test_a_folder_without_catalog_files_stops_the_run(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "source").mkdir()
    for name in names:
        (tmp_path / "source" / name).write_bytes(b"x")
    with pytest.raises(SourceFilesError, match=names[0] if names else "no file here has a name from the catalog"):
        Workplace(tmp_path / "source", tmp_path / "work", tmp_path / "out").publish()


# ---- names ----


CARELESS = {
    "mathdownload2024.txt": "mathdownload2024 (1).txt",
    "suspdownload2024.txt": "suspdownload2024.txt.txt",
    "ccidownload2024.txt": "Copy of ccidownload2024.txt",
    "elpidownload2023.txt": "ELPIDOWNLOAD2023 - Copy.TXT",
    "graddownload2022.txt": "graddownload2022%20(2).txt",
    "assistancestatus24.xlsx": "assistancestatus24_1.xlsx",
    "assistancestatus23.xlsx": "assistancestatus23.xlsx ",
    "chronicdownload2023.txt": "chronicdownload2023.csv",
}


def test_files_under_careless_names_are_read(workplace: Workplace) -> None:
    before = read(workplace)[1]
    for right, given in CARELESS.items():
        shutil.move(workplace.source / right, workplace.source / given)
    unused, used = read(workplace)
    assert unused == {}
    assert used == {source: CARELESS.get(file, file) for source, file in before.items()}


@pytest.mark.parametrize(
    ("given", "real"),
    [("eladownload2024 (1).txt", "eladownload2023.txt"), ("graddownload2022.txt.txt", "suspdownload2022.txt")],
)
def test_a_careless_name_does_not_prove_a_file(workplace: Workplace, given: str, real: str) -> None:
    (workplace.source / real.replace("2023", "2024").replace("susp", "grad")).unlink()
    shutil.move(workplace.source / real, workplace.source / given)
    unused, _ = read(workplace)
    assert list(unused) == [given]
    assert "Check which" in unused[given].what_to_do


def test_system_files_are_ignored(workplace: Workplace) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "~$assistancestatus24.xlsx", ".env"):
        (workplace.source / name).write_bytes(b"x")
    assert read(workplace)[0] == {}


def test_a_subfolder_with_catalog_files_is_reported(workplace: Workplace) -> None:
    (workplace.source / "2024").mkdir()
    shutil.move(workplace.source / ELA, workplace.source / "2024" / ELA)
    (workplace.source / "empty").mkdir()
    assert {n: f.what_to_do for n, f in read(workplace)[0].items()} == {"2024/": "Move them next to the others."}


# ---- two files for one source ----


def test_duplicate_files_for_one_source_count_once(workplace: Workplace) -> None:
    shutil.copy(workplace.source / ELA, workplace.source / "eladownload2024 (1).txt")
    unused, used = read(workplace)
    assert used["dashboard-ela-2024"] == ELA
    assert {n: (f.reason, f.what_to_do) for n, f in unused.items()} == {
        "eladownload2024 (1).txt": (f"it has the same bytes as {ELA}", "Delete it: it is a copy.")
    }


def test_two_different_files_for_one_source_are_both_unused(workplace: Workplace) -> None:
    content = (workplace.source / ELA).read_bytes()
    (workplace.source / "eladownload2024 (1).txt").write_bytes(content.replace(b"Salinas", b"SALINAS"))
    unused, used = read(workplace)
    assert "dashboard-ela-2024" not in used
    assert set(unused) == {ELA, "eladownload2024 (1).txt"}
    assert all(
        "they differ" in f.reason and f.what_to_do == "Keep the right one, and delete the other."
        for f in unused.values()
    )


@pytest.mark.parametrize("good", [ELA, "eladownload2024 (1).txt"])
def test_the_readable_one_of_two_files_is_used(workplace: Workplace, good: str) -> None:
    content = (workplace.source / ELA).read_bytes()
    bad = ({ELA, "eladownload2024 (1).txt"} - {good}).pop()
    (workplace.source / good).write_bytes(content)
    (workplace.source / bad).write_bytes(b"<html>Sorry</html>")
    unused, used = read(workplace)
    assert used["dashboard-ela-2024"] == good
    assert list(unused) == [bad]
    assert unused[bad].reason == "this is a web page, not a data file"


def test_the_proved_one_of_two_names_for_the_same_bytes_is_used(workplace: Workplace) -> None:
    shutil.copy(workplace.source / "mathdownload2024.txt", workplace.source / ELA)
    unused, used = read(workplace)
    assert list(unused) == [ELA]
    assert used["dashboard-math-2024"] == "mathdownload2024.txt"


def test_a_workbook_that_lacks_a_group_is_unused_and_named(workplace: Workplace) -> None:
    path = workplace.source / "assistancestatus24.xlsx"
    book = openpyxl.load_workbook(path, data_only=True)
    rows = [["" if c is None else str(c) for c in r] for r in book["District and COE 2024"].iter_rows(values_only=True)]
    at = next(r for r in rows if "CDS" in r)
    at[at.index("HOMpriorities")] = "Homeless priorities"
    path.write_bytes(as_xlsx({"District and COE 2024": rows}))
    unused, _ = read(workplace)
    assert unused[path.name].reason == "sheet 'District and COE 2024' lacks letter:hom"
