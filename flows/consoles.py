"""The two streams that commands write to. Nothing in a text is taken for an emoji; what comes from outside is escaped where it is put in markup."""

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

out_console, err_console = Console(emoji=False), Console(stderr=True, emoji=False)


def moving_line(console: Console, disable: bool = False) -> Progress:
    """A line that shows what is being done; names of files in it are shown as they are."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=disable)
