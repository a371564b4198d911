"""The catalog of published files: the name, layout and Dashboard of each."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from transforms.config.text import read_text
from transforms.config.toml_model import Place, StrictModel, problem_text, read_toml
from transforms.errors import ConfigError
from transforms.rules.model import Year

Layout = Literal[
    "dashboard",
    "assistance",
    "charter_assistance",
    "local_indicators",
    "local_indicators_by_priority",
    "low_performing",
    "lcap_goals",
    "directory",
    "interim_certifications",
]
# Fields that an entry also needs, by its layout: without them no row of the file has a place.
NEEDED: dict[str, tuple[str, ...]] = {
    "dashboard": ("dashboard_year", "indicator"),
    "assistance": ("dashboard_year",),
    "charter_assistance": ("dashboard_year",),
    "local_indicators": ("dashboard_year",),
    "local_indicators_by_priority": ("dashboard_year", "priority"),
    "low_performing": ("dashboard_year",),
    "lcap_goals": ("dashboard_year",),
    "directory": (),
    "interim_certifications": ("edition", "first_published"),
}
EDITION = r"20\d{2}-\d{2} (first|second)"  # of interim certifications
# Ids and file names become parts of a path, so they must be plain on every system. Reserved: devices of Windows, with
# any suffix.
RESERVED = {"con", "prn", "aux", "nul", *(f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10))}
LONGEST = 100  # characters of an id or a file name


def plain_id(text: str) -> str:
    """Return an id of small letters, digits and single hyphens. Raises ValueError for any other."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) or len(text) > LONGEST or text in RESERVED:
        raise ValueError(
            f"an id is made of lowercase letters, digits and single hyphens between them, {LONGEST} at most, and is not"
            " the name of a device"
        )
    return text


def plain_file_name(text: str) -> str:
    """Return a file name without a folder. Raises ValueError for any other."""
    if (
        not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_ .()+-]*\.[A-Za-z0-9]+", text)
        or len(text) > LONGEST
        or text.split(".")[0].strip().lower() in RESERVED
        or ".." in text
    ):
        raise ValueError(
            "a file name begins with a letter or digit, has letters, digits, blanks and any of _ . ( ) + - and a"
            " suffix, and is not the name of a device"
        )
    return text


PlainId = Annotated[str, AfterValidator(plain_id)]
PlainFileName = Annotated[str, AfterValidator(plain_file_name)]


class Source(StrictModel):
    """One published file of one year."""

    id: PlainId
    title: str
    file: PlainFileName
    also_named: tuple[PlainFileName, ...] = ()
    earlier_editions: tuple[PlainFileName, ...] = ()  # files that ``file`` replaces, the oldest first
    url: str = ""  # empty: the address is not known, only the landing page
    landing_page: str
    format: Literal["text", "workbook", "page"]
    layout: Layout
    dashboard_year: Year | None = None  # None: the file belongs to no Dashboard
    indicator: str | None = None
    priority: Annotated[int, Field(ge=1, le=10)] | None = None
    edition: str = ""
    first_published: date | None = None  # for a file without a Dashboard: the file is not known before this day
    changes_expected: str
    may_be_missing: str = ""
    due: date | None = None  # for a file whose own name and address are not known yet: the day it is expected from

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the file, beginning with the one that replaces all others."""
        return (self.file, *self.also_named, *reversed(self.earlier_editions))

    def rank(self, name: str) -> int:
        """Return the place of a file in the order of editions, 0 for the one that replaces all others.

        Raises ValueError for a name of another source.
        """
        return [n.lower() for n in self.names].index(name.lower())

    def is_earlier_edition(self, name: str) -> bool:
        """Return True for a file that CDE has since replaced."""
        return name.lower() in {n.lower() for n in self.earlier_editions}

    @property
    def reporting_year(self) -> str:
        """The year as the file itself writes it: 2017 is '2017f', the Fall release."""
        return (
            "2017f"
            if self.dashboard_year == 2017 and self.layout in ("dashboard", "assistance")
            else str(self.dashboard_year)
        )


class Publisher(StrictModel):
    """A publisher and its domains. A redirect to any other domain is refused."""

    name: str
    hosts: tuple[str, ...]


class Expected(StrictModel):
    """A Dashboard whose files are due.

    Their names follow those of an earlier year until CDE's own names are known and the catalog has entries for them.
    """

    dashboard_year: Year
    named_like: Year
    due: date
    basis: str

    def of(self, source: Source) -> Source:
        """Return the file of this year: the other file with the year changed, in two or four digits."""
        wrong, right = str(self.named_like), str(self.dashboard_year)

        def renamed(text: str) -> str:
            return re.sub(rf"(?<!\d){wrong[2:]}(?=\.)", right[2:], text.replace(wrong, right))

        changed = {name: renamed(getattr(source, name)) for name in ("id", "title", "file", "url")}
        in_full = re.sub(rf"(?<!\d){right[2:]}(?=\.)", right, changed["file"])
        also_named = (*map(renamed, source.also_named), *({in_full} - {changed["file"]}))
        return source.model_copy(
            update={**changed, "also_named": also_named, "dashboard_year": self.dashboard_year, "due": self.due}
        )


class Catalog(StrictModel):
    """All known sources and their publishers. Loading turns ``expected`` Dashboards into sources."""

    publisher: tuple[Publisher, ...]
    source: tuple[Source, ...]
    expected: tuple[Expected, ...] = ()

    def with_expected(self) -> "Catalog":
        """Return the catalog with the files of expected Dashboards that have no entry of their own."""
        own = {s.id for s in self.source}
        due = [e.of(s) for e in self.expected for s in self.source if s.dashboard_year == e.named_like]
        return self.model_copy(update={"source": (*self.source, *(s for s in due if s.id not in own))})

    def hosts_of(self, source: Source) -> tuple[str, ...]:
        """Return the domains of a source's publisher."""
        host = (urlsplit(source.url).hostname or "").lower()
        return next((p.hosts for p in self.publisher if any(host == h or host.endswith(f".{h}") for h in p.hosts)), ())

    def by_file_name(self) -> dict[str, Source]:
        """Return the sources by lower-case file name, including their other names."""
        return {name.lower(): s for s in self.source for name in s.names}


def load_catalog(folder: Path) -> Catalog:
    """Read catalog.toml.

    Raises ConfigError with file and line for an unknown key, a duplicate id or file name, a missing year that the
    layout needs, and so on.
    """
    path = folder / "catalog.toml"
    written = read_toml(path, Catalog)
    catalog = written.with_expected()
    if found := [*_unnamed(written), *_problems(catalog)]:
        text = read_text(path, path.name)
        of_file = [
            (place if place[:1] != ("source",) or int(place[1]) < len(written.source) else ("expected", 0), why)
            for place, why in found
        ]
        raise ConfigError("\n".join(problem_text(path.name, text, place, why) for place, why in of_file))
    return catalog


def _unnamed(catalog: Catalog) -> Iterator[tuple[Place, str]]:
    for n, expected in enumerate(catalog.expected):
        if not any(s.dashboard_year == expected.named_like for s in catalog.source):
            yield (
                ("expected", n, "named_like"),
                f"no entry is for {expected.named_like}; name a Dashboard year that has entries",
            )


def _problems(catalog: Catalog) -> Iterator[tuple[Place, str]]:
    ids = Counter(s.id for s in catalog.source)
    names = Counter(n for s in catalog.source for n in {n.lower() for n in s.names})
    dashboards = Counter((s.dashboard_year, s.indicator) for s in catalog.source if s.layout == "dashboard")
    for n, s in enumerate(catalog.source):
        place: Place = ("source", n)
        if ids[s.id] > 1:
            yield (*place, "id"), f"the id {s.id!r} appears {ids[s.id]} times; give each entry its own"
        for name in s.names:
            if names[name.lower()] > 1:
                yield (
                    (*place, "file"),
                    f"{s.id}: the file name {name!r} appears {names[name.lower()]} times; give each entry its own",
                )
        for key in NEEDED[s.layout]:
            if getattr(s, key) in (None, ""):
                yield place, f"{s.id}: an entry with layout {s.layout!r} needs {key}; add it"
        if s.layout == "interim_certifications" and s.edition and not re.fullmatch(EDITION, s.edition):
            yield (*place, "edition"), f"{s.id}: {s.edition!r} is not an edition such as '2024-25 first'"
        if s.layout == "dashboard" and dashboards[s.dashboard_year, s.indicator] > 1:
            yield (
                place,
                (
                    f"{s.id}: the indicator {s.indicator} of {s.dashboard_year} has several entries; keep one and name"
                    " other files in also_named"
                ),
            )
        if s.url and (not s.url.startswith("https://") or not catalog.hosts_of(s)):
            yield (*place, "url"), f"{s.id}: {s.url} is not an https address of a publisher in this file"
