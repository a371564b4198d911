"""Who left the list since the release before, who is new, and why: data, rules or code.

``dta status``, the end of ``dta run``, the nightly message and the home page use it.
"""

from dataclasses import dataclass

import duckdb

from reports.published import Row, rows, year_in_force
from transforms.database import pairs
from transforms.wording.sentences import change_line, plural
from transforms.wording.sentences.lists import ListChange, list_change_sentence, list_headline

ASSISTANCE = """
    select coalesce(sum(failing_rows), 0) from meta_gate_results where check_id = 'release_assistance_changed'
"""


@dataclass(frozen=True)
class ReleaseChanges:
    """Differences between the list in force and the list of the release before; empty for a first release."""

    previous: str | None  # the release compared with
    left: tuple[ListChange, ...] = ()
    new: tuple[ListChange, ...] = ()
    elsewhere: int = 0  # verdicts of other years that became eligible or are no longer eligible
    assistance: int = 0  # statuses of assistance that differ, in any year

    @property
    def headline(self) -> str:
        """The number of LEAs that lost or gained a pathway; empty if none did."""
        lost, gained = ({c.cds for c in found} for found in (self.left, self.new))
        return list_headline(len(lost), len(gained)) if lost or gained else ""

    @property
    def about_assistance(self) -> str:
        """The number of statuses of assistance that differ; empty if none does."""
        if not self.assistance:
            return ""
        return (
            f"{plural(self.assistance, 'finding').capitalize()} of assistance differ{'s' * (self.assistance == 1)} from"
            " the release before: see release_assistance_changed on the quality page."
        )

    @property
    def sentences(self) -> list[str]:
        """One sentence for each LEA and pathway; LEAs that left come first."""
        return [list_change_sentence(c) for c in (*self.left, *self.new)]


def release_changes(connection: duckdb.DuckDBPyConnection) -> ReleaseChanges:
    """Compare the list in force with the list of the release before, using ``meta_release_changes``.

    If the determination year itself is new, compare with the list of the year before.
    """
    differing = {
        (r["cds"], r["pathway"], r["determination_year"]): r
        for r in rows(connection, "select * from meta_release_changes")
    }
    (assistance,) = connection.execute(ASSISTANCE).fetchone() or (0,)
    if not differing:
        return ReleaseChanges(None, assistance=int(assistance))
    year = year_in_force(connection)
    now = {
        (r["cds"], r["pathway"], r["determination_year"]): r
        for r in rows(connection, "select cds, lea_name, county, pathway, determination_year, status from eligibility")
    }
    before_year = _year_before(now, differing, year)
    pathways = pairs(connection, "select pathway, name from pathways order by position")
    groups = pairs(connection, "select student_group, name_in_text from student_groups")
    found = []
    for cds, pathway in {(c, p) for c, p, y in now.keys() | differing.keys() if y in (year, before_year)}:
        then, difference = (cds, pathway, before_year), differing.get((cds, pathway, year))
        old = (
            differing[then]["status_before"] if then in differing else now[then]["status"] if then in now else "absent"
        )
        row = now.get((cds, pathway, year)) or {"status": "absent", "county": ""}
        status = difference["status_after"] if difference else row["status"]
        if (old == "eligible") == (status == "eligible"):
            continue
        cause = difference or differing.get(then) or {}
        found.append(
            ListChange(
                cds, str(row.get("lea_name") or cause.get("lea_name") or cds), row["county"] or "", pathways[pathway],
                before_year, year, old, status, cause.get("attributed_to"),
                _groups(cause, groups) if before_year == year else "",
            )
        )  # fmt: skip
    found.sort(key=lambda c: (c.lea_name, c.cds, list(pathways.values()).index(c.pathway_name)))
    elsewhere = sum(
        y not in (year, before_year) and (r["status_before"] == "eligible") != (r["status_after"] == "eligible")
        for (_, _, y), r in differing.items()
    )
    left, new = (tuple(c for c in found if c.joined is joined) for joined in (False, True))
    return ReleaseChanges(next(iter(differing.values()))["previous_release_id"], left, new, elsewhere, int(assistance))


def _year_before(now: dict[tuple[str, str, int], Row], differing: dict[tuple[str, str, int], Row], year: int) -> int:
    """Return the year in force in the release before: an earlier year if that release had no verdict of this one."""
    of_year = [key for key in now if key[2] == year]
    if all(key in differing and differing[key]["status_before"] == "absent" for key in of_year):
        return max((y for _, _, y in now if y < year), default=year)
    return year


def _groups(cause: Row, names: dict[str, str]) -> str:
    """Return the groups that began or ceased to count."""
    added, removed = ([names.get(g, g) for g in cause.get(f"groups_{what}") or ()] for what in ("added", "removed"))
    return change_line(added, removed, None)
