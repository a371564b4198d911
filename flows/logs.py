"""What a run tells while it works: lines for people, or JSON lines for programs.

One event per stage, with rows in, rows out and seconds.
"""

import json
from collections.abc import Callable
from typing import IO, Any

from rich.console import Console

from flows.cli.consoles import silence
from transforms import clock

Event = dict[str, Any]
Log = Callable[[Event], None]


def say_nothing(event: Event) -> None:
    """Nobody reads."""


def text_log(console: Console) -> Log:
    """Lines for people. What a run did not even begin for, its command says."""

    def log(event: Event) -> None:
        if event["event"] == "failed":
            return
        console.print(in_words(event), markup=False, soft_wrap=True)

    return log


def json_log(stream: IO[str]) -> Log:
    """One JSON object per line, with the moment in UTC."""

    def log(event: Event) -> None:
        try:  # in ASCII: any code page can write it, and no name in it is obeyed by a terminal
            stream.write(
                json.dumps({"time": clock.now().isoformat(timespec="milliseconds"), **event}, default=str) + "\n"
            )
            stream.flush()
        except BrokenPipeError:  # a run goes on without a reader
            silence(stream)

    return log


def in_words(event: Event) -> str:
    """One event as a line for people."""
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
