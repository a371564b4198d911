-- Grain: one CDS code that ended and the code that followed it.
-- Key: predecessor_cds, successor_cds.
-- Inputs: reg_successions.
-- Oddities: maintained by hand. LEAs that no loaded file names are included.
select
    predecessor_cds,
    predecessor_name,
    successor_cds,
    successor_name,
    succession_date,
    kind,
    source_url,
    source_note,
    entered_by,
    entered_on
from reg_successions
