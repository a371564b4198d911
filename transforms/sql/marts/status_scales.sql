-- Grain: indicator x scale of its status.
-- Key: indicator, first_dashboard.
-- Inputs: ref_status_scales.
-- Oddities: an indicator that is not listed has always had the same scale.
select
    indicator,
    scale,
    first_dashboard::smallint as first_dashboard,
    (lead(first_dashboard::smallint) over w - 1)::smallint as last_dashboard,
    lag(scale) over w as follows,
    unit,
    source
from ref_status_scales
window w as (partition by indicator order by first_dashboard::smallint)
