-- Grain: district or county office x student group: how close the group is in the test of EC 52072 and 52072.5 on the
--        Dashboard that is not out.
-- Key: cds, student_group.
-- Inputs: continuum_groups, student_group_history, ahead_year, determination_years.
-- Rule: certain: the group met the criteria in enough of the counted Dashboards, whatever the others show. Possible: it
--       may have, because a result is unknown. Ruled out: not even then.
-- Oddities: built in the schema ahead, from the year's own rules and from estimates, if there are any. could_count is
--           wider than may_count: it adds the years under the code of a registered predecessor.
select
    c.cds,
    c.student_group,
    a.determination_year,
    list_filter(c.years_met, lambda y: y < a.determination_year) as years_met,
    c.years_unknown,
    h.meets_criteria as meets_next,
    h.has_result,
    d.years_required - len(list_filter(c.years_met, lambda y: y < a.determination_year)) as years_short,
    c.counts,
    c.may_count,
    c.may_count_joined as could_count,
    case when c.counts then 'certain' when c.may_count or c.may_count_joined then 'possible' else 'ruled_out'
        end as outlook
from continuum_groups c
cross join ahead_year a
cross join determination_years d
join student_group_history h on h.cds = c.cds and h.student_group = c.student_group
    and h.dashboard_year = a.determination_year
