-- class: unusual
-- table: leas
-- sentence: If the code of a district or county office ends before another code with the same name begins, the register
--   of successions leads from one to the other.
-- reason: If an LEA's CDS code changed, for example because the LEA moved to another county, its earlier years are
--   under the earlier code. CDE does not list them under the present code.
-- Two separate LEAs with the same name appear in the same years. Files of the years in between may not be loaded.
with recursive followed as (
    select predecessor_cds as cds, successor_cds from reg_successions
    union
    select f.cds, s.successor_cds from followed f join reg_successions s on s.predecessor_cds = f.successor_cds
),

named as (
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
where not exists (select 1 from followed f where f.cds = a.cds and f.successor_cds = b.cds)
group by all
order by all
