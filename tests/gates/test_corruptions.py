"""Corrupted files of a whole state never replace the release, and the docs say which gate caught each."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from expectations.checks import Check, load_checks
from expectations.previous import attach_previous
from expectations.results import GATES, GateResult
from expectations.sql_checks import run_check
from flows import steps
from tests.gates.corruptions import CORRUPTIONS, corrupted
from tests.gates.sample import decided
from tests.gates.state import Written
from tests.workplace import Workplace
from transforms.errors import DtaError, GateError, SourceFilesError
from transforms.settings import PROJECT
from transforms.snapshot.unused import unused_files

DOCS = (PROJECT / "reports" / "docs" / "gates.md").read_text("utf-8")
# Some that need no release before, and the file that each damages: all in one state, for each is seen in the rows that name its file.
QUICK = {
    "a_county_is_missing": "dashboard-ela-2025",
    "last_years_file_with_this_years_number": "dashboard-math-2025",
}
READING, TYPING = "reading", "typing"


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


def caught(good: Workplace, name: str, folder: Path) -> str:
    """The first gate that stopped the corrupted files, and its checks, or the stage that did not use one, as the docs say it."""
    place = Workplace(corrupted(good.source, folder, CORRUPTIONS[name]), good.work, good.out, good.reference)
    before = digest_of(good.out / "current")
    with suppress(SourceFilesError):
        run = place.decided()
        unused = unused_files(run)
        run.finish()
        if unused:
            return f"{TYPING}: not used, for its column {unused[0].column}"
    with pytest.raises((GateError, SourceFilesError)) as raised:
        place.publish()
    assert digest_of(good.out / "current") == before
    return told(good.out, raised.value)


def told(out: Path, error: DtaError) -> str:
    if isinstance(error, SourceFilesError):
        return f"{READING}: {error.errors[0].problem}"
    details = json.loads((out / "status.json").read_text("utf-8"))["details"]
    stopping = [d for d in details if d["outcome"] == "error" or d["severity"] == "critical"]
    assert not [d for d in stopping if d["outcome"] == "error"]
    gate = stopping[0]["gate"]
    checks = sorted({d["check_id"] for d in stopping if d["gate"] == gate})
    return f"{gate}: {', '.join(f'`{c}`' for c in checks)}"


def of_the_docs() -> dict[str, str]:
    """What the docs say about each corruption."""
    return dict(re.findall(r"^\| ([^|`]+?) \| ((?:reading|typing|files|contracts|determinations|release): [^|]+?) \|$", DOCS, re.MULTILINE))


def test_the_docs_list_every_corruption() -> None:
    assert len(CORRUPTIONS) >= 20
    assert list(of_the_docs()) == [c.words for c in CORRUPTIONS.values()]


@pytest.fixture(scope="module")
def failed(written: Written, raw_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Check, GateResult]]:
    """Critical checks that fail on a state with the quick corruptions, with what they found."""
    folder = tmp_path_factory.mktemp("corrupted")
    corrupted(written.files, folder / "files", *(CORRUPTIONS[name] for name in QUICK))
    run, connection = decided(Workplace(folder / "files", raw_cache, folder / "out", written.reference))
    attach_previous(run, connection)
    with connection:
        results = [(c, run_check(connection, c)) for c in load_checks() if c.severity == "critical"]
    run.finish()
    return [(c, r) for c, r in results if r.outcome != "passed"]


@pytest.mark.parametrize("name", QUICK)
def test_the_checks_of_the_docs_fail_on_a_corrupted_state(failed: list[tuple[Check, GateResult]], name: str) -> None:
    of_file = [c for c, r in failed if any(json.loads(row).get("source_id") == QUICK[name] for row in r.rows)]
    gate = min((c.gate for c in of_file), key=GATES.index)
    assert f"{gate}: {', '.join(f'`{c.check_id}`' for c in of_file if c.gate == gate)}" == of_the_docs()[CORRUPTIONS[name].words]


def test_nothing_else_fails(failed: list[tuple[Check, GateResult]]) -> None:
    gate = min((c.gate for c, _ in failed), key=GATES.index)
    assert {json.loads(row)["source_id"] for c, r in failed if c.gate == gate for row in r.rows} == set(QUICK.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corrupted_state_is_caught_as_the_docs_say(good_release: Workplace, name: str, tmp_path: Path) -> None:
    assert caught(good_release, name, tmp_path / "files") == of_the_docs()[CORRUPTIONS[name].words]
