"""A broken or hostile server ends within the deadline, is reported in words, and costs no other file of the night."""

import time

import pytest

from tests.fetch.cde import Answer, Cde, body, cut, raw, status
from tests.fetch.conftest import Night
from tests.fetch.test_download import ELA, ELA_BYTES, MATH_BYTES, files, freshness, problems

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FOREVER = 100_000

# name -> what the server sends, and the expected message; each would go on for hours
SLOW: dict[str, tuple[Answer, str]] = {
    "headers_byte_by_byte": (raw(OK, b"X", pause=0.02, times=FOREVER), "not complete after 0.6 seconds"),
    "headers_line_by_line": (raw(OK, b"X-More: 1\r\n", pause=0.02, times=FOREVER), "not complete after 0.6 seconds"),
    "status_line_byte_by_byte": (raw(b"HTTP/1.1 2", b"0", pause=0.02, times=FOREVER), "not complete after 0.6 seconds"),
    "early_hints": (
        raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", pause=0.02, times=FOREVER),
        "not complete after 0.6 seconds",
    ),
    "endless_early_hints": (
        raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100, times=FOREVER),
        "not complete after 0.6 seconds",
    ),
    "continue": (raw(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02, times=FOREVER), "not complete after 0.6 seconds"),
    "body_byte_by_byte": (
        raw(OK + b"Content-Length: 100000\r\n\r\n", b"x", pause=0.02, times=FOREVER),
        "not complete after 0.6 seconds",
    ),
    "endless_chunks": (raw(CHUNKED, b"1\r\nx\r\n", pause=0.02, times=FOREVER), "not complete after 0.6 seconds"),
    "endless_chunk_size": (raw(CHUNKED + b"1", b"0", pause=0.02, times=FOREVER), "not complete after 0.6 seconds"),
    "error_with_slow_header": (
        raw(b"HTTP/1.1 503 Busy\r\n", b"X", pause=0.02, times=FOREVER),
        "not complete after 0.6 seconds",
    ),
}


@pytest.mark.parametrize(
    "case",
    [
        case if case in ("headers_byte_by_byte", "endless_chunks") else pytest.param(case, marks=pytest.mark.slow)
        for case in SLOW
    ],
)
def test_an_endless_response_is_stopped_at_the_deadline(night: Night, cde: Cde, case: str) -> None:
    answer, said = SLOW[case]
    cde.scripts = {ELA: [answer], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    started = time.monotonic()
    run = night(fetch_deadline=0.6, fetch_timeout=0.5)
    assert time.monotonic() - started < 5
    assert problems(run) == {"eladownload2024.txt": said}
    assert files(run) == {"mathdownload2024.txt": MATH_BYTES}, "the other file of the night is taken"
    assert freshness(run)["check_outcome"] == "failed"


def test_tries_and_waits_count_against_the_deadline(night: Night, cde: Cde) -> None:
    cde.scripts = {ELA: [status(503, Retry_After="15")], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    assert problems(night(fetch_deadline=10)) == {
        "eladownload2024.txt": "the server answered 503; no time is left to try again"
    }


@pytest.mark.parametrize(
    "asked",
    [
        "\u00b2",
        "Mon, 99 Foo 2024",
        *(
            pytest.param(text, marks=pytest.mark.slow)
            for text in ("-5", "+5", "soon", "1e3", "", "0x10", f"Fri, 01 Jan {'9' * 30} 00:00:00 GMT")
        ),
    ],
)
def test_an_invalid_retry_after_is_ignored(night: Night, cde: Cde, asked: str) -> None:
    head = f"HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\nRetry-After: {asked}\r\n\r\n".encode("latin-1")
    cde.scripts = {ELA: [raw(head), body(ELA_BYTES)], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    run = night()
    assert len(files(run)) == 2
    assert not problems(run)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("9" * 400, "more than a year"),
        ("121", "121 seconds"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "more than a year"),
        ("99999999999", "more than a year"),
    ],
)
def test_a_retry_after_beyond_the_deadline_is_not_awaited(night: Night, cde: Cde, asked: str, said: str) -> None:
    cde.scripts = {ELA: [status(503, Retry_After=asked)], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    run = night(fetch_deadline=1000)
    assert problems(run) == {"eladownload2024.txt": f"the server answered 503 and asks to wait {said}"}
    assert list(files(run)) == ["mathdownload2024.txt"]


def test_retry_after_in_the_past_does_not_wait(night: Night, cde: Cde) -> None:
    past = "Thu, 01 Jan 1970 00:00:00 GMT"
    cde.scripts = {ELA: [status(429, Retry_After=past), body(ELA_BYTES)], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    assert len(files(night())) == 2
    assert not any(night.waits)


def part(first: int, last: int, whole: str = "", etag: str = "", content: bytes = ELA_BYTES) -> Answer:
    """Return 206 with these bytes, requested or not."""
    head = (
        f"HTTP/1.1 206 Partial Content\r\nContent-Length: {last + 1 - first}\r\nContent-Range: bytes"
        f" {first}-{last}/{whole or len(content)}\r\n"
    )
    return raw((head + (f"ETag: {etag}\r\n" if etag else "") + "\r\n").encode() + content[first : last + 1])


@pytest.mark.parametrize("last", [999, len(ELA_BYTES) - 1])
def test_206_to_a_first_request_is_never_accepted(night: Night, cde: Cde, last: int) -> None:
    cde.scripts = {ELA: [part(0, last)], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    run = night()
    assert problems(run) == {
        "eladownload2024.txt": "the server answered 206, a part of the file, to a request for all of it, 4 times"
    }
    assert files(run) == {"mathdownload2024.txt": MATH_BYTES}


SIZE = len(ELA_BYTES)
RESUMED: dict[str, Answer] = {
    "from_another_offset": part(10_000, SIZE - 1),
    "of_another_version": part(20_000, SIZE - 1, etag='"b"'),
    "unknown_size": part(20_000, SIZE - 1, whole="*"),
    "without_content_range": raw(b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nabcde"),
    "with_a_superscript": raw(
        "HTTP/1.1 206 Part\r\nContent-Length: 5\r\nContent-Range: bytes \u00b2-4/5\r\n\r\nabcde".encode("latin-1")
    ),
    "before_the_end": part(20_000, SIZE - 101),
}


@pytest.mark.parametrize("case", RESUMED)
def test_a_mismatched_partial_response_is_never_appended(night: Night, cde: Cde, case: str) -> None:
    cde.scripts = {
        ELA: [cut(ELA_BYTES, 20_000, '"a"', Accept_Ranges="bytes"), RESUMED[case], body(ELA_BYTES, '"a"')],
        "/mathdownload2024.txt": [body(MATH_BYTES)],
    }
    run = night()
    assert files(run) == {"eladownload2024.txt": ELA_BYTES, "mathdownload2024.txt": MATH_BYTES}
    assert not problems(run)


def lengths(announced: bytes, content: bytes) -> Answer:
    return raw(OK + b"Content-Length: " + announced + b"\r\n\r\n" + content)


# name -> answer, part of the expected message
BROKEN: dict[str, tuple[Answer, str]] = {
    "length_too_long": (lengths(b"%d" % (SIZE + 5), ELA_BYTES), "the connection broke"),
    "length_too_short": (lengths(b"1000", ELA_BYTES), "the last line is cut off"),
    "two_lengths": (raw(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde"), "the connection broke"),
    "length_not_a_number": (lengths(b"five", b"abcde"), "the connection broke"),
    "length_superscript": (lengths(b"\xb2", b"ab"), "the connection broke"),
    "length_negative": (lengths(b"-5", b"abcde"), "the connection broke"),
    "length_huge": (lengths(b"9" * 18, b"abcde"), "more than 200,000,000 is refused"),
    "gzip": (raw(OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b00"), "compressed"),
    "gzip_transfer_encoding": (
        raw(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"),
        "the connection broke",
    ),
    "no_http": (raw(b"220 ftp ready\r\n"), "the connection broke"),
    "oversized_header": (raw(OK + b"X: " + b"x" * 300_000), "the connection broke"),
    "hung_up": (raw(b""), "the connection broke"),
    "redirect_to_invalid_address": (status(302, Location="https://[::1/x"), "Invalid URL in location header"),
    "redirect_with_escapes": (
        raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: https://local\x1b[31mhost/\r\n\r\n"),
        "the connection broke",
    ),
    "redirect_to_a_file": (status(302, Location="file:///etc/passwd"), "which is not the publisher's"),
    "redirects_that_grow": (status(302, Location="/eladownload2024.txt?"), "more than 5 redirects"),
    "switching_protocols": (
        raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        "the connection broke",
    ),
}


# A wrong length, one that is too large, an unreadable body, no body, and two wrong redirects; others are slow.
OF_EACH_KIND = ("length_too_long", "length_huge", "gzip", "hung_up", "redirect_to_a_file", "redirects_that_grow")


@pytest.mark.parametrize(
    "case", [case if case in OF_EACH_KIND else pytest.param(case, marks=pytest.mark.slow) for case in BROKEN]
)
def test_a_broken_response_is_reported_and_the_night_continues(night: Night, cde: Cde, case: str) -> None:
    answer, said = BROKEN[case]
    cde.scripts = {ELA: [answer], ELA + "?": [answer], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    run = night()
    assert said in problems(run)["eladownload2024.txt"]
    assert problems(run)["eladownload2024.txt"].isprintable()
    assert files(run) == {"mathdownload2024.txt": MATH_BYTES}


def test_bytes_after_a_short_length_are_not_read_as_the_next_response(night: Night, cde: Cde) -> None:
    smuggled = OK + b"Content-Length: 3\r\n\r\nbad"
    cde.scripts = {ELA: [lengths(b"%d" % SIZE, ELA_BYTES + smuggled)], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    run = night()
    assert files(run) == {"eladownload2024.txt": ELA_BYTES, "mathdownload2024.txt": MATH_BYTES}
    assert len(cde.requests("/mathdownload2024.txt")) == 1


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
def test_an_unusable_validator_does_not_fail_the_next_night(night: Night, cde: Cde, name: str) -> None:
    head = OK + name.encode() + b': "\xe9\xb2"\r\nContent-Length: ' + b"%d" % SIZE + b"\r\n\r\n"
    cde.scripts = {ELA: [raw(head + ELA_BYTES)], "/mathdownload2024.txt": [body(MATH_BYTES)]}
    night()
    run = night()
    assert len(files(run)) == 2
    assert not problems(run)
