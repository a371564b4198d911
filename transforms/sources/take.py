"""The first step of a run: take the files from where the settings say."""

from transforms.run import Run, StepResult
from transforms.sources.fetch import from_catalog
from transforms.sources.folder import from_folder


def take_snapshots(run: Run) -> StepResult:
    """Take the run's files from a folder, or from their publishers. Raises SourceFilesError, ConfigError."""
    return from_catalog(run) if run.settings.source == "catalog" else from_folder(run)
