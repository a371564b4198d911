"""A copy of the release with hostile names."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

HOSTILE = """=cmd|' /C calc'!A0 <script>alert("é")</script>, #panic[*x*] $y$ \\ 'O''Brien'"""
SALINAS = "27661590000000"


def with_lea_names(release: Path, out: Path, names: Mapping[str, str], also: tuple[str, str]) -> Path:
    """Return a folder of releases whose current one uses these names for LEAs.

    One more column of a table begins with them too.
    """
    folder = out / "releases" / release.name
    folder.mkdir(parents=True)
    shutil.copy(release / "manifest.json", folder)
    shutil.copy(release / "dta.duckdb", folder)
    (folder / "dta.duckdb").chmod(0o644)
    table, column = also
    with duckdb.connect(str(folder / "dta.duckdb")) as connection:
        for cds, name in names.items():
            for named in ("leas", "eligibility", "eligible_districts", "watch_list", "changes"):
                connection.execute(f"update {named} set lea_name = ? where cds = ?", [name, cds])
            connection.execute(f"update {table} set {column} = ? || ': ' || {column} where cds = ?", [name, cds])
    (out / "current").symlink_to(folder)
    return out


@pytest.fixture
def hostile(release: Path, tmp_path: Path) -> Path:
    """Return a folder of releases whose current one has a hostile name for Salinas Union High.

    No markup, spreadsheet or query should run the name.
    """
    return with_lea_names(release, tmp_path / "out", {SALINAS: HOSTILE}, ("watch_list", "sentence"))
