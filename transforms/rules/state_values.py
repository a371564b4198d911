"""What was printed for the whole state by Dashboard year and indicator, to know the right edition of a file by; each
value with where it stands.
"""

from pathlib import Path
from typing import Annotated, Self

import pyarrow as pa
from pydantic import Field, StringConstraints, model_validator

from transforms.config.csv_model import read_csv
from transforms.config.toml_model import StrictModel
from transforms.tables import as_table

FILE = Path("reference") / "state_values.csv"
Address = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class StateValue(StrictModel):
    """The status of all students of the state (of English learners for their progress), in the indicator's unit, to
    ``decimals`` places.
    """

    dashboard_year: Annotated[int, Field(ge=2017, le=2040)]
    indicator: Annotated[str, Field(min_length=1)]
    value: float
    decimals: Annotated[int, Field(ge=0, le=1)]
    printed_by: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(min_length=10)]
    source_url: Address
    confirmed_by: Address | Annotated[str, StringConstraints(max_length=0)]
    note: str

    @model_validator(mode="after")
    def _as_printed(self) -> Self:
        if round(self.value, self.decimals) != self.value:
            raise ValueError("value has more decimals than it is said to have")
        return self


TYPES = {"dashboard_year": pa.int16(), "value": pa.float64(), "decimals": pa.int32()}


def load_state_values(folder: Path) -> pa.Table:
    """The printed values as an Arrow table, one row per Dashboard year and indicator.

    Raises ConfigError with every problem.
    """
    rows = read_csv(folder, FILE, StateValue, ("dashboard_year", "indicator"))
    return as_table(
        (r.model_dump() for r in rows), **{name: TYPES.get(name, pa.string()) for name in StateValue.model_fields}
    )
