"""Failures of class fault that a person has accepted: who, when, why and until when, in a register that runs read.

An acceptance covers one failure: the check, its failing rows, and the inputs that they come from. The inputs are the
files that the rows name. If the rows name no file, because the check compares many, the inputs are all source files,
rules and registers. An acceptance ends when any of these changes.
"""

import getpass
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from expectations.checks import load_checks
from expectations.contracts import checks_of
from expectations.results import GateResult
from transforms import clock
from transforms.config.csv_model import read_csv
from transforms.config.toml_model import StrictModel
from transforms.errors import ConfigError
from transforms.files import write_atomically
from transforms.registers.append import with_row
from transforms.registers.load import from_cell
from transforms.release.check_result import LASTS_DAYS, CheckClass
from transforms.release.digests import part_digests
from transforms.release.run_records import reason_of
from transforms.run import Run
from transforms.schema import published_tables
from transforms.settings import Settings

# In the work folder, next to snapshots/: it is about the runs of this machine, and outlives them.
FILE = Path("accepted_checks.csv")
LONGEST_DAYS = 366
Cell = Annotated[str, BeforeValidator(from_cell), Field(min_length=1)]
WHY_NOT = {
    "impossible": (
        "its class is impossible: a contract of the pipeline is broken, and no release can be published with that."
        " Please report it."
    ),
    "unusual": "its class is unusual: it only warns and does not stop a release.",
}


class Acceptance(StrictModel):
    """One row of the register."""

    check_id: Cell
    table_name: Cell
    failing_rows: int
    accepted_by: Cell
    accepted_at: datetime
    accepted_until: date
    because: Annotated[str, BeforeValidator(from_cell), Field(min_length=10)]
    rows_digest: Cell
    inputs_digest: Cell


@dataclass(frozen=True)
class AcceptanceRequest:
    """The acceptance that the options of a run request."""

    checks: frozenset[str]
    by: str
    because: str
    until: date


def requested_acceptance(settings: Settings) -> AcceptanceRequest | None:
    """Return the acceptance that a run requests; None if it requests none.

    Raises ConfigError for a check that cannot be accepted or a missing reason, UsageError for a blank reason or name.
    """
    if not settings.accepted:
        if settings.accept_because:
            raise ConfigError("--because gives a reason, but --accept names no check.")
        return None
    for check_id in sorted(settings.accepted):
        _acceptable(check_id)
    if len(settings.accept_because.strip()) < 10:
        raise ConfigError('--accept needs a reason that others can understand: --because "…", ten characters or more.')
    until = settings.accept_until or clock.today() + timedelta(days=LASTS_DAYS)
    if not clock.today() <= until <= clock.today() + timedelta(days=LONGEST_DAYS):
        raise ConfigError(f"--until {until}: an acceptance must end between today and a year from today.")
    return AcceptanceRequest(
        settings.accepted,
        reason_of(settings.accept_by, "--by") if settings.accept_by else getpass.getuser(),
        reason_of(settings.accept_because, "--because"),
        until,
    )


def _acceptable(check_id: str) -> None:
    """Raise ConfigError unless the check is of class fault."""
    checks = [*load_checks(), *(c for table in published_tables().values() for c in checks_of(table))]
    classes: dict[str, CheckClass] = {c.check_id: c.check_class for c in checks}
    if check_id not in classes:
        classes |= classes_of_suites()
    if check_id not in classes:
        known = ", ".join(sorted(i for i, c in classes.items() if c == "fault"))
        raise ConfigError(f"--accept {check_id}: there is no such check. You can accept {known}.")
    if classes[check_id] != "fault":
        raise ConfigError(f"--accept {check_id} is not possible: {WHY_NOT[classes[check_id]]}")


def classes_of_suites() -> dict[str, CheckClass]:
    """Return the class of every expectation of every suite, by check id."""
    # These import Great Expectations, so only for a check of a suite.
    from expectations.suites.files import SHAPES, suite_of_shape
    from expectations.suites.tables import suites_of_tables

    suites = [*suites_of_tables(), *(suite_of_shape(layout, []) for layout in SHAPES)]
    return {e.meta["check_id"]: e.meta["check_class"] for suite in suites for e in suite.expectations}


def load_acceptances(work: Path) -> list[Acceptance]:
    """Return the register, oldest first; empty if nothing was accepted.

    Raises ConfigError with the line and column of a wrong cell.
    """
    return (
        read_csv(work, FILE, Acceptance, ("check_id", "table_name", "rows_digest", "inputs_digest", "accepted_at"))
        if (work / FILE).exists()
        else []
    )


def apply_acceptances(run: Run, results: Iterable[GateResult]) -> list[GateResult]:
    """Return the results with accepted failures as warnings. First adds what the run requests to the register."""
    request = requested_acceptance(run.settings)
    register = load_acceptances(run.settings.work)
    inputs = _Inputs(run)
    found = []
    for result in results:
        if result.stops_release and result.can_be_accepted:
            key = inputs.digest(result)
            if request and result.check_id in request.checks:
                register.append(_write(run.settings.work, result, key, request))
            result = _as_accepted(result, _current_acceptance(register, result, key))
        found.append(result)
    return found


class _Inputs:
    def __init__(self, run: Run) -> None:
        self.files = {s.source_id: s.sha256 for s in run.snapshots()}
        self.others = {n: d for n, d in part_digests(run).items() if n != "code"}

    def digest(self, result: GateResult) -> str:
        """Return the digest of the files that failing rows name; without any, of all files, rules and registers."""
        named = {s: self.files.get(s, "not loaded") for s in result.sources} or {**self.files, **self.others}
        return hashlib.sha256("\n".join(f"{n} {d}" for n, d in sorted(named.items())).encode()).hexdigest()


def _write(work: Path, result: GateResult, inputs_digest: str, request: AcceptanceRequest) -> Acceptance:
    row = Acceptance(
        check_id=result.check_id,
        table_name=result.table_name,
        failing_rows=result.failing_rows,
        accepted_by=request.by,
        accepted_at=clock.now().replace(microsecond=0),
        accepted_until=request.until,
        because=request.because,
        rows_digest=result.rows_digest,
        inputs_digest=inputs_digest,
    )
    path = work / FILE
    before = path.read_bytes() if path.exists() else (",".join(Acceptance.model_fields) + "\n").encode()
    write_atomically(path, with_row(before, {name: str(value) for name, value in row.model_dump(mode="json").items()}))
    return row


def _current_acceptance(register: Iterable[Acceptance], result: GateResult, inputs_digest: str) -> Acceptance | None:
    """Return the newest acceptance of exactly this failure that has not expired."""
    same = (result.check_id, result.table_name, result.rows_digest, inputs_digest)
    found = [
        a
        for a in register
        if (a.check_id, a.table_name, a.rows_digest, a.inputs_digest) == same and a.accepted_until >= clock.today()
    ]
    return max(found, key=lambda a: a.accepted_at, default=None)


def _as_accepted(result: GateResult, acceptance: Acceptance | None) -> GateResult:
    if acceptance is None:
        return result
    return replace(
        result,
        severity="warning",
        note=f"Accepted by {acceptance.accepted_by} until {acceptance.accepted_until}: {acceptance.because}",
        accepted_by=acceptance.accepted_by,
        accepted_at=acceptance.accepted_at.astimezone(UTC),
        accepted_because=acceptance.because,
        accepted_until=acceptance.accepted_until,
    )
