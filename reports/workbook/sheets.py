"""Sheets of the workbook: each has a query on the release and the columns to show.

``$county`` is a county code, or null for all.
"""

from dataclasses import dataclass

from reports.figures import change_words
from reports.findings import to_settle
from reports.lea_queries import LEFT_OPEN
from reports.published import YEAR_IN_FORCE, Row
from reports.site.watched import NEARNESS, nearness
from reports.workbook.cells import CCEE, CDS, COUNTY, LEA, NAME, YEAR, Cell, Column, differing, labeled, plain, status
from transforms.wording.labels import ASSISTANCE, CHANGES, CLASSES, flag_name
from transforms.wording.sentences.changes import LOAN_STATES
from transforms.wording.sentences.phrases import capitalized


@dataclass(frozen=True)
class Sheet:
    """A sheet: name, description, query and columns."""

    name: str
    holds: str
    query: str
    columns: tuple[Column, ...]


def _level(row: Row) -> Cell:
    return row["label"], f"color {row['level'] if row['measure'] == 'color' else 0}"


NAMES = """
    (select map_from_entries(list((student_group, name))) as groups from student_groups) g
    cross join (select map_from_entries(list((indicator, name))) as indicators from indicators) i
"""  # for codes in lists
NAMED = "list_transform({0}, lambda x: g.groups[x]) as {0}"

ELIGIBLE = Sheet(
    "Eligible",
    "LEAs that meet the published criteria of at least one pathway, by determination year",
    """
    select d.* exclude (pathways), list_transform(d.pathways, lambda p: n.names[p]) as pathways
    from eligible_districts d cross join (select map_from_entries(list((pathway, name))) as names from pathways) n
    where $county is null or d.cds[1:2] = $county order by d.determination_year desc, d.county, d.lea_name, d.cds
    """,
    (*LEA, YEAR, plain("Pathways", 26, "pathways"), CCEE, plain("Reasons", 90, "reasons")),
)


def _settling(row: Row) -> Cell:
    """Return what would settle it, without the words of the heading."""
    line = to_settle(row["pathway"], row["determination_year"], row["left_open"])
    return capitalized(line.removeprefix("To settle it: ")), "text"


ELIGIBILITY = Sheet(
    "Eligibility",
    "Every LEA and pathway of the latest determination year: eligible first, then not determined, then all others",
    f"""
    select e.* replace ({NAMED.format("student_groups")}), p.name as pathway_name, e.agrees_with_cde is false as apart,
        o.left_open
    from eligibility e join pathways p using (pathway) cross join {NAMES}
    left join ({LEFT_OPEN}) o using (cds, determination_year, pathway)
    where e.determination_year = {YEAR_IN_FORCE} and ($county is null or e.county_code = $county)
    order by array_position(['eligible', 'undetermined'], e.status) nulls last, e.county, e.lea_name, e.cds, p.position
    """,
    (
        *LEA,
        YEAR,
        plain("Pathway", 20, "pathway_name"),
        status("Status", 17, "status"),
        plain("Reason", 70, "reason"),
        Column("To settle it", 40, _settling),
        plain("Student groups", 26, "student_groups"),
        CCEE,
        plain("Years since the loan's source", 12, "source_age_years", "whole"),
        plain("Statute", 16, "statute"),
        differing("CDE's flag", 10, "cde_flag"),
        differing("Agrees with CDE", 11, "agrees_with_cde"),
        plain("As of", 12, "as_of"),
    ),
)
EVIDENCE = Sheet(
    "Evidence",
    "Indicator results in the Dashboards that count, of each student group that met the criteria in one of them or"
    " more",
    f"""
    with counted as (
        select l.cds, unnest(
            if(l.lea_type = 'charter', coalesce(w.charter_dashboards, []), w.counted_dashboards)
        ) as dashboard_year
        from leas l join rule_windows w on w.determination_year = {YEAR_IN_FORCE}
    ),
    met as (
        select distinct h.cds, h.student_group from student_group_history h join counted using (cds, dashboard_year)
        where h.meets_criteria
    ),
    caused as (
        select distinct r.cds, r.dashboard_year, r.student_group, c.indicator, true as caused
        from criterion_results r join rule_criteria c on c.criterion = r.criterion where r.met
    )
    select l.lea_name, l.lea_type, l.county, e.*, u.name as group_name, i.name as indicator_name, v.label,
        coalesce(x.caused, false) as caused, s.file
    from evidence e
    join counted using (cds, dashboard_year)
    join met using (cds, student_group)
    join leas l using (cds)
    join indicators i using (indicator)
    join student_groups u using (student_group)
    join levels v on v.measure = e.measure and v.level = e.level
        and (v.indicators is null or list_contains(v.indicators, e.indicator))
    left join caused x using (cds, dashboard_year, student_group, indicator)
    left join meta_sources s using (source_id)
    where e.finding = 'result' and ($county is null or l.county_code = $county)
    order by l.county, l.lea_name, e.cds, e.student_group, e.dashboard_year, e.indicator
    """,
    (
        *LEA,
        plain("Student group", 24, "group_name"),
        plain("Dashboard", 11, "dashboard_year"),
        plain("Indicator", 24, "indicator_name"),
        Column("Level", 12, _level),
        plain("Status", 10, "current_status", "one decimal"),
        plain("Change", 10, "change", "one decimal"),
        Column("Change is", 10, lambda row: (change_words(row["change"], row["change_level"])[1], "text")),
        plain("Students", 10, "current_denominator", "whole"),
        plain("Met a criterion", 10, "caused"),
        plain("File", 26, "file"),
        plain("Line", 8, "source_line"),
    ),
)
ASSISTANCE_LIST = Sheet(
    "Assistance",
    "Differentiated Assistance and related tests, in the latest determination year; assisted LEAs first",
    f"""
    select a.*, a.agrees_with_cde is false as apart from assistance a
    where a.determination_year = {YEAR_IN_FORCE} and ($county is null or a.county_code = $county)
    order by array_position(['eligible', 'undetermined'], a.status) nulls last, a.county, a.lea_name, a.cds,
        a.determination
    """,
    (
        *LEA,
        YEAR,
        labeled("Determination", 24, "determination", ASSISTANCE),
        status("Status", 17, "status"),
        plain("Year of assistance", 11, "assistance_year"),
        plain("Reason", 70, "reason"),
        plain("Statute", 16, "statute"),
        differing("CDE's value", 22, "cde_value"),
        differing("Agrees with CDE", 11, "agrees_with_cde"),
    ),
)
GROUPS = Sheet(
    "Groups",
    "Student groups that met the criteria on a Dashboard that counts, or may have; those that count first",
    f"""
    select l.*, c.* exclude (cds), g.name as group_name from continuum_groups c join leas l using (cds)
    join student_groups g using (student_group)
    where c.determination_year = {YEAR_IN_FORCE} and ($county is null or l.county_code = $county)
        and (len(c.years_met) > 0 or c.may_count)
    order by not c.counts, not c.may_count, len(c.years_met) desc, l.county, l.lea_name, l.cds, c.student_group
    """,
    (
        *LEA,
        YEAR,
        plain("Student group", 32, "group_name"),
        plain("Met the criteria in", 24, "years_met"),
        plain("Years not determined", 24, "years_unknown"),
        plain("Counts", 9, "counts"),
        plain("May count", 10, "may_count"),
    ),
)


def _loan_state(row: Row) -> Cell:
    """Return the state of a loan, with its date if the loan was repaid later."""
    ended = row["loan_state"] == "outstanding" and row["repaid_by"]
    day = f" on {max(filter(None, (row['in_force_from'], row['received_by'])))}" if ended else ""
    return f"{LOAN_STATES[row['loan_state']]}{day}", "text"


LOANS = Sheet(
    "Loans",
    "State loans during the latest determination year; a loan that was outstanding on its first day counts,"
    " even if it was repaid later",
    f"""
    select s.*, l.district, n.county, l.enabling_act, l.amount_authorized_usd, l.amount_drawn_usd, l.latest_balance_usd,
        l.latest_balance_as_of, l.confidence, l.unknown, l.source_url, w.in_force_from
    from loan_states s join state_loans l using (loan_id) join rule_windows w using (determination_year)
    left join counties n using (county_code)
    where s.determination_year = {YEAR_IN_FORCE} and ($county is null or l.county_code = $county)
    order by s.loan_state <> 'outstanding', l.district, s.loan_id
    """,
    (
        plain("District", 30, "district"),
        CDS,
        COUNTY,
        plain("Act", 28, "enabling_act"),
        Column("State of the loan", 22, _loan_state),
        plain("Register as of", 12, "as_of"),
        plain("Received on or before", 12, "received_by"),
        plain("Repaid on or before", 12, "repaid_by"),
        plain("Authorized, dollars", 14, "amount_authorized_usd", "whole"),
        plain("Drawn, dollars", 14, "amount_drawn_usd", "whole"),
        plain("Latest balance, dollars", 14, "latest_balance_usd", "whole"),
        plain("Balance as of", 13, "latest_balance_as_of"),
        plain("Confidence", 11, "confidence"),
        plain("Not known", 40, "unknown"),
        plain("Source", 40, "source_url"),
    ),
)
WATCH_LIST = Sheet(
    "Watch list",
    "Who may be next, the nearest first: a preview, not a finding",
    f"""
    select w.* replace (list_transform(w.indicators, lambda x: i.indicators[x]) as indicators),
        g.groups[w.student_group] as group_name, e.cds is not null as is_eligible
    from watch_list w cross join {NAMES}
    left join (
        select cds from eligibility where determination_year = {YEAR_IN_FORCE} and pathway = 'continuum'
            and status = 'eligible'
    ) e using (cds)
    where $county is null or w.cds[1:2] = $county
    order by w.watch like 'preview%', is_eligible, w.would_be_eligible is not true, w.watch <> 'one_more_group',
        w.county, w.lea_name, w.cds, w.student_group
    """,
    (
        *LEA,
        Column(
            "How near",
            22,
            lambda row: (NEARNESS[nearness(row, {row["cds"]} if row["is_eligible"] else set())][0], "text"),
        ),
        plain("Student group", 26, "group_name"),
        plain("Met in", 14, "years"),
        plain("Indicators", 26, "indicators"),
        plain("Next Dashboard", 11, "next_dashboard"),
        plain("In words", 70, "sentence"),
    ),
)
CHANGE_LIST = Sheet(
    "Changes",
    "Who is new, who left and who stays, from one determination year to the next",
    f"""
    select c.* replace ({NAMED.format("groups_added")}, {NAMED.format("groups_removed")}), p.name as pathway_name
    from changes c join pathways p using (pathway) cross join {NAMES}
    where $county is null or c.cds[1:2] = $county
    order by c.to_year desc, array_position(['newly_eligible', 'no_longer', 'status_changed', 'continuing'], c.change),
        c.county, c.lea_name, c.cds, p.position
    """,
    (
        *LEA,
        plain("Pathway", 24, "pathway_name"),
        plain("From", 8, "from_year"),
        plain("To", 8, "to_year"),
        labeled("Change", 18, "change", CHANGES),
        status("Before", 17, "status_before"),
        status("After", 17, "status_after"),
        plain("Groups added", 26, "groups_added"),
        plain("Groups gone", 26, "groups_removed"),
        Column("Why", 70, lambda row: (capitalized(row["cause"] or ""), "text")),
    ),
)


def _flag(row: Row) -> Cell:
    kind, _, code = row["flag"].partition(":")
    return flag_name(row["flag"], {code: row["group_name"]}, {kind: row["indicator_name"]}), "text"


RECONCILIATION = Sheet(
    "Reconciliation",
    "Our results and CDE's flags and letters: every difference, then what agrees in the latest determination year",
    f"""
    select r.*, l.county, coalesce(g.name, split_part(r.flag, ':', 2)) as group_name,
        coalesce(i.name, split_part(r.flag, ':', 1)) as indicator_name
    from reconciliation r join leas l using (cds)
    left join student_groups g on g.student_group = split_part(r.flag, ':', 2)
    left join indicators i on i.indicator = split_part(r.flag, ':', 1)
    where ($county is null or r.cds[1:2] = $county)
        and (r.class not in ('agree', 'not_comparable') or r.dashboard_year = {YEAR_IN_FORCE})
    order by array_position(['only_cde', 'only_ours', 'differs', 'not_comparable', 'agree'], r.class),
        r.dashboard_year desc, l.county, r.lea_name, r.cds, r.flag
    """,
    (
        NAME,
        CDS,
        COUNTY,
        plain("Year", 8, "dashboard_year"),
        Column("What is compared", 46, _flag),
        plain("Ours", 26, "ours"),
        Column("CDE", 26, lambda row: (row["cde"], "apart" if row["class"] == "only_cde" else "text")),
        Column("Result", 16, lambda row: (CLASSES[row["class"]], "apart" if row["class"] == "only_cde" else "text")),
        plain("Accepted because", 40, "accepted_reason"),
        plain("Until", 12, "accepted_until"),
    ),
)
DICTIONARY = Sheet(
    "Dictionary",
    "Every column of every published table",
    "select * from meta_columns where $county is null order by table_name, position",
    (
        plain("Table", 24, "table_name"),
        plain("Column", 26, "column_name"),
        plain("Type", 12, "type"),
        plain("Meaning", 90, "description"),
        plain("CDE's field", 24, "cde_field"),
        plain("Values", 50, "allowed_values"),
        plain("May be missing", 10, "nullable"),
    ),
)
SHEETS = (
    ELIGIBLE, ELIGIBILITY, ASSISTANCE_LIST, GROUPS, LOANS, CHANGE_LIST, WATCH_LIST, RECONCILIATION, EVIDENCE,
    DICTIONARY,
)  # fmt: skip
OF_A_COUNTY = SHEETS[:-1]
