"""Make the typed rows of many states from those of one: the same rows under other district codes."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.dashboard.parts import PARTS, ROW_GROUP
from transforms.run import Run
from transforms.sql import build_table


def enlarge(run: Run, folder: Path, times: int) -> int:
    """Let the run's views read ``times`` states, and return the number of indicator rows.

    Existing parts are reused.
    """
    with run.connect() as connection:
        parts = connection.execute(f"select source_id, path, entities, rows from {PARTS}").fetchall()
        if times > 1:
            folder.mkdir(parents=True, exist_ok=True)
            for view, place in (("indicator_results", 1), ("dashboard_entities", 2)):
                paths = [path for part in parts for path in _copies(Path(part[place]), folder, times)]
                listed = ", ".join(f"'{path}'" for path in paths)
                connection.execute(f"create or replace view {view} as select * from read_parquet([{listed}])")
            build_table(connection, "core", "leas")
        return sum(rows for *_, rows in parts) * times


def _copies(path: Path, folder: Path, times: int) -> list[Path]:
    """Return the part itself and its copies."""
    table = None
    found = [path]
    for number in range(times - 1):
        copy = folder / f"{path.stem}-{number}{path.suffix}"
        found.append(copy)
        if copy.exists():
            continue
        table = table or pq.read_table(path, read_dictionary=["cds"]).unify_dictionaries()
        column = table.column("cds").combine_chunks()
        codes = pa.DictionaryArray.from_arrays(column.indices, _other_codes(column.dictionary, number))
        field = pa.field("cds", codes.type, nullable=False)
        pq.write_table(
            table.set_column(table.schema.get_field_index("cds"), field, codes),
            copy,
            compression="zstd",
            row_group_size=ROW_GROUP,
        )
    return found


def _other_codes(codes: pa.Array, number: int) -> pa.Array:
    """Return codes of another state.

    District codes of generated states are 50nnn, county offices 109nn. Another first digit makes another LEA.
    """
    office = pc.equal(pc.utf8_slice_codeunits(codes, 2, 4), "10")
    district = pc.utf8_replace_slice(codes, 3, 4, str(number + 1))
    return pc.if_else(office, pc.utf8_replace_slice(codes, 4, 5, str(number)), district)
