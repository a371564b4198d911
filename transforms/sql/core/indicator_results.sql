-- Grain: one LEA, school or the state, in one Dashboard year, for one indicator and student group.
-- Key: cds, dashboard_year, indicator, student_group.
-- Inputs: dashboard_rows.
-- Oddities: 2022 has status and no color; County office and charter flags are blank on many rows of the same LEA,
--           so record types are told from the CDS code and rtype, not from them.
select
    cds,
    dashboard_year,
    indicator,
    studentgroup as student_group,
    rtype as record_type,
    schoolname as school_name,
    districtname as district_name,
    countyname as county_name,
    charter_flag,
    coe_flag as county_office_flag,
    dass_flag,
    type as school_type,
    try_cast(currnumer as double) as current_numerator,
    try_cast(currdenom as double) as current_denominator,
    try_cast(currstatus as double) as current_status,
    try_cast(priornumer as double) as prior_numerator,
    try_cast(priordenom as double) as prior_denominator,
    try_cast(priorstatus as double) as prior_status,
    try_cast(change as double) as change,
    try_cast(statuslevel as double)::tinyint as status_level,
    try_cast(changelevel as double)::tinyint as change_level,
    try_cast(color as double)::tinyint as color,
    try_cast(box as double)::smallint as box,
    smalldenom as small_denominator,
    currnsizemet as current_size_met,
    priornsizemet as prior_size_met,
    nsizegroup as size_group,
    accountabilitymet as accountability_met,
    flag95pct as under_95_percent_tested,
    certifyflag as certify_flag,
    dataerrorflag as data_error_flag,
    source_id,
    line::integer as source_line
from dashboard_rows
where len(problems) = 0
