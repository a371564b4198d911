"""A site with hostile names, and a browser without network access."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.cases import add_rows, case, reference_copy
from tests.conftest import SharedFolder
from tests.workplace import SAMPLE, Workplace

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
SALINAS = "27661590000000"
HOSTILE = {
    "Alisal Union": "<script>document.title='taken'</script>Alisal",
    "Carmel Unified": '"Carmel", O\'Neil & Söhne Unified',
    "Chualar Union": "=cmd|' /C calc'!A0",
    "Graves Elementary": 'Peñasquitos "><img src=x onerror=alert(1)> Elementary',
    "Gonzales Unified": "{{ 7*7 }} ${7*7} </title></script><svg onload=alert(1)> Gonzáles",
    "Oasis Charter Public": "+SUM(1,2) --> Oasis",
}
CASE = "R-<b>1</b>"
Open = Callable[..., Any]


@pytest.fixture(scope="session")
def site(shared_folder: SharedFolder, raw_cache: Path) -> Path:
    """Return ``reports/`` of a release of the sample with hostile LEA names, and with a case with hostile words."""

    def make(folder: Path) -> None:
        source, reference = folder / "source", reference_copy(folder / "reference")
        shutil.copytree(SAMPLE, source)
        for path in source.glob("*.txt"):
            text = path.read_bytes().decode("utf-8")
            for name, hostile in HOSTILE.items():
                text = text.replace(f"\t{name}\t", f"\t{hostile}\t")
            path.write_bytes(text.encode("utf-8"))
        for path in source.glob("assistancestatus*.xlsx"):
            _rename(path)
        words = '<i>letter</i> of "the" district, =1+1'
        acts = case("request", case_id=CASE, cds=SALINAS, lea_name="Salinas Union High", evidence=words)
        add_rows(reference, "request", acts)
        assert Workplace(source, raw_cache, folder / "out").publish(reference=reference).outcome == "published"

    return (shared_folder("hostile", make) / "out" / "current").resolve() / "reports"


def _rename(path: Path) -> None:
    book = load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in HOSTILE:
                    cell.value = HOSTILE[str(cell.value)]
                    cell.data_type = "s"  # keeps a text that begins with = as text
    book.save(path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Yield Chromium without a display."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Tab:
    """One page for all tests of a worker, because a new context and page cost more than most tests."""

    def __init__(self, context: Any) -> None:
        self.faults, self.own = list[str](), tuple[str, ...]()
        context.on("page", self.watch)
        self.page = context.new_page()

    def watch(self, page: Any) -> None:
        page.on("console", lambda m: self.fault("console", m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.fault("error", e))
        page.on("dialog", lambda d: (self.fault("dialog", d.message), d.dismiss()))
        page.on("request", lambda r: None if r.url.startswith(self.own) else self.fault("request", r.url))

    def fault(self, kind: str, words: object) -> None:
        self.faults.append(f"{kind}: {words}")

    @contextmanager
    def on(self, site: str, *own: str, allowed: str | None = None) -> Iterator[Open]:
        """Yield a function that opens pages of a site. It allows no log messages, outside requests or dialogs."""
        self.faults, self.own = [], own

        def go(name: str, width: int = 1280) -> Any:
            address = f"{site}/{name.removeprefix('/')}"
            if self.page.viewport_size["width"] != width:
                self.page.set_viewport_size({"width": width, "height": 900})
            if self.page.url.split("#")[0] == address.split("#")[0]:
                self.page.goto("about:blank")
            self.page.goto(address)
            return self.page

        yield go
        self.page.emulate_media(media="null", color_scheme="null")
        self.page.mouse.move(0, 0)
        assert not [fault for fault in self.faults if allowed is None or allowed not in fault]


@pytest.fixture(scope="session")
def tab(browser: Any) -> Iterator[Tab]:
    context = browser.new_context(accept_downloads=True, viewport={"width": 1280, "height": 900})
    yield Tab(context)
    context.close()


DISK = ("file:", "data:", "blob:")


@pytest.fixture
def open_page(tab: Tab, site: Path) -> Iterator[Open]:
    """Yield a function that opens pages of the hostile site from disk."""
    with tab.on(site.as_uri(), *DISK) as go:
        yield go


@pytest.fixture
def open_state(tab: Tab, state_run: Path) -> Iterator[Open]:
    """Yield a function that opens pages of the statewide sample from disk."""
    with tab.on(f"{(state_run / 'out' / 'current').resolve().as_uri()}/reports", *DISK) as go:
        yield go
