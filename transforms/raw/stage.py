"""Read every snapshot once per content and layout version; later runs take the result from disk."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa

from transforms import clock
from transforms.control_characters import shown
from transforms.dashboard.parts import group_codes, part_of
from transforms.errors import SourceError, SourceFilesError
from transforms.files import sha256_of
from transforms.interrupt import stop_if_signaled
from transforms.raw.identity import verify_identity
from transforms.raw.page import read_page
from transforms.raw.table import (
    CELL_LAYOUTS,
    REJECT_SCHEMA,
    RawTable,
    Report,
    as_cells,
    as_rows,
    cached_report,
    write_parquet,
    write_record,
)
from transforms.raw.text import read_text
from transforms.run import Run, Snapshot, StepResult
from transforms.sources.catalog import Source
from transforms.sources.layouts import LAYOUT_VERSION, LayoutSpec, needed_columns
from transforms.sources.unused import UnusedFile, earlier_edition, none_usable, record_unused, unused_note
from transforms.wording.sentences import plural


def read_raw(run: Run) -> StepResult:
    """Turn snapshots into Parquet files of text.

    A file that is not what its name promises is recorded and replaced by its edition of the current release, if that is
    still stored. Raises SourceFilesError if no file can be used.
    """
    taken = run.snapshots()
    snapshots = [s for s in taken if was_published_as_of(run, run.sources[s.source_id])]
    groups = group_codes(run.settings.reference)
    with ThreadPoolExecutor(max_workers=2) as pool:
        reading = {s.source_id: pool.submit(_read_or_refuse, run, s, groups) for s in _alternating_kinds(snapshots)}
        outcomes = [reading[s.source_id].result() for s in snapshots]
    unused = [o.unused for o in outcomes if o.unused]
    record_unused(run, "raw", unused)
    reports = [o.report for o in outcomes if o.report]
    if unused and len(unused) == len(snapshots):  # editions of the previous release alone are nothing new
        raise SourceFilesError(none_usable(unused, Path(run.settings.source)))
    run.save_fact("raw", reports)
    rows_in, kept = sum(r["rows_in"] for r in reports), sum(r["rows_kept"] for r in reports)
    later = len(taken) - len(snapshots)
    left_out = f"; {plural(later, 'file')} published later left out" if later else ""
    return StepResult(
        rows_in, kept, f"{kept:,} rows as text, {rows_in - kept:,} rejected{left_out}{unused_note(unused)}"
    )


@dataclass(frozen=True)
class _ReadFile:
    report: Report | None
    unused: UnusedFile | None = None


def _alternating_kinds(snapshots: list[Snapshot]) -> list[Snapshot]:
    """Return workbooks and texts in alternating order.

    Two workbooks at once would wait for each other, because reading one keeps the interpreter busy; reading a text does
    not.
    """
    books = [s for s in snapshots if s.file.lower().endswith((".xlsx", ".xls"))]
    texts = [s for s in snapshots if s not in books]
    return [s for pair in zip_longest(books, texts) for s in pair if s is not None]


def was_published_as_of(run: Run, source: Source) -> bool:
    """Return False for a file that came out after the as-of date of the run.

    A Dashboard's files are known from the day on which its determination is in force. A file without a Dashboard is
    known from the day in the catalog. The directory has no such day: it decides nothing, and shows the state of its own
    day.
    """
    as_of, year = run.settings.as_of, source.dashboard_year
    if as_of >= clock.today():
        return True
    if year is None:
        return source.first_published is None or source.first_published <= as_of
    rules = run.rules_by_year.get(year)
    return (rules.in_force_from if rules else date(year, 12, 1)) <= as_of


def _read_or_refuse(run: Run, snapshot: Snapshot, groups: Mapping[str, str]) -> _ReadFile:
    """Return the file's report. For an unusable file: the report of its earlier edition if there is one, and why."""
    stop_if_signaled()
    try:
        return _ReadFile(_read_and_type(run, snapshot, groups))
    except SourceError as error:
        source = run.sources[snapshot.source_id]
        earlier = earlier_edition(run, source, snapshot.sha256)
        report = None
        if earlier is not None:
            try:
                report = _read_and_type(run, earlier, groups)
            except SourceError:  # the contract is stricter now
                earlier = None
        return _ReadFile(report, UnusedFile.from_error(error, source.id, earlier))


def _read_and_type(run: Run, snapshot: Snapshot, groups: Mapping[str, str]) -> Report:
    """Read a file. Type a Dashboard file too while its rows are in memory, so that the core stage finds its part."""
    report, table = _read(run, snapshot)
    if table is not None and report["layout"] == "dashboard":
        part_of(run, report, groups, table)
    return report


def read_snapshot(run: Run, snapshot: Snapshot) -> Report:
    """Return the report of one file whose content matches its name; its rows and rejects are in Parquet files.

    Raises SourceError if the content does not match.
    """
    return _read(run, snapshot)[0]


def _read(run: Run, snapshot: Snapshot) -> tuple[Report, pa.Table | None]:
    """Return the report of one file, and its rows unless they were read before."""
    source = run.sources[snapshot.source_id]
    spec = run.layouts.of(source)
    needed = needed_columns(source, spec, run.rules_by_year)
    contract = hashlib.sha256(
        f"{source.model_dump_json()}{spec.model_dump_json()}{sorted(needed)}".encode()
    ).hexdigest()[:12]
    stem = run.settings.build / "raw" / f"v{LAYOUT_VERSION}" / source.id / f"{snapshot.sha256}-{contract}"
    report_path = stem.with_suffix(".json")
    earlier = cached_report(report_path)
    if earlier is not None:
        return earlier | {"file": snapshot.file, "first_seen": snapshot.first_seen}, None
    path = Path(snapshot.path)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != snapshot.sha256:
        raise SourceError(
            snapshot.file,
            "the stored copy no longer matches its hash",
            f"Delete {path.name} from the snapshots and run again.",
        )
    try:
        raw = _parse(content, snapshot.file, source, spec, needed)
    except SourceError as error:
        raise _identity_error(content, snapshot.file, source, spec) or error from error
    verify_identity(raw, content, snapshot.file, source, spec)
    report = _report(snapshot, source, raw, stem)
    _write(raw.table, stem.with_suffix(".parquet"))
    rejects = pa.Table.from_pylist([asdict(r) for r in raw.rejects], REJECT_SCHEMA)
    _write(rejects, stem.with_suffix(".rejects.parquet"))
    report["written"] = {part: sha256_of(Path(report[part])) for part in ("parquet", "rejects")}
    write_record(report_path, report)
    return report, raw.table


def _identity_error(content: bytes, file: str, source: Source, spec: LayoutSpec) -> SourceError | None:
    """Return the error if the file is not what its name says, else None.

    Last year's file lacks columns of this year, but that is not the cause to report.
    """
    try:
        raw = _parse(content, file, source, spec, set(spec.always))
    except SourceError:
        return None
    try:
        verify_identity(raw, content, file, source, spec)
    except SourceError as error:
        return error
    return None


def _parse(content: bytes, file: str, source: Source, spec: LayoutSpec, needed: set[str]) -> RawTable:
    """Read a file by its kind: some sources are published as a workbook and as text."""
    if Path(file.strip()).suffix.lower() in (".xlsx", ".xls"):
        from transforms.raw.workbook import read_workbook  # imports pandas: a night without changes reads none

        cells = read_workbook(content, file, spec, needed, source.dashboard_year or 0)
        return cells if source.layout in CELL_LAYOUTS else as_rows(cells, list(spec.columns))
    if source.format == "page":
        return read_page(content, file, spec, needed)
    raw = read_text(content, file, spec, needed)
    return as_cells(raw) if source.layout in CELL_LAYOUTS else raw


def _report(snapshot: Snapshot, source: Source, raw: RawTable, stem: Path) -> Report:
    return {
        "source_id": source.id,
        "file": snapshot.file,
        "sha256": snapshot.sha256,
        "size": snapshot.size,
        "first_seen": snapshot.first_seen,
        "layout": source.layout,
        "dashboard_year": source.dashboard_year,
        "indicator": source.indicator,
        "priority": source.priority,
        "rows_in": raw.rows_in,
        "rows_kept": raw.rows_kept,
        "encoding": raw.encoding,
        "sheet": shown(raw.sheet),
        "missing_columns": raw.missing_columns,
        "extra_columns": [shown(heading) for heading in raw.extra_columns],
        "notes": [shown(note) for note in raw.notes],
        "warnings": [shown(warning) for warning in raw.warnings],
        "parquet": str(stem.with_suffix(".parquet")),
        "rejects": str(stem.with_suffix(".rejects.parquet")),
    }


def _write(table: pa.Table, target: Path) -> None:
    write_parquet(table, target, write_statistics=False)
