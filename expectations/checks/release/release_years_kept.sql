-- class: fault
-- table: eligibility
-- sentence: Every determination year of the release before, and every Dashboard with results, is in this release.
-- reason: A year that disappears takes its comparison with it, and the Dashboards that count. If a file of a Dashboard
--   is not used, the Dashboard may have no results left. What depends on it is not determined, and
--   release_verdicts_kept counts these verdicts.
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
