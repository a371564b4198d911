-- Grain: loan x event, with the first and the last day on which it may have happened.
-- Key: event_id.
-- Inputs: reg_state_loan_events.
-- Oddities: sources give some dates as a month, a season or a year; 'before' gives only a last day.
select
    *,
    if(precision = 'before', null, event_date) as earliest,
    last_possible_day(event_date, precision) as latest
from reg_state_loan_events
