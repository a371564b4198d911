"""Read a page of the site as a reader would: parts by their marks, with spaces made one; what was read can be taken
away.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from lxml import html


def text_of(element: html.HtmlElement) -> str:
    """Visible text; every tag parts words."""
    return re.sub(r"\s+", " ", " ".join(element.itertext())).strip()


@dataclass
class Page:
    """One page, and the parts that were compared."""

    path: Path
    compared: set[html.HtmlElement] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tree = html.fromstring(self.path.read_text("utf-8"))

    def of_year(self, year: int) -> "Page":
        """The page of an LEA as one determination year shows it: parts of other years taken away, and ids without the
        year.
        """
        for section in self.find("//section[contains(@class, 'of-year')]"):
            if section.get("id") != str(year):
                section.drop_tree()
        for element in self.find("//*[@id or @aria-labelledby]"):
            for name in {"id", "aria-labelledby"} & set(element.keys()):
                element.set(name, element.get(name).removesuffix(f"-{year}"))
        return self

    def find(self, path: str, within: html.HtmlElement | None = None) -> list[html.HtmlElement]:
        """Elements of an XPath expression, in order."""
        found: list[html.HtmlElement] = (self.tree if within is None else within).xpath(path)
        return found

    def read(self, path: str, within: html.HtmlElement | None = None) -> list[str]:
        """Texts of elements, which then count as compared."""
        found = self.find(path, within)
        self.compared.update(found)
        return [text_of(e) for e in found]

    def one(self, path: str, within: html.HtmlElement | None = None) -> str:
        """The text of the only such element."""
        (text,) = self.read(path, within)
        return text

    def figures_left(self, path: str) -> list[str]:
        """Words with a digit below an element that nothing was compared with."""
        (whole,) = self.find(path)
        for element in self.compared:
            if element.getparent() is not None:
                element.drop_tree()  # what follows it stays
        return re.findall(r"\S*\d\S*", text_of(whole))
