"""What must hold between rows and between registers. Rows that are wrong in themselves take part, so that one mistake is told once."""

from collections.abc import Iterator, Mapping, Sequence

from transforms.registers.fields import Record
from transforms.registers.problems import Line, Problem

Lines = Mapping[str, Sequence[Line]]
Found = Iterator[tuple[str, Problem]]


def problems_between(lines: Lines, models: Mapping[str, type[Record]], cases: Sequence[str], county_codes: set[str]) -> Found:
    """Name of the register and the problem: identifiers that stand twice, unknown counties, links that lead nowhere."""
    for name, model in models.items():
        together = cases if name in cases else (name,)
        yield from _twice(name, lines[name], [line for other in together for line in lines[other]], model.identifier)
        yield from _unknown_counties(name, lines[name], county_codes)
    yield from _events_without_loan(lines)
    yield from _replaced_by_nothing({c: lines[c] for c in cases})


def _twice(name: str, lines: Sequence[Line], together: Sequence[Line], identifier: tuple[str, ...]) -> Found:
    """Rows whose identifier another row has as well; a case_id is looked for in every register of cases."""
    where: dict[tuple[str, ...], list[Line]] = {}
    for line in together:
        where.setdefault(tuple(line.values.get(c, "") for c in identifier), []).append(line)
    own = {id(line) for line in lines}
    for key, same in where.items():
        for line in same if len(same) > 1 and all(key) else ():
            if id(line) not in own:
                continue
            other = next(o for o in same if o is not line)
            yield name, line.problem(identifier[0], f"{other.file}, line {other.number} has the same {' and '.join(identifier)}", identifier)


def _unknown_counties(name: str, lines: Sequence[Line], county_codes: set[str]) -> Found:
    for line in lines:
        for column in ("cds", "successor_cds", "county_code"):
            code = line.values.get(column, "")
            if code[:2].isdigit() and len(code) in (2, 14) and code[:2] not in county_codes:
                yield name, line.problem(column, f"there is no county with the code {code[:2]}")


def _events_without_loan(lines: Lines) -> Found:
    loans = {line.values.get("loan_id") for line in lines["state_loans"]}
    for line in lines["state_loan_events"]:
        loan = line.values.get("loan_id", "")
        if loan and loan not in loans:
            yield "state_loan_events", line.problem("loan_id", "state_loans.csv has no such loan")


def _replaced_by_nothing(cases: Lines) -> Found:
    """A case must be replaced by a case on record, and not by one that it replaces itself."""
    after = {line.values.get("case_id", ""): line.values.get("superseded_by", "") for lines in cases.values() for line in lines}
    for name, lines in cases.items():
        for line in lines:
            case, successor = line.values.get("case_id", ""), line.values.get("superseded_by", "")
            if not successor or successor == case:  # a case that replaces itself is told by its own row
                continue
            if successor not in after:
                yield name, line.problem("superseded_by", "no register has a case of this name")
            elif case in _chain(successor, after):
                yield name, line.problem("superseded_by", "these cases replace each other, so that none of them would count")


def _chain(case: str, after: Mapping[str, str]) -> list[str]:
    """A case and those that replaced it, one after the other."""
    chain: list[str] = []
    while case and case not in chain:
        chain.append(case)
        case = after.get(case, "")
    return chain
