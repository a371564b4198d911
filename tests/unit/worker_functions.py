"""Functions that other processes run in the tests of ``transforms.worker``."""

import errno
import os
import signal
import sys
import time
from pathlib import Path

from transforms.errors import ReleaseError
from transforms.worker import Channel


def double(channel: Channel) -> None:
    while True:
        channel.send(2 * channel.receive())


def count(channel: Channel, to: int) -> None:
    sys.stdout.write("not for the parent")
    sys.stdout.flush()
    for n in range(1, to + 1):
        channel.send(n)


def fail(channel: Channel, how: str) -> None:
    if how == "disk":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/full/page.html")
    if how == "release":
        raise ReleaseError("Release x is damaged.")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    raise ValueError("a fault of ours")


def beat(channel: Channel, file: Path) -> None:
    """Report a sign of life to the parent and to a file, for a minute."""
    for n in range(600):
        channel.send(n)
        file.write_text(f"{os.getpid()} {n}")
        time.sleep(0.1)


def parent(channel: Channel, file: Path) -> None:
    """Start a process from this process."""
    from transforms.worker import Worker

    kept = Worker(beat, file)
    time.sleep(60)
    kept.stop()
