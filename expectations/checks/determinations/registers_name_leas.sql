-- class: unusual
-- table: leas
-- sentence: A loaded file names every LEA of the registers, and a repaid loan has its event.
-- reason: A name that cannot be compared does not show that the code is right.
select register, record, cds, file, line, column_name, reason from register_warnings order by file, line
