-- Grain: one local indicator row, from the one-file layout (2017, 2018) or from the workbook of one priority, with its
--        problems.
-- Key: source_id, line.
-- Inputs: raw_local_indicators, raw_local_indicators_by_priority, source_files, misnamed_rows, ref_counties.
-- Oddities: the one-file layout gives the priority in a label ("Basic-Priority Area 1"), with different capitals in
--           different years. CDE leaves no answer blank, so a blank answer is unknown. 'NA' is an answer only in the
--           2018 file (22 of 5,081 rows), and 'Not Met For Two or More Years' only from 2019 on. The one-file layout
--           has the county, which is the county of the code in all 9,169 rows.
with one_file as (
    select
        f.source_id,
        r.line,
        f.dashboard_year,
        blank(r.cds) as cds,
        blank(r.leaname) as lea_name,
        blank(r.countyname) as county,
        regexp_extract(r.localindicator, 'Priority Area ([0-9]+)', 1) as priority_text,
        blank(r.performance) as performance,
        f.dashboard_year::varchar as year_text,
        null::integer as priority_of_file
    from raw_local_indicators r
    join source_files f using (source_id)
),
by_priority as (
    select
        f.source_id,
        r.line,
        f.dashboard_year,
        any_value(blank(r.cds)) as cds,
        max(blank(r.value)) filter (r.field = 'name') as lea_name,
        coalesce(max(blank(r.value)) filter (r.field = 'priority'), any_value(f.priority)::varchar) as priority_text,
        max(blank(r.value)) filter (r.field = 'performance') as performance,
        max(blank(r.value)) filter (r.field = 'year') as year_text,
        any_value(f.priority) as priority_of_file
    from raw_local_indicators_by_priority r
    join source_files f using (source_id)
    group by all
),
rows as (
    select
        try_cast(priority_text as integer) as priority,
        * replace (
            case lower(squeezed(performance))
                when 'met' then 'Met' when 'not met' then 'Not Met' when 'na' then 'NA'
                when 'not met for two or more years' then 'Not Met For Two or More Years' else performance
            end as performance
        )
    from (
        select * from one_file
        union all by name
        select * from by_priority
    )
),
counted as (
    select
        r.*,
        m.named_cds,
        k.county as county_of_code,
        count(*) over (partition by r.source_id, r.cds, r.priority) as times
    from rows r
    left join misnamed_rows m using (source_id, line)
    left join ref_counties k on k.county_code = r.cds[1:2]
)
select
    * exclude (times, county, named_cds, county_of_code, priority, priority_of_file),
    list_filter([
        cds_problem('cds', cds),
        problem(
            coalesce(priority, 0) not in (1, 2, 3, 6, 7, 9, 10),
            'priority', priority_text, 'a local priority is 1, 2, 3, 6, 7, 9 or 10'
        ),
        problem(
            priority <> priority_of_file,
            'priority', priority_text, 'the file is of priority ' || priority_of_file
        ),
        problem(
            coalesce(
                performance not in ('Met', 'Not Met')
                    and not (performance = 'NA' and dashboard_year = 2018)
                    and not (performance = 'Not Met For Two or More Years' and dashboard_year >= 2019),
                true
            ),
            'performance', performance,
            case
                when dashboard_year < 2018 then 'performance is Met or Not Met in this year'
                when dashboard_year = 2018 then 'performance is Met, Not Met or NA in this year'
                else 'performance is Met, Not Met or Not Met For Two or More Years'
            end
        ),
        problem(
            lower(squeezed(county)) <> lower(county_of_code),
            'countyname', county, 'the CDS code of the row is of ' || county_of_code || ' County'
        ),
        problem(
            named_cds is not null, 'leaname', lea_name, note_name_of_other_code(named_cds)
        ),
        problem(
            left(year_text, 4) is distinct from dashboard_year::varchar,
            'year', year_text, 'the row is of another year than the file name says'
        ),
        hidden_problem('leaname', lea_name),
        problem(times > 1, 'cds', cds, 'this LEA and priority are in the file ' || times || ' times')
    ], lambda p: p is not null) as problems
from counted
