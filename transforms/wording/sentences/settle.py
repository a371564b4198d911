"""One short line on what would settle a verdict that is not determined: the record or the file that is missing."""

from dataclasses import dataclass

from transforms.wording.sentences.phrases import joined

REGISTER = "in the register of state loans"
CORRECTED = "a correction of the rejected record"
LOANS = {  # by the state of a loan that leaves Wraparound open
    "authorized_only": "a dated record that the district drew the loan, or that CCEE confirmed the referral",
    "repaid_or_released": "a dated record that CCEE confirmed or closed the referral",
    "of_predecessor": "a dated record that CCEE confirmed or closed the referral of this district",
    "receipt_not_dated": "the day of the loan",
    "referral_not_dated": "the exact day on which the referral was confirmed or closed",
    "record_rejected": CORRECTED,
}
CASES = {  # by what is on record of a case that leaves its pathway open
    "precondition_not_shown": "a record of the assistance before the determination",
    "no_decision": "a record of CCEE's decision on the request",
}


@dataclass(frozen=True)
class LeftOpen:
    """What leaves a verdict open: states of loans, findings of cases, and Dashboards whose results are not known.

    ``no_workbook``: those of which CDE's assistance workbook is not loaded, the determination year's own included;
    ``no_files``: those of which some indicator file is not loaded, or is an excerpt.
    """

    loan_states: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    no_workbook: tuple[int, ...] = ()
    no_files: tuple[int, ...] = ()


def settled_by(pathway: str, year: int, f: LeftOpen) -> str:
    """``To settle it: CDE's assistance workbook of 2024.``; empty where no record or file is known to do it."""
    if pathway == "wraparound":
        found = list(dict.fromkeys(LOANS[s] for s in f.loan_states if s in LOANS))
        if not found and "code_ended" not in f.loan_states:
            found = [CORRECTED]
        needed = f"{joined(found)}, {REGISTER}" if found else ""
    elif pathway == "continuum":
        needed = _files(year, f)
    else:
        needed = joined([CASES[finding] for finding in f.findings if finding in CASES])
    return f"To settle it: {needed}." if needed else ""


def _files(year: int, f: LeftOpen) -> str:
    """Files that are not loaded; the workbook of the determination year has CDE's own flag, which is enough."""
    if year in f.no_workbook:
        return f"CDE's assistance workbook of {year}, which has its flag"
    if f.no_workbook:
        return f"CDE's assistance workbook{'s' * (len(f.no_workbook) > 1)} of {joined(f.no_workbook)}"
    return f"the whole Dashboard files of {joined(f.no_files)}" if f.no_files else ""
