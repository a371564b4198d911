-- Grain: one student group code of the Dashboard.
-- Key: student_group.
-- Inputs: ref_student_groups.
select
    student_group,
    name,
    name_in_text,
    dashboard_from::smallint as dashboard_from,
    dashboard_until::smallint as dashboard_until,
    judged = 'Y' as judged,
    also_called,
    note
from ref_student_groups
