"""The answer in a sentence: who meets the criteria in the year in force, who is new, who left.

The home page and the commands show it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from reports.published import Row, determination_years, rows, year_in_force
from transforms.wording.sentences import LEA_WORDS, joined, number, open_loan_words, plural

NAMED = 5  # maximum number of LEAs named in a line; more are only counted
REJECTED = "a record was rejected"  # why Wraparound is not determined if no loan leaves it open
OPEN_CASES = {"precondition_not_shown": "earlier assistance not on record", "no_decision": "no decision yet"}


@dataclass(frozen=True)
class Part:
    """A piece of the sentence, with the list that it counts or the LEA that it names, if any."""

    text: str
    counts: str = ""  # meet, district, county_office, new, left, loans or recorded
    cds: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer for the determination year in force. Rows have cds, lea_name, lea_type and county."""

    year: int
    before: int | None  # the determination year compared with
    meet: tuple[Row, ...]  # by the Continuum of Support
    new: tuple[Row, ...]
    left: tuple[Row, ...]
    loans: tuple[Row, ...]  # by a state loan, and not by the Continuum
    open: tuple[Row, ...]  # not determined; with pathway, and a short reason if a record leaves it open
    recorded: tuple[Row, ...] = ()  # by a recorded case, but neither by a state loan nor by the Continuum

    @property
    def sentence(self) -> str:
        """``In 2024, 67 LEAs meet the criteria: 54 districts and 13 county offices; 16 are new, 15 left; one
        more is eligible by a state loan (Inglewood Unified): 68 in all.``
        """
        return "".join(part.text for part in self.parts)

    @property
    def parts(self) -> list[Part]:
        """The sentence in pieces. Each number is a piece with the list that it counts."""
        n = len(self.meet)
        parts = [
            Part(f"In {self.year}, "),
            Part(plural(n, "LEA"), "meet" * bool(n)),
            Part(f" {self._verb} the criteria"),
        ]
        if n > 1:
            kinds = Counter(r["lea_type"] for r in self.meet)
            of_kinds = [Part(plural(kinds[kind], word), kind) for kind, word in LEA_WORDS.items() if kinds[kind]]
            parts += [Part(": "), *_enumerated(of_kinds)]
        elif n:
            parts.append(Part(f" ({self.meet[0]['lea_name']})"))
        if self.before is not None:
            new, left = (number(len(of)) if of else "none" for of in (self.new, self.left))
            parts += [Part("; "), Part(f"{new} {'is' if len(self.new) == 1 else 'are'} new", "new" * bool(self.new))]
            parts += [Part(", "), Part(f"{left} left", "left" * bool(self.left))]
        total = n
        for leas, by, counts in (
            (self.loans, "a state loan", "loans"),
            (self.recorded, "a recorded case", "recorded"),
        ):
            if not leas:
                continue
            few, more = len(leas) <= NAMED, " more" * bool(total)
            are = f"{number(len(leas))}{more} {'is' if len(leas) == 1 else 'are'} eligible by {by}"
            parts += [Part("; "), Part(are, counts * (not few))]
            if few:
                named = [Part(r["lea_name"], cds=r["cds"]) for r in leas]
                parts += [Part(" ("), *_enumerated(named), Part(")")]
            total += len(leas)
        parts += [Part(f": {number(total)} in all")] * (total not in (n, len(self.loans), len(self.recorded)))
        return [*parts, Part(".")]

    @property
    def _verb(self) -> str:
        """The verb of the sentence. If the Continuum of Support is open for any LEA, more may meet the criteria."""
        many = len(self.meet) > 1
        if any(r.get("pathway") == "continuum" for r in self.open):
            return f"{'are' if many else 'is'} known to meet"
        return "meet" if many else "meets"

    @property
    def not_determined(self) -> str:
        """The open verdicts of the year, with LEA names if there are few; empty if no verdict is open."""
        by_pathway: dict[str, list[str]] = {}
        for row in self.open:
            why = f" ({row['why']})" if row.get("why") else ""
            by_pathway.setdefault(row["pathway_name"], []).append(row["lea_name"] + why)
        pathways = [
            f"for {pathway}: {joined(names) if len(names) <= NAMED else f'{len(names)} LEAs'}"
            for pathway, names in by_pathway.items()
        ]
        return f"Not determined in {self.year} {'; '.join(pathways)}." if pathways else ""


def _enumerated(parts: Sequence[Part]) -> list[Part]:
    """Return ``A, B and C`` in pieces."""
    between = ["", *[", "] * (len(parts) - 2), *[" and "] * (len(parts) > 1)]
    return [x for before, part in zip(between, parts, strict=True) for x in ([Part(before)] * bool(before) + [part])]


def read_answer(connection: duckdb.DuckDBPyConnection) -> Answer:
    """Read the answer of a release from its published tables."""
    years = determination_years(connection)
    year = year_in_force(connection)
    before = max((y for y in years if y < year), default=None)
    verdicts = rows(
        connection,
        """
        select e.cds, e.lea_name, e.lea_type, e.county, e.pathway, p.name as pathway_name, p.position,
            e.status
        from eligibility e join pathways p using (pathway)
        where e.determination_year = $year and e.status in ('eligible', 'undetermined')
        order by e.lea_name, e.cds, p.position
        """,
        year=year,
    )
    meet = _eligible_by(verdicts, "continuum")
    counted = {r["cds"] for r in meet}
    loans = tuple(r for r in _eligible_by(verdicts, "wraparound") if r["cds"] not in counted)
    counted |= {r["cds"] for r in loans}
    others = {r["cds"]: r for r in verdicts if r["status"] == "eligible" and r["cds"] not in counted}
    changed = rows(
        connection,
        "select cds, lea_name, lea_type, county, change from changes where to_year = $year and pathway = 'continuum'"
        " order by lea_name, cds",
        year=year,
    )
    why = _open_loans(connection, year) | _open_cases(connection, year)
    open_ones = [
        r | {"why": why.get((r["cds"], r["pathway"]), REJECTED if r["pathway"] == "wraparound" else "")}
        for r in sorted(verdicts, key=lambda r: r["position"])
        if r["status"] == "undetermined"
    ]
    return Answer(
        year,
        before,
        meet,
        tuple(r for r in changed if r["change"] == "newly_eligible"),
        tuple(r for r in changed if r["change"] == "no_longer"),
        loans,
        tuple(open_ones),
        tuple(others.values()),
    )


def _open_loans(connection: duckdb.DuckDBPyConnection, year: int) -> dict[tuple[str, str], str]:
    """Return, by LEA and pathway, why its loans leave Wraparound open."""
    found = connection.execute(
        "select cds, loan_state, received_by, repaid_by from loan_states"
        " where determination_year = $year and cds is not null order by loan_id",
        {"year": year},
    )
    words: dict[tuple[str, str], list[str]] = {}
    for cds, *facts in found.fetchall():
        if sentence := open_loan_words(*facts):
            words.setdefault((cds, "wraparound"), []).append(sentence)
    return {key: joined(sentences) for key, sentences in words.items()}


def _open_cases(connection: duckdb.DuckDBPyConnection, year: int) -> dict[tuple[str, str], str]:
    """Return, by LEA and pathway, why its recorded cases leave a pathway open."""
    found = connection.execute(
        "select cds, pathway, list(distinct case_finding order by case_finding) from case_states"
        " where determination_year = $year and status = 'undetermined' group by all",
        {"year": year},
    )
    return {(cds, pathway): joined([OPEN_CASES[f] for f in findings]) for cds, pathway, findings in found.fetchall()}


def _eligible_by(verdicts: Sequence[Row], pathway: str) -> tuple[Row, ...]:
    return tuple(r for r in verdicts if r["pathway"] == pathway and r["status"] == "eligible")
