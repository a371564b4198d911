-- class: impossible
-- table: eligibility
-- sentence: The sources answer something: in at least one determination year an LEA is eligible, or is not, under the
--   continuum or in a test before it.
-- reason: A run that can answer nothing must not replace one that did. Load an indicator file or an assistance
--   workbook.
select
    'no determination year has an answer' as problem,
    (select list(distinct determination_year order by determination_year) from eligibility) as years
where not exists (select 1 from eligibility where pathway = 'continuum' and status in ('eligible', 'not_eligible'))
    and not exists (select 1 from assistance where status in ('eligible', 'not_eligible'))
