"""Where commands print: any code page, a reader that stops reading, and no character that a terminal would obey."""

import codecs
import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.text import Text

from transforms.control_characters import control_in, shown

# What a code page may lack, in as many characters, so that tables stay in line. Other letters lose their accents; the
# rest becomes "?".
PLAIN = str.maketrans("–—−‐‑‘’‚“”„…●○•·▲▼✓✗×→←≥≤†‡‹›«» ", "-----'''\"\"\".*oo.^v+xx><><++<><> ")
BRAILLE = range(0x2800, 0x2900)  # of a spinner


def in_ascii(text: str) -> str:
    """The text for a code page that lacks its characters."""
    plain = text.translate(PLAIN)
    return "".join(c if c.isascii() else "*" if ord(c) in BRAILLE else _bare(c) for c in plain)


def _bare(letter: str) -> str:
    """A letter without its accent, or a question mark."""
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()[:1] or "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return in_ascii(error.object[error.start : error.end]), error.end


codecs.register_error("dta-console", _replace)


def prepare_streams() -> None:
    """Let the standard streams replace what their code page lacks, instead of failing. One that whoever started us has
    closed reads nothing, or is read by nobody: the next file that is opened would have its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - as long as the process
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="dta-console")


def silence(stream: IO[Any]) -> None:
    """Let what is still written to ``stream`` vanish: its reader has gone, as ``head`` does, and the work goes on."""
    with suppress(OSError, ValueError):  # a stream of a test has no number
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def flush_streams() -> None:
    """Write what is left; nobody need be there to read it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(ValueError, AttributeError):  # closed by whoever started us
            try:
                stream.flush()
            except BrokenPipeError:
                silence(stream)


class Screen(Console):
    """A console whose text never holds control characters, and which outlives its reader.

    Texts like ``:x:`` stay what they are.
    """

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, emoji=False, highlight=False)

    def render_str(self, text: str, **given: Any) -> Text:
        """Text of a string, safe to show."""
        return super().render_str(_safe(text), **given)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Segments, safe to show; those that move the cursor are our own."""
        for segment in super().render(renderable, options):
            unsafe = segment.control is None and control_in(segment.text)
            yield Segment(_safe(segment.text), segment.style) if unsafe else segment

    def on_broken_pipe(self) -> None:
        """Go on without a reader."""
        silence(self.file)


out_console, err_console = Screen(), Screen(stderr=True)


def say_error(message: str) -> None:
    """Say on the error stream why a command ends."""
    err_console.print(f"[bold]Error:[/] {escape(message)}", soft_wrap=True)


def written(target: Path) -> None:
    """Say which file or folder a command wrote."""
    out_console.print(f"Written: {escape(str(target))}", soft_wrap=True)


def moving_line(console: Console, disable: bool = False) -> Progress:
    """A line that shows what is being done; names of files in it are shown as they are."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=disable)


def _safe(text: str) -> str:
    return shown(text).replace("\r", " ") if not text.isprintable() else text


class _Output(io.RawIOBase):
    """The standard output for bytes, for writers that close what they were given: it stays open."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return sys.stdout.buffer.write(data)

    def flush(self) -> None:
        sys.stdout.buffer.flush()


@contextmanager
def raw_output() -> Iterator[_Output]:
    """The standard output for bytes. A reader that stops reading ends the block, and is no fault."""
    flush_streams()
    try:
        with _Output() as stream:
            yield stream
    except BrokenPipeError:
        silence(sys.stdout)


def json_line(row: object) -> bytes:
    """One row as JSON in UTF-8, whatever the code page; control characters stay escaped, so that a terminal can show
    it.
    """
    text = json.dumps(row, ensure_ascii=False, allow_nan=False)
    if control_in(text):
        text = "".join(json.dumps(c)[1:-1] if control_in(c) else c for c in text)
    return text.encode("utf-8") + b"\n"
