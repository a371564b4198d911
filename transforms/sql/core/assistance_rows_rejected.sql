-- Grain: one row of an assistance workbook that is rejected: one bad cell takes the whole row with it.
-- Key: source_id, line.
-- Inputs: assistance_cells.
select distinct source_id, line from assistance_cells where len(problems) > 0
