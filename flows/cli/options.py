"""Options that several commands share, and the settings that follow from them."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transforms.errors import ConfigError

if TYPE_CHECKING:
    from transforms.settings import Settings

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
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Decide as of this day; later records are not known."),
]


def settings_from(source: str | None = None, out: Path | None = None, as_of: date | None = None) -> "Settings":
    """Settings with the given options over DTA_* variables. Raises ConfigError that names a wrong variable."""
    from pydantic import ValidationError

    from transforms.settings import Settings

    given: dict[str, Any] = {"source": source, "out": out and out.absolute(), "as_of": as_of}
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})
    except ValidationError as error:
        lines = [
            f"setting DTA_{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')} (value"
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
