"""The page on the table browser and SQL matches the server."""

import re

from reports.serve import ask, browse, child, guard
from transforms.settings import PROJECT

TEXT = (PROJECT / "reports/docs/site.md").read_text("utf-8")


def first_cells(header: str, number: int = 0) -> set[str]:
    """Return names in the first column of the tables that begin with this heading."""
    table = TEXT.split(f"| {header} |")[1 + number].split("\n\n")[0].splitlines()[2:]
    return {name for row in table for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def test_comparison_operators_match_the_server() -> None:
    assert first_cells("name") == set(browse.OPERATORS)


def test_address_parameters_match_the_server() -> None:
    assert first_cells("name", 1) == browse.RESERVED


def test_documented_limits_match_the_server() -> None:
    said = dict(re.findall(r"^\| ([a-z ]+) \| ([^|]+) \|", TEXT.split("## Limits")[1], re.MULTILINE))
    assert said["time per query"] == f"{ask.SECONDS} seconds"
    assert said["rows per answer"] == f"{ask.ROWS:,}; {browse.LARGEST_PAGE:,} on an SQL page"
    assert said["size of an answer"] == f"{child.BYTES >> 20} MB"
    assert said["memory per query"] == child.MEMORY
    assert said["address"] == f"{guard.LONGEST_ADDRESS:,} bytes"
    assert (ask.MAX_RUNNING, ask.MAX_WAITING) == (3, 20)
    security = (PROJECT / "SECURITY.md").read_text("utf-8")
    assert f"stopped after {ask.SECONDS} seconds ({ask.SECONDS + ask.GRACE} if it does not respond)" in security
    assert f"memory ({child.ADDRESS_SPACE >> 30} GB)" in security
