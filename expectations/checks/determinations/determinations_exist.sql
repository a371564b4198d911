-- class: impossible
-- table: eligibility
-- sentence: At least one determination year can be decided.
-- reason: A run that decides nothing must not replace one that did.
select 'no determination year' as problem
where not exists (select 1 from determination_years)
