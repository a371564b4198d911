-- Grain: CDS code x name that one file gives it; the file is a workbook, a local indicator file or a Dashboard file.
-- Key: source_id, cds, lea_name.
-- Inputs: raw_assistance, raw_local_indicators, raw_local_indicators_by_priority, dashboard_entities.
-- Oddities: files differ in capitals and spaces, so names are in lower case with single spaces. Local indicator files
--           name charter schools too; Dashboard rows of schools are left out. A code that cannot belong to any LEA (one
--           that lost its leading zero) gives no name.
with named as (
    select source_id, line, blank(cds) as cds, blank(value) as lea_name from raw_assistance where field = 'name'
    union all
    select source_id, line, blank(cds), blank(leaname) from raw_local_indicators
    union all
    select source_id, line, blank(cds), blank(value) from raw_local_indicators_by_priority where field = 'name'
    union all
    select source_id, null, cds, district_name
    from dashboard_entities where record_type = 'D' and cds like '%0000000'
)
select
    source_id,
    cds,
    lower(squeezed(lea_name)) as lea_name,
    coalesce(list(distinct line order by line) filter (line is not null), []) as lines
from named
where cds_problem('CDS', cds) is null and lea_name is not null
group by source_id, cds, lower(squeezed(lea_name))
