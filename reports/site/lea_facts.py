"""What the page of an LEA shows, read for many LEAs at once: one query per family of rows."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from reports.published import Row, rows
from reports.site.book import Book

# Each query has $first and $last, two CDS codes of the sorted list: ranges of the sorted tables are read, not all of them.
QUERIES = {
    "verdicts": """
        select e.cds, e.determination_year, e.pathway, e.status, e.reason, e.statute, e.student_groups, e.as_of, e.cde_flag, e.agrees_with_cde, e.decided_by,
            e.case_state, e.source_age_years, e.source_is_old, e.ccee_determination, e.ccee_determination_date
        from eligibility e join pathways p using (pathway)
        where e.cds between $first and $last order by e.cds, e.determination_year, p.position""",
    "assistance": """
        select cds, determination_year, determination, status, reason, statute, cde_value, agrees_with_cde, decided_by, student_groups from assistance
        where cds between $first and $last order by cds, determination_year, determination desc""",
    "history": """
        select cds, dashboard_year, student_group, basis, listed, meets_criteria, has_result, priorities_met, letter, cde_letter, note, cde_source_id
        from student_group_history where cds between $first and $last order by all""",
    "causes": """
        select distinct r.cds, r.dashboard_year, r.student_group, c.indicator, e.measure, e.level
        from criterion_results r join rule_criteria c using (criterion, dashboard_year)
        join evidence e on e.cds = r.cds and e.dashboard_year = r.dashboard_year and e.student_group = r.student_group and e.indicator = c.indicator
        where r.met and r.cds between $first and $last order by all""",
    "groups": """
        select cds, student_group, years_met, years_unknown, counts from continuum_groups
        where determination_year = $year and cds between $first and $last order by all""",
    "results": """
        select cds, dashboard_year, student_group, indicator, e.measure, e.finding, e.level, e.unknown_because, coalesce(e.source_id, i.source_id) as source_id,
            i.current_status, i.current_denominator, z.scale as other_scale, if(z.scale is null, i.change, null) as change, i.change_level, i.color
        from (select * from indicator_results where record_type <> 'X' and cds between $first and $last and list_contains($years, dashboard_year)
                and student_group in (select student_group from student_groups where judged = 'Y' or student_group = 'ALL')) i
        full join (select * from evidence where cds between $first and $last and list_contains($years, dashboard_year)) e
            using (cds, dashboard_year, student_group, indicator)
        left join (select indicator, first_dashboard as dashboard_year, scale from status_scales where follows is not null) z using (indicator, dashboard_year)
        where cds in (select cds from leas) order by all""",
    "watched": "select cds, sentence, standing from watch_list where cds between $first and $last order by cds, standing, student_group, watch",
    "loans": """
        select coalesce(cds, successor_cds) as cds, * exclude (cds) from state_loans where coalesce(cds, successor_cds) between $first and $last
        order by all""",
    "loan_events": """
        select coalesce(l.cds, l.successor_cds) as cds, e.* exclude (cds) from state_loan_events e join state_loans l using (loan_id)
        where coalesce(l.cds, l.successor_cds) between $first and $last order by 1, e.loan_id, e.event_date, e.event_id""",
    "cases": """
        select s.cds, s.pathway, s.case_id, s.case_state, s.known_from, c.evidence from case_states s join pathway_register c using (case_id)
        join pathways p on p.pathway = s.pathway where s.determination_year = $year and s.cds between $first and $last
        order by s.cds, p.position, s.known_from, s.case_id""",
    "predecessors": """
        select p.cds, p.dashboard_year, p.predecessor_cds, p.predecessor_name, p.sentence, p.source_url, l.cds is not null as has_page
        from predecessor_years p left join leas l on l.cds = p.predecessor_cds
        where p.cds between $first and $last order by p.cds, p.dashboard_year, p.predecessor_cds""",
    "successors": """
        select s.predecessor_cds as cds, s.successor_cds, s.successor_name, s.succession_date, s.kind, s.source_url, l.cds is not null as has_page
        from successions s left join leas l on l.cds = s.successor_cds
        where s.predecessor_cds between $first and $last order by all""",
    "names": "select cds, lea_name from lea_names where cds between $first and $last order by cds, last_dashboard_year desc nulls last, lea_name",
    "providers": """
        select l.cds, v.* exclude (county_code) from leas l join coe_providers v using (county_code)
        where l.lea_type = 'county_office' and l.cds between $first and $last order by l.cds, v.valid_from nulls first, v.provider""",
    "local": """
        select cds, dashboard_year, priority, performance, source_id from local_indicators where cds between $first and $last
        order by cds, dashboard_year, priority""",
    "interim": """
        select cds, fiscal_year, period, certification, source_id from interim_certifications where cds between $first and $last order by all""",
    "calpads": """
        select cds, school_year, certified_on_time, certified_on, source_url from calpads_certifications where cds between $first and $last order by all""",
}


@dataclass(frozen=True)
class LeaFacts:
    """One LEA and its rows by family."""

    lea: Row
    families: dict[str, list[Row]]

    def __getitem__(self, family: str) -> list[Row]:
        """Rows of one family, in order; none if there are none."""
        return self.families.get(family, [])

    @property
    def cds(self) -> str:
        """CDS code: the name of the page."""
        return str(self.lea["cds"])


def read_leas(connection: duckdb.DuckDBPyConnection, book: Book, batch: list[Row]) -> Iterator[LeaFacts]:
    """Facts of a batch of LEAs that follow each other in the order of their CDS codes."""
    first, last = batch[0]["cds"], batch[-1]["cds"]
    window = book.windows[book.year]
    years = sorted({*window["counted_dashboards"], *(window["charter_dashboards"] or [])})
    given = {"first": first, "last": last, "year": book.year, "years": years}
    by_lea: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for family, query in QUERIES.items():
        for row in rows(connection, query, **{name: given[name] for name in set(re.findall(r"\$(\w+)", query))}):
            by_lea[row["cds"]][family].append(row)
    for lea in batch:
        yield LeaFacts(lea, by_lea[lea["cds"]])


def state_values(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, str, str], float]:
    """Status of the whole state by Dashboard year, indicator and student group; empty where the files have no state rows."""
    found = connection.execute(
        "select dashboard_year, indicator, student_group, current_status from indicator_results where record_type = 'X' and current_status is not null"
    )
    return {(year, indicator, group): value for year, indicator, group, value in found.fetchall()}
