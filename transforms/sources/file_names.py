"""Recognize a file of the catalog under the name that a browser, a mail program or a spreadsheet gave it, and find its
right name.
"""

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from transforms.errors import SourceError
from transforms.raw.encoding import decode
from transforms.raw.identity import commonest
from transforms.raw.text import read_text
from transforms.run import Run
from transforms.sources.catalog import Catalog, Source
from transforms.sources.unused import UnusedFile

PARTIAL_DOWNLOAD = re.compile(r"\.(download|crdownload|part|partial|opdownload|tmp)$")
PACKED = re.compile(r"\.(zip|gz|7z|rar)$")
EXTENSION = re.compile(r"\.(txt|csv|tsv|xlsx?|html?|asp)$")
# What programs add before or after a name: "Copy of x", "x (1)", "x[1]", "x - Copy (2)", "x_1", "x 2".
COPY_PREFIX = re.compile(r"^(copy (\(\d+\) )?of|fwd?|re) ")
COPY_SUFFIX = re.compile(r"(\s*\(\d+\)|\s*\[\d+\]|\s*-\s*copy|[ _-]copy|[ _-]\d{1,2})$")
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)|(?<=[a-z])\d\d(?!\d)")  # also in assistancestatus24
IGNORED = ("readme", "readme.md", "readme.txt", "desktop.ini", "thumbs.db")
HEAD_BYTES = 1 << 16  # bytes that are enough to recognize a text


def is_ignored(path: Path) -> bool:
    """Return True for a file that no person put there as a source.

    These are hidden files, locks of a spreadsheet program and notes about the folder.
    """
    return path.name.startswith((".", "~$")) or path.name.lower() in IGNORED


def recognize(name: str, known: Mapping[str, Source]) -> tuple[Source | None, str]:
    """Return the source that a file name means, and its name in the catalog; None and '' if there is none."""
    plain = " ".join(unquote(name).lower().split())
    stem = EXTENSION.sub("", PACKED.sub("", PARTIAL_DOWNLOAD.sub("", plain)))
    by_stem = _by_stem(tuple(known))
    while True:
        for right in (plain, *by_stem.get(stem, ())):
            if right in known and (right == plain or Path(right).suffix == Path(plain).suffix):
                return known[right], right
        if stem in by_stem:
            return known[by_stem[stem][0]], by_stem[stem][0]
        shorter = EXTENSION.sub("", COPY_SUFFIX.sub("", COPY_PREFIX.sub("", stem)).strip())
        if shorter == stem:
            return None, ""
        stem = shorter


@lru_cache(maxsize=8)
def _by_stem(names: tuple[str, ...]) -> dict[str, list[str]]:
    by_stem: dict[str, list[str]] = {}
    for name in names:
        by_stem.setdefault(Path(name).stem, []).append(name)
    return by_stem


def similar(name: str, known: Mapping[str, Source]) -> Source | None:
    """Return the source whose name is most similar, among the years in the name."""
    years = {2000 + int(year[-2:]) for year in YEAR.findall(name.lower())}
    of_years = [n for n, source in known.items() if not years or source.dashboard_year in years]
    near = difflib.get_close_matches(name.lower(), of_years, 1, 0.75)
    return known[near[0]] if near else None


def refusal_of_name(name: str, right: str) -> SourceError | None:
    """Return why a file cannot be read whatever its content: it is packed, or a browser has not finished it."""
    plain = unquote(name).strip().lower()
    if PACKED.search(plain):
        return SourceError(name, "this is an archive", f"Unpack it, and put {right} here." if right else "Unpack it.")
    if PARTIAL_DOWNLOAD.search(plain):
        advice = f"Download it again, or rename it to {right} if it is complete." if right else "Download it again."
        return SourceError(name, "its name is that of an unfinished download", advice)
    return None


def unrecognized_file(run: Run, path: Path) -> UnusedFile:
    """Return the record of a file with an unknown name, and suggest a name from its content or a similar name."""
    known = run.catalog.by_file_name()
    _, right = recognize(path.name, known)
    refused = refusal_of_name(path.name, right)
    if refused:
        return UnusedFile.from_error(refused)
    meant, unknown = _named_by_content(run, path)
    if unknown:
        advice = (
            "It is left out. An indicator is known when data/reference/indicators.csv, data/layouts.toml (told_by) and"
            " data/catalog.toml have it."
        )
        return UnusedFile(
            path.name,
            f"its rows are for {unknown}, which is not a known indicator",
            advice,
            column="indicator",
            value=unknown,
        )
    if meant:
        return UnusedFile(
            path.name, f"its name is not one of CDE's, but its rows match {meant}", f"Rename it to {meant}."
        )
    near = similar(path.name, known)
    advice = (
        f"If it is {near.file}, rename it so."
        if near
        else "Name files as CDE does, for example eladownload2024.txt; or move it elsewhere."
    )
    return UnusedFile(path.name, "the catalog has no file with this name", advice)


def _named_by_content(run: Run, path: Path) -> tuple[str, str]:
    """Return the name of the Dashboard file whose year and indicator the rows have, and the indicator if it is unknown.

    Both are empty if the rows have neither.
    """
    spec = run.layouts.dashboard
    try:
        with path.open("rb") as file:
            start = file.read(HEAD_BYTES)
        whole, _, _ = decode(start[: start.rfind(b"\n") + 1] or start, path.name)
        table = read_text(whole, path.name, spec, {"cds", "rtype", "reportingyear", "indicator"}).table
    except (OSError, SourceError):
        return "", ""
    year, code = commonest(table["reportingyear"]), commonest(table["indicator"]).upper()
    known = {marks.code for marks in spec.told_by.values()}
    if year and code and code not in known:
        return "", code
    return (
        next(
            (
                s.file
                for s in _dashboards(run.catalog)
                if s.reporting_year == year and spec.told_by[s.indicator or ""].code == code
            ),
            "",
        ),
        "",
    )


def _dashboards(catalog: Catalog) -> list[Source]:
    return [s for s in catalog.source if s.layout == "dashboard"]
