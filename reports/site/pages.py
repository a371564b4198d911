"""Write a file from a template and its values."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from reports import figures, quality
from reports.book import Book
from transforms.wording import labels as words
from transforms.wording.labels import GLOSSARY
from transforms.wording.sentences import joined, number, plural
from transforms.wording.sentences.lcap import PRIORITIES

FOLDER = Path(__file__).resolve().parent
TEMPLATES = (FOLDER / "templates", quality.TEMPLATES)
NAVIGATION = (
    ("index.html", "Home"),
    ("districts.html", "Districts"),
    ("counties.html", "Counties"),
    ("geographic-leads.html", "Geographic Leads"),
    ("watch-list.html", "Watch list"),
    ("changes.html", "Changes"),
    ("reconciliation.html", "Reconciliation"),
    ("quality.html", "Quality"),
    ("rules.html", "Rules by year"),
    ("data.html", "Data"),
    ("coverage.html", "Coverage"),
    ("glossary.html", "Glossary"),
)


@cache
def environment() -> Environment:
    """Return the environment for all page templates."""
    made = quality.environment(*TEMPLATES)
    made.filters |= {
        f.__name__: f
        for f in (
            joined,
            number,
            plural,
            figures.day,
            figures.moment,
            figures.dollars,
            figures.year_spans,
            figures.students,
            figures.file_size,
            words.readable,
            pair,
            plural_leas,
        )
    }
    made.globals |= {"words": words, "priorities": PRIORITIES, "menu": menu, "glossary": GLOSSARY}
    return made


@cache
def menu(root: str, here: str) -> Markup:
    """Return links to the pages of NAVIGATION. ``here``: the page that has the menu, if any."""
    line = Markup('<li><a href="{}{}"{}>{}</a></li>')
    current = Markup(' aria-current="page"')
    return Markup("\n").join(
        line.format(root, target, current if target == here else "", label) for target, label in NAVIGATION
    )


def plural_leas(n: int) -> str:
    """Return ``1 LEA``, ``25 LEAs``."""
    return f"{n:,} {'LEA' if n == 1 else 'LEAs'}"


def pair(value: Any) -> tuple[Any, Any]:
    """Return a value as its own label, for a list of choices."""
    return value, value


def render(template: str, **values: Any) -> str:
    """Return a page, or a part of one."""
    return environment().get_template(template).render(**values)


class Pages:
    """The folder of a site that is being written."""

    def __init__(self, folder: Path, book: Book) -> None:
        """Write below ``folder``."""
        self.folder, self.book = folder, book

    def write(self, name: str, template: str, **values: Any) -> None:
        """Write one page. ``root`` leads to the root of the site in its links."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * name.count("/")
        here = name if name in dict(NAVIGATION) else ""
        path.write_text(render(template, book=self.book, root=root, here=here, **values), "utf-8")
