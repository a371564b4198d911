"""Words that must never reach a reader: the tests search the parts of pages, prints, letters and sentences for them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from transforms.settings import PROJECT

NEVER = re.compile(
    r"at hand|cannot (tell|be told)|nothing to judge|\bsurely\b|kept aside|\bstands?\b|\b(says|asks|told)\b"
    r"|held against|authoris|\bcolour|older than it could be",
    re.IGNORECASE,
)
CODE = [*(PROJECT / "transforms" / "wording").rglob("*.py"), *(PROJECT / "reports" / "printed").glob("*.py")]
TEMPLATES = [p for ending in ("html", "typ") for p in (PROJECT / "reports").rglob(f"*.{ending}")]
REFERENCE = [PROJECT / "data" / "reference" / "geo_leads.csv"]


def texts(path: Path) -> Iterator[str]:
    """Yield strings of a module without its docstrings, or lines of a template without its comments."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield from re.sub(r"\{#.*?#\}|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE).splitlines()
        return
    tree = ast.parse(text)
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield node.value


@pytest.mark.parametrize("path", [*CODE, *TEMPLATES, *REFERENCE], ids=lambda p: str(p.relative_to(PROJECT)))
def test_no_forbidden_word_is_used(path: Path) -> None:
    assert not [text for text in texts(path) if NEVER.search(text)]


@pytest.mark.parametrize("text", ["no file of 2019 at hand", "it cannot be told", "a row stands twice", "the law says"])
def test_the_word_search_finds_forbidden_words(text: str) -> None:
    assert NEVER.search(text)
