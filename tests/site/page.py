"""Read a page of the site as a reader would: parts by their marks, with spaces made one; what was read can be taken
away.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import html
from lxml.html import builder


def text_of(element: html.HtmlElement) -> str:
    """Visible text; every tag parts words."""
    return re.sub(r"\s+", " ", " ".join(element.itertext())).strip()


def draw_evidence(tree: html.HtmlElement, names: Path) -> None:
    """Put the tables of evidence into the page of an LEA as its script does (tests/browser compares both)."""
    known = json.loads(names.read_text("ascii").removeprefix("window.dtaIndicators = ").rstrip(";\n"))
    (section,) = tree.xpath("//*[@data-words]")
    words = json.loads(section.get("data-words"))
    for part in section.xpath(".//noscript"):
        part.drop_tree()
    for table in section.xpath(".//table[@class='evidence']"):
        columns = table.get("data-columns").split()
        titles = [
            builder.TH(builder.ABBR(s, title=t), " ", builder.SMALL(b))
            for s, t, b in map(known["indicators"].get, columns)
        ]
        table.append(builder.THEAD(builder.TR(builder.TH("Student group"), *titles)))
        table.append(builder.TBODY())
        for group, *cells in json.loads(table.get("data-rows")):
            state = {i: known["state"].get(table.get("data-year"), {}).get(i, {}).get(group) for i in columns}
            row = builder.TR(builder.TH(known["groups"][group]), **{"data-group": group})
            row.extend(_cell(words, i, cell, state[i]) for i, cell in zip(columns, cells, strict=True))
            table[-1].append(row)


def _cell(words: list[list[str]], indicator: str, cell: Any, state: str | None) -> html.HtmlElement:
    if not cell:
        return builder.TD("–", **{"class": "none", "data-i": indicator})
    number, value, changed, students, met = cell + ["", "", "", 0][len(cell) - 1 :]
    look, word = words[number]
    parts = [builder.B(f"{'◆ ' if met else ''}{word}")] if word else []
    parts += [builder.SPAN(value)] + ([builder.I(changed)] if changed else [])
    parts += [builder.SMALL(f"n {students}")] if students else []
    parts += [builder.EM(f"state {state}")] if state is not None else []
    return builder.TD(*parts, **{"class": look + (" met" if met else ""), "data-i": indicator})


@dataclass
class Page:
    """One page, and the parts that were compared."""

    path: Path
    compared: set[html.HtmlElement] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tree = html.fromstring(self.path.read_text("utf-8"))
        if self.tree.xpath("//*[@data-words]"):
            draw_evidence(self.tree, self.path.parents[1] / "assets" / "indicators.js")

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
