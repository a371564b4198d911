-- class: unusual
-- table: leas
-- sentence: No district's or county office's code ends where another code of the same name begins, unless the register
--   successions has the pair.
-- reason: An LEA whose CDS code changed, as on moving to another county, has its earlier years under the earlier code:
--   under the present one CDE does not list them.
-- Two LEAs of one name that are both there are seen in the same years. Of the years in between no file may be loaded.
with named as (
    select distinct
        n.cds,
        lower(squeezed(n.lea_name)) as name,
        l.lea_name,
        l.county,
        l.first_dashboard_year,
        l.last_dashboard_year
    from lea_names n
    join leas l using (cds)
    where l.lea_type <> 'charter'
)
select
    b.cds,
    b.lea_name,
    b.county,
    b.first_dashboard_year,
    a.cds as earlier_cds,
    a.county as earlier_county,
    a.last_dashboard_year as earlier_last_dashboard_year
from named a
join named b on b.name = a.name and b.cds <> a.cds and b.first_dashboard_year > a.last_dashboard_year
where not exists (select 1 from reg_successions s where s.predecessor_cds = a.cds and s.successor_cds = b.cds)
group by all
order by all
