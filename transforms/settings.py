"""Where a run reads and writes: one settings object, filled from DTA_* variables and command options."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from transforms import clock

PROJECT = Path(__file__).resolve().parent.parent
UNUSABLE = "?\\\0"  # DuckDB takes the text after the first as options, and the second as a slash


def usable_folder(folder: Path) -> Path:
    """Return the folder if DuckDB can keep a database in it. Raises ValueError if not."""
    found = sorted({letter for letter in str(folder.absolute()) if letter in UNUSABLE})
    if found:
        raise ValueError(
            f"no database can be kept in a folder whose path has {' or '.join(map(repr, found))}; name another folder"
        )
    try:
        str(folder.absolute()).encode()
    except UnicodeEncodeError:
        raise ValueError("the path is not UTF-8; name another folder") from None
    return folder


def amount_of_memory(text: str) -> str:
    """Return an amount that DuckDB understands and that is limited. Raises ValueError if it is not."""
    if not re.fullmatch(r"0*[1-9]\d*(\.\d+)? ?[KMGT]i?B", text, re.ASCII | re.IGNORECASE):
        raise ValueError("write a number and its unit, such as 2GB")
    return text


def _day(value: object) -> object:
    """Read a day as people write it. Pydantic would take a number as seconds since 1970."""
    return clock.read_day(value) if isinstance(value, str) else value


Folder = Annotated[Path, AfterValidator(usable_folder)]
Day = Annotated[date, BeforeValidator(_day)]


class Settings(BaseSettings):
    """Paths and dates of one run.

    Each field can be set as DTA_<NAME> (an empty variable counts as not set). Command options win.
    """

    model_config = SettingsConfigDict(env_prefix="DTA_", env_ignore_empty=True, extra="ignore", frozen=True)

    source: str = Field(
        default="sample", description="'sample', 'catalog', or a folder of files named as CDE names them"
    )
    out: Folder = Field(
        default=PROJECT / "data" / "published", description="folder of releases; OUT/current is the pointer"
    )
    work: Folder = Field(default=PROJECT / "data", description="folder that holds snapshots/ and build/")
    reference: Path = Field(default=PROJECT / "data", description="folder of catalog, rules, reference and registers")
    as_of: Day = Field(
        default_factory=clock.today,
        description="records dated after this day are ignored; California's today if not given",
    )
    inbox: Path = Field(
        default=PROJECT / "data" / "inbox",
        description="folder for files added by hand; 'catalog' takes them from here",
    )
    largest_file: int = Field(default=200_000_000, gt=0, description="bytes; a larger source file is refused")
    fetch_attempts: int = Field(default=4, ge=1, description="number of times that a download is tried")
    fetch_timeout: float = Field(
        default=30.0, gt=0, le=86_400, description="seconds without an answer before an attempt is abandoned"
    )
    fetch_deadline: float = Field(default=900.0, gt=0, le=86_400, description="total seconds that one file may take")
    fetch_pause: float = Field(
        default=1.0, ge=0, le=86_400, description="seconds between two requests to the same host"
    )
    memory_limit: Annotated[str, AfterValidator(amount_of_memory)] = Field(
        default="2GB", description="DuckDB memory limit"
    )
    keep_releases: int = Field(default=30, ge=1, description="releases without a tag to keep; older ones are removed")
    stale_policy: Literal["serve", "fail"] = Field(
        default="serve", description="how a source that could not be refreshed affects the exit code"
    )
    stale_days: int = Field(
        default=0, ge=0, le=9999, description="days without an answer from a publisher before 'fail' applies"
    )
    log: Literal["text", "json"] = Field(default="text", description="how the steps of a run are logged")

    accept: str = Field(
        default="", description="checks of class fault whose failing rows are accepted, separated by commas"
    )
    accept_because: str = Field(default="", description="why they are accepted")
    accept_by: str = Field(default="", description="who accepts them; the user of the operating system if empty")
    accept_until: Day | None = Field(
        default=None, description="last day of the acceptance; 90 days from today if empty"
    )

    @classmethod
    def given(cls, **options: Any) -> Self:
        """Return settings with the given options, if not None, over the DTA_* variables. Paths become absolute."""
        found: dict[str, Any] = {
            name: value.absolute() if isinstance(value, Path) else value
            for name, value in options.items()
            if value is not None
        }
        return cls(**found)

    @property
    def accepted(self) -> frozenset[str]:
        """The checks that ``accept`` names."""
        return frozenset(part.strip() for part in self.accept.split(",") if part.strip())

    @property
    def snapshots(self) -> Path:
        """The folder of copies, by hash, of every file ever read."""
        return self.work / "snapshots"

    @property
    def build(self) -> Path:
        """The folder of intermediate files, which is safe to delete."""
        return self.work / "build"

    @property
    def source_folder(self) -> Path:
        """The folder that ``source`` names."""
        return self.reference / "sample" if self.source == "sample" else Path(self.source)
