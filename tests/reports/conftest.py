"""A copy of the release in which names are hostile."""

import shutil
from pathlib import Path

import duckdb
import pytest

HOSTILE = """=cmd|' /C calc'!A0 <script>alert("é")</script>, #panic[*x*] $y$ \\ 'O''Brien'"""
SALINAS = "27661590000000"


@pytest.fixture
def hostile(release: Path, tmp_path: Path) -> Path:
    """Folder of releases whose current one calls Salinas Union High by a name that no markup, spreadsheet or query
    should run.
    """
    folder = tmp_path / "out" / "releases" / release.name
    folder.mkdir(parents=True)
    shutil.copy(release / "manifest.json", folder)
    shutil.copy(release / "dta.duckdb", folder)
    (folder / "dta.duckdb").chmod(0o644)
    with duckdb.connect(str(folder / "dta.duckdb")) as connection:
        for table in ("leas", "eligibility", "eligible_districts", "watch_list", "changes"):
            connection.execute(
                f"update {table} set lea_name = $name where cds = $cds", {"name": HOSTILE, "cds": SALINAS}
            )
        connection.execute(
            "update watch_list set sentence = $name || ': ' || sentence where cds = $cds",
            {"name": HOSTILE, "cds": SALINAS},
        )
    (tmp_path / "out" / "current").symlink_to(folder)
    return tmp_path / "out"
