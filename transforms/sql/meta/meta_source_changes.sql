-- Grain: one row of a source file that differs from the file of the release before.
-- Key: source_id, row_key, position.
-- Inputs: source_changes.
-- Oddities: position tells rows apart whose key stands more than once in a file. A row of a workbook shows all of its
--           read cells before and after.
select
    source_id,
    row_key,
    position,
    kind,
    cds,
    columns_changed,
    before,
    after,
    previous_sha256,
    sha256
from source_changes
