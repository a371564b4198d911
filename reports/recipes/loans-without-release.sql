-- title: Loans without a release
-- question: Which state loans have no release from oversight on record?
select
    l.loan_id,
    l.district,
    l.enabling_act,
    l.status_at_latest_source,
    l.latest_source_date,
    max(e.date_text) filter (e.event = 'authorized') as authorized,
    max(e.date_text) filter (e.event = 'repaid') as repaid,
    l.unknown,
    l.source_url
from state_loans l
left join state_loan_events e using (loan_id)
group by all
having count(*) filter (e.event = 'released') = 0
order by l.loan_id
