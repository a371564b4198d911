"""Manually added files: matched by name, proved by content."""

from flows.cli.phrases import not_listed_as_unused
from tests.fetch.cde import Cde, body, status
from tests.fetch.conftest import Night
from tests.fetch.test_download import ELA, ELA_BYTES, MATH, MATH_BYTES, files, freshness, problems
from tests.workplace import SAMPLE
from transforms.sources.unused import unused_files


def test_an_inbox_file_is_accepted_and_leaves_the_inbox(night: Night, cde: Cde) -> None:
    (night.inbox / "ELAdownload2024.TXT").write_bytes(ELA_BYTES)
    run = night()
    assert files(run) == {"ELAdownload2024.TXT": ELA_BYTES}
    assert not list(night.inbox.iterdir())
    assert freshness(run)["origin"] == "inbox"


def test_an_inbox_file_is_used_until_the_publisher_has_a_newer_one(night: Night, cde: Cde) -> None:
    cde.scripts = {ELA: [body(ELA_BYTES, '"a"')], MATH: [body(MATH_BYTES, '"m"')]}
    night()
    corrected = ELA_BYTES.replace(b"Monterey", b"MONTEREY")
    (night.inbox / "eladownload2024.txt").write_bytes(corrected)
    assert files(night())["eladownload2024.txt"] == corrected
    assert files(night())["eladownload2024.txt"] == corrected
    reissued = ELA_BYTES.replace(b"Salinas", b"SALINAS")
    cde.scripts[ELA] = [body(reissued, '"c"')]
    assert files(night())["eladownload2024.txt"] == reissued


def test_a_file_that_does_not_match_its_name_stays_in_the_inbox(night: Night, cde: Cde) -> None:
    cde.scripts = {MATH: [body(MATH_BYTES)], ELA: [status(404)]}
    (night.inbox / "eladownload2024.txt").write_bytes((SAMPLE / "eladownload2023.txt").read_bytes())
    (night.inbox / "holiday.jpg").write_bytes(b"x")
    (night.inbox / "mathdownload2024.txt").write_bytes(b"")
    run = night()
    assert {f.file: f.reason for f in unused_files(run)} == {
        "eladownload2024.txt": "its rows are for 2023, not for 2024",
        "holiday.jpg": "the catalog has no file with this name",
        "mathdownload2024.txt": "the file is empty",
    }
    assert len(list(night.inbox.iterdir())) == 3
    assert files(run) == {"mathdownload2024.txt": MATH_BYTES}
    assert problems(run)["eladownload2024.txt"] == "the server answered 404"


def test_careless_names_are_recognized_in_the_inbox(night: Night, cde: Cde) -> None:
    (night.inbox / "Copy of eladownload2024 (1).txt").write_bytes(ELA_BYTES)
    (night.inbox / "mathdownload2024.txt.txt").write_bytes(MATH_BYTES)
    run = night()
    assert sorted(files(run).values()) == sorted([ELA_BYTES, MATH_BYTES])
    assert not list(night.inbox.iterdir())


def test_two_different_inbox_files_for_one_source_are_both_unused(night: Night, cde: Cde) -> None:
    cde.scripts = {ELA: [body(ELA_BYTES, '"a"')], MATH: [body(MATH_BYTES, '"m"')]}
    night()
    (night.inbox / "eladownload2024.txt").write_bytes(ELA_BYTES.replace(b"Salinas", b"SALINAS"))
    (night.inbox / "eladownload2024 (1).txt").write_bytes(ELA_BYTES.replace(b"Salinas", b"SaLiNaS"))
    run = night()
    assert files(run)["eladownload2024.txt"] == ELA_BYTES
    assert {f.file for f in unused_files(run)} == {"eladownload2024.txt", "eladownload2024 (1).txt"}
    assert all(f.earlier_sha256 for f in unused_files(run)), "the accepted one serves"


def test_a_received_but_unused_file_is_reported_once(night: Night, cde: Cde) -> None:
    """A download turns out to be something else. The accepted file is used instead, and the record names it."""
    cde.scripts = {ELA: [body(ELA_BYTES, '"a"')], MATH: [body(MATH_BYTES, '"m"')]}
    night()
    cde.scripts[ELA] = [body(MATH_BYTES.replace(b"Salinas", b"SALINAS"), '"b"')]
    run = night()
    (file,) = unused_files(run)
    assert (file.file, file.reason) == ("eladownload2024.txt", "its rows are for MATH, not for ELA")
    assert file.earlier_sha256
    assert not_listed_as_unused(run.fact("source_problems"), [file]) == []
