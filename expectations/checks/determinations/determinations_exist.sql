-- class: impossible
-- table: eligibility
-- sentence: The sources answer something: in at least one determination year, an LEA is eligible or not eligible under
--   the Continuum of Support or in a test before it.
-- reason: A run without any answer must not replace a run with answers. Load an indicator file or an assistance
--   workbook.
select
    'no determination year has an answer' as problem,
    (select list(distinct determination_year order by determination_year) from eligibility) as years
where not exists (select 1 from eligibility where pathway = 'continuum' and status in ('eligible', 'not_eligible'))
    and not exists (select 1 from assistance where status in ('eligible', 'not_eligible'))
