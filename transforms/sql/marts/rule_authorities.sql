-- Grain: Dashboard year x what is decided x authority: the law, page or workbook that each rule rests on, as the rules files cite it.
-- Key: dashboard_year, subject, authority.
-- Inputs: rule_citations, rule_determinations, rule_assistance, rule_consecutive, rule_charter, wraparound_rule, pathways, preview_rule.
-- Oddities: how state loans are read is cited once, and stands here for every determination year.
select dashboard_year, 'criteria' as subject, what as authority, ['district', 'county_office', 'charter'] as applies_to, url, basis, null as open_question
from rule_citations
union all
select determination_year, 'continuum', statute_district, ['district'], url, basis, null from rule_determinations
union all
select determination_year, 'continuum', statute_county_office, ['county_office'], url, basis, null from rule_determinations
union all
select determination_year, 'differentiated_assistance', statute_district, ['district'], url, basis, null from rule_assistance
where list_contains(serves, 'district')
union all
select determination_year, 'differentiated_assistance', statute_county_office, ['county_office'], url, basis, null from rule_assistance
where list_contains(serves, 'county_office')
union all
select determination_year, 'consecutive', statute, ['district'], url, basis, nullif(open_question, '') from rule_consecutive
union all
select determination_year, 'charter', statute, ['charter'], url, basis, nullif(open_question, '') from rule_charter
union all
select d.determination_year, 'wraparound', p.statute, p.may_receive, p.url, w.receipt_basis || ' ' || w.reach_basis, nullif(p.open_question, '')
from rule_determinations d cross join wraparound_rule w join pathways p on p.pathway = 'wraparound'
union all
select dashboard_year, 'preview', source, ['district', 'county_office'], url, basis, not_found from preview_rule
