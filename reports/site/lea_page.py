"""The page of one LEA: what the template lays out, made from its facts."""

from dataclasses import dataclass
from typing import Any

from reports.explain import successor_line
from reports.published import Row, former_names
from reports.site.book import Book
from reports.site.evidence import Matrix, matrices
from reports.site.figures import ORDER, place
from reports.site.lea_facts import LeaFacts
from transforms.sentences import Finding, lcap_sentence
from transforms.words import UNSAID

StateValues = dict[tuple[int, str, str], float]


@dataclass(frozen=True)
class Cause:
    """Indicators of one level that met a criterion; ``look`` is the class of the color or status level."""

    look: str
    label: str
    indicators: list[str]


@dataclass(frozen=True)
class GroupLine:
    """One student group in all Dashboards: a cell per year, and how many of the counted ones it met."""

    group: str
    cells: dict[int, Row]
    met: int
    counts: bool

    @property
    def ever(self) -> bool:
        """True if the group met the criteria, or may have, on any Dashboard."""
        return any(c["meets_criteria"] is not False or c["cde_letter"] for c in self.cells.values())


def lea_page(book: Book, facts: LeaFacts, state: StateValues) -> dict[str, Any]:
    """Values of the template ``lea.html``."""
    lea, year = facts.lea, book.year
    window = _window(book, lea)
    verdicts = [v for v in facts["verdicts"] if v["determination_year"] == year]
    assistance = [a for a in facts["assistance"] if a["determination_year"] == year and a["status"] != "not_applicable"]
    shown = [v for v in verdicts if v["status"] not in UNSAID or v["pathway"] == "continuum"]
    lines, without, unlettered = _groups(facts, window)
    causes = {(c["dashboard_year"], c["student_group"], c["indicator"]): c for c in facts["causes"]}
    evidence = matrices(book, facts, window, causes, state)
    return {
        "lea": lea,
        "area": book.areas.get(lea["county_code"]),
        "window": window,
        "verdicts": shown,
        "others": [v for v in verdicts if v not in shown],
        "pathway": {p["pathway"]: p for p in book.pathways},
        "assistance": assistance,
        "other_names": former_names(lea["lea_name"], [r["lea_name"] for r in facts["names"]]),
        "successor_line": successor_line,
        "lines": lines,
        "without": without,
        "unlettered": unlettered,
        "causes": _causes_by_cell(book, facts),
        "evidence": evidence,
        "history": _history(book, facts),
        "facts": facts,
        "local": _local(facts),
        "lcap": lcap_sentence(lea["lea_name"], year, _findings(book, facts, verdicts, assistance)),
        "sources": _sources(book, facts, evidence),
    }


def _window(book: Book, lea: Row) -> list[int]:
    """Dashboards that the determination in force looks at; a charter school has a window of its own."""
    own = book.windows[book.year]["charter_dashboards"] if lea["lea_type"] == "charter" else None
    return list(own or book.counted(book.year))


def _groups(facts: LeaFacts, window: list[int]) -> tuple[list[GroupLine], list[str], list[str]]:
    """Student groups with a letter, a criterion or a doubt, nearest to the threshold first; the codes of groups without results; those of others."""
    cells: dict[str, dict[int, Row]] = {}
    for row in facts["history"]:
        cells.setdefault(row["student_group"], {})[row["dashboard_year"]] = row
    counted = {g["student_group"]: bool(g["counts"]) for g in facts["groups"]}
    lines: list[GroupLine] = []
    without: list[str] = []
    unlettered: list[str] = []
    for group in sorted(cells, key=lambda g: place(g, ORDER)):
        line = cells[group]
        if all(_nothing(cell) for cell in line.values()):
            known = all(cell["has_result"] is False for cell in line.values())
            (without if known else unlettered).append(group)
            continue
        met = sum(bool(line[y]["meets_criteria"]) for y in window if y in line)
        counts = counted.get(group, False) if facts.lea["lea_type"] != "charter" else met == len(window)
        lines.append(GroupLine(group, line, met, counts))
    return sorted(lines, key=lambda g: -g.met), without, unlettered


def _nothing(cell: Row) -> bool:
    """True if a cell shows neither a result nor a letter nor a doubt that a file at hand leaves."""
    return not cell["letter"] and not cell["cde_letter"] and not cell["meets_criteria"] and cell["has_result"] is not True


def _causes_by_cell(book: Book, facts: LeaFacts) -> dict[tuple[str, int], list[Cause]]:
    """What met a criterion: per student group and year, indicators of the same level together, worst level first."""
    found: dict[tuple[str, int], dict[tuple[str, str], Cause]] = {}
    for row in sorted(facts["causes"], key=lambda r: (r["level"], book.indicators[r["indicator"]]["position"])):
        look = f"{'c' if row['measure'] == 'color' else 's'}{row['level']}"
        label = book.labels[row["measure"], row["indicator"], row["level"]]
        cell = found.setdefault((row["student_group"], row["dashboard_year"]), {})
        cell.setdefault((look, label), Cause(look, label, [])).indicators.append(book.indicators[row["indicator"]]["short_name"])
    return {cell: list(causes.values()) for cell, causes in found.items()}


def _history(book: Book, facts: LeaFacts) -> dict[str, Any]:
    """Status by year: every kind of assistance, and every pathway that was ever more than "nothing to judge"."""
    assistance = {(a["determination"], a["determination_year"]): a for a in facts["assistance"] if a["status"] != "not_applicable"}
    verdicts = {(v["pathway"], v["determination_year"]): v for v in facts["verdicts"]}
    kinds = [d for d in ("differentiated_assistance", "consecutive", "charter") if any(k[0] == d for k in assistance)]
    pathways = [p["pathway"] for p in book.pathways if any(v["status"] not in UNSAID for (name, _), v in verdicts.items() if name == p["pathway"])]
    years = sorted({y for _, y in assistance} | {y for name, y in verdicts if name in pathways})
    return {"years": years, "kinds": kinds, "pathways": pathways, "assistance": assistance, "verdicts": verdicts}


def _local(facts: LeaFacts) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in facts["local"]:
        found.setdefault(row["dashboard_year"], []).append(row)
    return found


def _findings(book: Book, facts: LeaFacts, verdicts: list[Row], assistance: list[Row]) -> list[Finding]:
    """What an LCAP asks about: assistance, then the Continuum of Support, then other pathways that are open or in doubt."""
    met = [r["student_group"] for r in facts["history"] if r["dashboard_year"] == book.year and r["meets_criteria"]]
    names = {
        "differentiated_assistance": "Differentiated Assistance",
        "consecutive": "the test of three Dashboards running",
        "charter": "assistance to charter schools",
    }
    findings = []
    for row in assistance:
        groups = met if row["determination"] == "differentiated_assistance" else row["student_groups"] or []
        findings.append(Finding(names[row["determination"]], row["statute"], row["status"], tuple(book.groups[g] for g in groups)))
    pathway = {p["pathway"]: p["name"] for p in book.pathways}
    for row in verdicts:
        if row["pathway"] == "continuum" or row["status"] in ("eligible", "undetermined"):
            groups = row["student_groups"] or [] if row["status"] == "eligible" else []
            findings.append(Finding(pathway[row["pathway"]], row["statute"], row["status"], tuple(book.groups[g] for g in groups)))
    return findings


def _sources(book: Book, facts: LeaFacts, evidence: list[Matrix]) -> list[Row]:
    """Files that the page rests on, in the order of their years."""
    used = {source for matrix in evidence for source in matrix.sources}
    used |= {r["cde_source_id"] for r in facts["history"] if r["cde_source_id"]}
    used |= {r["source_id"] for family in ("local", "interim") for r in facts[family]}
    return [s for source_id, s in book.sources.items() if source_id in used and s["present"]]
