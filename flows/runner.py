"""Run the steps in order and record how the run ended. Callers choose how each step is performed."""

import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from expectations.judging import judge_process, prepare
from flows.logs import Event, Log, noop
from flows.steps import STEPS, Step, write_page
from transforms import clock
from transforms.errors import (
    AfterPublishingError,
    DtaError,
    ReleaseError,
    StaleError,
    StorageError,
    few_of,
    storage_error,
)
from transforms.folders import claim_folders
from transforms.inputs import check_configuration
from transforms.interrupt import Interrupted, infrequent_garbage_collection, listening, shielded, stop_if_signaled
from transforms.locks import publisher_lock, run_lock
from transforms.release.current import current_release, read_manifest
from transforms.release.digests import code_digest
from transforms.release.pointer import recover
from transforms.release.run_records import record_run
from transforms.run import Notify, Run, StepResult, acquire_scratch
from transforms.settings import Settings
from transforms.sources.unused import UnusedFile, unused_files

Perform = Callable[[Step, Run], StepResult]


@dataclass(frozen=True)
class Outcome:
    """How a run ended (published, unchanged, failed or interrupted), and the release that ``current`` points to."""

    outcome: str
    message: str
    release_id: str | None
    source_problems: list[dict[str, str]] = field(default_factory=list)
    unused: list[UnusedFile] = field(default_factory=list)
    run_id: str = ""


def execute(settings: Settings, perform: Perform, notify: Notify | None = None, log: Log | None = None) -> Outcome:
    """Perform each step, and stop early if nothing changed. Records failures in status.json and raises them."""
    run_id = f"{clock.now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
    log = log or noop
    begun = False
    code_digest()  # of the code that this process has loaded, even if the files are replaced during the run
    try:
        claim_folders(settings)
        with (
            listening(),
            infrequent_garbage_collection(),
            run_lock(settings.out),
            acquire_scratch(settings) as run,
            judge_process(run),
        ):
            run.notify = notify or run.notify
            begun = True
            return _Attempt(run, perform, log, run_id).run()
    except (DtaError, OSError) as error:
        fault = error if isinstance(error, DtaError) else storage_error(error)
        if fault is None or (begun and fault is error):  # the attempt has reported it
            raise
        if fault is not error:
            fault = StorageError(f"{fault} Nothing was published.")
        log({"event": "failed", "run_id": run_id, "exit_code": fault.exit_code, "message": str(fault)})
        if fault is error:
            raise
        raise fault from error


@dataclass
class _Attempt:
    current_run: Run
    perform: Perform
    log: Log
    run_id: str
    stages: list[Event] = field(default_factory=list)
    recovery: str = ""
    at: str = ""  # current stage
    before: tuple[str, int] | None = None  # the release that was current at the start

    @property
    def settings(self) -> Settings:
        return self.current_run.settings

    def run(self) -> Outcome:
        started = time.perf_counter()
        self._log_event("run_started", f"run {self.run_id} as of {self.settings.as_of}, {self.settings.source}")
        try:
            result = self._steps()
            self._check_overdue(result)
            return self._succeeded(result, started)
        except BaseException as caught:
            interruption = _interruption(caught)
            if interruption is not None:
                with shielded():
                    self._interrupted(interruption, time.perf_counter() - started)
                if isinstance(caught, Interrupted) or not isinstance(caught, Exception | KeyboardInterrupt):
                    raise
                raise interruption from caught
            if not isinstance(caught, Exception):
                raise
            error = self._fault(caught)
            with shielded():
                self._failed(error, time.perf_counter() - started)
            if error is caught:
                raise
            raise error from caught

    def _log_event(self, event: str, message: str, **facts: Any) -> None:
        self.log({"event": event, "run_id": self.run_id, **facts, "message": message})

    def _outcome(self, outcome: str, message: str) -> Outcome:
        """Return how the run ended, with its problems with sources. Call before the run's folder is removed."""
        run = self.current_run
        text = " ".join(filter(None, [self.recovery, message]))
        problems = run.fact("source_problems", [])
        return Outcome(outcome, text, _current_id(self.settings), problems, unused_files(run), self.run_id)

    def _succeeded(self, result: StepResult, started: float) -> Outcome:
        ended = self._outcome("unchanged" if result.finished else "published", result.message)
        self._record(ended, "" if result.finished else ended.release_id or "")
        self._ended(ended, 0, time.perf_counter() - started)
        return ended

    def _record(self, ended: Outcome, released: str, exit_code: int = 0, details: list[Any] | None = None) -> None:
        record_run(
            self.settings.out,
            ended.outcome,
            ended.message,
            ended.release_id,
            exit_code,
            details,
            ended.source_problems,
            self.run_id,
            self.stages,
            [asdict(f) for f in ended.unused],
            released,
        )
        write_page(self.settings.out)

    def _released(self) -> str:
        """Return the id of the release that this run published or rebuilt; empty if none."""
        now = _current_folder(self.settings)
        return now[0] if now is not None and self.at == "release" and now != self.before else ""

    def _fault(self, caught: Exception) -> Exception:
        """Return the error as people read it: what was published, if anything, and what failed."""
        known = caught if isinstance(caught, DtaError) else storage_error(caught) or caught
        if isinstance(known, AfterPublishingError | StaleError):
            return known
        if released := self._released():
            return AfterPublishingError(released, known)
        return StorageError(f"{known} Nothing was published.") if isinstance(known, StorageError) else known

    def _steps(self) -> StepResult:
        with publisher_lock(self.settings.out):
            self.recovery = recover(self.settings.out)
        self.before = _current_folder(self.settings)
        if self.recovery:
            self._log_event("mended", self.recovery)
        check_clock(self.settings)
        check_configuration(self.current_run)
        for step in STEPS:
            if step.name == "raw":  # there are files to judge
                prepare(self.current_run)
            result = self._step(step)
            if result.finished:
                break
        return result

    def _step(self, step: Step) -> StepResult:
        self.at = step.name
        started = time.perf_counter()
        stop_if_signaled()
        result = self.perform(step, self.current_run)
        stage = {
            "stage": step.name,
            "rows_in": result.rows_in,
            "rows_out": result.rows_out,
            "seconds": round(time.perf_counter() - started, 3),
        }
        self.stages.append(stage)
        self._log_event("stage", result.message, **stage)
        stop_if_signaled()
        return result

    def _check_overdue(self, result: StepResult) -> None:
        """Raise StaleError if the policy treats sources without an answer as a failure. What was published stays."""
        overdue: list[str] = self.current_run.fact("overdue", [])
        if overdue and self.settings.stale_policy == "fail":
            stale = StaleError(
                f"{result.message} But no publisher has answered about {few_of(overdue, 5)} for more"
                f" than {self.settings.stale_days} days, and DTA_STALE_POLICY makes this a failure. The tables"
                " are those of the last good release. See dta sources."
            )
            stale.released = self._released()
            raise stale

    def _failed(self, error: Exception, seconds: float) -> None:
        """Record the failure, after removing the scratch folder: it may be what fills the disk."""
        exit_code, message = error.exit_code if isinstance(error, DtaError) else 1, str(error) or type(error).__name__
        ended, details = self._outcome("failed", message), self.current_run.fact("gate_results", [])
        self.current_run.finish()
        self._record_bad_end(ended, exit_code, seconds, details)

    def _interrupted(self, interruption: Interrupted, seconds: float) -> None:
        released = self._released()
        text = f"Release {released} was published and is current." if released else "Nothing was published."
        ended = self._outcome("interrupted", f"The run was {interruption}. {text}")
        interruption.message = ended.message
        self._record_bad_end(ended, interruption.exit_code, seconds, [])

    def _record_bad_end(self, ended: Outcome, exit_code: int, seconds: float, details: list[Any]) -> None:
        """Record a run that did not end well. A record that cannot be written must not hide the failure."""
        try:
            self._record(ended, self._released(), exit_code, details)
        except OSError as fault:
            self._log_event("not_recorded", f"How the run ended could not be recorded: {fault}")
        self._ended(ended, exit_code, seconds)

    def _ended(self, ended: Outcome, exit_code: int, seconds: float) -> None:
        facts = {"outcome": ended.outcome, "stage": self.at, "release_id": ended.release_id, "exit_code": exit_code}
        self._log_event("run_ended", ended.message, **facts, seconds=round(seconds, 3))


def check_clock(settings: Settings) -> None:
    """Refuse to decide as of today if today is before the day of the current release: a wrong clock must not publish an
    old state of the law.

    A requested day is always accepted. Raises ReleaseError.
    """
    release = current_release(settings.out)
    if release is None or "as_of" in settings.model_fields_set:
        return
    try:
        latest = date.fromisoformat(read_manifest(release)["as_of"])
    except ReleaseError:  # it is damaged, and this run rebuilds it
        return
    # One day of tolerance: earlier versions used the day of their machine.
    if settings.as_of < latest - timedelta(days=1):
        raise ReleaseError(
            f"The clock says {settings.as_of}, but release {release.name} is as of {latest}. Set the clock; or, if the"
            f" clock is right and the release was made when it was not, name the day: dta run --as-of {settings.as_of}"
        )


def _interruption(caught: BaseException) -> Interrupted | None:
    """Return the signal that ended a stage, even if the stage raised another error; None if there was none."""
    if isinstance(caught, Interrupted):
        return caught
    try:
        stop_if_signaled()
    except Interrupted as interruption:
        return interruption
    return Interrupted() if isinstance(caught, KeyboardInterrupt) else None


def _current_folder(settings: Settings) -> tuple[str, int] | None:
    """Return the id of the current release and the inode of its folder, which changes if the release is rebuilt."""
    release = current_release(settings.out)
    return (release.name, release.stat().st_ino) if release else None


def _current_id(settings: Settings) -> str | None:
    release = current_release(settings.out)
    return release.name if release else None
