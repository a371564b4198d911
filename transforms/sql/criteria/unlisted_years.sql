-- Grain: LEA x Dashboard year whose files do not list it under its code, if no predecessor is on record.
-- Key: cds, dashboard_year.
-- Inputs: lea_years, predecessor_years.
-- Oddities: a year with no loaded file is left out, because it is not known whether its files list the LEA.
select y.cds, y.dashboard_year
from lea_years y
anti join predecessor_years p on p.cds = y.cds and p.dashboard_year = y.dashboard_year
where y.basis <> 'none' and y.in_files is false
