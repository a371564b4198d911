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
    """A day as typed, such as 2024-03-01. Raises BadParameter, in words."""
    try:
        return clock.read_day(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        help=(
            "'sample', 'catalog' (as published, and the inbox), or a folder of files named as CDE names them. Also"
            " DTA_SOURCE."
        ),
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder of releases; OUT/current/dta.duckdb is the release. Also DTA_OUT.")
]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=read_day, metavar="DAY", help="Decide as of this day; later records are not known."),
]

To = Annotated[Path, typer.Option("--to", help="Folder to write to.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Year = Annotated[int | None, typer.Option("--year", help="Determination year; the latest if not given.")]


def settings_from(source: str | None = None, out: Path | None = None, as_of: date | None = None) -> "Settings":
    """Settings with the given options over DTA_* variables. Raises ConfigError that names a wrong variable."""
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
    """Folder of releases that has a current one. Raises ReleaseError: asked before anything heavy is imported, so that
    whoever has no release hears it at once.
    """
    from transforms.release.current import required_release

    folder = settings_from(out=out).out
    required_release(folder)
    return folder
