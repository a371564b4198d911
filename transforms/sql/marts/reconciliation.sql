-- Grain: LEA x Dashboard year x flag that CDE publishes and this pipeline decides: a priority letter per student group, and EC 52072.
-- Key: cds, dashboard_year, flag.
-- Inputs: student_group_history, assistance_leas, eligibility, leas.
-- Oddities: letters are compared only where ours come from indicator rows; where they are CDE's own there is nothing to compare.
with letters as (
    select
        h.cds, h.dashboard_year, 'letter:' || h.student_group as flag,
        coalesce(h.letter, '-') as ours, coalesce(h.cde_letter, '-') as cde,
        h.meets_criteria is null or len(h.priorities_unknown) > 0 as unknown
    from student_group_history h
    join assistance_leas a on a.cds = h.cds and a.dashboard_year = h.dashboard_year
    where h.basis = 'indicators'
),
flags as (
    select
        cds, determination_year as dashboard_year, 'ec52072' as flag,
        if(status = 'eligible', 'Y', 'N') as ours, cde_flag as cde, status = 'undetermined' as unknown
    from eligibility
    where pathway = 'continuum' and cde_flag is not null
),
compared as (
    select * from letters
    union all
    select * from flags
)
select
    b.cds, l.lea_name, b.dashboard_year, b.flag,
    if(b.unknown, null, b.ours) as ours,
    b.cde,
    case
        when b.unknown then 'not_comparable'
        when b.ours = b.cde then 'agree'
        when b.cde in ('-', 'N') then 'only_ours'
        when b.ours in ('-', 'N') then 'only_cde'
        else 'differs'
    end as class
from compared b
join leas l using (cds)
