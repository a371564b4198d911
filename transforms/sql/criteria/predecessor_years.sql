-- Grain: LEA x Dashboard year before its code began (or in doubt) x predecessor.
-- Key: cds, dashboard_year, predecessor_cds.
-- Inputs: predecessor_groups.
-- Oddities: a predecessor that a rejected row of the register may name is left out here; the check registers_rejected
--           reports it.
with grouped as (
    select
        cds,
        dashboard_year,
        predecessor_cds,
        any_value(coalesce(predecessor_lea_name, predecessor_name)) as predecessor_name,
        any_value(succession_date) as succession_date,
        any_value(kind) as kind,
        any_value(source_url) as source_url,
        any_value(predecessor_listed) as listed,
        any_value(day_doubt) as day_doubt,
        any_value(predecessor_lea_name) is not null as is_loaded,
        coalesce(list(student_group order by student_group) filter (meets_criteria), []) as student_groups,
        coalesce(
            list(student_group order by student_group) filter (meets_criteria is null), []
        ) as student_groups_unknown
    from predecessor_groups
    where predecessor_cds <> ''
    group by cds, dashboard_year, predecessor_cds
)
select
    cds,
    dashboard_year,
    predecessor_cds,
    predecessor_name,
    succession_date,
    kind,
    listed,
    student_groups,
    student_groups_unknown,
    source_url,
    case
        when day_doubt = 'still_listed'
            then note_predecessor_still_listed(dashboard_year, predecessor_name, predecessor_cds, succession_date)
        when day_doubt = 'gap'
            then note_predecessor_gap(dashboard_year, predecessor_name, predecessor_cds, succession_date)
        when not is_loaded then note_predecessor_not_loaded(dashboard_year, predecessor_name, predecessor_cds)
        when listed is false then note_predecessor_not_listed(dashboard_year, predecessor_name, predecessor_cds)
        when len(student_groups) = 0 and len(student_groups_unknown) > 0
            then note_predecessor_unknown(dashboard_year, predecessor_name, predecessor_cds)
        else note_predecessor_met(
            dashboard_year, predecessor_name, predecessor_cds, coalesce(
                nullif(array_to_string(student_groups, ', '), ''), 'no student group'
            )
        )
    end as sentence
from grouped
