"""Records of an LEA that are shown unchanged: loans, cases, codes, local indicators and more.

The fields of each class are columns of a table.
"""

import re
from dataclasses import dataclass
from datetime import date

from transforms.wording.labels import LOAN_EVENTS, SUCCESSIONS, readable
from transforms.wording.sentences import plain_day
from transforms.wording.sentences.phrases import capitalized
from transforms.wording.sentences.wraparound import DatedText

ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")  # a date with a day


@dataclass(frozen=True)
class Watched:
    """A preview of what one more Dashboard would do."""

    lea_name: str
    sentence: str
    standing: str

    @property
    def short_sentence(self) -> str:
        """The sentence without the name, for pages where everything is about the LEA."""
        return capitalized(self.sentence.removeprefix(f"{self.lea_name}: "))


@dataclass(frozen=True)
class Loan:
    """A state loan of the LEA or of its predecessor."""

    loan_id: str
    district: str
    former_name: str | None
    enabling_act: str | None
    chapter: str | None
    amount_authorized_usd: int | None
    amount_drawn_usd: int | None
    status_at_latest_source: str | None
    latest_source_date: date | None
    latest_source_precision: str | None
    scheduled_payoff: str | None
    unknown: str | None

    @property
    def latest_source(self) -> str:
        """The date of its latest source, as precise as the source."""
        return DatedText("", self.latest_source_date, self.latest_source_precision).plain


@dataclass(frozen=True)
class LoanEvent:
    """One dated act of a state loan."""

    event_id: str
    loan_id: str
    district: str
    of_predecessor: bool
    event: str
    date_text: str
    role: str | None
    amount_usd: int | None
    confidence: str
    source_url: str
    note: str | None

    @property
    def day(self) -> str:
        """The date in the words of the source; a full date in prose."""
        return plain_day(date.fromisoformat(self.date_text)) if ISO_DAY.fullmatch(self.date_text) else self.date_text

    @property
    def description(self) -> str:
        """What happened, and to which district if not to this one."""
        words = LOAN_EVENTS.get(self.event, readable(self.event)) + (f" ({self.role})" if self.role else "")
        return f"{words}, {self.district}" if self.of_predecessor else words


@dataclass(frozen=True)
class Case:
    """A recorded case, as it was in a determination year."""

    determination_year: int
    pathway: str
    name: str
    case_id: str
    case_state: str
    known_from: date
    evidence: str | None


@dataclass(frozen=True)
class PredecessorYear:
    """The results of a Dashboard under the previous code."""

    dashboard_year: int
    predecessor_cds: str
    sentence: str
    source_url: str
    has_page: bool


@dataclass(frozen=True)
class Successor:
    """The code that followed this one."""

    successor_cds: str
    successor_name: str
    succession_date: date
    kind: str
    source_url: str
    has_page: bool

    @property
    def line(self) -> str:
        """What happened to the code."""
        became = f"This code ended on {plain_day(self.succession_date)}: it {SUCCESSIONS[self.kind]}."
        return f"{became} It continues as {self.successor_name} ({self.successor_cds})."


@dataclass(frozen=True)
class Provider:
    """The assistance provider of a county office."""

    provider: str
    valid_from: date | None
    valid_to: date | None
    confidence: str
    basis: str


@dataclass(frozen=True)
class LocalIndicator:
    """A local indicator as the LEA reported it."""

    dashboard_year: int
    priority: int
    performance: str | None
    source_id: str


@dataclass(frozen=True)
class InterimCertification:
    """An early warning on a budget."""

    fiscal_year: str
    period: str
    certification: str
    source_id: str


@dataclass(frozen=True)
class Calpads:
    """Whether End-of-Year data was certified on time."""

    school_year: str
    certified_on_time: bool
    certified_on: date | None


@dataclass(frozen=True)
class Source:
    """A file that the report is based on."""

    source_id: str
    file: str
    sha256: str
    first_seen: str | None
    excerpt: str | None = None  # whose rows it has, if it is not CDE's whole file

    @property
    def name(self) -> str:
        """The file, and whether it is an excerpt."""
        return f"{self.file} (excerpt)" if self.excerpt else self.file
