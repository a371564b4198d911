"""Counts that several pages state: LEAs by pathway, year and status, for the state, a county or a lead's area."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb
from markupsafe import Markup

from reports.book import Book
from reports.figures import LEA_ORDER, place
from reports.published import Row, grouped, rows
from reports.reason_lines import add_lines
from reports.site.charts import pathway_chart
from transforms.wording.labels import STATUS, UNSAID, ccee_determination, source_age

COMPUTED = ("continuum", "wraparound")  # pathways that have a column each
VERDICTS = """
    select e.cds, l.county_code, e.determination_year, e.pathway, e.status,
        e.reason || if(e.agrees_with_cde is false, ' CDE''s flag: ' || e.cde_flag || '.', '') as reason,
        e.source_age_years, e.source_is_old, e.ccee_determination, e.ccee_determination_date, e.student_groups,
        e.reason as whole_reason, e.decided_by, if(e.agrees_with_cde is false, e.cde_flag, null) as cde_says
    from eligibility e join leas l using (cds)
    join pathways p using (pathway) order by e.cds, e.determination_year, p.position
"""


ASSISTANCE = """
    select cds, determination_year, determination, status, assistance_year, student_groups, a.reason as whole_reason,
        decided_by,
        if(agrees_with_cde is false, cde_value, null) as cde_says,
        reason || if(agrees_with_cde is false, ' CDE''s status: ' || cde_value || '.', '') as reason
    from assistance a join leas l using (cds)
    where determination = if(l.lea_type = 'charter', 'charter', 'differentiated_assistance')
"""


@dataclass(frozen=True)
class LeaLine:
    """One LEA in a table: its verdicts of one year, and why."""

    lea: Row
    verdicts: dict[str, Row]  # by pathway
    # Differentiated Assistance, or the test of charter schools; none in years without rules for it.
    assistance: Row | None

    def status(self, pathway: str) -> str:
        """Status by a pathway."""
        return str(self.verdicts[pathway]["status"])

    @property
    def ccee(self) -> str:
        """CCEE's own decision beside criteria that are met."""
        verdict = self.verdicts["continuum"]
        return ccee_determination(verdict["ccee_determination"], verdict["ccee_determination_date"])

    @property
    def age(self) -> str:
        """How old the source of a loan is, if it is too old."""
        verdict = self.verdicts["wraparound"]
        return source_age(verdict["source_age_years"], verdict["source_is_old"])

    @property
    def eligible(self) -> bool:
        """True if the criteria of any pathway are met."""
        return any(v["status"] == "eligible" for v in self.verdicts.values())

    @property
    def in_doubt(self) -> bool:
        """True if some pathway is not determined, and no other is met."""
        return self.undetermined and not self.eligible

    @property
    def undetermined(self) -> bool:
        """True if some pathway is not determined, also where another is met."""
        return any(v["status"] == "undetermined" for v in self.verdicts.values())

    @property
    def assisted(self) -> bool:
        """True if its county office assists it, or by the test of charter schools."""
        return self.assistance is not None and self.assistance["status"] == "eligible"

    @property
    def rank(self) -> int:
        """Its place in lists: eligible first, then not determined, then assisted, then all others."""
        return 0 if self.eligible else 1 if self.in_doubt else 2 if self.assisted else 3

    @property
    def recorded(self) -> list[str]:
        """Pathways with a case on record, beside those that are computed."""
        return [p for p, v in self.verdicts.items() if p not in COMPUTED and v["status"] not in UNSAID]


def lea_lines(connection: duckdb.DuckDBPyConnection, book: Book) -> dict[int, list[LeaLine]]:
    """Every LEA in every determination year; county office first, then districts, then charter schools, by name."""
    leas = {r["cds"]: r for r in rows(connection, "select * from leas")}
    found: dict[tuple[int, str], dict[str, Row]] = {}
    for verdict in rows(connection, VERDICTS):
        found.setdefault((verdict["determination_year"], verdict["cds"]), {})[verdict["pathway"]] = verdict
    assistance = {(r["determination_year"], r["cds"]): r for r in rows(connection, ASSISTANCE)}
    add_lines(connection, [*(v for of in found.values() for v in of.values()), *assistance.values()])
    order = sorted(
        leas, key=lambda cds: (leas[cds]["county"], place(leas[cds]["lea_type"], LEA_ORDER), leas[cds]["lea_name"], cds)
    )
    return {
        year: [
            LeaLine(leas[cds], found[year, cds], assistance.get((year, cds))) for cds in order if (year, cds) in found
        ]
        for year in book.determination_years
    }


@dataclass(frozen=True)
class Tally:
    """LEAs by pathway, year and status."""

    counts: Counter[tuple[str, int, str]]
    years: list[int]

    def number(self, pathway: str, year: int, status: str) -> int:
        """How many LEAs."""
        return self.counts[pathway, year, status]

    def chart(self, book: Book) -> Markup | None:
        """Bars for pathways that have any yes or doubt; nothing where there is none."""
        found = tuple(
            (p["name"], year, STATUS[status][1], self.counts[p["pathway"], year, status])
            for p in book.pathways
            if any(self.counts[p["pathway"], y, s] for y in self.years for s in ("eligible", "undetermined"))
            for year in self.years
            for status in ("eligible", "undetermined")
        )
        return pathway_chart(found) if found else None


def tally(lines: dict[int, list[LeaLine]]) -> Tally:
    """Count the given lines."""
    counts = Counter(
        (pathway, year, v["status"])
        for year, of_year in lines.items()
        for line in of_year
        for pathway, v in line.verdicts.items()
    )
    return Tally(counts, sorted(lines))


def of_counties(lines: dict[int, list[LeaLine]], codes: Iterable[str]) -> dict[int, list[LeaLine]]:
    """Only LEAs of these counties."""
    wanted = set(codes)
    return {year: [line for line in of_year if line.lea["county_code"] in wanted] for year, of_year in lines.items()}


def by_county(book: Book, lines: list[LeaLine]) -> dict[str, dict[str, Any]]:
    """Per county code: its area, number of LEAs, eligible ones, and ones with a pathway that is not determined."""
    return {
        code: {
            "area": book.areas.get(code),
            "leas": len(here),
            "eligible": sum(line.eligible for line in here),
            "undetermined": sum(line.undetermined for line in here),
        }
        for code, here in grouped(lines, lambda line: line.lea["county_code"]).items()
    }
