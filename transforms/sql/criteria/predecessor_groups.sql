-- Grain: LEA x Dashboard year before its code began x predecessor x student group.
-- Key: cds, dashboard_year, predecessor_cds, student_group.
-- Inputs: reg_successions, register_doubts, lea_years, student_group_history, leas.
-- Rule: CDE begins a new history with a new code, and so do the verdicts. What the predecessor's groups showed is kept
--           beside it.
-- Oddities: a predecessor may have had one of its own. Only years that ended before the succession, and in which the
--           LEA is not known to be listed under its own code, are its predecessor's. A predecessor that no loaded file
--           names is unknown, never "no"; so is the one that a rejected row may name (predecessor_cds is then empty).
with recursive chains as (
    select
        successor_cds as cds,
        predecessor_cds,
        predecessor_name,
        succession_date,
        kind,
        source_url
    from reg_successions
    union
    select
        c.cds,
        r.predecessor_cds,
        r.predecessor_name,
        least(c.succession_date, r.succession_date),
        r.kind,
        r.source_url
    from chains c
    join reg_successions r on r.successor_cds = c.predecessor_cds
    where r.predecessor_cds <> c.cds
),
before as (
    select
        y.cds,
        y.dashboard_year,
        c.predecessor_cds,
        c.predecessor_name,
        c.succession_date,
        c.kind,
        c.source_url
    from lea_years y
    join chains c using (cds)
    where y.in_files is not true and make_date(y.dashboard_year, 6, 30) < c.succession_date
    union all by name
    select distinct y.cds, y.dashboard_year, '' as predecessor_cds
    from lea_years y
    join register_doubts x on x.cds = y.cds and x.pathway = 'succession'
    where y.in_files is not true
)
select
    b.*,
    l.lea_name as predecessor_lea_name,
    p.in_files as predecessor_listed,
    g.student_group,
    h.basis,
    if(p.in_files is false, false, h.meets_criteria) as meets_criteria
from before b
join student_group_history g on g.cds = b.cds and g.dashboard_year = b.dashboard_year
left join leas l on l.cds = b.predecessor_cds
left join lea_years p on p.cds = b.predecessor_cds and p.dashboard_year = b.dashboard_year
left join student_group_history h on h.cds = b.predecessor_cds and h.dashboard_year = b.dashboard_year
    and h.student_group = g.student_group
