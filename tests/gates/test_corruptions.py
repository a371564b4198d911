"""Corrupted files of a whole state are never published as if they were sound, and the docs say what becomes of each."""

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
from expectations.results import GATES, GateResult
from expectations.sql_checks import run_check
from flows import steps
from flows.runner import Outcome
from tests.gates.corruptions import CORRUPTIONS, corrupted
from tests.gates.sample import decided
from tests.gates.state import Written
from tests.workplace import Workplace
from transforms.errors import DtaError, GateError, SourceFilesError
from transforms.release.previous import sound_release
from transforms.settings import PROJECT

DOCS = (PROJECT / "reports" / "docs" / "gates.md").read_text("utf-8")
# Some that need no release before, and the file that each damages: all in one state, for each is seen in the rows that
# name its file.
QUICK = {
    "a_county_is_missing": "dashboard-ela-2025",
    "last_years_file_with_this_years_number": "dashboard-math-2025",
}


@pytest.fixture(scope="module")
def good_release(written: Written, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """The small state, published without the pages for readers."""
    place = Workplace(written.files, raw_cache, tmp_path_factory.mktemp("good-release"), written.reference)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "EXTRAS", ())
        assert place.publish().outcome == "published"
        yield place


def digest_of(folder: Path) -> str:
    """Every name and byte below a folder, and where it really is."""
    real = folder.resolve()
    files = sorted(p for p in real.rglob("*") if p.is_file())
    parts = [real.name, *(f"{p.relative_to(real)} {hashlib.sha256(p.read_bytes()).hexdigest()}" for p in files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def outcome_of(good: Workplace, name: str, folder: Path) -> str:
    """What becomes of the corrupted files, as the docs say it: stopped, or published without a file or without rows.

    Never published as if sound.
    """
    place = Workplace(
        corrupted(good.source, folder / "files", CORRUPTIONS[name]), good.work, folder / "out", good.reference
    )
    shutil.copytree(good.out, place.out, symlinks=True)
    before = digest_of(place.out / "current")
    try:
        outcome = place.publish()
    except (GateError, SourceFilesError) as error:
        assert digest_of(place.out / "current") == before
        return stopped(place.out, error)
    return used(outcome, place.out / "current" / "dta.duckdb")


def stopped(out: Path, error: DtaError) -> str:
    """The first gate that stopped the files, and its checks of class fault or impossible."""
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


def used(outcome: Outcome, database: Path) -> str:
    """What a night did not use of the files.

    Where the editions of the release before took their place, it stays current: nothing else changed.
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


def of_the_docs() -> dict[str, str]:
    """What the docs say about each corruption."""
    return dict(
        re.findall(
            r"^\| ([^|`]+?) \| ((?:stopped at|file not used|rows rejected|repeated rows read once)[^|]+?) \|$",
            DOCS,
            re.MULTILINE,
        )
    )


def test_the_docs_list_every_corruption() -> None:
    assert len(CORRUPTIONS) >= 20
    assert list(of_the_docs()) == [c.words for c in CORRUPTIONS.values()]


@pytest.fixture(scope="module")
def failed(
    written: Written, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Check, GateResult]]:
    """Checks of class fault that fail on a state with the quick corruptions, with what they found."""
    folder = tmp_path_factory.mktemp("corrupted")
    corrupted(written.files, folder / "files", *(CORRUPTIONS[name] for name in QUICK))
    run, connection = decided(Workplace(folder / "files", raw_cache, folder / "out", written.reference))
    attach_previous(connection, sound_release(run.settings.out))
    with connection:
        results = [(c, run_check(connection, c)) for c in load_checks() if c.check_class == "fault"]
    run.finish()
    return [(c, r) for c, r in results if r.outcome != "passed"]


@pytest.mark.parametrize("name", QUICK)
def test_the_checks_of_the_docs_fail_on_a_corrupted_state(failed: list[tuple[Check, GateResult]], name: str) -> None:
    of_file = [c for c, r in failed if any(json.loads(row).get("source_id") == QUICK[name] for row in r.rows)]
    gate = min((c.gate for c in of_file), key=GATES.index)
    assert (
        f"stopped at {gate} (fault): {', '.join(f'`{c.check_id}`' for c in of_file if c.gate == gate)}"
        == of_the_docs()[CORRUPTIONS[name].words]
    )


def test_nothing_else_fails(failed: list[tuple[Check, GateResult]]) -> None:
    gate = min((c.gate for c, _ in failed), key=GATES.index)
    assert {json.loads(row)["source_id"] for c, r in failed if c.gate == gate for row in r.rows} == set(QUICK.values())


@pytest.mark.slow
@pytest.mark.timeout(900)  # the first test of each worker publishes the good state
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corrupted_state_is_stopped_or_not_used_as_the_docs_say(
    good_release: Workplace, name: str, tmp_path: Path
) -> None:
    assert outcome_of(good_release, name, tmp_path) == of_the_docs()[CORRUPTIONS[name].words]
