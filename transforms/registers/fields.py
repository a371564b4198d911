"""The columns of registers: allowed values, the row that all registers share, and problems with their place.

An empty cell means not known.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from transforms import clock
from transforms.config.text import fault_of, plain
from transforms.config.toml_model import StrictModel
from transforms.registers.names import lea_kind, names_an_office
from transforms.wording.sentences.phrases import LEA_WORDS

EARLIEST = date(1990, 1, 1)  # the first loan of the register is from 1990
LARGEST = 1_000_000_000  # dollars; the largest loan to a district so far is a tenth of it
SCHEME = re.compile(
    r"\b(?:javascript|vbscript|data|file|blob|about|mailto|ftp|ws|wss|jar|view-source):(?=\S)|\b(?!https?:)[a-z][a-z0-9+.-]*://",
    re.IGNORECASE,
)
BARS = re.compile(r"\s*\|\s*")


def about(description: str) -> Any:
    """Return a required column with its description."""
    return Field(description=description)


def empty_to_none(value: object) -> object:
    """Return None for an empty cell, which means not known."""
    return None if value == "" else value


def matching(pattern: str, sentence: str) -> AfterValidator:
    """Refuse a text that does not match ``pattern``, with ``sentence`` as the reason."""
    return _only(lambda text: re.fullmatch(pattern, text) is not None, sentence)


def between(least: int, most: int) -> AfterValidator:
    """Refuse a number outside these bounds."""
    return _only(lambda number: least <= number <= most, f"it must be a number from {least} to {most}")


def _only(fits: Callable[[Any], bool], sentence: str) -> AfterValidator:
    def check(value: object) -> object:
        if value is not None and not fits(value):
            raise _refusal("not_fitting", sentence)
        return value

    return AfterValidator(check)


def _refusal(kind: str, sentence: str) -> PydanticCustomError:
    """Return an error whose sentence may contain braces."""
    return PydanticCustomError(kind, "{sentence}", {"sentence": sentence})


def _day(value: object) -> object:
    if value is None or value == "" or isinstance(value, date):
        return value or None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
        raise PydanticCustomError("not_a_day", "a date is written yyyy-mm-dd")
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise PydanticCustomError("not_a_day", "there is no such day in the calendar") from error


def _whole(value: object) -> object:
    if value is None or value == "" or isinstance(value, int):
        return None if value == "" else value
    if not re.fullmatch(r"[0-9]+", str(value)):
        raise PydanticCustomError("not_a_number", "a whole number is needed, without signs, commas or decimals")
    if len(str(value).lstrip("0")) > 18:
        raise PydanticCustomError("too_large", "the number is too large")
    return int(str(value))


def _needed(value: object) -> object:
    if value is None or value == "":
        raise PydanticCustomError("empty", "it must not be empty")
    return value


def _is_hidden(character: str) -> bool:
    """Return True for invisible characters: format and control characters, and spaces."""
    return unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp")


def _visible(text: str) -> str:
    """Return the text without hidden characters; plain spaces stay."""
    return text if text.isprintable() else "".join(c for c in text if not _is_hidden(c) or c == " ")


def _seen(value: str | None) -> str | None:
    """Refuse a text without visible characters, and an address that a browser must not follow."""
    if value and all(map(_is_hidden, value)):
        raise PydanticCustomError("hidden", "it contains only invisible characters; type it again, or leave it empty")
    if value and SCHEME.search(_visible(unicodedata.normalize("NFKC", value))):
        raise PydanticCustomError("scheme", "an address must begin with https:// or http://")
    return value


def _single_line(value: str | None) -> str | None:
    """Refuse invisible characters in a name or identifier, so that texts that look the same are the same."""
    if value and _visible(value) != value:
        raise PydanticCustomError("hidden", "it contains an invisible character; type it again")
    return value


def _addresses(value: str | None) -> str | None:
    """Refuse anything but addresses of web pages. Bars separate several addresses."""
    for address in BARS.split(value) if value else ():
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
        if (
            parts.scheme.lower() not in ("http", "https")
            or "." not in (parts.hostname or "")
            or parts.username
            or any(map(_is_hidden, address))
        ):
            raise PydanticCustomError(
                "no_address", "an address of a web page is needed, beginning with https:// or http://"
            )
    return value


def _in_bounds(value: date | None, info: ValidationInfo) -> date | None:
    """Refuse a day after today (``today`` of the context) or before any loan of the register."""
    today = (info.context or {}).get("today") or clock.today()
    if value and value > today:
        raise _refusal("future", f"the day is in the future: today is {today}")
    if value and value < EARLIEST:
        raise _refusal("long_ago", f"the day is before {EARLIEST}, and no record is that old")
    return value


Filled = Annotated[str, AfterValidator(_seen), BeforeValidator(_needed)]
Text = Annotated[str | None, AfterValidator(_seen), BeforeValidator(empty_to_none)]
Said = Annotated[str, AfterValidator(_seen)]
Name = Annotated[Filled, AfterValidator(_single_line)]
NameOrEmpty = Annotated[Text, AfterValidator(_single_line)]
Identifier = Name
IdentifierOrEmpty = NameOrEmpty
Address = Annotated[Filled, AfterValidator(_addresses)]
Addresses = Annotated[Text, AfterValidator(_addresses)]
_CODE = matching(r"[0-9]{14}", "a CDS code has 14 digits, with leading zeros")
Cds = Annotated[str, _CODE, BeforeValidator(_needed)]
CdsOrEmpty = Annotated[str | None, _CODE, BeforeValidator(empty_to_none)]
Whole = Annotated[int | None, BeforeValidator(_whole)]
Amount = Annotated[Whole, between(0, LARGEST)]
Months = Annotated[Whole, between(1, 120)]
Year = Annotated[Whole, between(2013, 2100)]
Day = Annotated[date | None, AfterValidator(_in_bounds), BeforeValidator(_day)]
NeededDay = Annotated[date, AfterValidator(_in_bounds), BeforeValidator(_day), BeforeValidator(_needed)]
ComingDay = Annotated[date, BeforeValidator(_day), BeforeValidator(_needed)]
YesNo = Annotated[Literal["Y", "N"] | None, BeforeValidator(empty_to_none)]
Confidence = Literal["high", "medium", "low"]
Precision = Literal["day", "month", "season", "year", "fiscal_year", "before"]


class Contradiction(NamedTuple):
    """Values of one row that cannot all be true: the columns, the one to report first, and the reason in words."""

    columns: tuple[str, ...]
    sentence: str


class Cells(StrictModel):
    """Columns of a register. None of them may contain a control character or an invisible one."""

    @field_validator("*", mode="before")
    @classmethod
    def _without_hidden_characters(cls, value: object) -> object:
        if why := fault_of(value):
            raise _refusal("hidden", why)
        return value


class Record(Cells):
    """One row of a register."""

    identifier: ClassVar[tuple[str, ...]]
    # Column of a CDS code, and the columns that name the LEA: its present name and its former one.
    about_leas: ClassVar[tuple[tuple[str, ...], ...]] = ()
    added_later: ClassVar[frozenset[str]] = frozenset()  # columns that files of earlier versions lack

    def contradictions(self) -> Iterator[Contradiction]:
        """Yield contradictions between columns of this row: the name and the code both show the kind of LEA."""
        for code, *names in self.about_leas:
            cds = getattr(self, code)
            for column in names if cds else ():
                name, kind = getattr(self, column), lea_kind(cds)
                if name and names_an_office(name) != (kind == "county_office"):
                    named = "a county office" if names_an_office(name) else "an LEA that is not a county office"
                    yield Contradiction(
                        (code, column), f"the code is that of a {LEA_WORDS[kind]}, but {column} names {named} ({name})"
                    )

    @model_validator(mode="after")
    def _without_contradictions(self) -> Self:
        found = tuple(self.contradictions())
        if found:
            raise PydanticCustomError(
                "contradiction", "{sentences}", {"sentences": "; ".join(c.sentence for c in found), "found": found}
            )
        return self


def refusal(model: type[Record], column: str, value: str) -> str | None:
    """Return why ``value`` cannot be in ``column``, or None if it can. Other columns are not checked."""
    info = model.model_fields[column]
    fields: dict[str, Any] = {"value": (info.annotation, info)}
    try:
        create_model("OneColumn", __base__=Cells, **fields).model_validate({"value": value})
    except ValidationError as error:
        return "; ".join(plain(e["msg"]) for e in error.errors())
    return None


def allowed(info: FieldInfo) -> tuple[str, ...]:
    """Return the values of a column that allows only a few."""
    kinds = (info.annotation, *get_args(info.annotation))
    return next((get_args(k) for k in kinds if getattr(k, "__origin__", None) is Literal), ())


def normalized_id(identifier: str) -> str:
    """Return an identifier without differences of case or character form, and without invisible characters."""
    text = unicodedata.normalize("NFKC", identifier).casefold()
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc", "Zs"))


SHOWN = 80


@dataclass(frozen=True)
class Problem:
    """One problem: file, line, column, value and a plain sentence.

    Without a line, the problem concerns the whole file, which then cannot be read.
    """

    file: str
    sentence: str
    line: int | None = None
    column: str = ""
    value: str = ""
    columns: tuple[str, ...] = ()  # every column that the problem concerns

    def __str__(self) -> str:
        """Return the problem as a person reads it."""
        where = (
            self.file
            + (f", line {self.line}" if self.line else "")
            + (f", column {self.column}" if self.column else "")
        )
        value = f" (value {self.value[:SHOWN]!r})" if self.column or self.value else ""
        return f"{where}: {self.sentence}{value}."


@dataclass
class Line:
    """One row as it is in the file; ``record`` is set if the row fits its model."""

    file: str
    number: int
    values: dict[str, str] = field(default_factory=dict)
    record: Record | None = None
    cells: list[str] = field(default_factory=list)
    is_ragged: bool = False  # more or fewer cells than the header: values may be in other columns

    def problem(self, column: str, sentence: str, columns: tuple[str, ...] = ()) -> Problem:
        """Return a problem of this row."""
        return Problem(self.file, sentence, self.number, column, self.values.get(column, ""), columns or (column,))


Lines = Mapping[str, Sequence[Line]]  # by the name of the register
Found = Iterator[tuple[str, Problem]]  # name of the register and the problem
