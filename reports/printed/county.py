"""A packet for one county: a table of its LEAs by pathway, a page for each, and the rows as a workbook."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from reports.book import Book
from reports.lea import LeaReport, collect
from reports.printed.pdf import Printer
from reports.printed.sheet import facts_of, lea_sheet
from reports.published import LEA, Lea, NotFoundError, Row, rows
from reports.workbook.sheets import OF_A_COUNTY
from reports.workbook.write import write_workbook
from transforms.wording.labels import ASSISTANCE, DESIGNATION, LEA_KINDS, STATUS

COMPUTED = ("continuum", "wraparound")
KINDS = tuple(LEA_KINDS)
BEFORE = f"{ASSISTANCE['differentiated_assistance']}, or {ASSISTANCE['charter'].lower()}"


def find_county(connection: duckdb.DuckDBPyConnection, asked: str) -> tuple[str, str]:
    """Code and name of a county, by either; "County" may follow the name.

    Raises NotFoundError that offers near names.
    """
    name = asked.strip().lower().removesuffix(" county")
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
    raise NotFoundError(f"No county is called {asked!r}. Did you mean {', '.join(n['county'] for n in near)}?")


def write_packet(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    book: Book,
    county: tuple[str, str],
    year: int,
    tell: Callable[[str], None] = lambda words: None,
) -> int:
    """Write packet.pdf and rows.xlsx into ``folder``; the number of LEAs.

    Raises NotFoundError when the release has no LEA of the county.
    """
    facts = packet_of(connection, book, county, year)
    code, name = county
    tell(f"{len(facts['leas'])} LEAs of {name} County: packet.pdf")
    (folder / "packet.pdf").write_bytes(Printer(book.release["as_of"]).print(facts))
    write_workbook(
        connection, folder / "rows.xlsx", OF_A_COUNTY, f"{name} County: Direct Technical Assistance", code, tell
    )
    return len(facts["leas"])


def packet_of(connection: duckdb.DuckDBPyConnection, book: Book, county: tuple[str, str], year: int) -> dict[str, Any]:
    """What a packet shows: a page for each LEA, and a first page."""
    code, name = county
    found = rows(connection, f"select {LEA} from leas where cds[1:2] = $code", code=code)
    leas = sorted((Lea(*row.values()) for row in found), key=lambda lea: (KINDS.index(lea.lea_type), lea.name, lea.cds))
    if not leas:
        raise NotFoundError(f"This release has no LEA of {name} County.")
    reports = list(collect(connection, book, leas, year))
    facts = facts_of(
        [lea_sheet(book, e) for e in reports], f"{name} County: Direct Technical Assistance, determination year {year}"
    )
    return facts | {"county": _summary(connection, book, county, reports)}


def _summary(
    connection: duckdb.DuckDBPyConnection, book: Book, county: tuple[str, str], reports: Sequence[LeaReport]
) -> Row:
    code, name = county
    year, as_of = reports[0].year, book.release["as_of"]
    sentences = rows(
        connection,
        """
        select sentence from eligible_districts where cds[1:2] = $code and determination_year = $year
        order by lea_name, cds
        """,
        code=code,
        year=year,
    )
    return {
        "name": name,
        "year": year,
        "release": book.release["release_id"],
        "as_of": as_of.isoformat(),
        "disclaimer": DESIGNATION,
        "leads": _leads(connection, code, as_of),
        "columns": [*(book.pathway_names[p] for p in COMPUTED), "Recorded pathways", BEFORE],
        "leas": [
            {"name": e.lea.name, "about": f"{LEA_KINDS[e.lea.lea_type]} · CDS {e.lea.cds}", "statuses": _statuses(e)}
            for e in reports
        ],
        "said": [s["sentence"] for s in sentences],
    }


def _leads(connection: duckdb.DuckDBPyConnection, code: str, as_of: date) -> list[str]:
    """Geographic Leads on the day of the release, as far as terms are sourced."""
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


def _statuses(e: LeaReport) -> list[Row]:
    """One cell per column: the computed pathways, the recorded ones together, and what comes before."""
    by_pathway = {v.code: v.status for v in e.verdicts}
    recorded = [
        s for p, s in by_pathway.items() if p not in COMPUTED and s in ("eligible", "undetermined", "not_eligible")
    ]
    first = next((s for s in ("eligible", "undetermined", "not_eligible") if s in recorded), "not_assessed")
    assistance = next((a.status for a in e.assistance if a.code != "consecutive"), "not_applicable")
    return [
        {"status": s, "sign": STATUS[s][0], "label": STATUS[s][1]}
        for s in (*(by_pathway[p] for p in COMPUTED), first, assistance)
    ]
