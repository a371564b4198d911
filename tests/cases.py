"""Made-up register cases for tests; no register of the project has them."""

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from transforms.registers.load import case_registers, columns_of, registers_of, to_line
from transforms.settings import PROJECT

REGISTERS = registers_of(PROJECT / "data")
CASE_REGISTERS = case_registers(REGISTERS)
DISTRICT, COUNTY_OFFICE, CHARTER = "27660680000000", "27102720000000", "27660680112177"
SALINAS, BORROWER, OAKLAND = "27661590000000", "19646340000000", "01612590000000"
NAMES = {
    DISTRICT: "South Monterey County Joint Union High",
    COUNTY_OFFICE: "Monterey County Office of Education",
    CHARTER: "A charter school",
    SALINAS: "Salinas Union High",
    BORROWER: "Inglewood Unified",
    OAKLAND: "Oakland Unified",
}
COMMON = {
    "cds": DISTRICT,
    "requested_date": "2024-08-01",
    "evidence": "letter of 1 September 2024",
    "entered_by": "a test",
    "entered_on": "2025-01-15",
}
ROWS: dict[str, dict[str, str]] = {
    "primary": {
        **COMMON,
        "case_id": "P-1",
        "assistance_from": "2023-01-10",
        "assistance_provider": "Monterey COE",
        "assistance_statute": "EC 52071",
        "determination_date": "2024-09-01",
        "determination_by": "the county superintendent",
        "geo_lead": "Kern COE",
        "concurrence": "yes",
        "concurrence_date": "2024-10-01",
        "concurrence_by": "the lead's director",
    },
    "spi": {
        **COMMON,
        "case_id": "S-1",
        "determination_date": "2024-09-01",
        "determination_by": "the State Superintendent",
    },
    "fee_for_service": {
        **COMMON,
        "case_id": "F-1",
        "agreement_date": "2024-09-01",
        "agreement_number": "A-7",
        "budget_act_item": "0000-000-0000",
        "budget_act_year": "2024",
        "amount_usd": "50000",
    },
    "request": {
        **COMMON,
        "case_id": "R-1",
        "contact": "a person at the district",
        "decision": "accepted",
        "decision_date": "2024-09-01",
    },
    "calpads": {
        "cds": DISTRICT,
        "school_year": "2023-24",
        "certified_on_time": "N",
        "source_url": "https://example.org",
    },
}


def case(register: str, **changes: str) -> dict[str, str]:
    """Return a full row of a register, with changes; the name belongs to the code."""
    row = {**ROWS[register], **changes}
    return {
        **dict.fromkeys(columns_of(REGISTERS[register]), ""),
        "lea_name": NAMES.get(row["cds"], NAMES[DISTRICT]),
        **row,
    }


FILES: dict[str, Callable[..., dict[str, str]]] = {name: partial(case, name) for name in ROWS}


def add_rows(folder: Path, register: str, *rows: dict[str, str] | Sequence[str]) -> None:
    """Append unchecked rows to a register of a folder."""
    with (folder / "registers" / f"{register}.csv").open("a", newline="") as stream:
        for row in rows:
            stream.write(to_line(list(row.values()) if isinstance(row, dict) else row, "\n"))


def reference_copy(folder: Path) -> Path:
    """Copy the project's catalog, rules, reference lists and registers, so that a test can change them."""
    skipped = shutil.ignore_patterns("snapshots", "build", "published", "inbox", "backups")
    shutil.copytree(PROJECT / "data", folder, ignore=skipped, dirs_exist_ok=True)
    return folder
