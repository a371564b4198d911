"""The picture of table lineage on the page Data, drawn from the inputs of the SQL models."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from transforms.schema import published_tables
from transforms.sql import models

INPUTS = (  # prefix of a table name -> input
    (("dashboard_", "raw_dashboard"), "Dashboard files"),
    (("raw_charter_assistance",), "Charter workbooks"),
    (("raw_assistance", "raw_low_performing", "raw_lcap_goals"), "Assistance workbooks"),
    (("raw_rejects",), ""),
    (("raw_",), "Other CDE files"),
    (("reg_",), "Registers"),
    (("rule_", "preview_", "wraparound_rule"), "Rules"),
    (("ref_",), "Reference lists"),
)
ACTED_ON = {"eligible_districts", "eligibility", "assistance", "watch_list", "changes", "reconciliation"}
Graph = Mapping[str, frozenset[str]]
HEIGHT, GAP, LETTER, SPACE = 36, 44, 6.9, 22  # of a box, between boxes, of a letter, between columns
LINE = 15  # maximum letters per line of a name


@dataclass(frozen=True)
class Box:
    """A table or input, with its position in the picture."""

    name: str
    is_input: bool
    acted_on: bool
    x: float
    y: float
    width: float

    @property
    def lines(self) -> list[str]:
        """The name in one or two lines."""
        return name_lines(self.name)


@dataclass(frozen=True)
class Edge:
    """A line from an input to the table made from it."""

    start: str
    end: str
    path: str


@dataclass(frozen=True)
class Picture:
    """Boxes and lines, with the size that they need."""

    boxes: list[Box]
    edges: list[Edge]
    width: float
    height: float


def input_of(table: str) -> str:
    """Return the input for a table name; empty for tables of the run itself."""
    return next((label for starts, label in INPUTS if table.startswith(starts)), "")


@cache
def lineage() -> Graph:
    """Return published table -> published tables and inputs that it is made from, also through unpublished ones."""
    shown = {name for name, table in published_tables().items() if not table.is_meta}

    def made_from(table: str, seen: set[str]) -> Iterable[str]:
        for name in sorted(models().get(table, ())):
            if name in shown:
                yield name
            elif name in models():
                if name not in seen:
                    seen.add(name)
                    yield from made_from(name, seen)
            elif label := input_of(name):
                yield label

    return {table: frozenset(made_from(table, set())) - {table} for table in sorted(shown)}


def tables_reading(graph: Graph) -> dict[str, list[str]]:
    """Return table -> tables that are made from it."""
    return {name: [t for t, sources in graph.items() if name in sources] for name in graph}


def shortened(graph: Graph) -> dict[str, set[str]]:
    """Return the graph without lines implied by a longer path, and without copies of lists."""

    @cache
    def before(name: str) -> frozenset[str]:
        return frozenset(graph.get(name, frozenset())).union(*(before(s) for s in graph.get(name, ())))

    copies = {
        t
        for t, sources in graph.items()
        if sources <= {"Registers", "Rules", "Reference lists"} and not tables_reading(graph)[t]
    }
    lists = {"Reference lists"}  # almost every table reads them
    return {
        t: {s for s in sources - lists if not any(s in before(o) for o in sources - {s})}
        for t, sources in graph.items()
        if t not in copies
    }


def name_lines(name: str) -> list[str]:
    """Return a name on one line, or split at a word into two lines of similar length."""
    breaks = [i + 1 for i, letter in enumerate(name) if letter in "_ "]
    if len(name) <= LINE or not breaks:
        return [name]
    at = min(breaks, key=lambda i: max(i, len(name) - i))
    return [name[:at].rstrip(), name[at:]]


def picture() -> Picture:
    """Return the shortened graph, from inputs on the left to the tables that people act on on the right."""
    graph = shortened(lineage())
    columns = _columns(graph)
    boxes: dict[str, Box] = {}
    x = 1.0
    for names in columns:
        width = max(len(line) for name in names for line in name_lines(name)) * LETTER + 14
        for name, y in _places(names, graph, boxes).items():
            boxes[name] = Box(name, name not in graph, name in ACTED_ON, x, y, width)
        x += width + SPACE
    top = min(b.y for b in boxes.values())
    boxes = {n: Box(b.name, b.is_input, b.acted_on, b.x, b.y - top + 1, b.width) for n, b in boxes.items()}
    edges = [Edge(s, t, _line(boxes[s], boxes[t])) for t, sources in graph.items() for s in sorted(sources)]
    return Picture(list(boxes.values()), edges, x - SPACE + 2, max(b.y for b in boxes.values()) + HEIGHT + 2)


def _columns(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return names by the length of the longest path to them."""

    @cache
    def depth(name: str) -> int:
        return 1 + max((depth(s) for s in graph.get(name, ())), default=-1)

    names = {*graph, *(s for sources in graph.values() for s in sources)}
    found: dict[int, list[str]] = {}
    for name in sorted(names):
        found.setdefault(depth(name), []).append(name)
    return [found[d] for d in sorted(found)]


def _places(names: list[str], graph: Mapping[str, set[str]], placed: Mapping[str, Box]) -> dict[str, float]:
    """Return the heights of a column's boxes: each near its inputs, without overlap."""
    source_heights = {n: [placed[s].y for s in sorted(graph.get(n, ()))] for n in names}
    target_height = {n: sum(ys) / len(ys) if ys else i * GAP for i, (n, ys) in enumerate(source_heights.items())}
    places: dict[str, float] = {}
    last = -float("inf")
    for name in sorted(names, key=lambda n: (target_height[n], n)):
        last = places[name] = max(target_height[name], last + GAP)
    shift = sum(places[n] - target_height[n] for n in names) / len(names)  # center the boxes on the wished heights
    return {n: y - shift for n, y in places.items()}


def _line(start: Box, end: Box) -> str:
    x1, y1, x2, y2 = start.x + start.width, start.y + HEIGHT / 2, end.x, end.y + HEIGHT / 2
    bend = min((x2 - x1) / 2, 60)
    return f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
