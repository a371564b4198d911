"""Messages of the command in the form in which people read and copy them."""

import shlex

import pytest

from flows.cli.phrases import for_shell


@pytest.mark.parametrize(
    "name", ["Del Norte County Unified", "O'Neals Elementary", '"; rm -rf ~ #', "$(reboot)", "`id`", "a\\", "!!"]
)
def test_a_quoted_name_is_one_shell_argument(name: str) -> None:
    assert shlex.split(f"dta explain {for_shell(name)}") == ["dta", "explain", name]
    assert "$(" not in for_shell(name) or for_shell(name).startswith("'")


def test_a_plain_name_has_ordinary_quotes() -> None:
    assert for_shell("Compton Unified") == '"Compton Unified"'
