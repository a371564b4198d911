"""A path is only a name: it adds no column, is no pattern, and contains no markup."""

import re
import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from flows.cli.consoles import err_console, out_console
from flows.cli.options import settings_from
from tests.pipeline.test_command import main
from tests.workplace import Workplace, copy_of_work, reissue
from transforms.database import parquet
from transforms.errors import ConfigError
from transforms.release.current import current_release
from transforms.settings import PROJECT

MARKUP = "[/x]/[bold] [/]/:smile: 'q' \"d\""
ODD = f"{MARKUP}/é 数\nline/a*b"  # nested folders


def copied(workplace: Workplace, root: Path) -> Workplace:
    """Copy source, reference and work folder to ``root``."""
    root.mkdir(parents=True)
    shutil.copytree(workplace.source, root / "source")
    shutil.copytree(
        PROJECT / "data",
        root / "data",
        ignore=shutil.ignore_patterns("build", "snapshots", "published", "prefect", "backfill"),
    )
    return Workplace(root / "source", copy_of_work(workplace.work, root / "work"), root / "out", root / "data")


def publish_another(place: Workplace, bare: Workplace) -> Path:
    """Publish a release after that of the sample, so that the two are compared."""
    shutil.copytree(bare.out, place.out, symlinks=True)
    reissue(place.source)
    assert place.publish().outcome == "published"
    release = current_release(place.out)
    assert release is not None
    return release


def same_tables(one: Path, other: Path) -> None:
    """Check that published tables have the same columns and rows; the two about the release may differ in the time."""
    assert one.name == other.name, "the name holds the digest of the content"
    names = sorted(p.name for p in one.glob("*.parquet"))
    assert names == sorted(p.name for p in other.glob("*.parquet"))
    with duckdb.connect() as connection:
        for name in names:
            if not name.startswith("meta_"):
                assert (one / name).read_bytes() == (other / name).read_bytes(), name
            moments = "published_at, inputs_digest" if name == "meta_release.parquet" else ""
            columns = f"* exclude ({moments})" if moments else "*"
            a, b = (f"(select {columns} from {parquet(side / name)})" for side in (one, other))
            assert (
                connection.execute(f"select column_name, column_type from (describe {a})").fetchall()
                == connection.execute(f"select column_name, column_type from (describe {b})").fetchall()
            ), name
            differing = (
                f"select count(*) from ((from {a} except all from {b}) union all (from {b} except all from {a}))"
            )
            assert connection.execute(differing).fetchall() == [(0,)], name


COLUMNS_OF_A_PATH = "year=2024/dashboard_year=2024/determination_year=2024/cds=1/source_id=x"
PATTERN = "a[b]*'c' \"d\" é\n{e}"


@pytest.mark.slow
def test_no_table_depends_on_folder_locations(
    sql_checks_only: None, workplace: Workplace, bare: Workplace, tmp_path: Path
) -> None:
    """In folders that look like columns, and in one that looks like a pattern."""
    plain, odd = publish_another(copied(workplace, tmp_path / "plain"), bare), tmp_path / "odd" / COLUMNS_OF_A_PATH
    for decoy in ("ab*'c' \"d\" é\n{e}", "ab'c' \"d\" é\n{e}"):  # names that the pattern would match
        shutil.copytree(plain.parent.parent, odd / decoy / "out", symlinks=True)
    same_tables(plain, publish_another(copied(workplace, odd / PATTERN), bare))


@pytest.mark.parametrize(
    "name",
    [
        "year=2024",
        "a*b",
        "it's",
        "é\nx",
        *(pytest.param(p, marks=pytest.mark.slow) for p in ("a[X]b", "[!a]", "{x,y}", "**", "[[]")),
    ],
)
def test_a_path_is_read_literally(name: str, tmp_path: Path) -> None:
    for folder in (name, "aXb", "ab", "b", "x"):
        (tmp_path / folder).mkdir()
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select '{folder.replace(chr(39), chr(39) * 2)}' as x) to $p (format parquet)",
                {"p": str(tmp_path / folder / "t.parquet")},
            )
    path = tmp_path / name / "t.parquet"
    with duckdb.connect() as connection:
        assert connection.execute(f"from {parquet(path)}").fetchall() == [(name,)]
        found = connection.execute(
            f"select * from {parquet([path, tmp_path / 'x' / 't.parquet'], 'filename = true')}"
        ).fetchall()
    assert found == [(name, str(path)), ("x", str(tmp_path / "x" / "t.parquet"))]


def test_every_parquet_reader_treats_the_path_literally() -> None:
    """The statements are built in one place; a reader added elsewhere would take columns from a path again."""
    code = [
        p for folder in ("transforms", "expectations", "reports", "flows") for p in (PROJECT / folder).rglob("*.py")
    ]
    code += [p for folder in ("transforms", "expectations", "reports") for p in (PROJECT / folder).rglob("*.sql")]
    assert [p.name for p in code if re.search(r"(?<!pd\.)read_parquet\(", p.read_text("utf-8"))] == ["database.py"], (
        "pandas is what readers of a page use"
    )
    assert [
        p.name
        for p in code
        if "read_csv(?" in p.read_text("utf-8") and "hive_partitioning = false" not in p.read_text("utf-8")
    ] == []
    assert [
        p.name
        for p in code
        for line in p.read_text("utf-8").splitlines()
        if "pq.read_table(" in line and "partitioning=None" not in line
    ] == []


def joined(text: str) -> str:
    """Undo the console's line breaks in the output."""
    return "".join(text.split())


def test_messages_show_the_whole_path(
    published: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / ODD / "out"
    out.parent.mkdir(parents=True)
    commands = (("status",), ("releases",), ("verify",), ("sql", "select 1"), ("explain", "x"),
                ("compare", "previous", "current"), ("tag", "current", "x"), ("rollback", "x"), ("site", "--no-open"),
                ("report", "workbook"), ("report", "letter", "x"))  # fmt: skip
    for command in commands:
        assert main((*command, "--out", out), monkeypatch) == 6, command
        assert joined(str(out)) in joined(capsys.readouterr().err), command
    shutil.copytree(published.out, out, symlinks=True)
    release = (out / "current").resolve()
    said = {}
    for command in (
        ("status",),
        ("releases",),
        ("tag", "current", "board"),
        ("verify", "--all"),
        ("sources",),
        ("watch",),
        ("check", "--page", out),
    ):
        code = main((*command, "--out", out), monkeypatch)
        captured = capsys.readouterr()
        assert code == (2 if command[0] == "check" else 0), (command, captured.err)
        said[command[0]] = joined(captured.out + captured.err)
    assert joined(str(release)) in said["status"]
    assert joined(str(out / "quality" / "index.html")) in said["status"]
    assert joined(f"Releases in {out}") in said["releases"]
    assert joined(str(out / "tags" / "board")) in said["tag"]
    assert joined(str(out)) in said["check"]
    target = tmp_path / ODD / "dta.xlsx"
    assert main(("report", "workbook", "--out-file", target, "--out", out), monkeypatch) == 0
    assert joined(str(target)) in joined(capsys.readouterr().out)
    assert target.is_file()


@pytest.mark.slow
def test_a_run_names_its_folders_in_full(
    workplace: Workplace,
    cached_tables: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source, out, none = tmp_path / MARKUP / "s", tmp_path / "out" / MARKUP, tmp_path / MARKUP / "none"
    shutil.copytree(workplace.source, source)
    monkeypatch.setenv("DTA_WORK", str(workplace.work))
    assert main(("run", "--source", source, "--out", out, "--as-of", "2026-11-24"), monkeypatch) == 0
    captured = capsys.readouterr()
    assert joined(str(out / "current")) in joined(captured.out)
    assert joined(str(source)) in joined(captured.err)
    assert main(("run", "--source", none, "--out", out, "--as-of", "2026-11-24"), monkeypatch) == 4
    assert joined(repr(str(none))) in joined(capsys.readouterr().err)
    assert main(("status", "--out", out), monkeypatch) == 4
    assert joined(repr(str(none))) in joined(capsys.readouterr().out)


@pytest.mark.parametrize("name", ["a?b", "a\\b", "a\udcffb"])
def test_a_folder_that_can_hold_no_database_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match=r"DTA_OUT: (no database can be kept|the path is not UTF-8)"):
        settings_from(None, tmp_path / name)
    monkeypatch.setenv("DTA_WORK", str(tmp_path / name))
    with pytest.raises(ConfigError, match="DTA_WORK"):
        settings_from()


def test_consoles_do_not_replace_emoji_codes(capsys: pytest.CaptureFixture[str]) -> None:
    for console in (out_console, err_console):
        console.print("/data/:smile:/x", markup=False)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("/data/:smile:/x\n",) * 2
    assert sys.stdout.encoding
