"""Take screenshots for the README from the pages of the current release: ``make pictures``.

Needs Debian's Chromium, like the browser tests.
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from transforms.release.current import required_release
from transforms.settings import PROJECT, Settings

CHROMIUM = "/usr/bin/chromium"
PICTURES = {"home": ("index.html", 760), "lea": ("lea/27661590000000.html#2023", 900)}  # page and height
WIDTH = 1280


def main() -> None:
    """Write a PNG for each page."""
    reports = Path(required_release(Settings().out)).resolve() / "reports"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"])
        for name, (page, height) in PICTURES.items():
            opened = browser.new_page(viewport={"width": WIDTH, "height": height})
            opened.goto(f"{reports.as_uri()}/{page}")
            opened.screenshot(path=PROJECT / "reports" / "docs" / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
