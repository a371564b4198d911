"""Small Dashboard files in the layout of their year, for cases that the real sample does not contain."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from transforms.dashboard.redundancy import load_redundancy
from transforms.settings import PROJECT

INDICATORS = {
    2018: ("ela", "math", "chronic", "susp", "grad", "cci"),
    2019: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci"),
    2022: ("ela", "math", "elpi", "chronic", "susp", "grad"),
    2023: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci"),
    2024: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci", "science"),
    2025: ("ela", "math", "elpi", "chronic", "susp", "grad", "cci", "science"),
}
CODES = {"chronic": "CHRO"}  # indicator names as files print them; the other files print the name in capitals
# A heading that only files of the indicator have.
MARKS = {
    "ela": "hscutpoints", "math": "hscutpoints", "science": "currprate_enrolled", "elpi": "currprogressed",
    "susp": "type", "grad": "fiveyrnumer", "cci": "studentgroup_pct",
}  # fmt: skip
EVERYONE = ("ela", "math", "susp")  # every LEA has rows here
# A status that gives the level in every year, according to the cut scores.
STATUS: dict[str, dict[object, float]] = {
    "ela": {1: -100, 2: -40, 3: 5, 4: 40, 5: 90},
    "math": {1: -200, 2: -80, 3: -10, 4: 20, 5: 60},
    "chronic": {1: 25, 2: 15, 3: 7.5, 4: 4, 5: 1},
    "grad": {1: 50, 2: 75, 3: 88, 4: 92, 5: 99},
    "elpi": {1: 20, 2: 40, 3: 50, 4: 60, 5: 80},
    "cci": {1: 5, 2: 20, 3: 40, 4: 60, 5: 80},
}
NAMES = ("cds", "rtype", "schoolname", "districtname", "countyname", "charter_flag", "coe_flag", "dass_flag")
COUNTIES = load_redundancy(PROJECT / "data").counties


@dataclass
class Dashboards:
    """Rows by year, indicator, CDS code and student group.

    ``write`` creates one file per indicator for each year that has rows.
    """

    rows: dict[tuple[int, str, str, str], dict[str, object]] = field(default_factory=dict)
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    charters: set[str] = field(default_factory=set)
    indicators: dict[int, tuple[str, ...]] = field(default_factory=lambda: INDICATORS)  # files of each year
    marks: dict[str, str] = field(default_factory=lambda: MARKS)

    def put(self, year: int, cds: str, group: str, **levels: int) -> "Dashboards":
        """Add one group in one year: indicator=color, or indicator=status level in 2022, 2019 ELPI and 2023 CCI.

        All have 100 students.
        """
        for indicator, level in levels.items():
            by_status = year == 2022 or (year, indicator) in ((2019, "elpi"), (2023, "cci"))
            self.row(
                year,
                indicator,
                cds,
                group,
                **({"statuslevel": level, "currnsizemet": "Y"} if by_status else {"color": level}),
            )
        return self

    def row(self, year: int, indicator: str, cds: str, group: str, **values: object) -> "Dashboards":
        """Add one row with the given values of CDE's fields; the other fields have harmless values."""
        row = {"currdenom": 100, "statuslevel": 3, "color": 3, **values}
        minimum = 15 if group in ("FOS", "HOM", "LTEL") and cds not in self.charters else 30
        size_met = "Y" if isinstance(n := row["currdenom"], int) and n >= minimum else ""
        self.rows[year, indicator, cds, group] = {"currnsizemet": size_met, **row}
        return self

    def write(self, folder: Path, shuffle: Iterable[str] = ()) -> None:
        """Write all files; ``shuffle`` can contain 'rows' and 'columns', which are then in reverse order."""
        folder.mkdir(parents=True, exist_ok=True)
        shuffle = set(shuffle)
        for year in sorted({y for y, *_ in self.rows}):
            leas = {cds for y, _, cds, _ in self.rows if y == year}
            for indicator in self.indicators[year]:
                records = [
                    self._record(year, indicator, cds, group, values)
                    for (y, i, cds, group), values in self.rows.items()
                    if (y, i) == (year, indicator)
                ]
                have = {r["cds"] for r in records}
                fill = leas - have if indicator in EVERYONE or not records else set()
                records += [
                    self._record(year, indicator, cds, "ALL", {"currdenom": 5, "color": 0, "statuslevel": 0})
                    for cds in sorted(fill)
                ]
                _write(folder / f"{indicator}download{year}.txt", records, indicator, year, shuffle, self.marks)

    def _record(self, year: int, indicator: str, cds: str, group: str, values: dict[str, object]) -> dict[str, object]:
        charter = cds in self.charters
        name = self.names.get((cds, year), f"LEA {cds[:7]}")
        return {
            "cds": cds,
            "rtype": "S" if charter else "D",
            "schoolname": f"Charter {cds[7:]}" if charter else "",
            "districtname": name,
            "countyname": COUNTIES.get(cds[:2], ""),
            "charter_flag": "Y" if charter else "",
            "coe_flag": "",
            "dass_flag": "",
            "studentgroup": group,
            "indicator": CODES.get(indicator, indicator.upper()),
            "reportingyear": year,
            "currstatus": STATUS.get(indicator, STATUS["elpi"]).get(values["statuslevel"], ""),
            **values,
        }


def _write(
    path: Path, records: list[dict[str, object]], indicator: str, year: int, shuffle: set[str], marks: dict[str, str]
) -> None:
    columns = [
        *NAMES,
        "studentgroup",
        "currdenom",
        "currstatus",
        "statuslevel",
        "currnsizemet",
        "indicator",
        "reportingyear",
    ]
    columns[-2:-2] = [marks[indicator]] if indicator in marks else []
    if indicator == "elpi" and year < 2024:
        columns.remove("studentgroup")
    if year != 2022 and (year, indicator) not in ((2019, "elpi"), (2023, "cci")):
        columns.insert(-1, "color")
    if "columns" in shuffle:
        columns.reverse()
    if "rows" in shuffle:
        records = records[::-1]
    lines = ["\t".join(columns), *("\t".join(str(r.get(c, "")) for c in columns) for r in records)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
