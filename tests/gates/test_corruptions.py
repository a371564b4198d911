"""Corrupted files of a whole state are never published as good files, and the docs describe each outcome."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from expectations.checks import Check, load_checks
from expectations.previous import attach_previous
from expectations.results import GATES, GateResult, run_check
from flows import steps
from flows.runner import Outcome
from tests.conftest import SharedFolder
from tests.gates.corruptions import CORRUPTIONS, corrupted
from tests.gates.sample import decided
from tests.workplace import Workplace, copy_of_work
from transforms.errors import DtaError, GateError, SourceFilesError
from transforms.release.previous import sound_release
from transforms.settings import PROJECT

DOCS = (PROJECT / "reports" / "docs" / "gates.md").read_text("utf-8")
# Corruptions that contracts stop and that damage separate files, with the beginning of the ids of these files. They are
# tested in one state, because the rows that name the files show each of them.
CONTRACTS = {
    "a_county_is_missing": "dashboard-ela-2025",
    "two_years_are_swapped": "dashboard-grad-",
    "last_years_file_with_this_years_number": "dashboard-math-2025",
    "a_group_is_missing": "dashboard-chronic-2025",
    "colors_in_the_file_of_2022": "dashboard-ela-2022",
}


@pytest.fixture(scope="module")
def good_release(
    shared_folder: SharedFolder, small_state: Path, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workplace]:
    """Publish the small state without the pages for readers."""

    def make(folder: Path) -> None:
        work = copy_of_work(raw_cache, folder / "work")
        assert (
            Workplace(small_state / "files", work, folder / "out", small_state / "reference").publish().outcome
            == "published"
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "EXTRAS", ())
        made = shared_folder("good-release", make)
        work = copy_of_work(made / "work", tmp_path_factory.mktemp("good-release") / "work")
        yield Workplace(small_state / "files", work, made / "out", small_state / "reference")


def digest_of(folder: Path) -> str:
    """Return a digest of every name and byte in a folder, and of its real path."""
    real = folder.resolve()
    files = sorted(p for p in real.rglob("*") if p.is_file())
    parts = [real.name, *(f"{p.relative_to(real)} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def outcome_of(good: Workplace, folder: Path, *names: str) -> str:
    """Return the outcome of corrupted files in the words of the docs: stopped, or published without a file or rows.

    Corrupted files are never published as if they were good.
    """
    files = corrupted(good.source, folder / "files", *(CORRUPTIONS[name] for name in names))
    place = Workplace(files, good.work, folder / "out", good.reference)
    shutil.copytree(good.out, place.out, symlinks=True)
    before = digest_of(place.out / "current")
    try:
        outcome = place.publish()
    except (GateError, SourceFilesError) as error:
        assert digest_of(place.out / "current") == before
        return stopped(place.out, error)
    return unused_by(outcome, place.out / "current" / "dta.duckdb")


def stopped(out: Path, error: DtaError) -> str:
    """Return the first gate that stopped the files, and its checks of class fault or impossible."""
    if isinstance(error, SourceFilesError):
        return f"stopped at reading: {error.errors[0].problem}"
    details = json.loads((out / "status.json").read_text("utf-8"))["details"]
    stopping = [d for d in details if d["outcome"] == "failed" and d["severity"] == "critical"]
    assert stopping
    assert not [d for d in details if d["outcome"] == "error"]
    assert {d["check_class"] for d in stopping} <= {"fault", "impossible"}
    of_gate = [d for d in stopping if d["gate"] == stopping[0]["gate"]]
    classes = " and ".join(sorted({d["check_class"] for d in of_gate}))
    return (
        f"stopped at {of_gate[0]['gate']} ({classes}):"
        f" {', '.join(f'`{c}`' for c in sorted({d['check_id'] for d in of_gate}))}"
    )


def unused_by(outcome: Outcome, database: Path) -> str:
    """Return what a night did not use from the files.

    If the editions of the previous release were used instead, that release stays current, because nothing else changed.
    """
    if outcome.unused:
        assert all(f.earlier_sha256 for f in outcome.unused), "the good edition was kept"
        return f"file not used: {', '.join(f'`{name}`' for name in sorted(f.file for f in outcome.unused))}"
    with duckdb.connect(str(database), read_only=True) as db:
        rejected = db.execute("select file, count(distinct line) from rejects group by file order by file").fetchall()
        warned = db.execute("select failing_row from meta_gate_rows where check_id = 'files_read_as_served'").fetchall()
    if warned and not rejected:
        rows = [json.loads(row) for (row,) in warned]
        assert all("read once" in row["warning"] for row in rows)
        return f"repeated rows read once, with a warning: {', '.join('`' + row['file'] + '`' for row in rows)}"
    assert rejected, "published as if it were sound"
    return f"rows rejected: {', '.join(f'{n:,} of `{f}`' for f, n in rejected)}"


def documented_outcomes() -> dict[str, str]:
    """Return what the docs state about each corruption."""
    return dict(
        re.findall(
            r"^\| ([^|`]+?) \| ((?:stopped at|file not used|rows rejected|repeated rows read once)[^|]+?) \|$",
            DOCS,
            re.MULTILINE,
        )
    )


def documented_outcome(*names: str) -> str:
    """Return what the docs state about corruptions that have the same outcome."""
    docs = documented_outcomes()
    (what,) = {docs[CORRUPTIONS[name].words].split(": ")[0] for name in names}
    listed = {part for name in names for part in docs[CORRUPTIONS[name].words].split(": ")[1].split(", ")}
    return f"{what}: {', '.join(sorted(listed))}"


NOT_USED = [name for name, c in CORRUPTIONS.items() if documented_outcomes()[c.words].startswith("file not used")]
ALONE = [name for name in CORRUPTIONS if name not in (*CONTRACTS, *NOT_USED)]


def test_the_docs_list_every_corruption() -> None:
    assert len(CORRUPTIONS) >= 20
    assert list(documented_outcomes()) == [c.words for c in CORRUPTIONS.values()]
    files = [documented_outcomes()[CORRUPTIONS[name].words] for name in NOT_USED]
    assert len(set(files)) == len(files), "each damages a file of its own"


Failed = list[tuple[Check, GateResult]]


@pytest.fixture(scope="module")
def failed(small_state: Path, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Failed:
    """Return the checks of class fault that fail on a state with corruptions, with their results."""
    folder = tmp_path_factory.mktemp("corrupted")
    corrupted(small_state / "files", folder / "files", *(CORRUPTIONS[name] for name in CONTRACTS))
    run, connection = decided(Workplace(folder / "files", raw_cache, folder / "out", small_state / "reference"))
    attach_previous(connection, sound_release(run.settings.out))
    with connection:
        results = [(c, run_check(connection, c)) for c in load_checks() if c.check_class == "fault"]
    run.finish()
    return [(c, r) for c, r in results if r.outcome != "passed"]


def source_of(row: str) -> str:
    return str(json.loads(row)["source_id"])


@pytest.mark.slow
@pytest.mark.parametrize("name", CONTRACTS)
def test_the_checks_of_the_docs_fail_on_a_corrupted_state(failed: Failed, name: str) -> None:
    of_files = [c for c, r in failed if any(source_of(row).startswith(CONTRACTS[name]) for row in r.rows)]
    gate = min((c.gate for c in of_files), key=GATES.index)
    checks = sorted(f"`{c.check_id}`" for c in of_files if c.gate == gate)
    assert f"stopped at {gate} (fault): {', '.join(checks)}" == documented_outcome(name)


@pytest.mark.slow
def test_no_unlisted_check_fails(failed: Failed) -> None:
    gate = min((c.gate for c, _ in failed), key=GATES.index)
    sources = {source_of(row) for c, r in failed if c.gate == gate for row in r.rows}
    assert not [source for source in sources if not source.startswith(tuple(CONTRACTS.values()))]


@pytest.mark.slow
@pytest.mark.timeout(900)  # the first test publishes the good state
@pytest.mark.parametrize(
    "names",
    [tuple(CONTRACTS), tuple(NOT_USED), *((name,) for name in ALONE)],
    ids=lambda names: names[0] if len(names) == 1 else f"{names[0]}-and-more",
)
def test_a_corrupted_state_is_stopped_or_not_used_as_the_docs_say(
    good_release: Workplace, names: tuple[str, ...], tmp_path: Path
) -> None:
    """Test each corruption alone; those that contracts stop, and those that cost a separate file, are tested together.

    The outcome is exactly what the docs state.
    """
    assert outcome_of(good_release, tmp_path, *names) == documented_outcome(*names)
