-- class: fault
-- table: rejects
-- sentence: Of every rejected row of a register that verdicts rest on it is known which LEA it may be about.
-- reason: Where nobody can know the LEA, none is left undetermined for it, and a "not eligible" may be false. An event
--   of a loan that is not on the register is such a row, unless its identifier names the district.
select r.register, r.record, r.file, r.line, r.column_name, r.value, r.reason
from register_rejects r
anti join (select register, line from register_doubts where is_guess is not true) d using (register, line)
where r.register not in ('calpads', 'accepted_differences')
order by r.file, r.line, r.column_name
