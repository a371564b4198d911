"""CDE's whole published files, from the folder in the variable CDE_FILES.

Every row is kept or rejected, and reds equal a plain count.
"""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.workplace import Workplace
from transforms.settings import PROJECT
from transforms.sources.catalog import load_catalog

FOLDER = Path(os.environ["CDE_FILES"]) if "CDE_FILES" in os.environ else None
KNOWN = load_catalog(PROJECT / "data").by_file_name()
FILES = sorted(p for p in FOLDER.rglob("*") if p.is_file()) if FOLDER else []
COUNTED = {"graddownload2017f.txt", "graddownload2018.txt", "elpidownload2017f.txt"}
pytestmark = [pytest.mark.slow, pytest.mark.skipif(FOLDER is None, reason="CDE_FILES names no folder of CDE's files")]


def tables(place: Workplace, path: Path):
    place.source.mkdir(exist_ok=True)
    shutil.copy(path, place.source / path.name)
    return place.decide()


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path / "source", tmp_path / "work", tmp_path / "out")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_line_becomes_a_row_or_a_reject(path: Path, place: Workplace) -> None:
    assert path.name.lower() in KNOWN, "the catalog does not know this file"
    with tables(place, path) as db:
        ((rows_in, kept),) = db.execute("select rows_in, rows_kept from source_files").fetchall()
        (rejected,) = db.execute("select count(distinct line) from rejects").fetchone()
        (results,) = db.execute("select count(*) from indicator_results").fetchone()
    if path.suffix in (".txt", ".csv"):
        lines = [line for line in path.read_bytes().splitlines() if line.strip()]
        assert rows_in == len(lines) - 1
        assert kept == rows_in
        if KNOWN[path.name.lower()].layout == "dashboard":
            assert results + rejected == rows_in
    assert rejected == 0
    assert kept > 0


@pytest.mark.parametrize("path", [p for p in FILES if p.name in COUNTED], ids=lambda p: p.name)
def test_reds_per_student_group_equal_a_plain_count(path: Path, place: Workplace) -> None:
    header, *lines = path.read_text("latin-1").splitlines()
    names = header.lower().split("\t")
    color, group = names.index("color"), names.index("studentgroup") if "studentgroup" in names else None
    plain = Counter(
        "EL" if group is None else f[group].replace("TOM", "MR")
        for f in (line.split("\t") for line in lines)
        if f[color].strip() == "1"
    )
    with tables(place, path) as db:
        ours = dict(
            db.execute("select student_group, count(*) from indicator_results where color = 1 group by 1").fetchall()
        )
    assert sum(plain.values()) > 100
    assert ours == plain


def test_every_term_in_the_real_files_is_known(place: Workplace) -> None:
    """No published file has a rejected row, a refusal or a remark. Of two editions, the larger one is used."""
    place.source.mkdir()
    for path in sorted(FILES, key=lambda p: p.stat().st_size):
        shutil.copy(path, place.source / path.name)
    with place.decide() as db:
        files = db.execute(
            "select count(*), sum(rows_in), sum(len(warnings) + len(notes)) from source_files"
        ).fetchall()
        kept = db.execute("select sum(rows_kept) from source_rows").fetchall()
        rejected = db.execute("select file, line, value, reason from rejects limit 5").fetchall()
        listed = db.execute("select count(distinct cds) from low_performing where listed_for = 'ec52064e5'").fetchall()
    names = {p.name for p in FILES}
    assert rejected == []
    assert files == [(len(names), kept[0][0], 0)]
    assert listed == ([(132,)] if "leas2023perec52064.xlsx" in names else [(0,)])


def test_real_files_do_not_contradict_each_other(place: Workplace) -> None:
    """Compares repeated statuses in later workbooks, and names of codes in all kinds of files."""
    place.source.mkdir()
    for path in sorted(FILES, key=lambda p: p.stat().st_size):
        shutil.copy(path, place.source / path.name)
    with place.decide("core") as db:
        compared = db.execute(
            "select count(*) > 0, count(*) filter (contradicts) from assistance_statuses_compared"
        ).fetchall()
        books = db.execute("select count(*) > 1 from source_files where layout = 'assistance'").fetchone()
        assert compared == [(*books, 0)]
        assert db.execute("select * from misnamed_rows").fetchall() == []
