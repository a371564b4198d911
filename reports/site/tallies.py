"""Data about many LEAs that several pages share: a line of reason for every verdict, and counts.

Counts are by pathway, year and status, for the state, a county or a lead's area.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import duckdb
from markupsafe import Markup

from reports.book import Book
from reports.figures import LEA_ORDER, place
from reports.published import Row, grouped, rows
from reports.site.charts import pathway_chart
from transforms.wording.labels import STATUS, STATUS_ONLY, ccee_determination, source_age
from transforms.wording.sentences import LineFacts, plain_day, reason_line
from transforms.wording.sentences.one_line import LoanLine

GROUPS = """
    select c.cds, c.determination_year, s.name_in_text as name, len(c.years_met) as years, c.counts, c.may_have_result,
        len(c.years_unknown) > 0 as is_open
    from continuum_groups c join student_groups s using (student_group) order by c.cds, c.determination_year,
        c.student_group
"""
MET = """
    select h.cds, h.dashboard_year, s.name_in_text from student_group_history h
        join student_groups s using (student_group)
    where h.meets_criteria order by h.cds, h.student_group
"""
WINDOWS = "select determination_year, groups_required, years_required, counted_dashboards from rule_windows"
LOANS = """
    select s.cds, s.determination_year, coalesce(l.enabling_act, 'act not found') as act, s.loan_state,
        case when s.loan_state = 'outstanding' and s.repaid_by is not null
            then greatest(w.in_force_from, s.received_by)::date end as outstanding_on,
        coalesce(r.repaid, 'by ' || strftime(s.repaid_by, '%B %-d, %Y')) as repaid
    from loan_states s
    join state_loans l using (loan_id)
    join rule_windows w using (determination_year)
    left join (
        select loan_id, arg_min(date_text, latest) as repaid from state_loan_events where event = 'repaid' group by all
    ) r using (loan_id)
    where s.cds is not null order by s.loan_id
"""


def add_lines(connection: duckdb.DuckDBPyConnection, verdicts: Iterable[Row]) -> None:
    """Add its ``line`` to each verdict.

    Verdicts have cds, determination_year, pathway (or determination), status, whole_reason and decided_by.
    """
    groups = grouped(rows(connection, GROUPS), itemgetter("cds", "determination_year"))
    loans: dict[tuple[str, int], list[LoanLine]] = defaultdict(list)
    for row in rows(connection, LOANS):
        day = row["outstanding_on"]
        ended = f"outstanding on {plain_day(day)}; repaid {row['repaid']}" if day else ""
        loans[row["cds"], row["determination_year"]].append(LoanLine(row["act"], row["loan_state"], ended))
    met: dict[tuple[str, int], list[str]] = defaultdict(list)
    for cds, year, name in connection.execute(MET).fetchall():
        met[cds, year].append(name)
    windows = {row["determination_year"]: row for row in rows(connection, WINDOWS)}
    for verdict in verdicts:
        key = verdict["cds"], verdict["determination_year"]
        verdict["line"] = reason_line(_facts(verdict, groups[key], loans[key], met[key], windows.get(key[1], {})))


def _facts(verdict: Row, groups: list[Row], loans: list[LoanLine], met: list[str], window: Row) -> LineFacts:
    code = verdict.get("pathway") or verdict["determination"]
    facts = code, verdict["status"], verdict["whole_reason"]
    if code == "wraparound":
        return LineFacts(*facts, loans=tuple(loans))
    if code != "continuum":
        return LineFacts(*facts, groups=tuple(met), assistance_year=verdict.get("assistance_year"))
    most = max((g["years"] for g in groups if not g["counts"]), default=0)
    required, few = window.get("groups_required") or 0, sum(g["may_have_result"] for g in groups)
    counts = [g for g in groups if g["counts"]]
    by_all = 0 < few < required and len(counts) < required  # fewer groups than required: all with a result must count
    counting = tuple(g["name"] for g in counts if g["may_have_result"] or not by_all)
    return LineFacts(
        *facts,
        groups=counting,
        closest=tuple(g["name"] for g in groups if most and not g["counts"] and g["years"] == most),
        closest_years=most,
        by_cde=verdict["decided_by"] == "cde",
        groups_required=few if by_all else required,
        years_required=window.get("years_required") or 0,
        dashboards=len(window.get("counted_dashboards") or ()),
        years_open=any(g["is_open"] for g in groups),
        others_count=len(counting) < len(counts),
    )


COMPUTED = ("continuum", "wraparound")  # pathways with their own columns
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
    """One LEA in a table: its verdicts in one year, and why."""

    lea: Row
    verdicts: dict[str, Row]  # by pathway
    # Differentiated Assistance or the test of charter schools; None in years without rules for it.
    assistance: Row | None

    def status(self, pathway: str) -> str:
        """Return the status by a pathway."""
        return str(self.verdicts[pathway]["status"])

    @property
    def ccee(self) -> str:
        """CCEE's own decision next to criteria that are met."""
        verdict = self.verdicts["continuum"]
        return ccee_determination(verdict["ccee_determination"], verdict["ccee_determination_date"])

    @property
    def age(self) -> str:
        """The age of a loan's source, if it is too old."""
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
        """True if some pathway is not determined, even if another is met."""
        return any(v["status"] == "undetermined" for v in self.verdicts.values())

    @property
    def assisted(self) -> bool:
        """True if it gets assistance from its county office or by the test of charter schools."""
        return self.assistance is not None and self.assistance["status"] == "eligible"

    @property
    def rank(self) -> int:
        """Its rank in lists: eligible, not determined, assisted, others."""
        return 0 if self.eligible else 1 if self.in_doubt else 2 if self.assisted else 3

    @property
    def recorded(self) -> list[str]:
        """Pathways with a case on record, in addition to the computed ones."""
        return [p for p, v in self.verdicts.items() if p not in COMPUTED and v["status"] not in STATUS_ONLY]


def lea_lines(connection: duckdb.DuckDBPyConnection, book: Book) -> dict[int, list[LeaLine]]:
    """Return every LEA in every determination year: county office, then districts, then charter schools, by name."""
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
        """Return the number of LEAs."""
        return self.counts[pathway, year, status]

    def chart(self, book: Book) -> Markup | None:
        """Return bars for pathways with an eligible or undetermined LEA, or None if there are none."""
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


def lines_of_counties(lines: dict[int, list[LeaLine]], codes: Iterable[str]) -> dict[int, list[LeaLine]]:
    """Return only the LEAs of these counties."""
    wanted = set(codes)
    return {year: [line for line in of_year if line.lea["county_code"] in wanted] for year, of_year in lines.items()}


def by_county(book: Book, lines: list[LeaLine]) -> dict[str, dict[str, Any]]:
    """Return, per county code, its area and numbers of LEAs, eligible ones and ones with an undetermined pathway."""
    return {
        code: {
            "area": book.areas.get(code),
            "leas": len(here),
            "eligible": sum(line.eligible for line in here),
            "undetermined": sum(line.undetermined for line in here),
        }
        for code, here in grouped(lines, lambda line: line.lea["county_code"]).items()
    }
