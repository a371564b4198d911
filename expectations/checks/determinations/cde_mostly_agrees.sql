-- class: unusual
-- table: reconciliation
-- sentence: At most {cde_differs_share%} percent of the values that can be compared with CDE's flags of a year differ.
-- reason: Single differences are corrections by CDE or open questions. Many at once mean a wrong file or a wrong rule.
select
    dashboard_year,
    split_part(flag, ':', 1) as flag,
    count(*) as compared,
    count(*) filter (class <> 'agree') as differing
from reconciliation
where class <> 'not_comparable' and not accepted
group by all
having count(*) >= threshold(flags_to_compare)
    and count(*) filter (class <> 'agree') > threshold(cde_differs_share) * count(*)
order by all
