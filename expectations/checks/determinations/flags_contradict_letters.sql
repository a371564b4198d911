-- class: fault
-- table: eligibility
-- sentence: CDE's flag of EC 52072 differs from what its letters give for at most {flags_differ_share%} of 100 LEAs
--   that one of them calls eligible, counted as at least {flags_called}.
-- reason: Single differences are corrections or open questions. Many at once are letters in the wrong columns or rows,
--   where no indicator file is loaded to show it. Flags of which none or most are Y were changed themselves, and are
--   no evidence about letters.
with judged as (
    select determination_year, status = 'eligible' as ours, cde_flag = 'Y' as theirs
    from eligibility
    where pathway = 'continuum' and decided_by = 'computed_from_letters' and status in ('eligible', 'not_eligible')
        and cde_flag is not null
),
counted as (
    select
        determination_year,
        count(*) as compared,
        count(*) filter (theirs) as flagged,
        count(*) filter (ours or theirs) as called_eligible,
        count(*) filter (ours <> theirs) as that_differ
    from judged
    group by determination_year
),
files as (
    select
        d.determination_year,
        any_value(f.source_id) filter (f.layout = 'assistance' and f.dashboard_year = d.determination_year)
            as source_id,
        list(f.source_id order by f.source_id) as other_source_ids
    from determination_years d
    join source_files f on f.layout in ('assistance', 'dashboard')
        and list_contains(d.counted_dashboards, f.dashboard_year)
    group by d.determination_year
)
select c.*, f.source_id, f.other_source_ids
from counted c
join files f using (determination_year)
where c.flagged > 0 and c.flagged <= threshold(eligible_share) * c.compared
    and c.that_differ > threshold(flags_differ_share) * greatest(c.called_eligible, threshold(flags_called))
order by all
