"""What the search of the pages knows: each LEA with its name, code, county, former names and former codes; counties."""

import json

import duckdb

from reports.published import former_names, rows
from reports.site.pages import Pages


def write(connection: duckdb.DuckDBPyConnection, pages: Pages, former: dict[str, list[tuple[str, str]]]) -> None:
    """Write ``assets/names.js``: pages opened from disk may run scripts of their folder but read nothing else."""
    leas = rows(connection, "select cds, lea_name, lea_type, county_code from leas order by lea_name, cds")
    content = [
        [r["cds"], r["lea_name"], pages.book.counties[r["county_code"]], r["lea_type"], former.get(r["cds"], [])]
        for r in leas
    ]
    counties = [*pages.book.counties.items()]
    known = {"dtaNames": content, "dtaCounties": counties}
    (pages.folder / "assets" / "names.js").write_text(
        "".join(f"window.{name} = {json.dumps(of, separators=(',', ':'))};\n" for name, of in known.items()), "ascii"
    )


def known_before(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """Former names of an LEA, each with the code that it then had where that differs."""
    found: dict[str, list[tuple[str, str]]] = {}
    named: dict[str, tuple[str, list[str]]] = {}
    for row in rows(
        connection,
        "select n.cds, n.lea_name, l.lea_name as present from lea_names n join leas l using (cds) order by all",
    ):
        named.setdefault(row["cds"], (row["present"], []))[1].append(row["lea_name"])
    for cds, (present, names) in named.items():
        if others := former_names(present, names):
            found[cds] = [(name, "") for name in others]
    for row in rows(
        connection, "select successor_cds, predecessor_name, predecessor_cds from successions order by all"
    ):
        found.setdefault(row["successor_cds"], []).append((row["predecessor_name"], row["predecessor_cds"]))
    return found
