"""The catalog of published files: what each is called, which layout it has, and which Dashboard it belongs to."""

from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from transforms.errors import ConfigError
from transforms.names import PlainFileName, PlainId
from transforms.toml_model import StrictModel, read_toml

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
    dashboard_year: int | None = None  # None: the file belongs to no Dashboard
    indicator: str | None = None
    priority: int | None = None
    edition: str = ""
    first_published: date | None = None  # of a file of no Dashboard: not known before this day
    changes_expected: str
    may_be_missing: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which the file is known, the one that replaces all others first."""
        return (self.file, *self.also_named, *reversed(self.earlier_editions))

    def rank(self, name: str) -> int:
        """Place of a file in the order of editions, 0 for the one that replaces all others. Raises ValueError for a name of another source."""
        return [n.lower() for n in self.names].index(name.lower())

    def is_earlier_edition(self, name: str) -> bool:
        """True for a file that CDE has since replaced by another one."""
        return name.lower() in {n.lower() for n in self.earlier_editions}

    @property
    def reporting_year(self) -> str:
        """The year as the file itself writes it: 2017 is '2017f', the Fall release."""
        return "2017f" if self.dashboard_year == 2017 and self.layout in ("dashboard", "assistance") else str(self.dashboard_year)


class Publisher(StrictModel):
    """Who publishes, and the domains that are theirs: a redirect to any other is refused."""

    name: str
    hosts: tuple[str, ...]


class Catalog(StrictModel):
    """All known sources and their publishers."""

    publisher: tuple[Publisher, ...]
    source: tuple[Source, ...]

    def hosts_of(self, source: Source) -> tuple[str, ...]:
        """Domains of the publisher of a source."""
        host = (urlsplit(source.url).hostname or "").lower()
        return next((p.hosts for p in self.publisher if any(host == h or host.endswith(f".{h}") for h in p.hosts)), ())

    def by_file_name(self) -> dict[str, Source]:
        """Sources by lower-case file name, other names included."""
        return {name.lower(): s for s in self.source for name in s.names}


def load_catalog(folder: Path) -> Catalog:
    """Read catalog.toml. Raises ConfigError for unknown keys, an id or file name that stands twice, or an address of no publisher."""
    catalog = read_toml(folder / "catalog.toml", Catalog)
    ids = [s.id for s in catalog.source]
    names = [n.lower() for s in catalog.source for n in s.names]
    for label, values in (("id", ids), ("file name", names)):
        twice = sorted({v for v in values if values.count(v) > 1})
        if twice:
            raise ConfigError(f"catalog.toml: {label} stands twice: {', '.join(twice)}")
    for s in catalog.source:
        if s.url and (not s.url.startswith("https://") or not catalog.hosts_of(s)):
            raise ConfigError(f"catalog.toml: {s.id}: {s.url} is not an https address of a publisher in this file")
    return catalog
