"""A packet for one county: its summary, its LEAs by pathway, pages of selected LEAs, and the rows as a workbook."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from reports.book import Book
from reports.lea import LeaReport, collect
from reports.printed.sheet import Printer, facts_of, lea_sheet
from reports.published import LEA, Lea, NotFoundError, Row, grouped, rows
from reports.site.eligible import county_facts
from reports.site.tallies import COMPUTED, LeaLine, lea_lines
from reports.workbook.sheets import OF_A_COUNTY
from reports.workbook.write import write_workbook
from transforms.wording.labels import ASSISTANCE, DESIGNATION, LEA_KINDS, STATUS
from transforms.wording.sentences import county_summary

KINDS = tuple(LEA_KINDS)
STATUSES_WITH_REASON = ("eligible", "undetermined")  # statuses with a reason next to them
LAST_RANK = {"eligible": 1, "assisted": 2, "all": 3}  # the last rank of LEAs that get a page
PAGES, OTHERS = tuple(LAST_RANK), 3
NO_VERDICTS = "Nothing is determined for this county in {year}."
ASSISTANCE_HEADING = f"{ASSISTANCE['differentiated_assistance']}, or {ASSISTANCE['charter'].lower()}"


def find_county(connection: duckdb.DuckDBPyConnection, name_or_code: str) -> tuple[str, str]:
    """Return code and name of a county by either; "County" may follow the name.

    Raises NotFoundError with similar names.
    """
    name = name_or_code.strip().lower().removesuffix(" county")
    found = rows(
        connection,
        "select county_code, county from counties where county_code = $name or lower(county) = $name",
        name=name,
    )
    if found:
        return found[0]["county_code"], found[0]["county"]
    near = rows(
        connection,
        "select county from counties order by jaro_winkler_similarity(lower(county), $name) desc, county limit 3",
        name=name,
    )
    raise NotFoundError(f"No county is called {name_or_code!r}. Did you mean {', '.join(n['county'] for n in near)}?")


def write_packet(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    book: Book,
    county: tuple[str, str],
    year: int,
    pages: str,
    progress: Callable[[str], None],
) -> None:
    """Write packet.pdf and rows.xlsx into ``folder``.

    Raises NotFoundError if the release has no LEA of the county.
    """
    facts = packet_of(connection, book, county, year, pages)
    code, name = county
    progress(f"{facts['county']['counted']} LEAs of {name} County: packet.pdf")
    (folder / "packet.pdf").write_bytes(Printer(book.release["as_of"]).print(facts))
    write_workbook(
        connection, folder / "rows.xlsx", OF_A_COUNTY, f"{name} County: Direct Technical Assistance", code, progress
    )


def packet_of(
    connection: duckdb.DuckDBPyConnection, book: Book, county: tuple[str, str], year: int, pages: str = PAGES[0]
) -> dict[str, Any]:
    """Return the contents of a packet: the county pages, then a page for each LEA that ``pages`` (of PAGES) selects.

    Raises NotFoundError if the release has no LEA of the county.
    """
    code, name = county
    found = rows(connection, f"select {LEA} from leas where cds[1:2] = $code", code=code)
    leas = sorted((Lea(*row.values()) for row in found), key=lambda lea: (KINDS.index(lea.lea_type), lea.name, lea.cds))
    if not leas:
        raise NotFoundError(f"This release has no LEA of {name} County.")
    lines = lea_lines(connection, book)
    ranks = {line.lea["cds"]: line.rank for line in lines[year]}
    reports = sorted(collect(connection, book, leas, year), key=lambda e: ranks[e.lea.cds])
    chosen = [lea_sheet(book, e) for e in reports if ranks[e.lea.cds] <= LAST_RANK[pages]]
    facts = facts_of(chosen, f"{name} County: Direct Technical Assistance, determination year {year}")
    summaries = dict(county_facts(connection, replace(book, year=year), lines))
    here = {line.lea["cds"]: line for line in lines[year] if line.lea["county_code"] == code}
    recorded = any(line.recorded for line in here.values())
    columns = [*zip([book.pathway_names[p] for p in COMPUTED], (1.7, 1), strict=True)]
    columns += [*([("Recorded pathways", 0.8)] if recorded else []), (ASSISTANCE_HEADING, 2.3)]
    return facts | {
        "county": {
            "name": name,
            "year": year,
            "release": book.release["release_id"],
            "as_of": book.release["as_of"].isoformat(),
            "disclaimer": DESIGNATION,
            "leads": _leads(connection, code, book.release["as_of"]),
            "summary": (county_summary(summaries[code]) or NO_VERDICTS.format(year=year)).split("\n\n"),
            "columns": [name for name, _ in columns],
            "widths": [width for _, width in columns],
            "leas": [_row(e, here[e.lea.cds], recorded) for e in reports if ranks[e.lea.cds] < OTHERS],
            "others": _rows_by_statuses([e for e in reports if ranks[e.lea.cds] == OTHERS], recorded),
            "counted": len(reports),
            "pages": len(chosen),
        }
    }


def _row(e: LeaReport, line: LeaLine, recorded: bool) -> Row:
    """Return the row of an LEA that is eligible, not determined or assisted: a status per column, and the reason."""
    computed = [line.verdicts[p]["line"] if line.status(p) in STATUSES_WITH_REASON else "" for p in COMPUTED]
    assistance = (
        line.assistance["line"] if line.assistance and line.assistance["status"] in STATUSES_WITH_REASON else ""
    )
    return {
        "name": e.lea.name,
        "about": e.lea.cds,
        "statuses": [
            status | {"why": why}
            for status, why in zip(
                _statuses(e, recorded), [*computed, *([""] if recorded else []), assistance], strict=True
            )
        ],
    }


def _rows_by_statuses(reports: Sequence[LeaReport], recorded: bool) -> list[Row]:
    """Return rows for the other LEAs, combined if all their statuses are the same."""
    found = grouped(reports, lambda e: tuple(s["status"] for s in _statuses(e, recorded)))
    return [
        {"statuses": _statuses(of[0], recorded), "names": [f"{e.lea.name} ({e.lea.cds})" for e in of]}
        for of in found.values()
    ]


def _leads(connection: duckdb.DuckDBPyConnection, code: str, as_of: date) -> list[str]:
    """Return the Geographic Leads on the day of the release, as far as their terms have a source."""
    found = rows(
        connection,
        """
        select distinct geo_area, geo_lead, confidence, date_basis from geo_leads
        where county_code = $code and coalesce(valid_from, $day) <= $day and coalesce(valid_to, $day) >= $day
        order by all
        """,
        code=code,
        day=as_of,
    )
    return [
        f"Geographic Lead area {f['geo_area']}: {_lead(f)}. {f['date_basis'] or ''} Confidence: {f['confidence']}."
        for f in found
    ]


def _lead(row: Row) -> str:
    return "lead not found" if row["geo_lead"] == "not found" else str(row["geo_lead"])


def _statuses(e: LeaReport, recorded: bool) -> list[Row]:
    """Return one cell per column.

    The columns are the computed pathways, the recorded ones together if any is on record, and assistance.
    """
    by_pathway = {v.code: v.status for v in e.verdicts}
    cases = [s for p, s in by_pathway.items() if p not in COMPUTED and s in (*STATUSES_WITH_REASON, "not_eligible")]
    first = next((s for s in (*STATUSES_WITH_REASON, "not_eligible") if s in cases), "not_assessed")
    assistance = next((a.status for a in e.assistance if a.code != "consecutive"), "not_applicable")
    return [
        {"status": s, "sign": STATUS[s][0], "label": STATUS[s][1]}
        for s in (*(by_pathway[p] for p in COMPUTED), *([first] if recorded else []), assistance)
    ]
