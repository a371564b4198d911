-- Grain: source file x LEA x student group that a rejected row may be about; cds is null if it may be about any LEA.
-- Key: source_id, cds, student_group.
-- Inputs: rejects, ref_student_groups, unknown_groups, leas.
-- Oddities: a rejected row whose student group cannot be read may be about any group. One whose CDS code belongs to no
--           LEA may be about any LEA. Rows of an unknown group are about no other group.
with possible as (
    select
        r.source_id,
        r.line,
        r.reason,
        r.cds,
        r.record_type,
        g.student_group,
        r.student_group = g.student_group as is_its_own
    from rejects r
    join ref_student_groups g
        on g.student_group = r.student_group or r.student_group is null
        or r.student_group not in (select student_group from ref_student_groups)
    anti join unknown_groups n on n.source_id = r.source_id and n.student_group = r.student_group
)
select
    source_id,
    cds,
    student_group,
    min(line) as line,
    arg_min(reason, line) as reason,
    bool_or(is_its_own) as is_its_own,
    true as may_be_school
from possible
where cds is not null
group by source_id, cds, student_group
union all
select
    source_id,
    null,
    student_group,
    min(line),
    arg_min(reason, line),
    null,
    bool_or(record_type is distinct from 'D')
from possible p
where record_type is distinct from 'X'
    and not exists (select 1 from leas l where l.cds = p.cds)
    and (record_type is distinct from 'S' or cds is null or not regexp_full_match(cds, '[0-9]{14}'))
group by source_id, student_group
