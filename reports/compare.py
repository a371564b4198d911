"""The verdicts that differ between two determination years of a release, or between two releases."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from reports.published import determination_years, open_release, year_in_force
from transforms.database import connect_read_only
from transforms.errors import ReleaseError, UsageError, quoted
from transforms.release.current import DATABASE, find_release, read_manifest, release_before, required_release
from transforms.wording.sentences import Change, GroupChange, change_sentence

KINDS = {
    "new": "newly eligible",
    "left": "no longer eligible",
    "open": "eligible before, not determined now",
    "stays": "still eligible by other student groups",
    "other": "not eligible on either side",
}


@dataclass(frozen=True)
class Difference:
    """One verdict that differs, in words."""

    cds: str
    lea_name: str
    pathway: str
    determination_year: int | None  # None if two years are compared
    status_before: str
    status_after: str
    sentence: str

    @property
    def kind(self) -> str:
        """The kind of difference: a key of KINDS."""
        before, after = self.status_before == "eligible", self.status_after == "eligible"
        if before and self.status_after == "undetermined":
            return "open"
        return {(False, True): "new", (True, False): "left", (True, True): "stays"}.get((before, after), "other")


@dataclass(frozen=True)
class Comparison:
    """Two sides and the differences between them."""

    before: str
    after: str
    differences: list[Difference]


VERDICTS = """
    select e.cds, e.lea_name, e.pathway, p.name as pathway_name, e.status, e.student_groups, e.determination_year
    from eligibility e join pathways p using (pathway)
"""
Side = dict[tuple[str, str, int | None], tuple[str, str, str, list[str]]]
Groups = dict[tuple[str, str, int | None], tuple[GroupChange, bool]]


def compare(out: Path, a: str | None = None, b: str | None = None) -> Comparison:
    """Compare two determination years of the current release, or two releases below ``out``.

    Without arguments, compare the year in force with the year before. Raises ReleaseError, or UsageError for a year
    and a release.
    """
    if a is None:
        a, b = _last_years(out)
    if b is None:
        raise ReleaseError(f"Give another year or release to compare {a} with.")
    is_year = {text: re.fullmatch("[0-9]{4}", text) is not None for text in (a, b)}
    if len(set(is_year.values())) > 1:
        stated, other = sorted((a, b), key=lambda text: not is_year[text])
        raise UsageError(
            f"{stated} is a determination year and {quoted(other)} is not. Give two years, or two releases: an id, a"
            " tag, 'previous' or 'current'."
        )
    if is_year[a]:
        with open_release(out) as connection:
            known = determination_years(connection)
            for year in (int(a), int(b)):
                if year not in known:
                    raise ReleaseError(
                        f"There is no determination of {year} in this release. It has {', '.join(map(str, known))}."
                    )
            sides = [_side(connection, int(year)) for year in (a, b)]
            groups = _groups(connection, int(b))
        return Comparison(a, b, _differences(sides[0], sides[1], groups, f"determination year {a}", b))
    before, after = _find(out, a), _find(out, b)
    if before == after:  # a process cannot open a locked database twice
        return Comparison(before.name, after.name, [])
    with connect_read_only(before / DATABASE) as one, connect_read_only(after / DATABASE) as two:
        return Comparison(
            before.name,
            after.name,
            _differences(_side(one), _side(two), _groups(two), f"release {before.name}", after.name),
        )


def _last_years(out: Path) -> tuple[str, str]:
    """Return the determination year in force and the one before it."""
    with open_release(out) as connection:
        now = year_in_force(connection)
        found = connection.execute(
            "select max(determination_year) from eligibility where determination_year < ?", [now]
        )
        (before,) = found.fetchone() or (None,)
    if before is None:
        raise ReleaseError(f"This release has no determination year before {now}.")
    return str(before), str(now)


def _find(out: Path, requested: str) -> Path:
    """Return the folder of a release by id, tag, 'current' or 'previous' (published before the current release).

    Raises ReleaseError.
    """
    if requested != "previous":
        return find_release(out, requested)
    current = required_release(out)
    read_manifest(current)  # raises with a reason if the order of releases is not known
    earlier = release_before(out, current)
    if earlier is None:
        raise ReleaseError(f"There is no release before the current one, {current.name}, to compare it with.")
    return earlier


def _side(connection: duckdb.DuckDBPyConnection, year: int | None = None) -> Side:
    """Return verdicts by LEA, pathway and, for a whole release, determination year."""
    rows = connection.execute(
        VERDICTS + (" where e.determination_year = ?" if year else ""), [year] if year else []
    ).fetchall()
    return {
        (cds, pathway, None if year else y): (name, pathway_name, status, groups or [])
        for cds, name, pathway, pathway_name, status, groups, y in rows
    }


def _groups(connection: duckdb.DuckDBPyConnection, year: int | None = None) -> Groups:
    """Return groups with their names for a sentence, their years, and whether it is unknown if they count."""
    rows = connection.execute(
        "select c.cds, c.student_group, c.determination_year, c.may_count and not c.counts, s.name_in_text,"
        " c.years_met, c.years_unknown from continuum_groups c join student_groups s using (student_group)"
    ).fetchall()
    return {
        (cds, group, None if year else y): (GroupChange(name, tuple(met), years_unknown=tuple(unknown)), is_open)
        for cds, group, y, is_open, name, met, unknown in rows
        if year is None or y == year
    }


def _differences(before: Side, after: Side, groups: Groups, before_label: str, after_label: str) -> list[Difference]:
    found = []
    for key in sorted(before.keys() | after.keys(), key=lambda k: (k[0], k[1], k[2] or 0)):
        cds, pathway, year = key
        name, pathway_name, old, old_groups = before.get(key) or (*after[key][:2], "absent", [])
        _, _, new, new_groups = after.get(key) or (name, pathway_name, "absent", [])
        if old == new and old_groups == new_groups:
            continue
        added = [groups.get((cds, g, year), (GroupChange(g, ()), False)) for g in new_groups if g not in old_groups]
        gone = [groups.get((cds, g, year), (GroupChange(g, ()), False)) for g in old_groups if g not in new_groups]
        assessed = new not in ("not_assessed", "absent")
        words = change_sentence(
            Change(
                name,
                pathway_name + (f" of {year}" if year else ""),
                before_label,
                after_label,
                old,
                new,
                tuple(group for group, _ in added),
                tuple(group for group, is_open in gone if not (is_open and assessed)),
                tuple(group for group, is_open in gone if is_open and assessed),
            )
        )
        found.append(Difference(cds, name, pathway, year, old, new, words))
    return found
