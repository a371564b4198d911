-- class: unusual
-- table: leas
-- sentence: Every LEA of the latest Dashboard is in CDE's directory, if one is loaded.
-- reason: A code that is not in the directory is new or mistyped. Editions of the directory lag behind.
select l.cds, l.lea_name, l.lea_type, l.last_dashboard_year
from leas l
where l.last_dashboard_year = (select max(last_dashboard_year) from leas) and l.directory_status is null
    and (select count(*) from directory) > 0
    and l.county_code in (select distinct cds[1:2] from directory)
order by l.cds
