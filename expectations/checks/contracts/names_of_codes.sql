-- class: fault
-- table: indicator_results
-- sentence: No Dashboard file gives the code of a district or county office a name that {names_of_code_files} or more
--   other files give to another code.
-- reason: Rows under exchanged CDS codes decide about the wrong LEAs. Within one file such a row is rejected. If all
--   rows of an LEA have the wrong code, only other files show it.
with named as (
    select distinct source_id, cds, lower(squeezed(district_name)) as name
    from indicator_results
    where record_type = 'D' and district_name is not null
),
usual as (
    select cds, name, count(*) as files
    from named
    group by cds, name
    having count(*) >= threshold(names_of_code_files)
    qualify row_number() over (partition by cds order by count(*) desc, name) = 1
)
select n.source_id, f.file, n.cds, n.name, u.name as name_in_other_files, o.cds as code_of_that_name
from named n
join source_files f using (source_id)
join usual u on u.cds = n.cds and u.name <> n.name
join usual o on o.name = n.name and o.cds <> n.cds
order by all
