"""Checks between rows and between registers.

Rows that have problems of their own take part, so that one mistake is reported once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from transforms.registers.cases import Case
from transforms.registers.fields import Found, Line, Lines, Record, normalized_id
from transforms.registers.loan_links import problems_of_loans, warnings_of_loans
from transforms.registers.others import NecessityDetermination, Succession


def problems_between(
    lines: Lines, models: Mapping[str, type[Record]], cases: Sequence[str], county_codes: set[str], law_effective: date
) -> Found:
    """Yield register names and problems: duplicate identifiers, unknown counties, links that lead nowhere.

    ``law_effective``: the day on which the law that refers districts with a state loan took effect.
    """
    for name, model in models.items():
        together = cases if name in cases else (name,)
        yield from _duplicate_ids(
            name, lines[name], [line for other in together for line in lines[other]], model.identifier
        )
        yield from _unknown_counties(name, lines[name], county_codes)
    yield from problems_of_loans(lines, law_effective)
    yield from _missing_successors({c: lines[c] for c in cases})
    yield from _opposite_answers({c: lines[c] for c in cases})
    yield from problems_of_lives(lines, cases)
    yield from _replaced_by_another_lea({c: lines[c] for c in cases}, lines["successions"])


def _duplicate_ids(name: str, lines: Sequence[Line], together: Sequence[Line], identifier: tuple[str, ...]) -> Found:
    """Yield rows whose identifier another row also has, even if spelled differently.

    A case_id is compared across all registers of cases.
    """
    where: dict[tuple[str, ...], list[Line]] = {}
    for line in together:
        where.setdefault(tuple(normalized_id(line.values.get(c, "")) for c in identifier), []).append(line)
    own, named = {id(line) for line in lines}, " and ".join(identifier)
    for key, same in where.items():
        for line in same if len(same) > 1 and all(key) else ():
            if id(line) not in own:
                continue
            other = next(o for o in same if o is not line)
            written = all(line.values.get(c) == other.values.get(c) for c in identifier)
            sentence = (
                f"the same {named}"
                if written
                else f"a {named} that differs only in case or in characters that look alike"
            )
            yield name, line.problem(identifier[0], f"{other.file}, line {other.number} has {sentence}", identifier)


def _unknown_counties(name: str, lines: Sequence[Line], county_codes: set[str]) -> Found:
    for line in lines:
        for column in ("cds", "successor_cds", "county_code"):
            code = line.values.get(column, "")
            if code[:2].isdigit() and len(code) in (2, 14) and code[:2] not in county_codes:
                yield name, line.problem(column, f"there is no county with the code {code[:2]}")


def _opposite_answers(cases: Lines) -> Found:
    """Yield different answers to the same question on one day: neither counts. A replaced case never counts."""
    answers: dict[tuple[object, ...], list[tuple[str, Line, Case, str]]] = {}
    for name, lines in cases.items():
        for line in lines:
            case = line.record
            if isinstance(case, Case) and case.answer and not case.superseded_by:
                answer, *days = (getattr(case, column) for column in case.answer)
                if answer:
                    answers.setdefault((name, case.cds, *days), []).append((name, line, case, answer))
    for same in answers.values():
        for name, line, case, answer in same:
            other = next((o for o in same if o[3] != answer), None)
            if other and case.answer:
                sentence = (
                    f"the same act has another answer on the same day, {other[3]} ({other[2].case_id}); delete the"
                    " wrong row, or name in superseded_by the case that replaces it"
                )
                yield name, line.problem(case.answer[0], sentence, (case.answer[0], "superseded_by"))


def warnings_between(lines: Lines, cases: Sequence[str]) -> Found:
    """Yield findings that are not wrong, but leave a verdict open or remove one."""
    yield from _replaced_by_a_later_case({c: lines[c] for c in cases})
    yield from warnings_of_loans(lines)


def _missing_successors(cases: Lines) -> Found:
    """Check that a case is replaced by a recorded case, and not by a case that it replaces itself."""
    after = {
        line.values.get("case_id", ""): line.values.get("superseded_by", "")
        for lines in cases.values()
        for line in lines
    }
    for name, lines in cases.items():
        for line in lines:
            case, successor = line.values.get("case_id", ""), line.values.get("superseded_by", "")
            if not successor or successor == case:  # a case that replaces itself is reported by its own row
                continue
            if successor not in after:
                yield name, line.problem("superseded_by", "no register has a case with this identifier")
            elif case in _chain(successor, after):
                sentence = "these cases replace each other, so none of them would count"
                yield name, line.problem("superseded_by", sentence)


def _replaced(cases: Lines) -> Iterator[tuple[str, Line, Case, Case]]:
    """Yield every replaced case with its register and row, and the case that replaces it."""
    found = [(name, line, line.record) for name, lines in cases.items() for line in lines]
    by_id = {case.case_id: case for _, _, case in found if isinstance(case, Case)}
    for name, line, case in found:
        if isinstance(case, Case) and (other := by_id.get(case.superseded_by or "")):
            yield name, line, case, other


def _replaced_by_another_lea(cases: Lines, successions: Sequence[Line]) -> Found:
    """Check that the replacing case is of the same LEA, or of its predecessor or successor.

    Otherwise the note must name the other LEA, so that a mistyped case_id does not remove a case.
    """
    same = {
        frozenset((line.values.get("predecessor_cds", ""), line.values.get("successor_cds", "")))
        for line in successions
    }
    for name, line, case, other in _replaced(cases):
        if (
            other.cds != case.cds
            and frozenset((case.cds, other.cds)) not in same
            and other.lea_name.casefold() not in (case.note or "").casefold()
        ):
            whose = f"this case belongs to another LEA, {other.lea_name} ({other.cds})"
            sentence = f"{whose}; correct it, or name that LEA in the note"
            yield name, line.problem("superseded_by", sentence, ("superseded_by", "cds"))


def _replaced_by_a_later_case(cases: Lines) -> Found:
    """Yield cases that should be closed instead of replaced: a replaced case never counts."""
    for name, line, case, other in _replaced(cases):
        if (begins := other.known_from) and begins > case.entered_on:
            sentence = (
                f"the case that replaces it begins on {begins}, after this one was entered ({case.entered_on}), and"
                " a replaced case never counts; close a case that ended with end_date instead"
            )
            yield name, line.problem("superseded_by", sentence)


def _chain(case: str, after: Mapping[str, str]) -> list[str]:
    """Return a case and the cases that replaced it, one after the other."""
    chain: list[str] = []
    while case and case not in chain:
        chain.append(case)
        case = after.get(case, "")
    return chain


# CDS codes exist from one succession to the next: acts fall within the life of their code, and no code follows itself.
NEW_CODE = ("county_transfer", "unification", "charter_moved")  # a merger or lapsation may continue under an older code


def problems_of_lives(lines: Lines, cases: Sequence[str]) -> Found:
    """Yield register names and problems with the lives of codes.

    These are acts under a code before it began or after it ended, and codes that follow each other in a circle or out
    of order.
    """
    successions = [(line, s) for line in lines["successions"] if isinstance(s := line.record, Succession)]
    yield from _codes_out_of_order(successions)
    ends = {s.predecessor_cds: (line, s.succession_date) for line, s in successions}
    begins = {s.successor_cds: (line, s.succession_date) for line, s in successions if s.kind in NEW_CODE}
    for name in (*cases, "necessity_determinations"):
        for line in lines[name]:
            for column, cds, day in _acts(line):
                if cds in ends and day >= ends[cds][1]:
                    row, last = ends[cds]
                    sentence = (
                        f"{row.file}, line {row.number} says that this code ended before {last}; give the new code"
                    )
                    yield name, line.problem(column, sentence, (column, "cds"))
                elif cds in begins and day < begins[cds][1]:
                    row, first = begins[cds]
                    sentence = (
                        f"{row.file}, line {row.number} says that this code began on {first}; give the earlier code"
                    )
                    yield name, line.problem(column, sentence, (column, "cds"))


def _acts(line: Line) -> Iterator[tuple[str, str, date]]:
    """Yield each dated act of a row: column, code and day.

    A replaced case does not count, so its code may be a mistake.
    """
    record = line.record
    if isinstance(record, NecessityDetermination):
        yield "determination_date", record.cds, record.determination_date
    elif isinstance(record, Case) and not record.superseded_by:
        for column in (*record.acts, "engagement_start"):
            if day := getattr(record, column):
                yield column, record.cds, day


def _codes_out_of_order(successions: Sequence[tuple[Line, Succession]]) -> Found:
    for line, one in successions:
        if one.predecessor_cds in _codes_after(one.successor_cds, successions):
            sentence = "these codes replace each other in a circle"
            yield "successions", line.problem("successor_cds", sentence, ("predecessor_cds", "successor_cds"))
        for other, later in successions:
            ends_too_early = later.predecessor_cds == one.successor_cds and later.succession_date <= one.succession_date
            if ends_too_early and one.kind in NEW_CODE:
                sentence = (
                    f"according to {other.file}, line {other.number}, the new code ended before it began"
                    f" ({later.succession_date})"
                )
                yield "successions", line.problem("succession_date", sentence)


def _codes_after(cds: str, successions: Sequence[tuple[Line, Succession]]) -> set[str]:
    """Return every code that followed a code, directly or through others."""
    found: set[str] = set()
    pending = [cds]
    while pending:
        code = pending.pop()
        after = {s.successor_cds for _, s in successions if s.predecessor_cds == code} - found
        found |= after
        pending += after
    return found
