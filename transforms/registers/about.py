"""Check that a row is about the LEA that it names: its code and name are compared with loaded files and with the other
rows of the registers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transforms.registers.fields import Line, Lines, Problem, Record
from transforms.registers.names import LeaNames, same_name

DIGITS = 14


@dataclass(frozen=True)
class Subject:
    """A CDS code of a row, and the names that the row gives the LEA: the present one and former ones."""

    register: str
    line: Line
    column: str
    name_columns: tuple[str, ...]
    cds: str
    names: tuple[str, ...]

    def problem(self, sentence: str) -> Problem:
        """Return a problem of the code or of the name."""
        return self.line.problem(self.column, sentence, (self.column, *self.name_columns))

    def shares_a_name(self, others: Sequence[str]) -> bool:
        """Return True if one of the names is among ``others``."""
        return any(same_name(own, other) for own in self.names for other in others)


@dataclass(frozen=True)
class Verdict:
    """A problem with the subject of a row or, as a warning, a comparison that was not possible."""

    register: str
    problem: Problem
    is_warning: bool = False


def subjects(lines: Lines, models: Mapping[str, type[Record]]) -> list[Subject]:
    """Return every code in the rows that has a name."""
    found = []
    for register, model in models.items():
        for line in [ln for ln in lines[register] if not ln.is_ragged]:
            for column, *names in model.about_leas:
                cds, given = line.values.get(column, ""), tuple(line.values[n] for n in names if line.values.get(n, ""))
                if len(cds) == DIGITS and cds.isdecimal() and given:
                    found.append(Subject(register, line, column, tuple(names), cds, given))
    return found


def compare_names(lines: Lines, models: Mapping[str, type[Record]], files: LeaNames) -> Iterator[Verdict]:
    """Yield contradictions between codes and names.

    If no file has a code, the rows of the registers are compared with each other.
    """
    everything = subjects(lines, models)
    named = [s for s in everything if files.of(s.cds)]
    former_names: dict[str, list[str]] = {}
    doubtful = []
    for subject in named:
        if _is_named(subject, files):
            former_names.setdefault(subject.cds, []).extend(subject.names)
        else:
            doubtful.append(subject)
    for subject in doubtful:
        if not subject.shares_a_name(former_names.get(subject.cds, ())):
            yield Verdict(subject.register, subject.problem(_wrong_name(subject, files)))
    yield from _codes_without_file([s for s in everything if not files.of(s.cds)], files, _joined_codes(everything))


def _is_named(subject: Subject, files: LeaNames) -> bool:
    """Return True if files use the present name for the code, or a former one if no other LEA has the present one."""
    present, *former = subject.names
    if files.is_named(subject.cds, present):
        return True
    is_of_another = bool(set(files.codes_of(present)) - {subject.cds})
    return not is_of_another and any(files.is_named(subject.cds, name) for name in former)


def _wrong_name(subject: Subject, files: LeaNames) -> str:
    called = " or ".join(dict.fromkeys(files.of(subject.cds)))
    return (
        f"this is the code of {called}, but the row names {subject.names[0]}{_hint(subject, files)}. Correct the code"
        " or the name"
    )


def _hint(subject: Subject, files: LeaNames) -> str:
    name, county = subject.names[0], subject.cds[:2]
    exact = [c for c in files.codes_of(name, county) if c != subject.cds]
    if exact:
        return f", which is {' or '.join(exact[:3])}"
    near = files.nearest(name, county)
    return f"; the nearest name is {files.of(near)[0]} ({near})" if near and near != subject.cds else ""


def _joined_codes(everything: Sequence[Subject]) -> dict[str, set[str]]:
    """Return the codes that a row of a register joins with each code, as a succession does.

    Files of some years have one code, files of other years the other.
    """
    of_line: dict[int, set[str]] = defaultdict(set)
    for subject in everything:
        of_line[id(subject.line)].add(subject.cds)
    joined: dict[str, set[str]] = defaultdict(set)
    for subject in everything:
        joined[subject.cds] |= of_line[id(subject.line)]
    return joined


def _codes_without_file(
    unnamed: Sequence[Subject], files: LeaNames, joined: Mapping[str, set[str]]
) -> Iterator[Verdict]:
    for subject in unnamed:
        others = [s for s in unnamed if s.cds == subject.cds and s.line is not subject.line]
        elsewhere = files.codes_of(subject.names[0], subject.cds[:2]) if files.covers(subject.cds[:2]) else []
        elsewhere = [code for code in elsewhere if code not in joined[subject.cds]]
        differing = [s for s in others if not subject.shares_a_name(s.names)]
        if differing and 1 + len(others) - len(differing) <= len(differing):  # the row is not in a majority
            called = " or ".join(dict.fromkeys(s.names[0] for s in differing))
            sentence = (
                f"other rows of the registers call this code {called}, but this row names {subject.names[0]}. Correct"
                " the code or the name"
            )
            yield Verdict(subject.register, subject.problem(sentence))
        elif elsewhere:
            sentence = (
                f"no loaded file has this code; the files give {subject.names[0]} the code"
                f" {' or '.join(elsewhere[:3])}. Correct the code"
            )
            yield Verdict(subject.register, subject.problem(sentence))
        elif files:
            yield Verdict(
                subject.register,
                subject.problem(f"no loaded file names this LEA, so its name ({subject.names[0]}) was not compared"),
                True,
            )


def _codes(line: Line, model: type[Record]) -> list[str]:
    """Return the CDS codes of a row, including codes without a leading zero or the school's zeros.

    If the cells of the row have moved, all cells are searched.
    """
    columns = [line.values.get(code, "") for code, *_ in model.about_leas]
    values = [v for v in line.cells if len(v) in (DIGITS - 1, DIGITS)] if line.is_ragged else columns
    whole = [v + "0" * 7 if len(v) in (6, 7) else v for v in values if v.isascii() and v.isdecimal()]
    return list(dict.fromkeys(v.zfill(DIGITS) for v in whole if len(v) in (DIGITS - 1, DIGITS)))


def leas_concerned(line: Line, model: type[Record], names: LeaNames) -> list[str]:
    """Return the codes of the LEAs that a rejected row may be about.

    They are its own codes, and those of its names or else of the nearest name.
    """
    codes = _codes(line, model)
    columns = [n for _, *rest in model.about_leas for n in rest]
    given = [
        v
        for v in (line.cells if line.is_ragged else [line.values.get(c, "") for c in columns])
        if any(c.isalpha() for c in v)
    ]
    county = next((c[:2] for c in codes), "")
    named = next((found for name in given if (found := names.codes_of(name, county))), [])
    if not named and given and not line.is_ragged:
        named = [near for near in [names.nearest(given[0], county)] if near]
    return list(dict.fromkeys([*codes, *named]))
