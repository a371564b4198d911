"""Cases of the recorded pathways: dated acts of people. Nothing here is ever computed."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from transforms.registers.fields import (
    Amount,
    Cds,
    Contradiction,
    Day,
    Filled,
    Identifier,
    IdentifierOrEmpty,
    Months,
    Name,
    NeededDay,
    Record,
    Text,
    Year,
    YesNo,
    about,
    empty_to_none,
)
from transforms.registers.names import lea_kind
from transforms.rules.model import Pathway
from transforms.wording.sentences.phrases import LEA_WORDS


class Case(Record):
    """The columns and rules that the cases of all pathways share."""

    identifier = ("case_id",)
    about_leas = (("cds", "lea_name"),)
    pathway: ClassVar[str] = ""  # name, and kinds of LEAs that it serves: set from rules/pathways.toml
    serves: ClassVar[tuple[str, ...]] = ()
    effective: ClassVar[date] = date.min  # day on which the law of the pathway took effect
    assistance_effective: ClassVar[date] = date.min  # the same for the earlier assistance, if the pathway requires one
    # Columns of an answer, its day, and the day of the act that it answers: two answers on the same day to the same act
    # must not differ.
    answer: ClassVar[tuple[str, str, str] | None] = None
    acts: ClassVar[tuple[str, ...]] = ("requested_date", "received_date")
    by_ccee: ClassVar[tuple[str, ...]] = ("engagement_start",)  # days on which CCEE acted on the case

    case_id: Identifier = about("identifier of the case; no other case in any register has it")
    cds: Cds = about("CDS code of the LEA: 14 digits; districts and county offices end in 0000000")
    lea_name: Name = about("name of the LEA on the day of the case")
    requested_date: Day = about("day on which help was requested, or on which the event that started the case happened")
    received_date: Day = about("day on which the case reached CCEE")
    engagement_start: Day = about("day on which CCEE's work began")
    end_date: Day = about("day on which the case ended")
    end_reason: Text = about("why it ended")
    evidence: Filled = about("letter reference or web address that supports the record")
    entered_by: Filled = about("who entered the row")
    entered_on: NeededDay = about("day on which the row was entered")
    superseded_by: IdentifierOrEmpty = about(
        "case_id of the case that replaces this one; a replaced case does not count"
    )
    note: Text = about("remarks")

    @property
    def known_from(self) -> date | None:
        """Day of the first dated act, as in the table ``pathway_register``."""
        days = (getattr(self, column) for column in (*self.acts, "engagement_start", "end_date"))
        return min(filter(None, days), default=None)

    def contradictions(self) -> Iterator[Contradiction]:
        """Yield what breaks the rules of all pathways."""
        yield from super().contradictions()
        kind = lea_kind(self.cds)
        if kind not in self.serves:
            yield Contradiction(("cds",), f"the {self.pathway} pathway does not serve a {LEA_WORDS[kind]}")
        if self.superseded_by == self.case_id:
            yield Contradiction(("superseded_by",), "a case cannot replace itself")
        if self.end_reason and not self.end_date:
            yield Contradiction(("end_reason", "end_date"), "a reason for the end is given, but no end_date")
        yield from self._days_out_of_order()
        yield from self._ccee_before_the_case()

    def _days_out_of_order(self) -> Iterator[Contradiction]:
        dated = {c: day for c in (*self.acts, "engagement_start") if (day := getattr(self, c))}
        for column, day in dated.items():
            if day < self.effective:
                sentence = f"the law of the {self.pathway} pathway took effect on {self.effective}, after this day"
                yield Contradiction((column,), sentence)
        if not dated and not self.end_date:
            yield Contradiction(
                ("requested_date",),
                f"no act is dated, so the case could never count: give one of {', '.join(self.acts)}",
            )
        if self.requested_date and self.received_date and self.received_date < self.requested_date:
            yield Contradiction(
                ("received_date", "requested_date"),
                f"the case reached CCEE before it was requested ({self.requested_date})",
            )
        for column, day in dated.items():
            if self.end_date and self.end_date < day:
                yield Contradiction(("end_date", column), f"the case ended before its {column} ({day})")
            if column in self.acts and day > self.entered_on:
                yield Contradiction(
                    (column, "entered_on"), f"the act is dated after the row was entered ({self.entered_on})"
                )

    def _ccee_before_the_case(self) -> Iterator[Contradiction]:
        for column in self.by_ccee:
            day = getattr(self, column)
            if day and self.requested_date and day < self.requested_date:
                sentence = f"CCEE acted on the case before it was requested ({self.requested_date})"
                yield Contradiction((column, "requested_date"), sentence)
            elif day and self.received_date and day < self.received_date:
                sentence = f"CCEE acted on the case before it had reached CCEE ({self.received_date})"
                yield Contradiction((column, "received_date"), sentence)

    def _undated(self, day: str, *others: str) -> Iterator[Contradiction]:
        for column in others:
            if getattr(self, column) and not getattr(self, day):
                yield Contradiction(
                    (column, day),
                    f"{column} is given, but {day} is not: an act without a date cannot count; mention it in the note",
                )


class TwoActsCase(Case):
    """The county superintendent determines, after assistance, that CCEE's help is necessary, and the Geographic Lead
    agrees: two dated acts.
    """

    acts = ("requested_date", "received_date", "determination_date", "conferred_date", "concurrence_date")
    answer = ("concurrence", "concurrence_date", "determination_date")

    assistance_from: Day = about(
        "first day of the earlier assistance under EC 52071 (districts) or EC 47607.3 (charter schools)"
    )
    assistance_to: Day = about("last day of that assistance; empty if it goes on")
    assistance_provider: Text = about("who gave that assistance")
    assistance_statute: Annotated[Literal["EC 52071", "EC 47607.3"] | None, BeforeValidator(empty_to_none)] = about(
        "law under which it was given"
    )
    determination_date: Day = about("day on which the county superintendent determined that CCEE's help is necessary")
    determination_by: Text = about("who signed the determination")
    determination_reference: Text = about("reference of its letter")
    lcap_goals: Text = about("goals of the LCAP that the determination names")
    geo_lead: Text = about("Geographic Lead that was asked; in an area with two leads, the one that answered")
    conferred_date: Day = about("day on which the county superintendent and the Geographic Lead conferred")
    concurrence: Annotated[Literal["yes", "no"] | None, BeforeValidator(empty_to_none)] = about(
        "whether the Geographic Lead agreed"
    )
    concurrence_date: Day = about("day of that answer")
    concurrence_by: Text = about("who signed the answer")
    same_body: YesNo = about(
        "Y if the county office and the Geographic Lead are the same body; it is computed as well, and a difference is"
        " shown"
    )

    def contradictions(self) -> Iterator[Contradiction]:
        """Check that both acts have their days, and that the earlier assistance is described in full or not at all."""
        yield from super().contradictions()
        yield from self._undated("determination_date", "determination_by", "determination_reference", "lcap_goals")
        yield from self._undated("concurrence_date", "concurrence", "concurrence_by")
        if self.concurrence_date and not self.concurrence:
            yield Contradiction(
                ("concurrence", "concurrence_date"),
                "concurrence_date is given, but not whether the Geographic Lead agreed",
            )
        if self.concurrence and not self.geo_lead:
            yield Contradiction(("geo_lead", "concurrence"), "the Geographic Lead that answered is not named")
        if self.conferred_date and self.concurrence_date and self.conferred_date > self.concurrence_date:
            yield Contradiction(
                ("conferred_date", "concurrence_date"),
                f"they conferred after the Geographic Lead had answered ({self.concurrence_date})",
            )
        yield from self._assistance()

    def _assistance(self) -> Iterator[Contradiction]:
        needed = ("assistance_from", "assistance_provider", "assistance_statute")
        if any(getattr(self, c) for c in (*needed, "assistance_to")):
            for column in needed:
                if not getattr(self, column):
                    yield Contradiction((column,), f"earlier assistance is only partly described; {column} is missing")
        if self.assistance_from and self.assistance_to and self.assistance_to < self.assistance_from:
            yield Contradiction(
                ("assistance_to", "assistance_from"), f"the assistance ended before it began ({self.assistance_from})"
            )
        if self.assistance_from and self.assistance_from < self.assistance_effective:
            sentence = f"EC 52071 and EC 47607.3 took effect on {self.assistance_effective}, after this day"
            yield Contradiction(("assistance_from",), sentence)
        expected = {"district": "EC 52071", "charter": "EC 47607.3"}.get(lea_kind(self.cds))
        if self.assistance_statute and expected and self.assistance_statute != expected:
            yield Contradiction(
                ("assistance_statute", "cds"),
                f"assistance to a {LEA_WORDS[lea_kind(self.cds)]} is given under {expected}",
            )


class DeterminationCase(Case):
    """One body, which rules/pathways.toml names, determines that CCEE's help is necessary."""

    acts = ("requested_date", "received_date", "determination_date")

    determination_date: Day = about(
        "day on which the body that the pathway names determined that CCEE's help is necessary"
    )
    determination_by: Text = about("who signed the determination")
    determination_reference: Text = about("reference of its letter")
    lcap_goals: Text = about("goals of the LCAP that the determination names")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check that a determination has its day."""
        yield from super().contradictions()
        yield from self._undated("determination_date", "determination_by", "determination_reference", "lcap_goals")


class AgreementCase(Case):
    """The LEA asks for help and reimburses CCEE by agreement."""

    acts = ("requested_date", "received_date", "agreement_date")
    by_ccee = ("agreement_date", "engagement_start")

    agreement_date: Day = about("day of the agreement")
    agreement_number: Text = about("number of the agreement")
    budget_act_item: Text = about("item of the annual Budget Act that gives the authority")
    budget_act_year: Year = about("year of that Budget Act")
    scope: Text = about("what the agreement covers")
    amount_usd: Amount = about("amount that the LEA reimburses, in whole dollars")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check that an agreement has its day, and rests on the Budget Act of its fiscal year or of the year before."""
        yield from super().contradictions()
        yield from self._undated("agreement_date", "agreement_number")
        if self.agreement_date and self.budget_act_year:
            fiscal_year = self.agreement_date.year - (self.agreement_date.month < 7)
            if self.budget_act_year not in (fiscal_year - 1, fiscal_year):
                sentence = (
                    f"an agreement of {self.agreement_date} must name the Budget Act of {fiscal_year} or"
                    f" {fiscal_year - 1}"
                )
                yield Contradiction(("budget_act_year", "agreement_date"), sentence)


class RequestCase(Case):
    """The LEA sent CCEE's request form; CCEE accepts or declines, or the LEA withdraws."""

    acts = ("requested_date", "received_date", "decision_date")
    answer = ("decision", "decision_date", "requested_date")

    contact: Text = about("contact at the LEA; kept in the register and not published")
    statutory_ground: Text = about("section of the law that the request names")
    presenting_need: Text = about("need that the request names")
    expected_months: Months = about("months that the help is expected to take")
    coe_involvement: Text = about("what the county office has done or does")
    geo_lead_involvement: Text = about("what the Geographic Lead has done or does")
    decision: Annotated[Literal["accepted", "declined", "withdrawn"] | None, BeforeValidator(empty_to_none)] = about(
        "outcome of the request"
    )
    decision_date: Day = about("day of that decision")
    decision_reason: Text = about("reason for that decision")

    def contradictions(self) -> Iterator[Contradiction]:
        """Check that a decision has its day and follows the request."""
        yield from super().contradictions()
        yield from self._undated("decision_date", "decision", "decision_reason")
        if self.decision_date and not self.decision:
            yield Contradiction(("decision", "decision_date"), "decision_date is given, but not the decision")
        if self.requested_date and self.decision_date and self.decision_date < self.requested_date:
            yield Contradiction(
                ("decision_date", "requested_date"),
                f"the request was decided before it was made ({self.requested_date})",
            )
        if self.decision_date:
            yield from self._decided(self.decision_date)

    def _decided(self, day: date) -> Iterator[Contradiction]:
        """Check that CCEE decides only on what has reached it, and does not work on declined or withdrawn requests."""
        if self.decision != "withdrawn" and self.received_date and day < self.received_date:
            sentence = f"CCEE decided on the request before it had reached CCEE ({self.received_date})"
            yield Contradiction(("decision_date", "received_date"), sentence)
        begun = self.engagement_start
        if begun and (self.decision == "declined" or (self.decision == "withdrawn" and begun > day)):
            sentence = f"the case has a first day of CCEE's work, but the request was {self.decision} on {day}"
            yield Contradiction(("engagement_start", "decision"), sentence)


KINDS: dict[str, type[Case]] = {
    "two_acts": TwoActsCase,
    "determination": DeterminationCase,
    "agreement": AgreementCase,
    "request": RequestCase,
}


@lru_cache(maxsize=64)
def cases_of(pathway: Pathway) -> type[Case]:
    """Return the model for cases of a recorded pathway: its acts, its name, whom it serves, and since when."""
    kind = KINDS[pathway.record_kind or ""]
    return type(
        kind.__name__,
        (kind,),
        {
            "__module__": __name__,
            "__doc__": kind.__doc__,
            "pathway": pathway.name,
            "serves": pathway.may_receive,
            "effective": pathway.effective,
            "assistance_effective": pathway.assistance_effective or date.min,
        },
    )
