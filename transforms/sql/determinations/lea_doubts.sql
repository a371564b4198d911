-- Grain: rejected row of a register x pathway x LEA that it may concern, from a certain day on.
-- Key: file, line, pathway, cds.
-- Inputs: register_doubts, succession_chains.
-- Oddities: the successor of a code that ended may have its loan or case too. since is null if the row may be about any
--           day.
with all_doubts as (
    select file, line, pathway, cds, since from register_doubts where cds is not null
    union all
    select x.file, x.line, x.pathway, c.cds, greatest(x.since, c.since)
    from register_doubts x join succession_chains c on c.predecessor_cds = x.cds
)
select file, line, pathway, cds, if(count(*) > count(since), null, min(since)) as since
from all_doubts
group by file, line, pathway, cds
