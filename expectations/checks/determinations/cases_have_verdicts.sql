-- class: unusual
-- table: pathway_register
-- sentence: Every recorded case belongs to an LEA that gets verdicts.
-- reason: If no source file names an LEA, such as some charter schools, its cases are only in pathway_register.
select case_id, pathway, cds, lea_name from pathway_register where not has_verdicts order by case_id
