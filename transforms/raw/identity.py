"""Tell by its content of which indicator a Dashboard file is: a chronic absenteeism file reads as graduation, and would decide as such."""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from transforms.catalog import Source
from transforms.errors import SourceError
from transforms.layouts import LayoutSpec
from transforms.raw.table import RawTable

ADVICE = "Check which indicator's file this is."


def refuse_another_indicator(raw: RawTable, file: str, source: Source, spec: LayoutSpec) -> None:
    """Raise SourceError when the file's own indicator code, or a heading that only others have, says that it is of another indicator."""
    own = spec.told_by.get(source.indicator or "")
    if own is None:
        return
    codes = {marks.code: indicator for indicator, marks in spec.told_by.items() if marks.code}
    code = _commonest(raw.table["indicator"])
    if code in codes and code != own.code:
        raise SourceError(file, f"its rows are of {code}, not of {own.code}", ADVICE, column="indicator", value=code)
    present = headings_of(spec, raw.missing_columns, raw.extra_columns)
    for indicator, marks in spec.told_by.items():
        if foreign := [h for h in marks.headings if h in present and h not in own.headings]:
            raise SourceError(file, f"it has the column {foreign[0]}, by which a file of {indicator} is told", ADVICE, line=1, column=foreign[0])


def _commonest(column: pa.ChunkedArray) -> str:
    """The value that most rows print, in capitals; empty if none prints any."""
    counts: Counter[str] = Counter()
    for found in pc.value_counts(column).to_pylist():
        counts[(found["values"] or "").strip().upper()] += found["counts"]
    return max(counts.keys() - {""}, key=lambda v: counts[v], default="")


def is_marked(present: set[str], source: Source, spec: LayoutSpec) -> bool:
    """False when a file lacks every heading by which its indicator is told, though files of its year have one."""
    own = spec.told_by.get(source.indicator or "")
    return own is None or not own.headings or source.dashboard_year in own.unmarked or bool(present & set(own.headings))


def headings_of(spec: LayoutSpec, missing: list[str], extra: list[str]) -> set[str]:
    """Columns of the file: ours where we read them, else as the file has them, in lower case."""
    return {c for c in spec.columns if c not in missing} | {h.lower() for h in extra}
