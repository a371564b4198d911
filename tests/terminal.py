"""Run several commands in one process, with the streams of a real process."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

IN_TURN = """
import json, sys
from flows.cli.app import main
for arguments in json.loads(sys.argv[1]):
    sys.argv, code = ["dta", *arguments], 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        stream.buffer.write(b"\\n<ended %d>\\n" % code)
        stream.buffer.flush()
"""


READ_IN_PART = """
import json, os, sys
import duckdb, pandas, pyarrow.parquet, rich.table, pydantic
import flows.cli.phrases, flows.cli.query, flows.cli.question, flows.cli.rows, flows.cli.tables, reports.compare
from flows.cli.app import main
ended = []
for arguments, read in json.loads(sys.argv[1]):
    (out, its_out), (err, its_err) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        for theirs, number in ((its_out, 1), (its_err, 2)):
            os.dup2(theirs, number)
        os.closerange(3, 64)
        break
    os.close(its_out)
    os.close(its_err)
    if read:
        os.read(out, read)
    os.close(out)
    with open(err) as told:
        said = told.read()
    ended.append((os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said))
if child == 0:
    sys.argv = ["dta", *arguments]
    sys.exit(main())
print(json.dumps(ended))
"""


def surroundings(out: Path, **environment: str) -> dict[str, str]:
    """Return the environment of a command: none of our settings, eighty columns."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("DTA_")}
    return own | {"DTA_OUT": str(out), "COLUMNS": "80", **environment}


Ended = tuple[int, bytes, bytes]


def in_turn(out: Path, commands: Sequence[tuple[str, ...]], **environment: str) -> list[Ended]:
    """Run ``dta`` command after command in one process: it has real streams, and starts only once."""
    ended = subprocess.run(
        [sys.executable, "-c", IN_TURN, json.dumps(commands)],
        capture_output=True,
        env=surroundings(out, **environment),
        check=False,
    )
    said, told = (re.split(rb"\n<ended (\d+)>\n", stream) for stream in (ended.stdout, ended.stderr))
    assert len(said) == len(told) == 2 * len(commands) + 1, ended.stderr
    return [(int(said[n + 1]), said[n], told[n]) for n in range(0, len(said) - 1, 2)]


def read_in_part(out: Path, commands: Sequence[tuple[tuple[str, ...], int]]) -> list[tuple[int, str]]:
    """Return exit code and error output of each command, with readers that stop after so many bytes.

    Each command is a separate process, forked from one that has imported everything, so its streams and its end are
    real.
    """
    ended = subprocess.run(
        [sys.executable, "-c", READ_IN_PART, json.dumps(commands)],
        capture_output=True,
        env=surroundings(out),
        check=True,
    )
    return [(code, told) for code, told in json.loads(ended.stdout)]
