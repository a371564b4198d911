"""What the engine reads when it looks ahead: the history before the year, and rows for the years that do not exist yet.

Each entry is a table of the schema ``ahead`` under the name that the engine's SQL knows. In braces: ``base`` is the
schema with the history, ``sources`` its list of files, ``ahead`` the years without a Dashboard, ``before`` and
``seen`` the conditions on the years that count.
"""

INPUTS: dict[str, str] = {
    # group years that are known
    "history": "select columns(lambda c: c <> 'release_id') from {base}.student_group_history where {before}",
    # LEAs that the newest of these Dashboards does not lack: the others are taken to have closed
    "leas": """
        select l.* from {base}.leas l anti join (
            select cds from history where dashboard_year = (select max(dashboard_year) from history) and listed is false
        ) gone using (cds)""",
    # what the rules of the year look at: one measure for each indicator of a student group
    "ahead_asked": """
        select distinct a.determination_year as dashboard_year, g.student_group, c.indicator, c.measure
        from ahead_year a
        join rule_criterion_groups g on g.dashboard_year = a.determination_year
        join rule_conditions c on c.criterion = g.criterion""",
    # results of the year: estimates, and with --carry-over those of the newest Dashboard where its scale and measure
    # go on
    "ahead_cells": """
        select * from given_cells
        union all by name
        select e.cds, e.student_group, e.indicator, if(e.finding = 'result', e.level, 0)::tinyint as level,
            'carried_over' as kind
        from {base}.evidence e
        join ahead_asked a using (student_group, indicator, measure)
        semi join leas l on l.cds = e.cds
        anti join given_cells k on k.cds = e.cds and k.student_group = e.student_group and k.indicator = e.indicator
        where {carry_over} and e.finding <> 'unknown'
            and e.dashboard_year = (select max(dashboard_year) from history) and not exists (
            select 1 from dashboard_scales s
            where s.indicator = e.indicator and s.begins and s.dashboard_year > e.dashboard_year
                and s.dashboard_year <= a.dashboard_year
        )""",
    "lea_years": """
        select l.cds, l.lea_type, l.county_code, y.dashboard_year, if(e.cds is null, null, true) as in_files,
            if(e.cds is null, 'none', 'indicators') as basis, null::varchar as letters_source_id,
            false as letters_cover, null::varchar as listing, null::varchar as told_by
        from leas l
        cross join (select unnest({ahead})::smallint as dashboard_year) y
        left join (select distinct cds, determination_year from ahead_cells cross join ahead_year) e
            on e.cds = l.cds and e.determination_year = y.dashboard_year""",
    "ahead_files": """
        select distinct 'estimate-' || indicator as source_id, {file} as file, 'dashboard' as layout, dashboard_year,
            indicator
        from ahead_asked where exists (select 1 from ahead_cells)""",
    "source_files": """
        select source_id, file, layout, dashboard_year, indicator from {sources} where {seen}
        union all by name
        select * from ahead_files""",
    "source_coverage": "select source_id, []::varchar[] as counties, true as statewide from ahead_files",
    "dashboard_entities": """
        select f.source_id, c.cds from ahead_files f cross join (select distinct cds from ahead_cells) c""",
    "lea_results": """
        select
            k.cds, a.dashboard_year, k.indicator, k.student_group, k.line as source_line,
            if(a.measure = 'color', null, k.level)::tinyint as status_level, null::tinyint as change_level,
            if(a.measure = 'color', k.level, null)::tinyint as color, null::double as current_status,
            null::bigint as current_numerator,
            null::bigint as current_denominator, null::double as prior_status, null::double as change,
            if(k.level > 0, 'Y', 'N') as current_size_met, null::bigint as prior_denominator,
            null::varchar as prior_size_met
        from ahead_cells k
        join ahead_asked a using (student_group, indicator)""",
    # what has no estimate is unknown, never "no row"
    "expected_rows": """
        select c.cds, a.dashboard_year, a.indicator, a.student_group, 'not known yet' as because
        from (select distinct cds from ahead_cells) c
        cross join ahead_asked a
        anti join ahead_cells k on k.cds = c.cds and k.student_group = a.student_group and k.indicator = a.indicator""",
    "rejects": """
        select null::varchar as source_id, null::varchar as cds, null::varchar as student_group, null::bigint as line,
            null::varchar as reason, null::varchar as record_type
        limit 0""",
    "unknown_groups": "select null::varchar as source_id, null::varchar as student_group limit 0",
    "assistance_statuses_compared": """
        select null::varchar as source_id, null::varchar as cds, null::smallint as dashboard_year,
            null::smallint as told_in, false as contradicts
        limit 0""",
    "assistance_letters": "select * from {base}.assistance_letters limit 0",
    "charter_letters": "select * from {base}.charter_letters limit 0",
    "charter_flags": "select * from {base}.charter_flags limit 0",
    "determination_years": "select * from rule_determinations semi join ahead_year using (determination_year)",
    "assistance_years": """
        select *, null::date as as_of from rule_assistance semi join ahead_year using (determination_year)""",
    # years before a code began, with what the predecessor's groups showed: met by one is met, unknown by one is unknown
    "joined_history": """
        select
            h.cds, h.dashboard_year, h.student_group,
            case
                when h.meets_criteria or bool_or(list_contains(p.student_groups, h.student_group)) then true
                when h.meets_criteria is null
                    or bool_or(list_contains(p.student_groups_unknown, h.student_group)) then null
                else false
            end as meets_criteria
        from history h
        join {base}.predecessor_years p using (cds, dashboard_year)
        group by h.cds, h.dashboard_year, h.student_group, h.meets_criteria""",
    "indicator_results": """
        select cds, dashboard_year, indicator, student_group, color from {base}.indicator_results where {seen}""",
}
