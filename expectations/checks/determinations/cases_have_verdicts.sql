-- class: unusual
-- table: pathway_register
-- sentence: Every recorded case belongs to an LEA that gets verdicts.
-- reason: Cases of LEAs that no source file names, as of some charter schools, are in pathway_register only.
select case_id, pathway, cds, lea_name from pathway_register where not has_verdicts order by case_id
