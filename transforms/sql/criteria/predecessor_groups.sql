-- Grain: LEA x Dashboard year before its code began (or in doubt) x predecessor x student group.
-- Key: cds, dashboard_year, predecessor_cds, student_group.
-- Inputs: succession_chains, register_doubts, lea_years, student_group_history, leas.
-- Rule: CDE begins a new history with a new code, and so do the verdicts. The results of the predecessor's groups are
--       kept separately.
-- Oddities: a predecessor may have had a predecessor too. A year belongs to the predecessor only if it ended before the
--           succession, and the LEA is not known to be listed under its own code in it. Years after the LEA's first
--           listing belong to the predecessor only if the LEA is known not to be listed in them. A predecessor that no
--           loaded file names is unknown, never "no". So is one that a rejected row may name (predecessor_cds is then
--           empty). The files may contradict the day of the succession (day_doubt): they still list the predecessor
--           afterwards ('still_listed'), or they list neither code until the LEA's first listing ('gap'). Those years
--           also belong to the predecessor, and the results of its groups in a gap are unknown.
with compared as (
    select
        y.cds,
        y.dashboard_year,
        y.in_files,
        min(y.dashboard_year) filter (y.in_files) over (partition by y.cds) as first_listed,
        c.predecessor_cds,
        c.predecessor_name,
        c.succession_date,
        c.kind,
        c.source_url,
        p.in_files as predecessor_listed,
        make_date(y.dashboard_year, 6, 30) < c.succession_date as is_before,
        bool_or(make_date(y.dashboard_year, 6, 30) < c.succession_date) over (
            partition by y.cds, y.dashboard_year
        ) as is_before_one
    from lea_years y
    join succession_chains c using (cds)
    left join lea_years p on p.cds = c.predecessor_cds and p.dashboard_year = y.dashboard_year
),
before as (
    select
        * exclude (in_files, first_listed, is_before, is_before_one),
        case
            when is_before then null
            when predecessor_listed then 'still_listed'
            else 'gap'
        end as day_doubt
    from compared
    where (is_before and (in_files is false or (in_files is null and coalesce(dashboard_year < first_listed, true))))
        or (not is_before and predecessor_listed)
        or (
            not is_before_one and in_files is false and predecessor_listed is not true
            and dashboard_year < first_listed
        )
    union all by name
    select distinct y.cds, y.dashboard_year, '' as predecessor_cds
    from lea_years y
    join register_doubts x on x.cds = y.cds and x.pathway = 'succession'
    where y.in_files is not true
)
select
    b.*,
    l.lea_name as predecessor_lea_name,
    g.student_group,
    h.basis,
    case
        when b.day_doubt = 'gap' then null
        when b.predecessor_listed is false then false
        else h.meets_criteria
    end as meets_criteria
from before b
join student_group_history g on g.cds = b.cds and g.dashboard_year = b.dashboard_year
left join leas l on l.cds = b.predecessor_cds
left join student_group_history h on h.cds = b.predecessor_cds and h.dashboard_year = b.dashboard_year
    and h.student_group = g.student_group
