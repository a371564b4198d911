-- Grain: one state indicator of the Dashboard.
-- Key: indicator.
-- Inputs: ref_indicators.
select
    position,
    indicator,
    name,
    short_name,
    name_in_text,
    priority::tinyint as priority,
    better,
    worst_status_label,
    best_status_label,
    unit,
    reported_for,
    note
from ref_indicators
