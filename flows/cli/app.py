"""The command ``dta``: its commands, in the order in which people need them, and how errors end."""

import sys

import typer

from flows.cli.ask import compare, explain, site, sources, sql, status
from flows.cli.build import build
from flows.cli.consoles import discard_output, flush_streams, prepare_streams, print_error
from flows.cli.estimate import estimate
from flows.cli.nightly import backfill, notify, schedule, watch
from flows.cli.register import register_app
from flows.cli.releases import releases, rollback, tag, verify
from flows.cli.report import report_app
from flows.cli.run import accepted, check, run
from transforms.errors import DtaError, ReleaseError, storage_error
from transforms.interrupt import Interrupted, infrequent_garbage_collection, listening, stop_if_signaled

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",  # joins the lines of a docstring
    help="Who may receive Direct Technical Assistance, and why.",
)
COMMANDS = (
    run, explain, sql, compare, site, status, sources, check, accepted, estimate, releases, rollback, tag, verify,
    schedule, watch, notify, backfill, build,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)
app.add_typer(report_app, name="report")
app.add_typer(register_app, name="register")


def main() -> None:
    """Run the command. Errors that a person can act on, and signals, end with one message and an exit code."""
    prepare_streams()
    try:
        with listening(), infrequent_garbage_collection():
            _run_app()
    except SystemExit as ended:
        # Typer's help, and other direct output: the reader has stopped reading.
        if isinstance(ended.__context__, BrokenPipeError):
            discard_output(sys.stdout)
            sys.exit(0)
        raise
    except BrokenPipeError:
        discard_output(sys.stdout)
    except Interrupted as error:
        print_error(error.message)
        sys.exit(error.exit_code)
    except DtaError as error:
        print_error(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        fault = storage_error(error)
        if fault is None:
            raise
        print_error(str(fault))
        sys.exit(fault.exit_code)
    finally:
        flush_streams()


def _run_app() -> None:
    try:
        app()
    except SystemExit as ended:
        # Typer turns every signal into exit code 130, without a message.
        cause = ended.__context__.__cause__ if ended.__context__ else None
        if isinstance(cause, Interrupted):
            raise cause from None
        raise
    except Exception as error:
        stop_if_signaled()  # DuckDB reports a signal as another error
        if type(error).__module__ == "_duckdb" and (fault := storage_error(error)):
            raise fault from error
        if type(error).__name__ in ("BinderException", "CatalogException") and sys.argv[1:2] not in (
            ["run"],
            ["check"],
        ):
            raise ReleaseError(
                "The release was made by an earlier version and lacks a table or column that this version reads. Run:"
                " dta run"
            ) from error
        raise


if __name__ == "__main__":
    main()
