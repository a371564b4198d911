"""The catalog of published files: what each is called, which layout it has, and which Dashboard it belongs to."""

from pathlib import Path
from typing import Literal

from transforms.errors import ConfigError
from transforms.toml_model import StrictModel, read_toml

Layout = Literal["dashboard", "assistance", "local_indicators", "local_indicators_by_priority"]


class Source(StrictModel):
    """One published file of one year."""

    id: str
    title: str
    file: str
    also_named: tuple[str, ...] = ()
    url: str = ""  # empty: the address is not known, only the landing page
    landing_page: str
    format: Literal["text", "workbook"]
    layout: Layout
    dashboard_year: int
    indicator: str | None = None
    priority: int | None = None
    edition: str = ""
    changes_expected: str
    may_be_missing: str = ""

    @property
    def reporting_year(self) -> str:
        """The year as the file itself writes it: 2017 is '2017f', the Fall release."""
        return "2017f" if self.dashboard_year == 2017 and self.layout in ("dashboard", "assistance") else str(self.dashboard_year)


class Catalog(StrictModel):
    """All known sources."""

    source: tuple[Source, ...]

    def by_file_name(self) -> dict[str, Source]:
        """Sources by lower-case file name, other names included."""
        return {name.lower(): s for s in self.source for name in (s.file, *s.also_named)}


def load_catalog(folder: Path) -> Catalog:
    """Read catalog.toml. Raises ConfigError for unknown keys, or an id or file name that stands twice."""
    catalog = read_toml(folder / "catalog.toml", Catalog)
    ids = [s.id for s in catalog.source]
    names = [n.lower() for s in catalog.source for n in (s.file, *s.also_named)]
    for label, values in (("id", ids), ("file name", names)):
        twice = sorted({v for v in values if values.count(v) > 1})
        if twice:
            raise ConfigError(f"catalog.toml: {label} stands twice: {', '.join(twice)}")
    return catalog
