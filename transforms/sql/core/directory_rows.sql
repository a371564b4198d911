-- Grain: one row of a school directory file, with its problems.
-- Key: source_id, line.
-- Inputs: raw_directory.
-- Oddities: the directory writes 'No Data' for blank. Codes of districts and county offices end in 0000000.
with trimmed as (
    select
        r.source_id,
        r.line,
        blank(r.cds) as cds,
        blank(r.status) as status,
        nullif(blank(r.county), 'No Data') as county,
        nullif(blank(r.district), 'No Data') as district,
        nullif(blank(r.school), 'No Data') as school,
        nullif(blank(r.charter), 'No Data') as charter,
        nullif(blank(r.open_date), 'No Data') as open_date,
        nullif(blank(r.closed_date), 'No Data') as closed_date
    from raw_directory r
),
counted as (
    select *, count(*) over (partition by source_id, cds) as times from trimmed
)
select
    * exclude (times),
    list_filter([
        cds_problem('CDSCode', cds),
        problem(
            status is null or status not in ('Active', 'Closed', 'Merged', 'Pending'),
            'StatusType', status, 'status is Active, Closed, Merged or Pending'
        ),
        hidden_problem('County', county), hidden_problem('District', district), hidden_problem('School', school),
        hidden_problem('Charter', charter), hidden_problem('OpenDate', open_date), hidden_problem(
            'ClosedDate',
            closed_date
        ),
        problem(times > 1, 'CDSCode', cds, 'this code is in the file ' || times || ' times')
    ], lambda p: p is not null) as problems
from counted
