"""What a column of a register may hold, and the row that all registers share. Empty means not known."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, create_model, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from transforms.toml_model import StrictModel


def about(description: str) -> Any:
    """A required column with its description."""
    return Field(description=description)


def empty_to_none(value: object) -> object:
    """An empty cell is not known."""
    return None if value == "" else value


def fitting(pattern: str, sentence: str) -> AfterValidator:
    """Refuse a text that does not fit ``pattern``, saying ``sentence``."""

    def check(value: str | None) -> str | None:
        if value is not None and not re.fullmatch(pattern, value):
            raise PydanticCustomError("not_fitting", "{said}", {"said": sentence})
        return value

    return AfterValidator(check)


def _day(value: object) -> object:
    if value is None or value == "" or isinstance(value, date):
        return value or None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
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


def between(least: int, most: int) -> AfterValidator:
    """Refuse a number outside these bounds."""

    def check(value: int | None) -> int | None:
        if value is not None and not least <= value <= most:
            raise PydanticCustomError("out_of_bounds", "{said}", {"said": f"it must be a number from {least} to {most}"})
        return value

    return AfterValidator(check)


def _needed(value: object) -> object:
    if value is None or value == "":
        raise PydanticCustomError("empty", "it must not be empty")
    return value


Filled = Annotated[str, BeforeValidator(_needed)]
Text = Annotated[str | None, BeforeValidator(empty_to_none)]
Cds = Annotated[str, fitting(r"[0-9]{14}", "a CDS code has 14 digits, with leading zeros"), BeforeValidator(_needed)]
CdsOrEmpty = Annotated[str | None, fitting(r"[0-9]{14}", "a CDS code has 14 digits, with leading zeros"), BeforeValidator(empty_to_none)]
Amount = Annotated[int | None, BeforeValidator(_whole)]
Months = Annotated[Amount, between(1, 120)]
Year = Annotated[Amount, between(2013, 2100)]
Day = Annotated[date | None, BeforeValidator(_day)]
NeededDay = Annotated[date, BeforeValidator(_day), BeforeValidator(_needed)]
YesNo = Annotated[Literal["Y", "N"] | None, BeforeValidator(empty_to_none)]
Confidence = Literal["high", "medium", "low"]
Precision = Literal["day", "month", "season", "year", "fiscal_year", "before"]


class Contradiction(NamedTuple):
    """Values of one row that cannot all be true: the columns, the one to report first, and why in words."""

    columns: tuple[str, ...]
    sentence: str


class Record(StrictModel):
    """One row of a register."""

    identifier: ClassVar[tuple[str, ...]]

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not hold between the columns of this row."""
        yield from ()

    @model_validator(mode="after")
    def _without_contradictions(self) -> Self:
        found = tuple(self.contradictions())
        if found:
            raise PydanticCustomError("contradiction", "{said}", {"said": "; ".join(c.sentence for c in found), "found": found})
        return self


def refusal(model: type[Record], column: str, value: str) -> str | None:
    """Why ``value`` cannot stand in ``column``, or None if it can. Other columns are not looked at."""
    info = model.model_fields[column]
    fields: dict[str, Any] = {"value": (info.annotation, info)}
    try:
        create_model("OneColumn", **fields)(value=value)
    except ValidationError as error:
        return "; ".join(plain(e["msg"]) for e in error.errors())
    return None


def plain(message: str) -> str:
    """Pydantic's words for a value outside a list, in ours."""
    return message.replace("Input should be", "it must be")


def allowed(info: FieldInfo) -> tuple[str, ...]:
    """Values of a column that takes one of a few."""
    kinds = (info.annotation, *get_args(info.annotation))
    return next((get_args(k) for k in kinds if getattr(k, "__origin__", None) is Literal), ())
