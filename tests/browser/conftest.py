"""A site whose names are hostile, and a browser that has no way out."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.cases import add_rows, case, reference_copy
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
def site(tmp_path_factory: pytest.TempPathFactory, raw_cache: Path) -> Path:
    """``reports/`` of a release of the sample in which some LEAs have hostile names, and one has a case with hostile
    words.
    """
    folder = tmp_path_factory.mktemp("hostile")
    source, reference = folder / "source", reference_copy(folder / "reference")
    shutil.copytree(SAMPLE, source)
    for path in source.glob("*.txt"):
        text = path.read_bytes().decode("utf-8")
        for name, hostile in HOSTILE.items():
            text = text.replace(f"\t{name}\t", f"\t{hostile}\t")
        path.write_bytes(text.encode("utf-8"))
    for path in source.glob("assistancestatus*.xlsx"):
        _rename(path)
    add_rows(
        reference,
        "request",
        case(
            "request",
            case_id=CASE,
            cds=SALINAS,
            lea_name="Salinas Union High",
            evidence='<i>letter</i> of "the" district, =1+1',
        ),
    )
    place = Workplace(source, raw_cache, folder / "out")
    assert place.publish(reference=reference).outcome == "published"
    return (place.out / "current").resolve() / "reports"


def _rename(path: Path) -> None:
    book = load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in HOSTILE:
                    cell.value = HOSTILE[str(cell.value)]
                    cell.data_type = "s"  # a text that begins with = stays a text
    book.save(path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium without a display."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, site: Path) -> Iterator[Open]:
    """Open a page of the hostile site."""
    yield from _opener(browser, site)


@pytest.fixture
def open_state(browser: Any, state_run: Path) -> Iterator[Open]:
    """Open a page of the statewide sample."""
    yield from _opener(browser, (state_run / "out" / "current").resolve() / "reports")


def _opener(browser: Any, site: Path) -> Iterator[Open]:
    """Open a page from disk. At the end nothing may have been logged, asked of elsewhere, or shown in a dialog."""
    context = browser.new_context(accept_downloads=True, viewport={"width": 1280, "height": 900})
    faults: list[str] = []

    def watch(page: Any) -> None:
        page.on(
            "console",
            lambda m: faults.append(f"console {m.type}: {m.text}") if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda e: faults.append(f"error: {e}"))
        page.on("dialog", lambda d: (faults.append(f"dialog: {d.message}"), d.dismiss()))
        page.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else faults.append(f"request: {r.url}"),
        )

    context.on("page", watch)
    page = context.new_page()

    def go(name: str, width: int = 1280) -> Any:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("about:blank")
        page.goto(f"{site.as_uri()}/{name}")
        return page

    yield go
    context.close()
    assert not faults
