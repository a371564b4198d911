-- class: fault
-- table: eligibility
-- sentence: CDE's flag for EC 52072 and CDE's letters disagree about at most {flags_differ_share%} percent of the LEAs
--   that either one calls eligible (or of {flags_called} LEAs, if there are fewer).
-- reason: Single differences are corrections or open questions. Many at once mean that letters are in the wrong columns
--   or rows, and no indicator file is loaded that shows it. If no flags or most flags are Y, the flags themselves were
--   changed, and they are no evidence about letters.
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
