-- Grain: LEA x determination year with a student group judged in any counted Dashboard.
-- Key: cds, determination_year.
-- Inputs: continuum_groups.
-- Rule: if an LEA has fewer than three student groups, all of them must have met the criteria in three of the four
--       counted Dashboards (EC 52072, 52072.5). A group exists if it has a result that meets the size test in the
--       determination year [inferred, medium confidence: one case known].
-- Oddities: the clause holds if at least one group is known to exist, fewer than three may exist, and all groups that
--           may exist count. It may hold if fewer than three groups are known to exist, each of these may count, and
--           some group may exist and count. may_hold_joined adds the years under the code of a registered predecessor.
--           A test has the truth table.
with groups as (
    select
        cds,
        determination_year,
        count(*) filter (has_result) as that_exist,
        count(*) filter (may_have_result) as that_may_exist,
        count(*) filter (may_have_result and not counts) as that_may_exist_and_do_not_count,
        count(*) filter (has_result and not may_count) as that_exist_and_cannot_count,
        count(*) filter (has_result and not may_count_joined) as that_exist_and_cannot_count_joined,
        count(*) filter (may_have_result and may_count) as that_may_exist_and_may_count,
        count(*) filter (may_have_result and may_count_joined) as that_may_exist_and_may_count_joined
    from continuum_groups
    group by cds, determination_year
)
select
    cds,
    determination_year,
    that_exist >= 1 and that_may_exist < 3 and that_may_exist_and_do_not_count = 0 as holds,
    that_exist < 3 and that_exist_and_cannot_count = 0 and that_may_exist_and_may_count >= 1 as may_hold,
    that_exist < 3 and that_exist_and_cannot_count_joined = 0
        and that_may_exist_and_may_count_joined >= 1 as may_hold_joined
from groups
