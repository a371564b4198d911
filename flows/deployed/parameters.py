"""Parameter types of the deployed flows. Prefect checks them before a run is created, and again when it starts."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from transforms import clock

SourceName = Annotated[
    str,
    Field(min_length=1, max_length=1000, description="'sample', 'catalog', or a folder of files with CDE's file names"),
]
PastDay = Annotated[
    date, AfterValidator(clock.past), Field(description="records dated later than this day are ignored")
]
Year = Annotated[int, Field(ge=2017, le=2100, description="determination year")]
Folder = Annotated[Path, Field(description="folder; relative to the project")]
Hours = Annotated[float, Field(gt=0, le=24 * 365, description="hours without a good check before it is reported")]
