-- Grain: one letter of CDE's assistance workbooks.
-- Key: letter.
-- Inputs: ref_priority_letters.
select letter, priorities from ref_priority_letters
