-- Grain: CDS code x code that ended and that it follows, directly or through other codes.
-- Key: cds, predecessor_cds.
-- Inputs: reg_successions.
-- Oddities: succession_date is the day on which the predecessor's own code ended. since is the day from which this code
--           follows it. The two differ if there is a third code between them.
with recursive chains as (
    select
        successor_cds as cds,
        predecessor_cds,
        predecessor_name,
        succession_date,
        succession_date as since,
        kind,
        source_url
    from reg_successions
    union
    select
        c.cds,
        r.predecessor_cds,
        r.predecessor_name,
        least(c.succession_date, r.succession_date),
        greatest(c.since, r.succession_date),
        r.kind,
        r.source_url
    from chains c
    join reg_successions r on r.successor_cds = c.predecessor_cds
    where r.predecessor_cds <> c.cds
)
select *
from chains
qualify row_number() over (
    partition by cds, predecessor_cds
    order by since, succession_date desc, kind, source_url
) = 1
