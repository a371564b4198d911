-- Grain: row of a workbook or local indicator file that has the name of another LEA.
-- Key: source_id, line.
-- Inputs: lea_namings.
-- Rule: a row is about the LEA that it names. It is misnamed if more of the other files give its code another name than
--       this one, and one of them gives this name to another code. That code must be in the same county, or this file
--       must not give it the name. Names are not unique across counties. If a file gives a name to several codes of a
--       county, the name proves nothing in that file.
with renamed as (
    select cds from lea_namings group by cds having min(lea_name) < max(lea_name)
),
others as (
    select
        r.source_id,
        r.cds,
        r.lea_name,
        count(distinct o.source_id) filter (o.lea_name = r.lea_name) as files_with_name,
        count(distinct o.source_id) filter (o.lea_name <> r.lea_name) as files_with_another
    from lea_namings r
    join lea_namings o on o.cds = r.cds and o.source_id <> r.source_id
    where len(r.lines) > 0 and r.cds in (select cds from renamed)
    group by r.source_id, r.cds, r.lea_name
),
names_of_one_code as (
    select *
    from lea_namings
    qualify count(*) over (partition by source_id, lea_name, cds[1:2]) = 1
),
of_other_code as (
    select r.source_id, r.cds, r.lea_name, min(n.cds) as named_cds
    from others r
    join names_of_one_code n on n.lea_name = r.lea_name and n.cds <> r.cds and n.source_id <> r.source_id
    left join lea_namings b on b.source_id = r.source_id and b.cds = n.cds and b.lea_name = n.lea_name
    where r.files_with_another > r.files_with_name and (n.cds[1:2] = r.cds[1:2] or b.cds is null)
    group by r.source_id, r.cds, r.lea_name
)
select source_id, unnest(r.lines) as line, named_cds
from lea_namings r
join of_other_code using (source_id, cds, lea_name)
