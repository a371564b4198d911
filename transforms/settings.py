"""Where a run reads and writes: one settings object, filled from DTA_* variables and command options."""

from datetime import date
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Paths and dates of one run. Each field can be set as DTA_<NAME>; command options win."""

    model_config = SettingsConfigDict(env_prefix="DTA_", extra="ignore", frozen=True)

    source: str = Field(default="sample", description="'sample' or a folder of files named as CDE names them")
    out: Path = Field(default=PROJECT / "data" / "published", description="folder of releases; OUT/current is the pointer")
    work: Path = Field(default=PROJECT / "data", description="folder that holds snapshots/ and build/")
    reference: Path = Field(default=PROJECT / "data", description="folder of catalog, rules, reference and registers")
    as_of: date = Field(default_factory=date.today, description="records dated later than this day are not known to the run")
    memory_limit: str = Field(default="2GB", description="DuckDB memory limit")

    @property
    def snapshots(self) -> Path:
        """Content-addressed copies of every file ever read."""
        return self.work / "snapshots"

    @property
    def build(self) -> Path:
        """Intermediate files; safe to delete."""
        return self.work / "build"

    @property
    def source_folder(self) -> Path:
        """Folder that ``source`` names."""
        return self.reference / "sample" if self.source == "sample" else Path(self.source)
