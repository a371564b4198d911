"""Eight readers, through DuckDB and Parquet, while fifty releases are published: no error, no mixed release."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.children import FORKS, child, publish_only
from tests.faults.conftest import Place

READERS, RELEASES = 8, 50


def read(out: Path, kind: str, stop: Any, seen: Any) -> None:
    """Poll ``current`` as programs do; report the number of reads, the releases, and the errors."""
    import duckdb
    import pyarrow.parquet as pq

    times, releases, wrong = 0, set(), []
    until = time.monotonic() + 900  # stops even without a stop signal
    while not stop.is_set() and time.monotonic() < until:
        try:
            if kind == "duckdb":
                with duckdb.connect(str(out / "current" / "dta.duckdb"), read_only=True) as connection:
                    query = " union ".join(
                        f"select release_id from {t}" for t in ("eligibility", "eligible_districts", "meta_release")
                    )
                    ids = {r[0] for r in connection.execute(query).fetchall()}
                    said = connection.execute("select distinct sentence from eligible_districts").fetchall()
            else:
                folder = (out / "current").resolve()
                ids = {
                    i
                    for t in ("eligibility", "eligible_districts")
                    for i in pq.read_table(folder / f"{t}.parquet").column("release_id").to_pylist()
                }
                ids.add(folder.name)
                said = [
                    (s,)
                    for s in set(pq.read_table(folder / "eligible_districts.parquet").column("sentence").to_pylist())
                ]
            if len(ids) != 1:
                wrong.append(f"mixed: {ids}")
            releases.add((*ids, said[0][0] if len(said) == 1 else "many"))
            times += 1
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}"[:300])
        time.sleep(0.4)  # leaves the publisher time on two cores with eight readers
    seen.put((kind, times, releases, wrong))


def test_readers_see_no_error_and_no_mixed_release(
    place: Place, built: Path, tmp_path: Path, report_fault: Callable[[str, int, str], None]
) -> None:
    given = place.given(keep_releases=30)
    child(publish_only, given, built, tmp_path / "scratch", "release 0").join()
    stop, seen = FORKS.Event(), FORKS.Queue()
    readers = [
        FORKS.Process(target=read, args=(place.out, ("duckdb", "parquet")[n % 2], stop, seen)) for n in range(READERS)
    ]
    for reader in readers:
        reader.start()
    for n in range(1, RELEASES + 1):
        publisher = child(publish_only, given, built, tmp_path / "scratch", f"release {n}")
        publisher.join()
        assert publisher.exitcode == 0
    stop.set()
    reports = [seen.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join()
    assert [w for *_, wrong in reports for w in wrong] == []
    assert {kind for kind, *_ in reports} == {"duckdb", "parquet"}
    assert all(times >= 20 for _, times, *_ in reports), "each reader read often"
    by_release: dict[str, set[str]] = {}
    for _, _, releases, _ in reports:
        for release, sentence in releases:
            by_release.setdefault(release, set()).add(sentence)
    assert all(len(sentences) == 1 for sentences in by_release.values()), "one release says one thing, to every reader"
    assert len(by_release) > RELEASES // 2, "the readers saw releases come and go"
    assert len(list((place.out / "releases").iterdir())) == 30
    total = sum(times for _, times, *_ in reports)
    report_fault(
        f"{READERS} readers, DuckDB and Parquet, while {RELEASES} releases are published",
        RELEASES,
        f"{total:,} reads, no error, none mixed",
    )
