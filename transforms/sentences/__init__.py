"""Every sentence that the product says about a verdict. Tables, SQL, commands and pages take them from here; one room for each subject."""

from collections.abc import Sequence

from transforms.sentences.assistance import METHODS, DifferentiatedFacts, SpanFacts, charter_reason, consecutive_reason, differentiated_reason
from transforms.sentences.changes import Change, GroupChange, case_cause, change_cause, change_sentence, loan_cause
from transforms.sentences.continuum import ContinuumFacts, GroupYears, continuum_reason
from transforms.sentences.lcap import Finding, lcap_sentence
from transforms.sentences.recorded import CaseFacts, RecordedPathway, case_sentence, recorded_reason
from transforms.sentences.watch import watch_sentence
from transforms.sentences.words import LEA_WORDS, STATUS_WORDS, joined, number, plain_day, plural
from transforms.sentences.wraparound import LoanFacts, Reading, day_with_preposition, loan_sentence, wraparound_reason

__all__ = [
    "LEA_WORDS",
    "METHODS",
    "STATUS_WORDS",
    "CaseFacts",
    "Change",
    "ContinuumFacts",
    "DifferentiatedFacts",
    "Finding",
    "GroupChange",
    "GroupYears",
    "LoanFacts",
    "Reading",
    "RecordedPathway",
    "SpanFacts",
    "case_cause",
    "case_sentence",
    "change_cause",
    "change_sentence",
    "charter_reason",
    "consecutive_reason",
    "continuum_reason",
    "day_with_preposition",
    "differentiated_reason",
    "eligible_sentence",
    "joined",
    "lcap_sentence",
    "loan_cause",
    "loan_sentence",
    "number",
    "plain_day",
    "plural",
    "recorded_reason",
    "watch_sentence",
    "wraparound_reason",
]


def eligible_sentence(name: str, pathways: Sequence[str], year: int, by_cde: bool = False) -> str:
    """One line for the list that most readers open."""
    flag = " For the Continuum of Support this is CDE's own flag, not a computation." if by_cde else ""
    return f"{name} meets the published criteria of {joined(pathways)} for determination year {year}.{flag} This is not an official designation."
