"""The LEAs that are eligible now: the list of the home page, and the facts of a county's summary."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

import duckdb

from reports.book import Book
from reports.figures import ORDER, place
from reports.published import Row, grouped, rows
from reports.site.tallies import LeaLine
from transforms.wording.sentences import Assisted, CountyFacts, GroupCount, since_words

DECIDED = ("eligible", "not_eligible")
Lines = dict[int, list[LeaLine]]


@dataclass(frozen=True)
class EligibleLea:
    """One LEA that is eligible in the year in force."""

    line: LeaLine
    pathways: list[str]  # names
    groups: list[str]  # names of the student groups that count
    since: str


def eligible_leas(book: Book, lines: Lines) -> list[EligibleLea]:
    """Return LEAs that are eligible by any pathway in the year in force, by name."""
    before: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for year in sorted(y for y in lines if y <= book.year):
        for line in lines[year]:
            for pathway, verdict in line.verdicts.items():
                before[line.lea["cds"], pathway].append((year, verdict["status"]))
    found = []
    for line in sorted((x for x in lines[book.year] if x.eligible), key=lambda x: (x.lea["lea_name"], x.lea["cds"])):
        by = {p: v for p, v in line.verdicts.items() if v["status"] == "eligible"}
        names = [book.pathway_names[p] for p in by]
        codes = sorted({g for v in by.values() for g in v["student_groups"] or []}, key=lambda g: place(g, ORDER))
        since = {name: since_words(before[line.lea["cds"], p]) for p, name in zip(by, names, strict=True)}
        differ = len(set(since.values())) > 1
        one = "; ".join(f"{name}: {words}" for name, words in since.items()) if differ else since[names[0]]
        found.append(EligibleLea(line, names, [book.groups[g] for g in codes], one))
    return found


GROUPS = """
    select l.county_code, h.dashboard_year, g.student_group, g.name_in_text, g.dashboard_from,
        count(*) filter (h.meets_criteria) as met
    from student_group_history h join leas l using (cds) join student_groups g using (student_group)
    where l.lea_type <> 'charter' and h.basis <> 'none' and list_contains($years, h.dashboard_year)
    group by all
"""


def county_facts(connection: duckdb.DuckDBPyConnection, book: Book, lines: Lines) -> Iterator[tuple[str, CountyFacts]]:
    """Yield the facts of each county's summary, by county code; only counties with LEAs."""
    year, before = book.year, max((y for y in lines if y < book.year), default=None)
    met = grouped(rows(connection, GROUPS, years=[y for y in (year, before) if y]), itemgetter("county_code"))
    here = grouped(lines[year], lambda line: line.lea["county_code"])
    earlier = {line.lea["cds"]: line for line in lines[before]} if before else {}
    for code, of_county in here.items():
        assisted = [_by_pathway(of_county, earlier, before, p) for p in book.pathways]
        assisted += [_by_county_office(of_county, earlier, before, charters=charters) for charters in (False, True)]
        kinds = Counter(x.lea["lea_type"] for x in of_county if x.eligible or _assistance(x) == "eligible")
        determined = bool(kinds) or any(
            x.status("continuum") in DECIDED or _assistance(x) in DECIDED for x in of_county
        )
        known = before if any(r["dashboard_year"] == before for r in met[code]) else None
        groups = _groups(met[code], year, before)
        yield (
            code,
            CountyFacts(
                book.counties[code],
                year,
                before,
                determined,
                sum(bool(x.eligible) for x in of_county),
                tuple(kinds.items()),
                tuple(assisted),
                groups,
                known,
            ),
        )


def _assistance(line: LeaLine | None) -> str | None:
    return str(line.assistance["status"]) if line and line.assistance else None


def _by_pathway(lines: Sequence[LeaLine], earlier: dict[str, LeaLine], before: int | None, pathway: Row) -> Assisted:
    code = pathway["pathway"]
    status = [
        (x, x.status(code), earlier[x.lea["cds"]].status(code) if x.lea["cds"] in earlier else None) for x in lines
    ]
    return replace(_assisted(pathway["name"], status, before), direct=True)


def _by_county_office(
    lines: Sequence[LeaLine], earlier: dict[str, LeaLine], before: int | None, *, charters: bool
) -> Assisted:
    """Return Differentiated Assistance with its years, or the test of charter schools."""
    chosen = [x for x in lines if (x.lea["lea_type"] == "charter") == charters]
    status = [(x, _assistance(x), _assistance(earlier.get(x.lea["cds"]))) for x in chosen]
    found = _assisted("Assistance to charter schools" if charters else "Differentiated Assistance", status, before)
    by_year: dict[int | None, list[str]] = defaultdict(list)
    for line, now, _ in status:
        if now == "eligible" and line.assistance:
            by_year[line.assistance["assistance_year"]].append(line.lea["lea_name"])
    if not set(by_year) - {None}:
        return found
    labels = {1: "Year 1", 2: "Year 2", None: "Year 1 or Year 2"}
    return replace(found, by_year=tuple((labels[y], tuple(by_year[y])) for y in labels if y in by_year))


def _assisted(name: str, status: Sequence[tuple[LeaLine, str | None, str | None]], before: int | None) -> Assisted:
    """Return the changes in assistance by the rule of the table ``changes``.

    New is an LEA that was not eligible before. Left is an LEA that was eligible and is now known not to be.
    """
    new = [
        x.lea["lea_name"] + (f" ({before}: not determined)" if then == "undetermined" else "")
        for x, now, then in status
        if now == "eligible" and then is not None and then != "eligible"
    ]
    left = [
        x.lea["lea_name"]
        for x, now, then in status
        if then == "eligible" and now not in ("eligible", "undetermined", None)
    ]
    of = {s: tuple(x.lea["lea_name"] for x, now, _ in status if now == s) for s in ("eligible", "undetermined")}
    return Assisted(
        name,
        of["eligible"],
        tuple(new),
        tuple(left),
        of["undetermined"],
        any(then == "undetermined" for *_, then in status),
    )


def _groups(met: Sequence[Row], year: int, before: int | None) -> tuple[GroupCount, ...]:
    """Return the groups that met the criteria anywhere in either year, those with most LEAs first."""
    counted = {(r["student_group"], r["dashboard_year"]): r["met"] for r in met}
    names = {r["student_group"]: r["name_in_text"] for r in met}
    began = {r["student_group"]: r["dashboard_from"] for r in met if before and (r["dashboard_from"] or 0) > before}
    found = [
        GroupCount(names[code], counted.get((code, year), 0), counted.get((code, before), 0), began.get(code))
        for code in sorted(names, key=lambda g: place(g, ORDER))
    ]
    return tuple(sorted((g for g in found if g.now or g.before), key=lambda g: -g.now))
