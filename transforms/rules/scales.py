"""On which scale an indicator's status is, from which Dashboard on: years on different scales are never compared."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from transforms.config.csv_model import read_csv
from transforms.config.toml_model import StrictModel

FILE = Path("reference") / "status_scales.csv"
KEY = ("indicator", "first_dashboard")


def _years(text: object) -> object:
    return tuple(int(y) for y in text.split()) if isinstance(text, str) else text


Years = Annotated[tuple[int, ...], BeforeValidator(_years)]


class StatusScale(StrictModel):
    """A scale and the Dashboard with which it begins; it ends where another one of the indicator begins.

    An indicator without any has one scale.
    """

    indicator: Annotated[str, Field(min_length=1)]
    scale: Annotated[str, Field(min_length=1)]
    first_dashboard: Annotated[int, Field(ge=2013, le=2100)]
    unit: Annotated[str, Field(min_length=1)]
    seen_in: Years  # Dashboards whose rows were tested
    source: Annotated[str, Field(min_length=1)]


def load_scales(folder: Path) -> tuple[StatusScale, ...]:
    """The list below ``folder``. Raises ConfigError."""
    return tuple(read_csv(folder, FILE, StatusScale, KEY))


def scale_of(scales: Iterable[StatusScale], indicator: str, year: int) -> StatusScale | None:
    """The scale of an indicator on a Dashboard; none where it always had the same."""
    begun = [s for s in scales if s.indicator == indicator and s.first_dashboard <= year]
    return max(begun, key=lambda s: s.first_dashboard, default=None)


def scale_begins(scales: Iterable[StatusScale], indicator: str, year: int) -> bool:
    """True where the Dashboard before is on another scale."""
    begun = sorted(s.first_dashboard for s in scales if s.indicator == indicator and s.first_dashboard <= year)
    return len(begun) > 1 and begun[-1] == year
