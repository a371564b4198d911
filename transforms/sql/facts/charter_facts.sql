-- Grain: charter school x determination year: what the reason of its verdict on EC 47607.3 names (transforms.sentences.assistance).
-- Key: cds, determination_year.
-- Inputs: charter_test.
select
    cds,
    determination_year,
    'charter' as determination,
    status,
    'charter' as lea_type,
    dashboards,
    student_groups as groups,
    student_groups_unknown as groups_unknown,
    open_question,
    different_groups,
    no_file,
    if(decided_by = 'cde', cde_value, null) as cde_value
from charter_test
