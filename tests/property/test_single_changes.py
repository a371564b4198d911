"""One careless change of an input never causes another yes or no.

The run names it, the verdicts that depend on it are not determined, or nothing differs.

A rejected row excuses no other verdict of its LEA: what depends on it is not determined, or CDE's own flag decides.
The same is true for the LEAs of a file that is not used, which CDE's letters may also decide. If everything in a
changed row still agrees, only a comparison with CDE can show the change: a new difference in ``reconciliation``.

Changes have seeds and are repeatable: a ``Change`` is the result of ``operator`` with its seed. One run has a few
changed rows, each of another LEA; a change of a whole file has its own run. ``make test-slow`` makes several hundred
changes; SINGLE_CHANGES=1000 makes more.
"""

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from expectations.checks import load_checks
from expectations.previous import attach_previous
from expectations.results import put_results, run_check
from tests.on_demand import OnDemand
from tests.property.changes import BOOKS, DASHBOARD_FILES, DASHBOARD_ROWS, OTHER_ROWS, Change, Place, Table
from tests.workplace import SAMPLE, Workplace, tables_of
from transforms.errors import DtaError
from transforms.release.meta import write_candidate_meta
from transforms.release.previous import sound_release
from transforms.release.source_changes import write_source_changes
from transforms.run import Run
from transforms.settings import PROJECT
from transforms.sources.unused import unused_files

PER_RUN = 8
A_FEW = 28  # changes per run, if failures rarely have to be isolated
MANY = int(os.environ.get("SINGLE_CHANGES", "400"))
OPERATORS = {**DASHBOARD_ROWS, **OTHER_ROWS, **DASHBOARD_FILES, **BOOKS}
VERDICTS = """
    select 'eligibility', cds, determination_year, pathway, status, decided_by from eligibility
    union all
    select 'assistance', cds, determination_year, determination, status, decided_by from assistance
"""
# May leave a row that agrees with itself.
SELF_CONSISTENT = (
    "wrong_size",
    "other_group",
    "group_without_row",
    "exchange_groups",
    "move_to_lea",
)
REJECTED = "select parse_filename(file), if(cds in (select cds from leas), cds, null) from rejects"
Key = tuple[str, str, int, str]
Verdict = tuple[str, str | None]  # status, and what decided it
Wanted = tuple[str, int]  # operator and seed


@dataclass(frozen=True)
class Seen:
    """One change and its outcome. ``bad``: another yes or no that would be published without any message."""

    change: Change
    outcome: str
    differing: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        return self.outcome.startswith("another")


@dataclass
class Lab:
    """Runs of changed copies of the sample, compared with the sample."""

    folder: Path
    work: Path
    published: Path  # releases of the sample that the checks compare with; the runs do not use them
    number: int = 0
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Compute the outcome of the sample itself."""
        run = self.workplace(Path(SAMPLE), PROJECT / "data").decided("criteria")
        db = tables_of(run)
        self.verdicts, self.differences = verdicts_of(db), differences_from_cde(db)
        run.finish()

    @cached_property
    def failing(self) -> frozenset[str]:
        """Checks that stop a release of the sample itself."""
        run = self.workplace(Path(SAMPLE), PROJECT / "data").decided()
        found = stopping_rows(run, run.connect(), self.published)
        run.finish()
        return found

    def workplace(self, source: Path, reference: Path) -> Workplace:
        return Workplace(source, self.work, self.folder / "out", reference)

    def see(self, wanted: list[Wanted]) -> list[Seen]:
        """Make the changes in one run. Changes that stop the run are removed, so that the others are tested too."""
        self.number += 1
        source, reference = self.folder / f"source{self.number}", self.folder / f"reference{self.number}"
        shutil.copytree(SAMPLE, source)
        shutil.copytree(
            PROJECT / "data",
            reference,
            ignore=shutil.ignore_patterns("sample", "published", "work", "build", "snapshots"),
        )
        place = Place(source, reference / "registers", Random())  # noqa: S311
        made: list[tuple[Wanted, Change]] = []
        for operator, seed in wanted:
            place.dice.seed(seed)
            if change := OPERATORS[operator](place):
                made.append(((operator, seed), change))
        if not made:
            return []
        try:
            run = self.workplace(source, reference).decided("criteria")
        except DtaError as error:
            named = [m for m in made if m[1].file in str(error)]
            if not named:
                raise
            first, *others = named
            rest = [w for w, change in made if change.file not in {c.file for _, c in named}]
            again = [seen for group in ([w for w, _ in others], rest) if group for seen in self.see(group)]
            return [Seen(first[1], "stopped"), *again]
        finally:
            shutil.rmtree(source)
        seen = self._compare(run, [change for _, change in made])
        run.finish()
        shutil.rmtree(reference)
        return seen

    def _compare(self, run: Run, changes: list[Change]) -> list[Seen]:
        db = tables_of(run)
        now = verdicts_of(db)
        differing: dict[str, list[Key]] = defaultdict(list)
        for key in {**self.verdicts, **now}:
            if self._status(self.verdicts, key) != self._status(now, key):
                differing[key[1]].append(key)
        rejected = db.execute(REJECTED).fetchall()
        unused = {u.file for u in unused_files(run)}
        seen: list[Seen] = []
        for change in changes:
            keys = [k for cds, keys in differing.items() if not change.leas or cds in change.leas for k in keys]
            other = [k for k in keys if self._status(now, k) != "undetermined"]
            by_name = self._name(change, rejected, unused)
            told = tuple(f"{' '.join(map(str, k[1:]))}: {self.verdicts.get(k)} -> {now.get(k)}" for k in other or keys)
            if not keys:
                seen.append(Seen(change, by_name or "no difference"))
            elif not other:
                seen.append(Seen(change, f"undetermined, {by_name}" if by_name else "undetermined", told))
            elif all(now[k][1] == "cde" for k in other if k in now) and all(k in now for k in other):
                seen.append(Seen(change, f"CDE's flag decides, {by_name}" if by_name else "CDE's flag decides", told))
            elif change.file in unused and all(
                now[k][1] in ("computed_from_letters", "cde") for k in other if k in now
            ):
                seen.append(Seen(change, "file not used, CDE's letters or flags decide", told))
            else:
                seen.append(
                    Seen(change, self._named(run, db, change) or f"another verdict, {by_name or 'nothing named'}", told)
                )
        leas = {cds for c in changes for cds in c.leas}
        strange = {
            cds: [k for k in keys if now.get(k, ("", ""))[0] != "undetermined" and now.get(k, ("", ""))[1] != "cde"]
            for cds, keys in differing.items()
            if cds not in leas
        }
        if all(c.leas for c in changes) and (strangers := {cds: keys for cds, keys in strange.items() if keys}):
            seen.append(
                Seen(
                    Change("batch", "", str([c.what for c in changes])),
                    "another LEA's verdict",
                    tuple(map(str, strangers.items())),
                )
            )
        return seen

    @staticmethod
    def _status(verdicts: Mapping[Key, Verdict], key: Key) -> str | None:
        return verdicts[key][0] if key in verdicts else None

    def _named(self, run: Run, db: OnDemand, change: Change) -> str:
        """Return how another verdict is stopped or, if the row agrees with itself, seen in a comparison with CDE."""
        marks = change.leas or (change.file,)
        checks = sorted(
            {
                row.split(":", 1)[0]
                for row in stopping_rows(run, db, self.published) - self.failing
                if any(m in row for m in marks)
            }
        )
        if checks:
            return f"stopped by {checks[0]}"
        differences = {d for d in differences_from_cde(db) - self.differences if d[0] in change.leas}
        return "differs from CDE" if differences and change.operator in SELF_CONSISTENT else ""

    @staticmethod
    def _name(change: Change, rejected: list[tuple[str, str | None]], unused: set[str]) -> str:
        """Return how the tables name a change, or an empty text."""
        if change.file in unused:
            return "file not used"
        row = any(file == change.file and (not change.leas or cds in (*change.leas, None)) for file, cds in rejected)
        return "row rejected" if row else ""


def verdicts_of(db: OnDemand) -> Mapping[Key, Verdict]:
    return {(t, c, y, p): (s, by) for t, c, y, p, s, by in db.execute(VERDICTS).fetchall()}


def differences_from_cde(db: OnDemand) -> frozenset[tuple[str, int, str]]:
    """Return LEA, Dashboard year and flag of every difference from CDE."""
    return frozenset(
        db.execute(
            "select cds, dashboard_year, flag from reconciliation where class in ('only_ours', 'only_cde', 'differs')"
        ).fetchall()
    )


def stopping_rows(run: Run, db: Any, published: Path) -> frozenset[str]:
    """Return check and row of every SQL check that fails and stops a release after one of the sample."""
    run.save_fact("inputs_digest", "none")
    attach_previous(db, sound_release(published))
    put_results(db, [])
    write_candidate_meta(run, db, sound_release(run.settings.out))
    results = [run_check(db, check) for check in load_checks() if check.severity == "critical"]
    return frozenset(f"{r.check_id}: {row}" for r in results if r.outcome == "failed" for row in r.rows)


def summary(seen: list[Seen]) -> str:
    """Return outcomes by operator, and every bad one."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for s in seen:
        counts[s.change.operator][s.outcome] += 1
    table = "\n".join(f"{name:26} {dict(c.most_common())}" for name, c in counts.items())
    total = Counter(s.outcome for s in seen)
    bad = "\n".join(
        f"{s.change.operator} {s.change.file} {s.change.what}: {s.outcome} {s.differing[:4]}" for s in seen if s.bad
    )
    return f"\n{len(seen)} changes: {dict(total.most_common())}\n{table}\n{bad}"


def several(operators: list[str], count: int, first_seed: int, per_run: int) -> list[list[Wanted]]:
    """Return ``count`` changes, with operators in rotation, in lists of ``per_run``."""
    wanted = list(zip(islice(cycle(operators), count), range(first_seed, first_seed + count), strict=True))
    return [wanted[i : i + per_run] for i in range(0, count, per_run)]


@pytest.fixture(scope="module")
def lab(raw_cache: Path, first_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("changes"), raw_cache, first_run / "out")
    yield lab
    print(summary(lab.seen))  # noqa: T201 - the figures, for whoever runs with -s


def check_no_bad_change(lab: Lab, runs: list[list[Wanted]]) -> list[Seen]:
    seen = [s for wanted in runs for s in lab.see(wanted)]
    lab.seen += seen
    assert not any(s.bad for s in seen), summary(seen)
    return seen


@pytest.mark.slow
def test_a_few_changes_of_dashboard_rows(lab: Lab) -> None:
    seen = check_no_bad_change(lab, several([n for n in DASHBOARD_ROWS if n != "delete_row"], 28, 1, A_FEW))
    assert len(seen) >= 20
    assert {"row rejected", "undetermined, row rejected"} & {s.outcome for s in seen}


@pytest.mark.slow
def test_a_few_changes_of_whole_dashboard_files(lab: Lab) -> None:
    """Each changes another file, so that one run covers all three."""
    seen = check_no_bad_change(lab, [[("exchange_headings", 5), ("shift_colors", 7), ("reverse_levels", 8)]])
    assert len({s.change.file for s in seen}) == 3
    assert all("file not used" in s.outcome or s.outcome == "stopped" for s in seen)


@pytest.mark.slow
def test_one_change_of_each_other_kind_of_row(lab: Lab) -> None:
    wanted = [(kind, 3) for kind in ("delete_row", *OTHER_ROWS)]
    seen = check_no_bad_change(lab, [wanted[i : i + A_FEW] for i in range(0, len(wanted), A_FEW)])
    assert {s.change.operator for s in seen} == {kind for kind, _ in wanted}


def named(runs: list[list[Wanted]]) -> list[object]:
    """Return each run as a parameter, named after its first change."""
    return [pytest.param(run, id=f"{run[0][0]}-{run[0][1]}") for run in runs]


@pytest.mark.slow
@pytest.mark.parametrize("wanted", named(several(list(DASHBOARD_ROWS), MANY // 2, 1000, PER_RUN)))
def test_many_changes_of_dashboard_rows(lab: Lab, wanted: list[Wanted]) -> None:
    check_no_bad_change(lab, [wanted])


@pytest.mark.slow
@pytest.mark.parametrize("wanted", named(several(list(OTHER_ROWS), MANY // 4, 2000, PER_RUN)))
def test_many_changes_of_other_rows(lab: Lab, wanted: list[Wanted]) -> None:
    check_no_bad_change(lab, [wanted])


@pytest.mark.slow
@pytest.mark.parametrize("wanted", named(several([*DASHBOARD_FILES, *BOOKS], MANY // 4, 3000, 1)))
def test_many_changes_of_whole_files(lab: Lab, wanted: list[Wanted]) -> None:
    check_no_bad_change(lab, [wanted])


def shrink_group(source: Path) -> tuple[str, str]:
    """Give a group with red graduation in 2024 only 29 students, consistently in numbers, flags, levels and color."""
    cds, group = "27102720000000", "SED"
    table = Table(source / "graddownload2024.txt")
    row = next(r for r in table.rows if r[0] == cds and table.group(r) == group)
    status = round(100 * 17 / 29, 1)
    change = f"{status - float(row[table.at('priorstatus')]):.1f}"
    new = {"currnumer": "17", "currdenom": "29", "currstatus": str(status), "change": change, "color": "0", "box": "0"}
    for column, value in {**new, "currnsizemet": "N", "accountabilitymet": "N"}.items():
        row[table.at(column)] = value
    table.save()
    return cds, group


@pytest.mark.slow
def test_a_consistent_change_differs_from_the_previous_release(bare_released: Workplace) -> None:
    cds, group = shrink_group(bare_released.source)
    run = bare_released.decided("criteria")
    with tables_of(run) as db:
        assert db.execute("select count(*) from rejects").fetchall() == [(0,)]
        assert unused_files(run) == []
        write_source_changes(run, run.connect(), (bare_released.out / "current").resolve())
        assert db.execute("select count(*) from source_changes").fetchall() == [(1,)]
        kind, key, columns = db.execute("select kind, row_key, columns_changed from source_changes").fetchone()
        letters = db.execute(
            "select ours, cde, class from reconciliation where cds = ? and dashboard_year = 2024 and flag = ? and class"
            " <> 'agree'",
            [cds, f"letter:{group}"],
        ).fetchall()
    assert (kind, key) == ("altered", f"{cds} {group}")
    assert {"color", "currdenom", "accountabilitymet"} <= set(columns)
    assert letters, "the letter that CDE gave is no longer ours"


@pytest.mark.slow
def test_a_moved_repayment_differs_from_the_previous_release(bare_released: Workplace, tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    shutil.copytree(PROJECT / "data", reference, ignore=shutil.ignore_patterns("sample"))
    path = reference / "registers" / "state_loan_events.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith("CA-SEL-2004-VALLEJO") and ",repaid," in line)
    fields = lines[at].split(",")
    fields[3] = f"{int(fields[3][:4]) - 3}{fields[3][4:]}"
    lines[at] = ",".join(fields)
    path.write_text("".join(lines), "utf-8")
    with Workplace(bare_released.source, bare_released.work, bare_released.out, reference).decide() as db:
        now = db.execute(
            "select cds, determination_year, pathway, status from eligibility where pathway = 'wraparound'"
        ).fetchall()
        before = db.execute(
            "select cds, determination_year, pathway, status from read_parquet(?) where pathway = 'wraparound'",
            [str(bare_released.out / "current" / "eligibility.parquet")],
        ).fetchall()
    assert {cds for cds, *_ in set(now) ^ set(before)} == {"48705810000000"}
