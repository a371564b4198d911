-- Grain: LEA x student group x kind of watch, with the facts for its sentence (transforms.wording.sentences.watch).
-- Key: cds, student_group, watch.
-- Inputs: watch_rows, leas.
select
    w.cds,
    w.student_group,
    w.watch,
    group_in_text(w.student_group) as group_name,
    l.lea_name,
    w.years,
    w.next_dashboard,
    list_transform(w.indicators, lambda i: indicator_in_text(i)) as indicators,
    coalesce(w.would_be_eligible, false) as would_be_eligible,
    coalesce(w.outlook, '') as outlook,
    coalesce(w.groups_needed, 0) as groups_needed,
    coalesce(w.candidates, 0) as candidates,
    w.standing = 'provisional' as provisional
from watch_rows w
join leas l using (cds)
