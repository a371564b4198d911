-- Grain: one rejected row of an assistance workbook. One bad cell rejects the whole row, and so does a later workbook
--        that contradicts its status.
-- Key: source_id, line.
-- Inputs: assistance_cells, assistance_statuses_compared.
select source_id, line from assistance_cells where len(problems) > 0
union
select source_id, line from assistance_statuses_compared where contradicts
