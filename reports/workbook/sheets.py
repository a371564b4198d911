"""Sheets of the workbook: each a query on the release and the columns that show it.

``$county`` is a county code, or null for all.
"""

from dataclasses import dataclass

from reports.figures import change_words
from reports.published import YEAR_IN_FORCE, Row
from reports.workbook.cells import Cell, Column, plain, status
from transforms.wording.labels import CHANGES, LEA_KINDS, WATCHED, ccee_determination


@dataclass(frozen=True)
class Sheet:
    """A sheet: name, what it holds, query and columns."""

    name: str
    holds: str
    query: str
    columns: tuple[Column, ...]


def _level(row: Row) -> Cell:
    return row["label"], f"color {row['level'] if row['measure'] == 'color' else 0}"


LEA = (
    plain("LEA", 34, "lea_name"),
    plain("CDS code", 16, "cds"),
    Column("Kind", 15, lambda row: (LEA_KINDS[row["lea_type"]], "text")),
)
COUNTY = plain("County", 14, "county")
CCEE = Column(
    "CCEE's determination",
    30,
    lambda row: (ccee_determination(row["ccee_determination"], row["ccee_determination_date"]), "text"),
)

ELIGIBLE = Sheet(
    "Eligible",
    "LEAs that meet the published criteria of at least one pathway, by determination year",
    """
    select d.* exclude (pathways), list_transform(d.pathways, lambda p: n.names[p]) as pathways
    from eligible_districts d cross join (select map_from_entries(list((pathway, name))) as names from pathways) n
    where $county is null or d.cds[1:2] = $county order by d.determination_year desc, d.county, d.lea_name, d.cds
    """,
    (
        *LEA,
        COUNTY,
        plain("Determination year", 14, "determination_year"),
        plain("Pathways", 26, "pathways"),
        CCEE,
        plain("In words", 60, "sentence"),
        plain("Reasons", 90, "reasons"),
    ),
)
VERDICTS = Sheet(
    "Verdicts",
    "Every LEA and pathway of the latest determination year, with the “no” and “not determined” rows",
    f"""
    select e.*, p.name as pathway_name from eligibility e join pathways p using (pathway)
    where e.determination_year = {YEAR_IN_FORCE} and ($county is null or e.county_code = $county)
    order by e.county, e.lea_name, e.cds, p.position
    """,
    (
        *LEA,
        COUNTY,
        plain("Determination year", 14, "determination_year"),
        plain("Pathway", 24, "pathway_name"),
        status("Status", 17, "status"),
        CCEE,
        Column("Years since the loan's source", 17, lambda row: (row["source_age_years"], "whole")),
        plain("Statute", 19, "statute"),
        plain("Student groups", 18, "student_groups"),
        plain("Reason", 90, "reason"),
        plain("CDE's flag", 10, "cde_flag"),
        plain("Agrees with CDE", 11, "agrees_with_cde"),
        plain("As of", 12, "as_of"),
    ),
)
EVIDENCE = Sheet(
    "Evidence",
    "Indicator results in the Dashboards that count, of each student group that met the criteria in one of them or"
    " more",
    f"""
    with windows as (
        select counted_dashboards, charter_dashboards from rule_windows
        where determination_year = {YEAR_IN_FORCE}
    ),
    counted as (
        select
            l.cds,
            unnest(
                if(l.lea_type = 'charter', coalesce(w.charter_dashboards, []), w.counted_dashboards)
            ) as dashboard_year
        from leas l cross join windows w
    ),
    met as (
        select distinct h.cds, h.student_group from student_group_history h join counted using (cds, dashboard_year)
        where h.meets_criteria
    ),
    caused as (
        select distinct r.cds, r.dashboard_year, r.student_group, c.indicator, true as caused
        from criterion_results r join rule_criteria c on c.criterion = r.criterion where r.met
    )
    select l.lea_name, l.lea_type, l.county, e.*, i.name as indicator_name, v.label,
        coalesce(x.caused, false) as caused, s.file
    from evidence e
    join counted using (cds, dashboard_year)
    join met using (cds, student_group)
    join leas l using (cds)
    join indicators i using (indicator)
    join levels v on v.measure = e.measure and v.level = e.level
        and (v.indicators is null or list_contains(v.indicators, e.indicator))
    left join caused x using (cds, dashboard_year, student_group, indicator)
    left join meta_sources s using (source_id)
    where e.finding = 'result' and ($county is null or l.county_code = $county)
    order by l.county, l.lea_name, e.cds, e.student_group, e.dashboard_year, e.indicator
    """,
    (
        *LEA,
        COUNTY,
        plain("Student group", 10, "student_group"),
        plain("Dashboard", 11, "dashboard_year"),
        plain("Indicator", 24, "indicator_name"),
        Column("Level", 12, _level),
        Column("Status", 10, lambda row: (row["current_status"], "one decimal")),
        Column("Change", 10, lambda row: (row["change"], "one decimal")),
        Column("Change is", 10, lambda row: (change_words(row["change"], row["change_level"])[1], "text")),
        Column("Students", 10, lambda row: (row["current_denominator"], "whole")),
        plain("Met a criterion", 10, "caused"),
        plain("File", 26, "file"),
        plain("Line", 8, "source_line"),
    ),
)
WATCH_LIST = Sheet(
    "Watch list",
    "What one more Dashboard, student group or red would do: a preview, not a finding",
    "select * from watch_list where $county is null or cds[1:2] = $county order by standing, county, lea_name, cds,"
    " student_group, watch",
    (
        *LEA,
        COUNTY,
        plain("Student group", 10, "student_group"),
        Column("Watched for", 22, lambda row: (WATCHED[row["watch"]], "text")),
        plain("Standing", 11, "standing"),
        plain("Dashboard", 11, "next_dashboard"),
        plain("Met in", 14, "years"),
        plain("Indicators", 18, "indicators"),
        plain("LEA would be eligible", 12, "would_be_eligible"),
        plain("In words", 90, "sentence"),
    ),
)
CHANGE_LIST = Sheet(
    "Changes",
    "What changed from one determination year to the next",
    """
    select c.*, p.name as pathway_name from changes c join pathways p using (pathway)
    where $county is null or c.cds[1:2] = $county order by c.to_year desc, c.county, c.lea_name, c.cds, p.position
    """,
    (
        *LEA,
        COUNTY,
        plain("Pathway", 24, "pathway_name"),
        plain("From", 8, "from_year"),
        plain("To", 8, "to_year"),
        Column("Change", 18, lambda row: (CHANGES[row["change"]], "text")),
        status("Before", 17, "status_before"),
        status("After", 17, "status_after"),
        plain("Groups added", 14, "groups_added"),
        plain("Groups gone", 14, "groups_removed"),
        plain("In words", 90, "sentence"),
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
SHEETS = (ELIGIBLE, VERDICTS, EVIDENCE, WATCH_LIST, CHANGE_LIST, DICTIONARY)
OF_A_COUNTY = SHEETS[:-1]
