"""The SQL editor of a release: files that ``make console`` made, with what the editor has to know; or a page that says how to get them."""

import json
import os
import shutil
from pathlib import Path

from reports.recipe_book import recipes
from transforms.current import DATABASE
from transforms.database import connect_read_only, one_row
from transforms.run import Notify
from transforms.spreadsheet import CODE, FORMULA, NUMBER

FOLDER = Path(__file__).parent / "console"
BUILT = FOLDER / "dist"
BUNDLE = ("console.js", "duckdb-eh.wasm", "duckdb-browser-eh.worker.js")
STYLES = ("console.css", "page.css")


def write_console(release: Path, notify: Notify) -> None:
    """Put the editor into a release being built. Its large files are linked, not copied, where the file system allows."""
    target = release / "reports" / "console"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(FOLDER / "page.css", target)
    if not all((BUILT / name).is_file() for name in BUNDLE):
        shutil.copy(FOLDER / "missing.html", target / "index.html")
        return
    notify("adding the SQL editor", 0, None)
    for name in BUNDLE:
        _link(BUILT / name, target / name)
    for name in STYLES:
        shutil.copy(FOLDER / name, target)
    shutil.copy(FOLDER / "console.html", target / "index.html")
    questions = [{"name": r.name, "title": r.title, "question": r.question, "sql": r.runnable} for r in recipes().values()]
    facts = {"release_id": _release_id(release), "formula": FORMULA, "number": NUMBER, "code": CODE, "recipes": questions}
    (target / "facts.json").write_text(json.dumps(facts, indent=1), "utf-8")


def _release_id(release: Path) -> str:
    """The id that the tables carry; the folder has another name until it is whole."""
    with connect_read_only(release / DATABASE) as connection:
        return str(one_row(connection, "select release_id from meta_release")[0])


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy(source, target)
