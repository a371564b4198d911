"""Pages that are one long table: districts, watch list, changes, reconciliation."""

import json
from typing import Any

import duckdb

from reports.published import Row, rows
from reports.site import search
from reports.site.pages import Pages
from reports.site.tallies import LeaLine
from transforms.wording.labels import LEA_KINDS, STATUS

CODES = {status: n for n, status in enumerate(STATUS)}


def write(connection: duckdb.DuckDBPyConnection, pages: Pages, lines: dict[int, list[LeaLine]]) -> None:
    """Write the four pages."""
    write_districts(connection, pages, lines)
    counties = "select distinct l.county_code, l.county from {} join leas l using (cds) order by 2"
    watched = rows(
        connection,
        "select w.*, l.county_code from watch_list w join leas l using (cds) order by w.county, w.lea_name, w.cds,"
        " w.student_group, w.watch",
    )
    pages.write(
        "watch-list.html",
        "watch.html",
        watched=watched,
        counties=connection.execute(counties.format("watch_list")).fetchall(),
    )
    changes = rows(
        connection,
        "select c.*, l.county_code from changes c join leas l using (cds) join pathways p using (pathway) "
        "order by c.to_year desc, c.county, c.lea_name, c.cds, p.position",
    )
    pages.write(
        "changes.html", "changes.html", changes=changes,
        counties=connection.execute(counties.format("changes")).fetchall(),
        since_release=release_changes(connection),
        altered=[s for s in pages.book.sources.values() if s["previous_sha256"]],
    )  # fmt: skip
    write_reconciliation(connection, pages)


def write_districts(connection: duckdb.DuckDBPyConnection, pages: Pages, lines: dict[int, list[LeaLine]]) -> None:
    """The page, and its rows as one script per year: pages opened from disk may run scripts of their folder, and read
    nothing else of it.
    """
    book = pages.book
    folder = pages.folder / "assets" / "rows"
    folder.mkdir(parents=True)
    former = search.known_before(connection)
    search.write(connection, pages, former)
    also = {
        cds: f"formerly also {'; '.join(f'{name} ({code})' if code else name for name, code in names)}"
        for cds, names in former.items()
    }
    for year, of_year in lines.items():
        texts: dict[str, int] = {}
        packed = [_packed(line, texts, also.get(line.lea["cds"], "")) for line in of_year]
        content = json.dumps({"texts": list(texts), "rows": packed}, separators=(",", ":"))
        (folder / f"{year}.js").write_text(f"dtaRows({year},{content});\n", "ascii")
    names = {
        "pathways": [[p["pathway"], p["name"]] for p in book.pathways],
        "statuses": [[code, *STATUS[code]] for code in STATUS],
        "kinds": LEA_KINDS,
        "counties": book.counties,
        "areas": book.areas,
    }
    pages.write(
        "districts.html",
        "districts.html",
        names=names,
        areas=sorted(set(book.areas.values())),
        years=sorted(lines, reverse=True),
    )


def _packed(line: LeaLine, texts: dict[str, int], also: str) -> list[Any]:
    """CDS code, name, kind, a digit per pathway for its status and one for assistance, numbers of the reasons in a list
    of texts, CCEE, other names.
    """
    judged = [*line.verdicts.values(), line.assistance or {"status": "not_assessed", "reason": ""}]
    statuses = "".join(str(CODES[v["status"]]) for v in judged)
    reasons = [texts.setdefault(v["reason"], len(texts)) for v in judged]
    return [line.lea["cds"], line.lea["lea_name"], line.lea["lea_type"], statuses, reasons, line.ccee, also]


def release_changes(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Verdicts that differ from the release before, and which release that was."""
    found = rows(
        connection,
        "select c.*, p.name as pathway_name from meta_release_changes c join pathways p using (pathway) order by"
        " lea_name, cds, determination_year, p.position",
    )
    return {"rows": found, "previous": found[0]["previous_release_id"] if found else None}


def write_reconciliation(connection: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Counts by year and kind of flag; every difference; what could not be compared, and why."""
    kind = "if(flag like 'letter:%', 'letter', flag)"
    counts: dict[tuple[int, str], Row] = {}
    for row in rows(
        connection,
        f"select dashboard_year, {kind} as kind, class, count(*) as n from reconciliation group by all order by 1"
        " desc, 2",
    ):
        counts.setdefault((row["dashboard_year"], row["kind"]), {})[row["class"]] = row["n"]
    differences = rows(
        connection,
        "select r.*, l.county_code, l.county from reconciliation r left join leas l using (cds) where class not in"
        " ('agree', 'not_comparable') order by dashboard_year desc, county, lea_name, cds, flag",
    )
    reasons = rows(
        connection,
        "select dashboard_year, explanation, count(*) as n from reconciliation where class = 'not_comparable' group by"
        " all order by 1 desc, 2",
    )
    pages.write("reconciliation.html", "reconciliation.html", counts=counts, differences=differences, reasons=reasons)
