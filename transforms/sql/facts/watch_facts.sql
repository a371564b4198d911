-- Grain: LEA x student group x kind of watch, with the facts for its sentence (transforms.wording.sentences.lists).
-- Key: cds, student_group, watch.
-- Inputs: watch_rows, leas, preview_indicators.
-- Oddities: an indicator on which the preview takes orange too is named with both colors.
select
    w.cds,
    w.student_group,
    w.watch,
    group_in_text(w.student_group) as group_name,
    l.lea_name,
    w.years,
    w.next_dashboard,
    list_transform(
        w.indicators,
        lambda i: indicator_in_text(i)
        || if(starts_with(w.watch, 'preview') and list_contains(o.indicators, i), ' (red or orange)', '')
    ) as indicators,
    coalesce(w.would_be_eligible, false) as would_be_eligible,
    coalesce(w.outlook, '') as outlook,
    coalesce(w.groups_needed, 0) as groups_needed,
    coalesce(w.candidates, 0) as candidates,
    w.standing = 'provisional' as provisional
from watch_rows w
cross join (select coalesce(list(indicator), []) as indicators from preview_indicators where 2 in levels) o
join leas l using (cds)
