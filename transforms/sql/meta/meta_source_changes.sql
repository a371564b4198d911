-- Grain: one row of a source file that differs from the file of the release before.
-- Key: source_id, row_key, position.
-- Inputs: source_changes.
-- Oddities: position distinguishes rows with the same key in one file. A workbook row has all of its cells that are
--           read, before and after.
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
