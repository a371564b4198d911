"""Every sentence that the product says about a verdict.

Tables, SQL, commands and pages take them from here; one room for each subject.
"""

from transforms.wording.sentences.assistance import (
    DifferentiatedFacts,
    SpanFacts,
    charter_reason,
    consecutive_reason,
    differentiated_reason,
)
from transforms.wording.sentences.changes import (
    CaseChange,
    Change,
    GroupChange,
    LoanChange,
    change_cause,
    change_sentence,
    since_words,
)
from transforms.wording.sentences.continuum import ContinuumFacts, GroupYears, continuum_reason
from transforms.wording.sentences.county_summary import Assisted, CountyFacts, GroupCount, county_summary
from transforms.wording.sentences.eligible import EligibleFacts, eligible_sentence
from transforms.wording.sentences.lcap import Finding, Lcap, MetGroup, lcap_text
from transforms.wording.sentences.one_line import LineFacts, change_line, reason_line
from transforms.wording.sentences.phrases import LEA_WORDS, STATUS_WORDS, joined, number, plain_day, plural
from transforms.wording.sentences.recorded import CaseFacts, RecordedFacts, recorded_reason
from transforms.wording.sentences.watch import WatchFacts, watch_sentence
from transforms.wording.sentences.wraparound import (
    DatedText,
    LoanFacts,
    Reading,
    WraparoundFacts,
    open_loan_words,
    wraparound_reason,
)

__all__ = [
    "LEA_WORDS",
    "STATUS_WORDS",
    "Assisted",
    "CaseChange",
    "CaseFacts",
    "Change",
    "ContinuumFacts",
    "CountyFacts",
    "DatedText",
    "DifferentiatedFacts",
    "EligibleFacts",
    "Finding",
    "GroupChange",
    "GroupCount",
    "GroupYears",
    "Lcap",
    "LineFacts",
    "LoanChange",
    "LoanFacts",
    "MetGroup",
    "Reading",
    "RecordedFacts",
    "SpanFacts",
    "WatchFacts",
    "WraparoundFacts",
    "change_cause",
    "change_line",
    "change_sentence",
    "charter_reason",
    "consecutive_reason",
    "continuum_reason",
    "county_summary",
    "differentiated_reason",
    "eligible_sentence",
    "joined",
    "lcap_text",
    "number",
    "open_loan_words",
    "plain_day",
    "plural",
    "reason_line",
    "recorded_reason",
    "since_words",
    "watch_sentence",
    "wraparound_reason",
]
