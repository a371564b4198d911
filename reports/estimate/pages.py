"""Pages of an estimate for screen and print: one for the state, one for each county, one for each LEA."""

import shutil
from collections import defaultdict
from operator import itemgetter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from reports.published import Row, grouped, rows
from reports.site.pages import FOLDER as SITE
from reports.site.pages import environment
from transforms.database import connect_read_only, pairs
from transforms.estimate.tables import COUNTS, DATABASE
from transforms.wording.sentences import estimate as words
from transforms.wording.sentences import joined

TEMPLATES = Path(__file__).resolve().parent / "templates"
GROUPS = "select * from estimate_groups where outlook <> 'ruled_out' order by test, student_group"
INPUTS = "select * from estimate_inputs where kind <> 'missing' order by student_group, indicator"
ORDER = ("certain", "possible", "ruled_out")


def write_pages(folder: Path) -> None:
    """Write index.html, county/CODE.html and lea/CDS.html next to the database of the estimate."""
    made = environment().overlay(loader=FileSystemLoader(TEMPLATES))
    with connect_read_only(folder / DATABASE) as connection:
        (about,) = rows(connection, "select * from estimate_about")
        verdicts = rows(connection, "select * from estimate_verdicts order by county, lea_name, cds")
        verdicts.sort(key=lambda v: (v["county"] or "", v["lea_name"], v["cds"], list(words.TESTS).index(v["test"])))
        groups, inputs = (grouped(rows(connection, query), itemgetter("cds")) for query in (GROUPS, INPUTS))
        names = {
            "group_names": _names(connection, "group_names"),
            "indicator_names": _names(connection, "indicator_names"),
            "levels": _levels(connection),
        }
        counted = connection.execute(COUNTS).fetchall()
    shared: dict[str, Any] = {
        "about": about,
        "estimate": words,
        "tests": [t for t in words.TESTS if t in {v["test"] for v in verdicts}],
        **names,
    }
    main_test = shared["tests"][0] if "continuum" not in shared["tests"] else "continuum"
    shutil.copytree(SITE / "assets", folder / "assets")
    leas, by_county = grouped(verdicts, itemgetter("cds")), defaultdict(list)
    for lea in leas.values():
        by_county[lea[0]["county_code"], lea[0]["county"]].append({v["test"]: v for v in lea})
    listed = [
        v
        for outlook in ORDER[:2]
        for v in verdicts
        if v["test"] == main_test and v["outlook"] == outlook and not v["by_clause"]
    ]
    _write(
        made,
        folder,
        "index.html",
        "index.html",
        title="California",
        lines=words.counts_sentences(counted),
        listed=listed,
        counties=_counts(by_county, main_test),
        **shared,
    )
    for (code, county), of_county in by_county.items():
        _write(made, folder, f"county/{code}.html", "county.html", title=f"{county} County", leas=of_county, **shared)
    for cds, lea in leas.items():
        _write(
            made, folder, f"lea/{cds}.html", "lea.html", title=lea[0]["lea_name"], lea=lea[0], verdicts=lea,
            groups=groups.get(cds, []), inputs=inputs.get(cds, []), **shared,
        )  # fmt: skip


def _write(made: Environment, folder: Path, name: str, template: str, **values: Any) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(made.get_template(template).render(root="../" * name.count("/"), joined=joined, **values), "utf-8")


def _counts(by_county: dict[tuple[str, str], list[dict[str, Row]]], test: str) -> list[tuple[str, str, int, int, int]]:
    """Return code, name, LEAs, certain and possible of each county."""
    return [
        (
            code, county, len(leas),
            sum(v[test]["outlook"] == "certain" for v in leas if test in v),
            sum(v[test]["outlook"] == "possible" and not v[test]["by_clause"] for v in leas if test in v),
        )
        for (code, county), leas in sorted(by_county.items(), key=lambda c: c[0][1])
    ]  # fmt: skip


def _names(connection: Any, table: str) -> dict[str, str]:
    return pairs(connection, f"select code, name from estimate_names where list = '{table}'")


def _levels(connection: Any) -> dict[tuple[str, str, int], str]:
    """Return CDE's words by measure, indicator and level."""
    found = connection.execute("select measure, code, level, name from estimate_names where list = 'levels'").fetchall()
    return {(measure, code, level): name for measure, code, level, name in found}
