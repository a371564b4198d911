"""All sentences about verdicts, one module per subject; this package exports what reports use."""

from transforms.wording.sentences.changes import Change, GroupChange, change_sentence, since_words
from transforms.wording.sentences.county_summary import Assisted, CountyFacts, GroupCount, county_summary
from transforms.wording.sentences.lcap import Finding, Lcap, MetGroup, lcap_text
from transforms.wording.sentences.one_line import (
    LeftOpen,
    LineFacts,
    change_line,
    change_words,
    reason_line,
    settled_by,
)
from transforms.wording.sentences.phrases import LEA_WORDS, joined, number, plain_day, plural
from transforms.wording.sentences.wraparound import open_loan_words

__all__ = [
    "LEA_WORDS",
    "Assisted",
    "Change",
    "CountyFacts",
    "Finding",
    "GroupChange",
    "GroupCount",
    "Lcap",
    "LeftOpen",
    "LineFacts",
    "MetGroup",
    "change_line",
    "change_sentence",
    "change_words",
    "county_summary",
    "joined",
    "lcap_text",
    "number",
    "open_loan_words",
    "plain_day",
    "plural",
    "reason_line",
    "settled_by",
    "since_words",
]
