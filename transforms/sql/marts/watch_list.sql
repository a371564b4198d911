-- Grain: LEA x student group x kind of watch: the effect of one more Dashboard.
-- Key: cds, student_group, watch.
-- Inputs: watch_rows, leas, watch_sentences.
-- Oddities: a preview, not a finding. Rows that are 'provisional' are based on one secondary source.
select
    w.cds,
    l.lea_name,
    l.lea_type,
    l.county,
    w.student_group,
    w.watch,
    w.standing,
    w.next_dashboard::smallint as next_dashboard,
    w.years::smallint[] as years,
    w.indicators,
    w.would_be_eligible,
    w.outlook,
    s.sentence
from watch_rows w
join leas l using (cds)
left join watch_sentences s using (cds, student_group, watch)
