-- Grain: LEA x pathway x pair of determination years, with the facts for the sentence about the change
--        (transforms.wording.sentences.changes).
-- Key: cds, pathway, to_year.
-- Inputs: pathway_changes, leas, pathways, determination_years, continuum_groups, student_group_history,
--         criterion_results, rule_conditions, loan_states, reg_state_loans, case_states, continuum.
-- Oddities: a group that appears only in CDE's letters is described with the priorities of the letter, not with
--           indicators. years_out: Dashboards that are no longer counted and on which the group met the criteria. If
--           files of a year are not loaded, two years leave the window at once.
with pairs as (
    select
        determination_year as to_year,
        lag(determination_year) over (order by determination_year) as from_year,
        counted_dashboards,
        lag(counted_dashboards) over (order by determination_year) as counted_before
    from determination_years
),
windows as (
    select
        to_year,
        from_year,
        list_filter(counted_before, lambda y: not list_contains(counted_dashboards, y)) as years_out
    from pairs
    where from_year is not null
),
met_by as (
    select
        h.cds,
        h.dashboard_year,
        h.student_group,
        h.priorities_met,
        list(distinct indicator_in_text(c.indicator) order by indicator_in_text(c.indicator)) filter (r.met) as met_by
    from student_group_history h
    left join criterion_results r using (cds, dashboard_year, student_group)
    left join rule_conditions c on c.criterion = r.criterion
    where h.meets_criteria
    group by h.cds, h.dashboard_year, h.student_group, h.priorities_met
),
groups as (
    select cds, pathway, to_year, status_after, unnest(groups_added) as student_group, 'added' as became
    from pathway_changes
    union all
    select cds, pathway, to_year, status_after, unnest(groups_removed), 'removed' from pathway_changes
    union all
    select cds, pathway, to_year, status_after, unnest(groups_open), 'open' from pathway_changes
),
left_out as (
    select h.cds, w.to_year, h.student_group, list(h.dashboard_year order by h.dashboard_year) as years_out
    from windows w
    join student_group_history h on list_contains(w.years_out, h.dashboard_year)
    where h.meets_criteria
    group by h.cds, w.to_year, h.student_group
),
described as (
    select
        g.cds,
        g.pathway,
        g.to_year,
        g.became,
        list({
            name: group_in_text(g.student_group),
            years_met: coalesce(n.years_met, []),
            years_unknown: coalesce(n.years_unknown, []),
            year_in: g.to_year,
            met_by: coalesce(m.met_by, []),
            priorities_met: coalesce(m.priorities_met, []),
            years_out: coalesce(o.years_out, []),
            assessed: g.status_after <> 'not_assessed'
        } order by g.student_group) as groups
    from groups g
    left join left_out o on o.cds = g.cds and o.to_year = g.to_year and o.student_group = g.student_group
    left join continuum_groups n on n.cds = g.cds and n.determination_year = g.to_year
        and n.student_group = g.student_group
    left join met_by m on m.cds = g.cds and m.dashboard_year = g.to_year and m.student_group = g.student_group
    group by all
),
loans as (
    select
        b.cds,
        'wraparound' as pathway,
        o.to_year,
        list(
            {
                act: coalesce(l.enabling_act, b.loan_id),
                before: coalesce(a.loan_state, 'of_another'),
                after: b.loan_state
            } order by b.loan_id
        ) as loans
    from windows o
    join loan_states b on b.determination_year = o.to_year
    left join loan_states a on a.loan_id = b.loan_id and a.cds = b.cds and a.determination_year = o.from_year
    join reg_state_loans l on l.loan_id = b.loan_id
    where a.loan_state is distinct from b.loan_state
    group by all
),
cases as (
    select
        coalesce(b.cds, a.cds) as cds,
        coalesce(b.pathway, a.pathway) as pathway,
        o.to_year,
        list(
            {
                case_id: k.case_id, before: coalesce(a.case_state, ''), after: coalesce(b.case_state, '')
            } order by k.case_id
        ) as cases
    from windows o
    cross join (select distinct case_id from case_states) k
    left join case_states b on b.case_id = k.case_id and b.determination_year = o.to_year
    left join case_states a on a.case_id = k.case_id and a.determination_year = o.from_year
    where a.case_state is distinct from b.case_state
    group by all
),
clauses as (
    select
        c.cds,
        c.pathway,
        c.to_year,
        case
            when b.by_small_clause and b.status = 'eligible' and a.status in ('not_eligible', 'not_assessed')
                then 'gained'
            when a.by_small_clause and a.status = 'eligible' and b.status = 'not_eligible' then 'lost'
        end as small_clause,
        b.groups_that_may_have_result as groups_there
    from pathway_changes c
    join continuum a on a.cds = c.cds and a.determination_year = c.from_year
    join continuum b on b.cds = c.cds and b.determination_year = c.to_year
    where c.pathway = 'continuum'
)
select
    c.cds,
    c.pathway,
    c.to_year,
    l.lea_name,
    p.name as pathway_name,
    'determination year ' || c.from_year as before_label,
    c.to_year::varchar as after_label,
    c.status_before,
    c.status_after,
    coalesce(i.groups, []) as groups_added,
    coalesce(u.groups, []) as groups_removed,
    coalesce(m.groups, []) as groups_open,
    coalesce(o.loans, []) as loans,
    coalesce(k.cases, []) as cases,
    coalesce(s.small_clause, '') as small_clause,
    coalesce(s.groups_there, 0) as groups_there,
    d.groups_required
from pathway_changes c
join leas l using (cds)
join pathways p using (pathway)
join determination_years d on d.determination_year = c.to_year
left join clauses s on s.cds = c.cds and s.pathway = c.pathway and s.to_year = c.to_year
left join described i on i.cds = c.cds and i.pathway = c.pathway and i.to_year = c.to_year
    and i.became = 'added'
left join described u on u.cds = c.cds and u.pathway = c.pathway and u.to_year = c.to_year
    and u.became = 'removed'
left join described m on m.cds = c.cds and m.pathway = c.pathway and m.to_year = c.to_year
    and m.became = 'open'
left join loans o on o.cds = c.cds and o.pathway = c.pathway and o.to_year = c.to_year
left join cases k on k.cds = c.cds and k.pathway = c.pathway and k.to_year = c.to_year
