"""Models of the files in data/rules: one model per section, with its citation."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from transforms.config.toml_model import StrictModel

Standing = Literal["final", "unconfirmed"]  # unconfirmed: no primary source states the criteria, so nothing is computed
# transforms.registers.cases has the columns of each kind.
RecordKind = Literal["two_acts", "determination", "agreement", "request"]
LeaType = Literal["district", "county_office", "charter"]
Year = Annotated[int, Field(ge=2013, le=2100)]
Count = Annotated[int, Field(ge=1, le=1000)]
# Levels, priorities and methods: rules.checks compares them with the known values.
Few = Annotated[int, Field(ge=0, le=100)]


class Citation(StrictModel):
    """The source of a rule, and how certain it is."""

    what: str
    url: str
    basis: str


class DenominatorTest(StrictModel):
    """The fewest students for a result to count if a file has no size flag. School rows always need ``minimum``."""

    column: Literal["currdenom"]
    minimum: Count
    small_minimum: Count
    small_groups: tuple[str, ...]
    basis: str


class SizeTests(StrictModel):
    """Size tests that the conditions of a year name.

    ``flag`` needs no parameters: the file's own current-size flag is Y.
    """

    denominator: DenominatorTest | None = None


class Condition(StrictModel):
    """One indicator at one of the given levels. With ``color``, CDE's own size test applies: no color, no result."""

    indicator: str
    measure: Literal["color", "status_level"]
    levels: tuple[Few, ...]
    size_test: Literal["flag", "denominator"] | None = None

    @model_validator(mode="after")
    def _status_needs_a_size_test(self) -> Self:
        if (self.measure == "status_level") != (self.size_test is not None):
            raise ValueError("a status_level condition names its size_test; a color condition has none")
        return self


class Criterion(StrictModel):
    """Conditions that must all be met; counts for one state priority."""

    id: Annotated[str, Field(min_length=1)]
    priority: Few
    clause: str
    only_groups: tuple[str, ...] = ()
    except_groups: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = Field(min_length=1)


class Continuum(StrictModel):
    """The Dashboards that count for the determination of this year (EC 52072 and 52072.5)."""

    counted_dashboards: tuple[Year, ...]
    years_required: Count
    groups_required: Count
    statute_district: str
    statute_county_office: str
    url: str
    basis: str


class LocalIndicatorTest(StrictModel):
    """A local indicator is not met if it has ``value`` in each of ``years``.

    Priorities 9 and 10 apply to county offices only.
    """

    value: Literal["Not Met", "Not Met For Two or More Years"]
    years: tuple[Year, ...]
    priorities: tuple[Few, ...]
    county_office_priorities: tuple[Few, ...]


class Assistance(StrictModel):
    """Differentiated Assistance (EC 52071, 52071.5): its methods this year, and how long assistance lasts."""

    methods: tuple[Few, ...]
    serves: tuple[LeaType, ...]
    statute_district: str
    statute_county_office: str
    url: str
    basis: str
    local: LocalIndicatorTest | None = None
    calpads_school_year: str | None = None  # Method 4
    second_year_after: Year | None = None  # Year 2: met a method on this Dashboard, and meets no method now

    @model_validator(mode="after")
    def _methods_have_inputs(self) -> Self:
        if (2 in self.methods or 3 in self.methods) != (self.local is not None):
            raise ValueError("methods 2 and 3 need [assistance.local], and nothing else does")
        if (4 in self.methods) != (self.calpads_school_year is not None):
            raise ValueError("method 4 needs calpads_school_year, and nothing else does")
        return self


class Consecutive(StrictModel):
    """One group that met the criteria on each of these Dashboards (EC 52071(f), EC 52064(e)(5))."""

    dashboards: tuple[Year, ...]
    statute: str
    url: str
    basis: str
    open_question: str


class CharterTest(Consecutive):
    """A charter school that met the criteria on each of these Dashboards (EC 47607.3(a))."""


class RuleSet(StrictModel):
    """The criteria of one Dashboard year."""

    dashboard_year: Year
    standing: Standing
    not_confirmed: str = ""  # if the year is unconfirmed: what is missing, as reasons state it
    student_groups: tuple[str, ...]
    priorities_required: Count
    in_force_from: date
    citation: tuple[Citation, ...] = Field(min_length=1)
    size_test: SizeTests = SizeTests()
    criterion: tuple[Criterion, ...] = ()
    continuum: Continuum | None = None
    assistance: Assistance
    consecutive: Consecutive | None = None
    charter: CharterTest | None = None
    # Tests that earlier years have and that ended with this one.
    ended: tuple[Literal["continuum", "consecutive", "charter", "second_year_after"], ...] = ()
    lcap_goals: Consecutive | None = None  # CDE's list under EC 52064(e)(5), which is compared with our results

    @model_validator(mode="after")
    def _criteria_match_standing(self) -> Self:
        if self.standing == "final" and (not self.criterion or self.not_confirmed):
            raise ValueError("final rules need criteria, and no not_confirmed")
        if self.standing == "unconfirmed" and (self.criterion or not self.not_confirmed):
            raise ValueError("unconfirmed rules need not_confirmed, and can have no criteria")
        return self

    @property
    def dashboards_counted(self) -> set[int]:
        """Return every Dashboard that a determination of this year uses."""
        several = (
            self.continuum and self.continuum.counted_dashboards,
            self.consecutive and self.consecutive.dashboards,
            self.charter and self.charter.dashboards,
            self.lcap_goals and self.lcap_goals.dashboards,
        )
        return {year for years in several for year in years or ()}

    @property
    def indicators(self) -> set[str]:
        """Return the indicators that the criteria use."""
        return {c.indicator for k in self.criterion for c in k.conditions}

    @property
    def rule_set(self) -> str:
        """Return the name of the rule set as tables show it."""
        return f"{self.dashboard_year}-{self.standing}"

    def groups_of(self, criterion: Criterion) -> tuple[str, ...]:
        """Return the student groups to which the criterion applies."""
        named = criterion.only_groups or self.student_groups
        return tuple(g for g in named if g not in criterion.except_groups)


class PreviewIndicator(StrictModel):
    """Colors of one indicator that count in a preview."""

    indicator: str
    levels: tuple[Few, ...]


class PreviewRules(StrictModel):
    """Criteria that are not law yet. Only the watch list and previews use them; no verdict does."""

    dashboard_year: Year
    standing: Literal["provisional"]
    dashboards: tuple[Year, ...]
    indicators_required: Count
    student_groups: tuple[str, ...]
    indicator: tuple[PreviewIndicator, ...] = Field(min_length=1)
    source: str
    url: str
    basis: str
    not_found: str


class Pathway(StrictModel):
    """One way to Direct Technical Assistance."""

    pathway: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
    name: Annotated[str, Field(min_length=1)]
    statute: str
    decided: Literal["computed", "recorded"]
    record_kind: RecordKind | None = None
    determined_by: str = ""
    may_receive: tuple[LeaType, ...]
    trigger: str
    url: str
    open_question: str
    effective: date | None = None  # no act of a recorded pathway may have an earlier date
    effective_basis: str = ""
    effective_url: str = ""
    assistance_effective: date | None = None  # for two_acts: the earlier assistance may not have an earlier date

    @model_validator(mode="after")
    def _recorded_fields_match(self) -> Self:
        if (self.decided == "recorded") != (self.record_kind is not None):
            raise ValueError("a recorded pathway names its record_kind; a computed one has none")
        if any((self.decided == "recorded") != bool(v) for v in (self.effective, self.effective_basis)):
            raise ValueError(
                "a recorded pathway gives in effective the day its law took effect, and in effective_basis how that is"
                " known; a computed one does not"
            )
        if (self.record_kind == "two_acts") != (self.assistance_effective is not None):
            raise ValueError(
                "record_kind two_acts says in assistance_effective when the law of the earlier assistance took effect;"
                " no other does"
            )
        if (self.record_kind in ("two_acts", "determination")) != bool(self.determined_by):
            raise ValueError(
                "record_kind two_acts or determination names who determines in determined_by; no other does"
            )
        return self


class WraparoundRule(StrictModel):
    """EC 52074(g)(2)(A), with the two readings that the sources leave open."""

    effective: date
    receipt_event: Literal["authorized", "disbursed"]
    receipt_basis: str
    reach_basis: str
    reach_url: str
    old_after_years: int = Field(ge=1)


class PathwayRules(StrictModel):
    """All pathways."""

    pathway: tuple[Pathway, ...]
    wraparound: WraparoundRule


class Rules(StrictModel):
    """All rules that determine a verdict."""

    years: tuple[RuleSet, ...]
    pathways: PathwayRules
    preview: PreviewRules
