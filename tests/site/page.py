"""Read a page of the site as a reader would: parts by their marks, with whitespace normalized.

Parts that were read can be removed.
"""

import json
import re
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import html
from lxml.html import builder

from transforms.wording.sentences import joined


def text_of(element: html.HtmlElement) -> str:
    """Return visible text; every tag separates words."""
    return re.sub(r"\s+", " ", " ".join(element.itertext())).strip()


def draw(tree: html.HtmlElement, names: Path) -> None:
    """Add to the page of an LEA what its script draws (tests/browser compares both)."""
    known = json.loads(names.read_text("ascii").removeprefix("window.dtaKnown = ").rstrip(";\n"))
    for part in tree.xpath("//noscript"):
        part.drop_tree()
    for section in tree.xpath("//*[@data-words]"):
        _draw_evidence(section, known)
    for table in tree.xpath("//table[@data-lines]"):
        _draw_groups(table, tree.xpath("//table[contains(@class, 'grid')][not(@data-lines)]")[0])
    for part in tree.xpath("//*[@data-unsaid]"):
        _draw_unsaid(part, known)
    for part in tree.xpath("//*[@data-sources]"):
        found = {n: years for years, places in json.loads(part.get("data-sources")).items() for n in places}
        for n in sorted(found):
            source, file, sha256, seen, excerpt = known["sources"][n]
            link = builder.A(file, href=f"../coverage.html#{source}")
            link.tail = " (excerpt) " if excerpt else " "
            code = builder.CODE(sha256[:12], title=sha256)
            part.append(
                builder.LI(link, code, " ", builder.SPAN(seen), **{"data-source": source, "data-years": found[n]})
            )


def _draw_groups(table: html.HtmlElement, newest: html.HtmlElement) -> None:
    year, window = table.get("data-year"), table.get("data-window").split()
    head = deepcopy(newest.xpath("./thead")[0])
    rows = {row.get("data-group"): row for row in newest.xpath("./tbody/tr")}
    body = builder.TBODY()
    for group, total, counts, ever in json.loads(table.get("data-lines")):
        row = deepcopy(rows[group])
        row.set("class", "" if ever else "never")
        row[-1].clear(keep_tail=True)
        row[-1].set("class", "total")
        row[-1].text = total + (" " if counts else "")
        row[-1].extend([builder.B("counts")] if counts else [])
        body.append(row)
    table.extend([head, body])
    for cell in table.xpath(".//*[@data-year]"):
        if cell.get("data-year") > year:
            cell.drop_tree()
        else:
            classes = [c for c in cell.get("class", "").split() if c != "counts"]
            cell.set("class", " ".join(classes + ["counts"] * (cell.get("data-year") in window)))


def _draw_unsaid(part: html.HtmlElement, known: dict[str, Any]) -> None:
    def status(code: str) -> html.HtmlElement:
        sign, words = known["statuses"][code]
        return builder.SPAN(builder.SPAN(sign, **{"aria-hidden": "true"}), f" {words}", **{"class": f"st {code}"})

    lines = [known["unsaid"][n] for n in part.get("data-unsaid").split()]
    for code in dict.fromkeys(line[0] for line in lines):
        same = [line[1:] for line in lines if line[0] == code]
        items = [
            builder.LI(
                status(code), " ", builder.B(name), " ", builder.SMALL(statute), " ",
                builder.SPAN(reason, **{"class": "reason"}), **{"data-pathway": pathway},
            )
            for pathway, name, statute, reason in same
        ]  # fmt: skip
        head = builder.E.summary(status(code), f" {joined([name for _, name, *_ in same])}")
        part.append(builder.E.details(head, builder.UL(*items, **{"class": "others"}), **{"class": "unsaid"}))


def _draw_evidence(section: html.HtmlElement, known: dict[str, Any]) -> None:
    words = json.loads(section.get("data-words"))
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
    """One page, and the parts that were already compared."""

    path: Path
    compared: set[html.HtmlElement] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tree = html.fromstring(self.path.read_text("utf-8"))
        if self.tree.xpath("//*[@data-cds]"):
            draw(self.tree, self.path.parents[1] / "assets" / "known.js")

    @property
    def markup(self) -> str:
        """The page as HTML, including what its script draws."""
        return str(html.tostring(self.tree, encoding="unicode"))

    def of_year(self, year: int) -> "Page":
        """Return the page of an LEA for one determination year: no parts of other years, and ids without the year."""
        for section in self.find("//section[contains(@class, 'of-year')]"):
            if section.get("id") != str(year):
                section.drop_tree()
        for element in self.find("//*[@id or @aria-labelledby]"):
            for name in {"id", "aria-labelledby"} & set(element.keys()):
                element.set(name, element.get(name).removesuffix(f"-{year}"))
        return self

    def find(self, path: str, within: html.HtmlElement | None = None) -> list[html.HtmlElement]:
        """Return elements of an XPath expression, in order."""
        found: list[html.HtmlElement] = (self.tree if within is None else within).xpath(path)
        return found

    def read(self, path: str, within: html.HtmlElement | None = None) -> list[str]:
        """Return texts of elements, and count these as compared."""
        found = self.find(path, within)
        self.compared.update(found)
        return [text_of(e) for e in found]

    def one(self, path: str, within: html.HtmlElement | None = None) -> str:
        """Return the text of the only such element."""
        (text,) = self.read(path, within)
        return text

    def figures_left(self, path: str) -> list[str]:
        """Return words with a digit below an element that were not compared."""
        (whole,) = self.find(path)
        for element in self.compared:
            if element.getparent() is not None:
                element.drop_tree()  # keeps the text after it
        return re.findall(r"\S*\d\S*", text_of(whole))
