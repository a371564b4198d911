"""Nights with a publisher that behaves well, badly and worst. No good file is ever lost."""

import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.fetch.cde import Cde, body, cut, drip, endless, status
from tests.fetch.conftest import Night
from tests.workplace import SAMPLE
from transforms import clock
from transforms.errors import SourceFilesError
from transforms.run import Run

ELA, MATH = "/eladownload2024.txt", "/mathdownload2024.txt"
ELA_BYTES, MATH_BYTES = (SAMPLE / ELA[1:]).read_bytes(), (SAMPLE / MATH[1:]).read_bytes()


@pytest.fixture
def served(cde: Cde) -> Cde:
    """Serve both files without faults."""
    cde.scripts = {ELA: [body(ELA_BYTES, '"a"')], MATH: [body(MATH_BYTES, '"m"')]}
    return cde


def files(run: Run) -> dict[str, bytes]:
    return {s.file: Path(s.path).read_bytes() for s in run.snapshots()}


def problems(run: Run) -> dict[str, str]:
    return {p["file"]: p["message"] for p in run.fact("source_problems")}


def freshness(run: Run, source_id: str = "dashboard-ela-2024") -> dict[str, str]:
    return next(r for r in run.fact("freshness") if r["source_id"] == source_id)


def test_200_keeps_the_bytes_under_their_hash_with_a_record(night: Night, served: Cde) -> None:
    run = night()
    assert files(run) == {"eladownload2024.txt": ELA_BYTES, "mathdownload2024.txt": MATH_BYTES}
    assert not problems(run)
    ela, _ = run.snapshots()
    record = (night.work / "snapshots" / "dashboard-ela-2024" / f"{ela.sha256}.json").read_text()
    assert f"{served.base}{ELA}" in record
    assert '"status": 200' in record
    assert f'"size": {len(ELA_BYTES)}' in record
    assert datetime.fromisoformat(json.loads(record)["taken_at"]) <= clock.now()
    assert json.loads(record)["previous_sha256"] is None
    (headers,) = served.requests(ELA)
    assert headers["user-agent"].startswith("dta-eligibility/")


def test_304_keeps_the_accepted_file_and_the_request_sends_its_tag(night: Night, served: Cde) -> None:
    night()
    run = night()
    assert served.requests(ELA)[1]["if-none-match"] == '"a"'
    assert files(run)["eladownload2024.txt"] == ELA_BYTES
    assert freshness(run)["check_outcome"] == "unchanged"


def test_404_keeps_the_accepted_file_and_is_reported(night: Night, served: Cde) -> None:
    night()
    served.scripts[ELA] = [status(404)]
    run = night()
    assert files(run)["eladownload2024.txt"] == ELA_BYTES
    assert problems(run) == {"eladownload2024.txt": "the server answered 404"}
    assert freshness(run)["check_outcome"] == "failed"
    assert len(served.requests(ELA)) == 2, "a missing file is not asked for again"


def test_a_file_never_fetched_is_missing_and_the_rest_continues(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(404)]
    run = night()
    assert list(files(run)) == ["mathdownload2024.txt"]
    assert freshness(run)["check_outcome"] == "failed"


def test_a_night_without_any_file_stops_the_run(night: Night, served: Cde) -> None:
    served.scripts = {}
    with pytest.raises(SourceFilesError, match="404"):
        night()


def test_429_waits_for_the_requested_time(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(429, Retry_After="7"), body(ELA_BYTES)]
    assert files(night())["eladownload2024.txt"] == ELA_BYTES
    assert 7.0 in night.waits


def test_429_with_a_date_waits_until_then(night: Night, served: Cde) -> None:
    moment = format_datetime(clock.now() + timedelta(seconds=30), usegmt=True)
    served.scripts[ELA] = [status(429, Retry_After=moment), body(ELA_BYTES)]
    assert files(night(fetch_deadline=60))["eladownload2024.txt"] == ELA_BYTES
    assert any(20 < wait <= 30 for wait in night.waits)


def test_429_with_hours_to_wait_is_not_awaited(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(429, Retry_After="7200")]
    assert problems(night())["eladownload2024.txt"] == "the server answered 429 and asks to wait 7200 seconds"


def test_500_then_200(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(500), status(503), body(ELA_BYTES)]
    assert files(night())["eladownload2024.txt"] == ELA_BYTES
    assert night.waits == sorted(night.waits), "waits grow"


def test_repeated_500_stops_after_a_few_tries(night: Night, served: Cde) -> None:
    night()
    served.scripts[ELA] = [status(500)]
    run = night()
    assert problems(run)["eladownload2024.txt"] == "the server answered 500, 4 times"
    assert files(run)["eladownload2024.txt"] == ELA_BYTES


def test_a_cut_body_is_resumed(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [cut(ELA_BYTES, 20_000, '"a"', Accept_Ranges="bytes"), body(ELA_BYTES, '"a"')]
    assert files(night())["eladownload2024.txt"] == ELA_BYTES
    assert served.requests(ELA)[1]["range"].startswith("bytes=")
    assert served.requests(ELA)[1]["if-range"] == '"a"'


def test_a_cut_body_that_changed_is_fetched_from_the_start(night: Night, served: Cde) -> None:
    changed = ELA_BYTES.replace(b"Monterey", b"MONTEREY")
    served.scripts[ELA] = [cut(ELA_BYTES, 20_000, '"a"', Accept_Ranges="bytes"), body(changed, '"b"')]
    assert files(night())["eladownload2024.txt"] == changed


def test_a_cut_body_without_range_support_is_fetched_from_the_start(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [cut(ELA_BYTES, 20_000), body(ELA_BYTES)]
    assert files(night())["eladownload2024.txt"] == ELA_BYTES
    assert "range" not in served.requests(ELA)[1]


def test_a_body_that_is_always_cut_never_replaces_the_accepted_file(night: Night, served: Cde) -> None:
    night()
    served.scripts[ELA] = [cut(ELA_BYTES + ELA_BYTES, 20_000)]
    run = night()
    assert "the connection broke" in problems(run)["eladownload2024.txt"]
    assert files(run)["eladownload2024.txt"] == ELA_BYTES


@pytest.mark.slow
def test_a_slow_drip_ends_at_the_deadline(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [drip(0.02)]
    assert problems(night(fetch_deadline=0.5))["eladownload2024.txt"] == "not complete after 0.5 seconds"


def test_a_silent_server_ends_at_the_timeout(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [drip(30)]
    assert "did not answer in time" in problems(night(fetch_timeout=0.3, fetch_attempts=2))["eladownload2024.txt"]


def test_an_endless_body_ends_at_the_size_cap(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [endless]
    assert "larger than 1,000,000 bytes" in problems(night(largest_file=1_000_000))["eladownload2024.txt"]


def test_a_length_over_the_cap_is_refused_without_reading(night: Night, served: Cde) -> None:
    assert "more than 1,000 is refused" in problems_of_failing(night, largest_file=1000)


def problems_of_failing(night: Night, **changes: object) -> str:
    with pytest.raises(SourceFilesError) as caught:
        night(**changes)
    return str(caught.value)


def test_a_redirect_to_another_host_is_refused(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(302, Location="https://127.0.0.1.example.org/eladownload2024.txt")]
    assert (
        problems(night())["eladownload2024.txt"]
        == "the server redirected to https://127.0.0.1.example.org, which is not the publisher's"
    )


def test_a_redirect_to_plain_http_is_refused(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(301, Location=f"http://localhost{ELA}")]
    assert "http://localhost, which is not the publisher's" in problems(night())["eladownload2024.txt"]


def test_a_redirect_within_the_publisher_is_followed(night: Night, served: Cde) -> None:
    served.scripts |= {ELA: [status(301, Location="/moved.txt")], "/moved.txt": [body(ELA_BYTES)]}
    assert files(night())["eladownload2024.txt"] == ELA_BYTES


def test_circular_redirects_end(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(302, Location=ELA)]
    assert problems(night())["eladownload2024.txt"] == "more than 5 redirects"


def test_an_error_page_with_status_200_is_not_accepted(night: Night, served: Cde) -> None:
    night()
    served.scripts[ELA] = [body(b"<!DOCTYPE html><html><body>The page is not available</body></html>")]
    run = night()
    assert problems(run)["eladownload2024.txt"] == "this is a web page, not a data file (line 1)"
    assert files(run)["eladownload2024.txt"] == ELA_BYTES


def test_the_file_of_another_year_is_not_accepted(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [body((SAMPLE / "eladownload2023.txt").read_bytes())]
    assert "2023" in problems(night())["eladownload2024.txt"]


def test_an_untrusted_certificate_is_refused(night: Night, served: Cde, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate" in problems_of_failing(night)
    assert not served.asked


def test_an_unrequested_compressed_body_is_refused(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [body(b"\x1f\x8b....", Content_Encoding="gzip")]
    assert "compressed" in problems(night())["eladownload2024.txt"]
    assert served.requests(ELA)[0]["accept-encoding"] == "identity"


def test_requests_to_one_host_are_spaced(night: Night, served: Cde) -> None:
    night(fetch_pause=1000)
    (waited,) = night.waits
    assert 500 < waited <= 1000, "the time since the last request counts"


def test_the_same_bytes_under_a_new_tag_are_not_a_new_snapshot(night: Night, served: Cde) -> None:
    night()
    served.scripts[ELA] = [body(ELA_BYTES, '"b"')]
    run = night()
    assert freshness(run)["check_outcome"] == "unchanged"
    assert len(list((night.work / "snapshots" / "dashboard-ela-2024").glob("*.txt"))) == 1
    night()
    assert served.requests(ELA)[-1]["if-none-match"] == '"b"'


def test_no_temporary_file_is_left(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(500)]
    night()
    assert not list((night.work / "snapshots").rglob(".*"))


def test_a_changed_file_is_a_new_snapshot_that_names_the_old_one(night: Night, served: Cde) -> None:
    first = {s.file: s.sha256 for s in night().snapshots()}
    reissued = ELA_BYTES.replace(b"Salinas", b"SALINAS")
    served.scripts[ELA] = [body(reissued, '"b"')]
    run = night()
    assert files(run) == {"eladownload2024.txt": reissued, "mathdownload2024.txt": MATH_BYTES}
    assert freshness(run)["check_outcome"] == "accepted"
    folder = night.work / "snapshots" / "dashboard-ela-2024"
    (second,) = (s.sha256 for s in run.snapshots() if s.file == "eladownload2024.txt")
    assert json.loads((folder / f"{second}.json").read_text())["previous_sha256"] == first["eladownload2024.txt"]
    assert (folder / f"{first['eladownload2024.txt']}.txt").read_bytes() == ELA_BYTES, "the old content is kept"


def test_304_to_a_first_request_is_reported(night: Night, served: Cde) -> None:
    served.scripts[ELA] = [status(304)]
    assert problems(night()) == {"eladownload2024.txt": "the server answered 304 to a first request"}


def test_a_due_file_that_was_never_published_is_not_a_problem(night: Night, served: Cde) -> None:
    """Its name is derived from the year before, because nobody knows the name under which CDE will publish it."""
    catalog = night.reference / "catalog.toml"
    catalog.write_text(
        catalog.read_text()
        + '[[expected]]\ndashboard_year = 2025\nnamed_like = 2024\ndue = 2026-10-15\nbasis = "law"\n'
    )
    run = night()
    assert (run.fact("source_problems"), run.fact("overdue")) == ([], [])
    assert {path for path, _ in served.asked} >= {"/eladownload2025.txt", "/mathdownload2025.txt"}
    fresh = {row["source_id"]: row["check_message"] for row in run.fact("freshness")}
    assert "404" in fresh["dashboard-ela-2025"]
    of_2025 = ELA_BYTES.replace(b"\t2024\n", b"\t2025\n").replace(b"\t2024\r\n", b"\t2025\r\n")
    served.scripts["/eladownload2025.txt"] = [body(of_2025), status(404)]
    assert "dashboard-ela-2025" in {s.source_id for s in night().snapshots()}
    assert [p["source_id"] for p in night().fact("source_problems")] == ["dashboard-ela-2025"]
