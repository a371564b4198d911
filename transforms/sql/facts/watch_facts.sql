-- Grain: LEA x student group x what is watched: what its sentence names (transforms.sentences.watch).
-- Key: cds, student_group, watch.
-- Inputs: watch_rows, leas.
select
    w.cds,
    w.student_group,
    w.watch,
    l.lea_name,
    w.years,
    w.next_dashboard,
    w.indicators,
    coalesce(w.would_be_eligible, false) as would_be_eligible
from watch_rows w
join leas l using (cds)
