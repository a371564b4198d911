-- class: unusual
-- table: meta_years
-- sentence: Every indicator file that the rules of a computed year use is loaded.
-- reason: What depends on a missing file is not determined.
select dashboard_year, indicators_missing from meta_years
where basis = 'indicators' and len(indicators_missing) > 0
