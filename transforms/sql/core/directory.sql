-- Grain: one public school, district or county office in CDE's directory.
-- Key: cds.
-- Inputs: directory_rows.
-- Oddities: if two editions are loaded, the undated one is the current one. A date that cannot be read is null.
with ranked as (
    select
        d.*,
        row_number() over (partition by d.cds order by d.source_id = 'directory' desc, d.source_id desc) as place
    from directory_rows d
    where len(d.problems) = 0
)
select
    cds,
    status as directory_status,
    county,
    district as district_name,
    school as school_name,
    case upper(charter) when '1' then true when 'Y' then true when '0' then false when 'N' then false end as is_charter,
    coalesce(try_cast(open_date as date), try_strptime(open_date, ['%m/%d/%Y', '%d-%b-%Y'])::date) as open_date,
    coalesce(try_cast(closed_date as date), try_strptime(closed_date, ['%m/%d/%Y', '%d-%b-%Y'])::date) as closed_date,
    source_id,
    line::integer as source_line
from ranked
where place = 1
