"""The log of a run: lines for people, or JSON lines for programs.

One event per stage, with rows in, rows out and seconds.
"""

import json
from collections.abc import Callable
from typing import IO, Any

from rich.console import Console

from flows.cli.consoles import discard_output
from transforms import clock

Event = dict[str, Any]
Log = Callable[[Event], None]


def noop(event: Event) -> None:
    """Ignore an event."""


def text_log(console: Console) -> Log:
    """Return a log that prints lines for people. The command prints failures before the run begins."""

    def log(event: Event) -> None:
        if event["event"] == "failed":
            return
        console.print(event_line(event), markup=False, soft_wrap=True)

    return log


def json_log(stream: IO[str]) -> Log:
    """Return a log that writes one JSON object per line, with the time in UTC."""

    def log(event: Event) -> None:
        try:  # in ASCII: any code page can write it, and no name can control a terminal
            stream.write(
                json.dumps({"time": clock.now().isoformat(timespec="milliseconds"), **event}, default=str) + "\n"
            )
            stream.flush()
        except BrokenPipeError:  # the run continues without a reader
            discard_output(stream)

    return log


def event_line(event: Event) -> str:
    """Return an event as a line for people."""
    if event["event"] == "stage":
        rows = f"{event['rows_in']:>9,} in {event['rows_out']:>9,} out"
        took = f"{event['seconds']:9.2f} s"
        return f"{event['stage']:<15} {took:>11} {rows}  {event['message']}"
    if event["event"] == "run_ended":
        return (
            f"run {event['run_id']} ended after {event['seconds']:.1f} s, at {event['stage'] or 'the start'}:"
            f" {event['outcome']}"
        )
    return str(event["message"])
