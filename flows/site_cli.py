"""``dta site``: the pages of the current release, its tables and SQL in a browser, on this computer only."""

import webbrowser
from pathlib import Path

from rich.console import Console

from reports.serve.ask import ROWS, SECONDS
from reports.serve.files import START
from reports.serve.server import listen, server_of
from transforms.current import current_release
from transforms.errors import ReleaseError


def serve_site(out: Path, console: Console, open_browser: bool, port: int = 0) -> None:
    """Serve until Ctrl-C. Raises ReleaseError where there is no release, or one without pages."""
    release = current_release(out)
    if release is None or not (release / START).is_file():
        raise ReleaseError(f"There is no release with pages in {out} yet. Run: dta run")
    with listen(port) as made:
        host, port = made.getsockname()
        address = f"http://{host}:{port}"
        console.print(f"Pages of release {release.name}: {address}/", highlight=False, soft_wrap=True)
        console.print(f"Tables: {address}/data  SQL: {address}/sql  (a query: {SECONDS} seconds, {ROWS:,} rows)", highlight=False, soft_wrap=True)
        console.print("Only this computer can open them. Stop with Ctrl-C.")
        if open_browser and not webbrowser.open(f"{address}/"):
            console.print("No browser could be opened: go to the address above.")
        try:
            server_of(out).run(sockets=[made])
        except KeyboardInterrupt:
            console.print("Stopped.")
