-- Grain: LEA x assistance workbook that covers its county, or charter school x charter workbook: whether the workbook
--        lists it, and what it means if not.
-- Key: cds, source_id.
-- Inputs: leas, source_files, source_coverage, assistance_leas, charter_cells, rejects, assistance_history,
--         dashboard_entities, codes_elsewhere, reg_successions.
-- Oddities: a missing row does not mean "no". A later workbook that has a status for the year proves that there was a
--           row ('row_missing'); a blank there proves that there was none ('not_listed'). An LEA that no later workbook
--           lists is 'not_listed' in two cases: an adjacent workbook and the year's Dashboard lack it too, or the
--           directory or the register of successions shows that the code was no LEA then. Otherwise it is 'unknown':
--           the LEA closed, or its row was lost. If a registered predecessor is listed in a year before the succession,
--           the LEA is 'not_listed' under its own code, even if a later workbook carries the status over. This does not
--           apply if a workbook before the succession already lists the LEA, as for a district that others merged into.
with books as (
    select f.source_id, f.file, f.dashboard_year, f.layout, v.statewide, v.counties
    from source_files f
    join source_coverage v using (source_id)
    where f.layout in ('assistance', 'charter_assistance')
),
listed as (
    select cds, source_id from assistance_leas
    union
    select cds, source_id from charter_cells where row_is_sound
),
rejected as (
    select distinct cds, source_id from rejects where cds is not null
),
workbook_rows as (
    select
        l.cds,
        b.source_id,
        b.dashboard_year,
        r.cds is not null and n.cds is null as is_rejected,
        n.cds is not null as is_listed,
        lag(n.cds is null and r.cds is null) over w as missing_before,
        lead(n.cds is null and r.cds is null) over w as missing_after,
        bool_or(n.cds is not null or r.cds is not null) over (
            w rows between 1 following and unbounded following
        ) as listed_later
    from leas l
    join books b on (b.layout = 'charter_assistance') = (l.lea_type = 'charter')
        and (b.statewide or list_contains(b.counties, l.county_code))
    left join listed n on n.cds = l.cds and n.source_id = b.source_id
    left join rejected r on r.cds = l.cds and r.source_id = b.source_id
    window w as (partition by l.cds order by b.dashboard_year)
),
succeeded as (
    select distinct r.successor_cds as cds, n.source_id
    from reg_successions r
    join listed n on n.cds = r.predecessor_cds
    join books b on b.source_id = n.source_id and make_date(b.dashboard_year, 6, 30) < r.succession_date
    where not exists (
        select 1 from listed o join books k using (source_id)
        where o.cds = r.successor_cds and make_date(k.dashboard_year, 6, 30) < r.succession_date
    )
)
select
    b.cds,
    b.source_id,
    b.dashboard_year,
    h.reported_by,
    case
        when b.is_listed then 'listed'
        when b.is_rejected then 'row_rejected'
        when s.cds is not null then 'not_listed'
        when h.was_listed then 'row_missing'
        when h.was_listed is false then 'not_listed'
        when e.cds is not null then 'unknown'
        when d.cds is not null then 'not_listed'
        when coalesce(b.listed_later, false) then 'unknown'
        when coalesce(b.missing_after, b.missing_before, false) then 'not_listed'
        else 'unknown'
    end as listing
from workbook_rows b
left join assistance_history h on h.cds = b.cds and h.dashboard_year = b.dashboard_year
left join codes_elsewhere d on d.cds = b.cds and d.dashboard_year = b.dashboard_year
left join succeeded s on s.cds = b.cds and s.source_id = b.source_id
left join (select distinct cds, dashboard_year from dashboard_entities) e on e.cds = b.cds
    and e.dashboard_year = b.dashboard_year
