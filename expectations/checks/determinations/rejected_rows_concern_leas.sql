-- class: fault
-- table: rejects
-- sentence: For every rejected row of a register that verdicts depend on, it is known which LEA the row may be about.
-- reason: If nobody can know the LEA, no LEA is left undetermined because of the row, and a "not eligible" may be
--   wrong. An event of a loan that is not in the register is such a row, unless its identifier names the district.
select r.register, r.record, r.file, r.line, r.column_name, r.value, r.reason
from register_rejects r
anti join (select register, line from register_doubts where is_guess is not true) d using (register, line)
where r.register not in ('calpads', 'accepted_differences')
order by r.file, r.line, r.column_name
