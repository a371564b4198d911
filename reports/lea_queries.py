"""The queries that read an LEA from published tables, and the classes built from their rows."""

from dataclasses import MISSING, dataclass, fields

from reports.findings import Cell, Result, Verdict
from reports.lea_records import (
    Calpads,
    Case,
    InterimCertification,
    Loan,
    LoanEvent,
    LocalIndicator,
    PredecessorYear,
    Provider,
    Successor,
    Watched,
)
from transforms.database import row_hashes

LISTED = "cds between $first and $last and cds in (select unnest($codes))"  # ranges of sorted tables are fast to read
HERE = f"where {LISTED}"


def _columns(kind: type) -> str:
    """Return the CDS code and the fields of a class without a default, in order, so that a row can build the class."""
    needed = [f.name for f in fields(kind) if f.init and f.default is f.default_factory is MISSING]
    return ", ".join(["cds", *needed])


@dataclass(frozen=True)
class Query:
    """A query for rows of LEAs. The first of its ``columns`` is the CDS code."""

    columns: str
    source: str  # from and where, with the parameters first, last and codes
    order: str = ""

    @property
    def rows(self) -> str:
        """All rows, in order."""
        return f"select {self.columns} {self.source}" + (f" order by {self.order}" if self.order else "")

    @property
    def hashes(self) -> str:
        """The hashes of the rows of each LEA, with the columns that determine their order."""
        ordered = [part.split()[0] for part in self.order.split(", ") if part]
        return f"select cds, {row_hashes([*self.columns.split(', '), *ordered])} {self.source} group by cds"


# What leaves a verdict open, for each one that is not determined: the fields of LeftOpen as one struct.
LEFT_OPEN = """
    select e.cds, e.determination_year, e.pathway, struct_pack(
        loan_states := coalesce(l.loan_states, []),
        findings := coalesce(c.findings, []),
        no_workbook := coalesce(y.no_workbook, []),
        no_files := coalesce(y.no_files, [])
    ) as left_open
    from eligibility e
    left join (
        select cds, determination_year, 'wraparound' as pathway,
            list(distinct loan_state order by loan_state) as loan_states
        from loan_states group by all
    ) l using (cds, determination_year, pathway)
    left join (
        select cds, determination_year, pathway, list(distinct case_finding order by case_finding) as findings
        from case_states where status = 'undetermined' group by all
    ) c using (cds, determination_year, pathway)
    left join (
        select h.cds, w.determination_year, 'continuum' as pathway,
            list(distinct s.dashboard_year order by s.dashboard_year)
                filter (s.layout = 'assistance' and not s.present) as no_workbook,
            list(distinct s.dashboard_year order by s.dashboard_year) filter (s.layout = 'dashboard') as no_files
        from rule_windows w
        join student_group_history h on list_contains(w.counted_dashboards, h.dashboard_year)
        join meta_sources s on s.dashboard_year in (h.dashboard_year, w.determination_year)
            and (not s.present or s.excerpt is not null)
        where h.listed is not false
            and (h.meets_criteria is null or (h.has_result is null and h.dashboard_year = w.determination_year))
            and (s.dashboard_year = h.dashboard_year or s.layout = 'assistance')
            and (h.cds, w.determination_year) in (
                select (cds, determination_year) from eligibility
                where pathway = 'continuum' and status = 'undetermined'
            )
        group by all
    ) y using (cds, determination_year, pathway)
    where e.status = 'undetermined'
"""
# The open question of Wraparound is about repaid loans, so it is not a question if no loan is repaid.
VERDICTS = f"""
    from (
        select e.* rename (pathway as code, cde_flag as cde_value), null as assistance_year, p.name, p.trigger, p.url,
            p.position,
            if(
                e.pathway = 'wraparound' and e.status = 'undetermined' and not exists (
                    select 1 from loan_states s
                    where s.cds = e.cds and s.determination_year = e.determination_year
                        and starts_with(s.loan_state, 'repaid')
                ), null, p.open_question
            ) as open_question, o.left_open
        from eligibility e join pathways p using (pathway)
        left join (select * from ({LEFT_OPEN}) {HERE}) o using (cds, determination_year, pathway) {HERE}
    )
"""
ASSISTANCE = f"""
    from (
        select a.* rename (determination as code), '' as name, t.basis as trigger, t.url, t.open_question,
            null as case_state, null as source_age_years, null as source_is_old, null as ccee_determination,
            null as ccee_determination_date, null as left_open
        from assistance a
        left join rule_tests t on t.dashboard_year = a.determination_year and t.test = a.determination
        {HERE} and a.status <> 'not_applicable'
    )
"""
# Indicators that met a criterion: one row for each indicator of the criterion.
CAUSES = """
    from (
        select distinct r.criterion, c.clause, null as other_scale, e.cds, e.dashboard_year, e.student_group,
            e.indicator, e.measure, e.finding, e.level, e.color, e.current_status, e.current_denominator, e.change,
            e.change_level, e.current_size_met, e.source_id, e.source_line
        from criterion_results r join rule_criteria c using (criterion, dashboard_year)
        join evidence e on e.cds = r.cds and e.dashboard_year = r.dashboard_year and e.student_group = r.student_group
            and e.indicator = c.indicator
        where r.met and r.dashboard_year <= $year and r.cds in (select unnest($codes))
            and r.cds between $first and $last and e.cds between $first and $last
    )
"""
# Results on the Dashboards that count, including all students together, with the finding.
RESULTS = f"""
    from (
        select cds, dashboard_year, student_group, indicator, e.measure, e.finding, e.level, i.color, i.current_status,
            i.current_denominator, if(z.scale is null, i.change, null) as change, i.change_level, i.current_size_met,
            coalesce(e.source_id, i.source_id) as source_id, i.source_line, '' as clause, z.scale as other_scale
        from (
            select * from indicator_results
            where record_type <> 'X' and {LISTED} and list_contains($years, dashboard_year)
                and student_group in (select student_group from student_groups
                where judged::boolean or student_group = 'ALL')
        ) i
        full join (
            select * from evidence where {LISTED} and list_contains($years, dashboard_year)
        ) e using (cds, dashboard_year, student_group, indicator)
        left join (
            select indicator, first_dashboard as dashboard_year, scale from status_scales where follows is not null
        ) z using (indicator, dashboard_year)
        where i.current_status is not null or e.finding in ('unknown', 'result')
    )
"""
CONCERNED = "(select distinct loan_id, cds from loan_states)"  # the borrower and its successors
# Each family: the class of its rows, where they come from, and their order.
FAMILIES: dict[str, tuple[type, str, str]] = {
    "watched": (Watched, f"from watch_list {HERE}", "standing, student_group, watch"),
    "loans": (
        Loan,
        f"from (select l.* replace (c.cds as cds) from state_loans l join {CONCERNED} c using (loan_id)) {HERE}",
        "loan_id",
    ),
    "loan_events": (
        LoanEvent,
        f"""
        from (
            select e.* exclude (cds), c.cds, l.cds is distinct from c.cds as of_predecessor
            from state_loan_events e join state_loans l using (loan_id) join {CONCERNED} c using (loan_id)
        ) {HERE}
        """,
        "event_date, event_id",
    ),
    "cases": (
        Case,
        f"""
        from (
            select s.*, r.evidence, p.name, p.position
            from case_states s join pathway_register r using (case_id) join pathways p on p.pathway = s.pathway
            where list_contains($determination_years, s.determination_year)
        ) {HERE}
        """,
        "position, known_from, case_id, determination_year",
    ),
    "predecessors": (
        PredecessorYear,
        f"""
        from (
            select p.*, l.cds is not null as has_page
            from predecessor_years p left join leas l on l.cds = p.predecessor_cds
        ) {HERE}
        """,
        "dashboard_year, predecessor_cds",
    ),
    "successors": (
        Successor,
        f"""
        from (
            select s.*, s.predecessor_cds as cds, l.cds is not null as has_page
            from successions s left join leas l on l.cds = s.successor_cds
        ) {HERE}
        """,
        "succession_date, successor_cds",
    ),
    "providers": (
        Provider,
        f"""
        from (
            select v.*, l.cds from leas l join coe_providers v using (county_code) where l.lea_type = 'county_office'
        ) {HERE}
        """,
        "valid_from nulls first, provider",
    ),
    "local": (
        LocalIndicator,
        f"from local_indicators {HERE} and dashboard_year <= $year",
        "dashboard_year, priority",
    ),
    "interim": (InterimCertification, f"from interim_certifications {HERE}", "fiscal_year, period, certification"),
    "calpads": (Calpads, f"from calpads_certifications {HERE}", "school_year"),
}
QUERIES = {
    "verdicts": Query(_columns(Verdict), VERDICTS, "determination_year, position"),
    "assistance": Query(_columns(Verdict), ASSISTANCE, "determination_year, code desc"),
    "history": Query(_columns(Cell), f"from student_group_history {HERE} and dashboard_year <= $year"),
    "causes": Query(_columns(Result), CAUSES, "criterion, indicator"),
    "results": Query(_columns(Result), RESULTS),
    "names": Query("cds, lea_name", f"from lea_names {HERE}", "last_dashboard_year desc nulls last, lea_name"),
    **{name: Query(_columns(kind), source, order) for name, (kind, source, order) in FAMILIES.items()},
}
