"""Output of commands: for any code page, for readers that stop reading, and without control characters."""

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

# Characters that a code page may lack, each with one ASCII character, so that tables stay aligned. Other letters lose
# their accents; the rest becomes "?".
PLAIN = str.maketrans("–—−‐‑‘’‚“”„…●○•·▲▼✓✗×→←≥≤†‡‹›«» ", "-----'''\"\"\".*oo.^v+xx><><++<><> ")
BRAILLE = range(0x2800, 0x2900)  # characters of the spinner


def in_ascii(text: str) -> str:
    """Return the text in ASCII, for a code page that lacks its characters."""
    plain = text.translate(PLAIN)
    return "".join(c if c.isascii() else "*" if ord(c) in BRAILLE else _without_accent(c) for c in plain)


def _without_accent(letter: str) -> str:
    """Return a letter without its accent, or a question mark."""
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()[:1] or "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return in_ascii(error.object[error.start : error.end]), error.end


codecs.register_error("dta-console", _replace)


def prepare_streams() -> None:
    """Let the standard streams replace characters that their code page lacks, instead of failing.

    Opens the null device for a stream that is closed: otherwise the next opened file would get its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - open until the process ends
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="dta-console")


def discard_output(stream: IO[Any]) -> None:
    """Discard further output to ``stream``: its reader, such as ``head``, is gone, and the work continues."""
    with suppress(OSError, ValueError):  # a stream of a test has no file number
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def flush_streams() -> None:
    """Write remaining output, even if there is no reader."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(ValueError, AttributeError):  # a closed stream
            try:
                stream.flush()
            except BrokenPipeError:
                discard_output(stream)


class Screen(Console):
    """A console that prints no control characters, and continues without a reader.

    Texts like ``:x:`` do not become emoji.
    """

    def __init__(self, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, emoji=False, highlight=False)

    def render_str(self, text: str, **given: Any) -> Text:
        """Return the text of a string, safe to print."""
        return super().render_str(_safe(text), **given)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield segments that are safe to print. Segments that move the cursor are our own and stay."""
        for segment in super().render(renderable, options):
            unsafe = segment.control is None and control_in(segment.text)
            yield Segment(_safe(segment.text), segment.style) if unsafe else segment

    def on_broken_pipe(self) -> None:
        """Continue without a reader."""
        discard_output(self.file)


out_console, err_console = Screen(), Screen(stderr=True)


def print_error(message: str) -> None:
    """Print on the error stream why a command ends."""
    err_console.print(f"[bold]Error:[/] {escape(message)}", soft_wrap=True)


def print_written(target: Path) -> None:
    """Print which file or folder a command wrote."""
    out_console.print(f"Written: {escape(str(target))}", soft_wrap=True)


def progress_line(console: Console, disable: bool = False) -> Progress:
    """Return a moving line that shows progress. File names in it are not read as markup."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=disable)


def _safe(text: str) -> str:
    return shown(text).replace("\r", " ") if not text.isprintable() else text


class _Output(io.RawIOBase):
    """Standard output for bytes that stays open if a writer closes it."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return sys.stdout.buffer.write(data)

    def flush(self) -> None:
        sys.stdout.buffer.flush()


@contextmanager
def raw_output() -> Iterator[_Output]:
    """Yield standard output for bytes. If the reader stops reading, the block ends without an error."""
    flush_streams()
    try:
        with _Output() as stream:
            yield stream
    except BrokenPipeError:
        discard_output(sys.stdout)


def json_line(row: object) -> bytes:
    """Return one row as JSON in UTF-8, for any code page. Control characters are escaped, so a terminal can show it."""
    text = json.dumps(row, ensure_ascii=False, allow_nan=False)
    if control_in(text):
        text = "".join(json.dumps(c)[1:-1] if control_in(c) else c for c in text)
    return text.encode("utf-8") + b"\n"
