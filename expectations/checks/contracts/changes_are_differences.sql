-- class: fault
-- table: indicator_results
-- sentence: The change of a row is the difference of its two statuses, in at least nine of ten rows of a file.
-- reason: Exchanged or shifted columns no longer add up.
select r.source_id, any_value(f.file) as file, count(*) as row_count,
    count(*) filter (abs(r.change - (r.current_status - r.prior_status)) < 0.16) as that_add_up
from indicator_results r
join source_files f using (source_id)
where r.record_type = 'D' and r.change_level > 0 and r.change is not null and r.current_status is not null and r.prior_status is not null
group by r.source_id
having count(*) >= 100 and count(*) filter (abs(r.change - (r.current_status - r.prior_status)) < 0.16) < 0.9 * count(*)
order by all
