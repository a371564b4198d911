"""A night with the server that simulates CDE."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fetch.cde import Cde
from transforms.run import Run
from transforms.settings import PROJECT, Settings
from transforms.sources.fetch import from_catalog


@pytest.fixture
def cde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cde]:
    server = Cde()
    server.authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield server
    server.close()


ENTRY = """
[[source]]
id = "{id}"
title = "{id}"
file = "{file}"
url = "{base}/{file}"
landing_page = "{base}/"
format = "text"
layout = "dashboard"
dashboard_year = 2024
indicator = "{indicator}"
changes_expected = "any night"
"""


class Night:
    """Runs the snapshot stage against the server, night after night, on one store."""

    def __init__(self, cde: Cde, tmp_path: Path) -> None:
        self.reference, self.inbox, self.work = tmp_path / "reference", tmp_path / "inbox", tmp_path / "work"
        self.inbox.mkdir()
        for folder in ("rules", "reference", "registers"):
            shutil.copytree(PROJECT / "data" / folder, self.reference / folder)
        shutil.copy(PROJECT / "data" / "layouts.toml", self.reference)
        entries = [
            ENTRY.format(id=f"dashboard-{i}-2024", file=f"{i}download2024.txt", base=cde.base, indicator=i)
            for i in ("ela", "math")
        ]
        publisher = '[[publisher]]\nname = "CDE"\nhosts = ["localhost"]\n'
        (self.reference / "catalog.toml").write_text(publisher + "".join(entries))
        self.out = tmp_path / "out"
        self.waits: list[float] = []

    def settings(self, **changes: object) -> Settings:
        given = {
            "source": "catalog",
            "reference": self.reference,
            "inbox": self.inbox,
            "work": self.work,
            "out": self.out,
        }
        given |= {"fetch_pause": 0, "fetch_timeout": 5, "fetch_deadline": 20}
        return Settings(**{**given, **changes})  # type: ignore[arg-type]

    def __call__(self, **changes: object) -> Run:
        run = Run.start(self.settings(**changes))
        from_catalog(run)
        return run


@pytest.fixture
def night(cde: Cde, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    place = Night(cde, tmp_path)
    original = __import__("transforms.sources.download", fromlist=["Downloader"]).Downloader.__init__

    def without_waiting(self: object, settings: Settings, sleep: Callable[[float], None] = place.waits.append) -> None:
        original(self, settings, sleep)

    monkeypatch.setattr("transforms.sources.download.Downloader.__init__", without_waiting)
    return place
