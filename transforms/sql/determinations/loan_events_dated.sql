-- Grain: loan x event: the first and the last day on which it may have happened.
-- Key: event_id.
-- Inputs: reg_state_loan_events.
-- Oddities: sources give some dates as a month, a season or a year; 'before' gives only a last day.
select
    *,
    if(precision = 'before', null, event_date) as earliest,
    case precision
        when 'month' then last_day(event_date)
        when 'season' then (event_date + interval 3 months)::date - 1
        when 'year' then make_date(year(event_date), 12, 31)
        when 'fiscal_year' then (event_date + interval 1 year)::date - 1
        else event_date
    end as latest
from reg_state_loan_events
