"""``python -m tests.statewide OUT --scale state``: write the files of a whole state and the expected determinations."""

import time
from pathlib import Path
from typing import Annotated

import typer

from tests.statewide.state import write_state
from tests.statewide.world import SCALES, Scale


def main(
    out: Annotated[Path, typer.Argument(help="Folder; files/, reference/ and truth/ are written below it")],
    scale: Annotated[str, typer.Option(help=f"One of {', '.join(SCALES)}")] = "tiny",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes")] = 1,
    counties: Annotated[int | None, typer.Option(min=1, max=58)] = None,
    leas: Annotated[int | None, typer.Option(min=2, help="Districts and county offices")] = None,
    charters: Annotated[int | None, typer.Option(min=0)] = None,
    schools: Annotated[int | None, typer.Option(min=0)] = None,
) -> None:
    """Write a generated state. Single numbers override the scale."""
    if scale not in SCALES:
        raise typer.BadParameter(f"{scale} is none of {', '.join(SCALES)}", param_hint="--scale")
    given = {"counties": counties, "leas": leas, "charters": charters, "schools": schools}
    chosen = Scale(**{**vars(SCALES[scale]), **{k: v for k, v in given.items() if v is not None}})
    started = time.perf_counter()
    state = write_state(out, chosen, seed, tell=lambda words: typer.echo(words, err=True))
    typer.echo(
        f"{state.rows:,} rows, {state.bytes:,} bytes in {len(list(state.files.iterdir()))} files,"
        f" {time.perf_counter() - started:.1f} s: {state.files}"
    )
    typer.echo(f"A run on it: DTA_REFERENCE={state.reference} dta run --source {state.files} --out FOLDER")


typer.run(main)
