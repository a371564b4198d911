"""The command ``dta``: one module for each group of commands."""


def main() -> None:
    """Run the command. Scripts that an earlier version installed call it here, and nights must outlive an upgrade."""
    from flows.cli.app import main as run

    run()
