"""The reference folder for a generated state: catalog, rules, reference lists and registers.

It is a copy of ours, with the printed values of this state instead of California's.
"""

import csv
import shutil
from pathlib import Path

from transforms.rules.reference import STATE_VALUES, StateValue
from transforms.settings import PROJECT


def write_reference(folder: Path, printed: dict[tuple[int, str], float]) -> Path:
    """Write the folder and return it. ``printed`` has the state's status by Dashboard year and indicator."""
    shutil.rmtree(folder, ignore_errors=True)
    lists = folder / STATE_VALUES.parent
    lists.mkdir(parents=True)
    for path in [PROJECT / "data" / name for name in ("catalog.toml", "layouts.toml", "rules", "registers")]:
        (folder / path.name).symlink_to(path)
    for path in (PROJECT / "data" / STATE_VALUES.parent).glob("*.csv"):
        if path.name != STATE_VALUES.name:
            (lists / path.name).symlink_to(path)
    about = {
        "printed_by": "CDE",
        "title": "The truth of the generated state",
        "source_url": "https://example.org/state",
        "confirmed_by": "",
        "note": "",
    }
    with (folder / STATE_VALUES).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(StateValue.model_fields))
        writer.writeheader()
        writer.writerows(
            {"dashboard_year": y, "indicator": i, "value": v, "decimals": 1, **about}
            for (y, i), v in sorted(printed.items())
        )
    return folder
