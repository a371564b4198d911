"""Options that several commands share, and the settings that follow from them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from transforms import clock
from transforms.errors import ConfigError

if TYPE_CHECKING:
    from transforms.settings import Settings


def read_day(text: str) -> date:
    """Return a day as typed, such as 2024-03-01. Raises BadParameter."""
    try:
        return clock.read_day(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        help=(
            "'sample', 'catalog' (files from their publishers, and the inbox), or a folder of files with CDE's file"
            " names; default: DTA_SOURCE, or 'sample'."
        ),
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder of releases; OUT/current/dta.duckdb is the current one. Default: DTA_OUT, or data/published.",
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=read_day,
        metavar="DAY",
        help="Decide as of this day and ignore later records; default: today.",
    ),
]

To = Annotated[Path, typer.Option("--to", help="Folder to write to.")]
Force = Annotated[bool, typer.Option("--force", help="Replace existing files.")]
Year = Annotated[int | None, typer.Option("--year", help="Determination year; default: the latest.")]


def settings_from(source: str | None = None, out: Path | None = None, as_of: date | None = None) -> "Settings":
    """Return the settings. Options override DTA_* variables. Raises ConfigError that names a wrong variable."""
    from pydantic import ValidationError

    from transforms.settings import Settings

    try:
        return Settings.given(source=source, out=out, as_of=as_of)
    except ValidationError as error:
        lines = [
            f"setting DTA_{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ').rstrip('.')} (value"
            f" {str(e['input'])!r:.80})."
            for e in error.errors()
        ]
        raise ConfigError("\n".join(lines)) from error


def released(out: Path | None) -> Path:
    """Return the folder of releases if it has a current release; otherwise raise ReleaseError.

    Call before slow imports, so that the error appears at once.
    """
    from transforms.release.current import required_release

    folder = settings_from(out=out).out
    required_release(folder)
    return folder
