-- class: fault
-- table: eligibility
-- sentence: Every determination year and every Dashboard with results of the release before is in this one.
-- reason: A year that disappears takes the comparison with it, and the Dashboards that count. A Dashboard of which a
--   file is not used may have no results left: what depends on it is not determined, which release_verdicts_kept
--   counts.
with lost as (
    select distinct 'determination' as kind, determination_year as year from before.eligibility
    except
    select distinct 'determination', determination_year from eligibility
    union all
    (
        select 'Dashboard', dashboard_year from before.meta_years where basis <> 'none'
        except
        select 'Dashboard', dashboard_year from meta_years where basis <> 'none'
        except
        select 'Dashboard', dashboard_year from meta_unused_files where source_id is not null
    )
)
select kind, year from lost order by all
