"""``dta site``: the pages of the current release, its tables and SQL in a browser, on this computer only."""

import webbrowser
from pathlib import Path

from rich.console import Console

from reports.serve.ask import ROWS, SECONDS
from reports.serve.files import START
from reports.serve.server import listen, server_of
from transforms.errors import ReleaseError
from transforms.release.current import required_release


def serve_site(out: Path, console: Console, open_browser: bool, port: int = 0) -> None:
    """Serve until Ctrl-C. Raises ReleaseError where there is no release, or one without pages."""
    release = required_release(out)
    if not (release / START).is_file():
        raise ReleaseError(f"Release {release.name} in {out} has no pages. Run: dta run")
    with listen(port) as made:
        host, port = made.getsockname()
        address = f"http://{host}:{port}"
        limits = f"(a query: {SECONDS} seconds, {ROWS:,} rows)"
        console.print(f"Pages of release {release.name}: {address}/", markup=False, soft_wrap=True)
        console.print(f"Tables: {address}/data  SQL: {address}/sql  {limits}", markup=False, soft_wrap=True)
        console.print("Only this computer can open them. Stop with Ctrl-C.")
        if open_browser and not webbrowser.open(f"{address}/"):
            console.print("No browser could be opened: go to the address above.")
        try:
            server_of(out).run(sockets=[made])
        except KeyboardInterrupt:
            console.print("Stopped.")
