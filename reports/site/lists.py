"""Pages with one long table (districts, watch list, changes, reconciliation), and the data for the search.

The search knows each LEA by name, code, county, former names and former codes, and the counties.
"""

import json
from collections import Counter
from operator import itemgetter
from typing import Any

import duckdb

from reports.published import Row, former_names, grouped, rows
from reports.site.pages import Pages
from reports.site.tallies import LeaLine
from reports.site.watched import NEARNESS, SHOWN_FIRST, by_nearness, eligible_by
from transforms.wording.labels import FLAGS, LEA_KINDS, STATUS, flag_name
from transforms.wording.sentences import change_line, change_words
from transforms.wording.sentences.lists import agreement_sentence
from transforms.wording.sentences.phrases import capitalized

VALUES = {"Y": "yes", "N": "no", "-": "no letter"}  # values of a flag or letter, in words
CODES = {status: n for n, status in enumerate(STATUS)}


def write(connection: duckdb.DuckDBPyConnection, pages: Pages, lines: dict[int, list[LeaLine]]) -> None:
    """Write the four pages."""
    write_districts(connection, pages, lines)
    write_watched(connection, pages, lines)
    write_changes(connection, pages)
    write_reconciliation(connection, pages)


COUNTIES = "select distinct l.county_code, l.county from {} join leas l using (cds) order by 2"


def write_watched(connection: duckdb.DuckDBPyConnection, pages: Pages, lines: dict[int, list[LeaLine]]) -> None:
    """Write the LEAs that may be next, nearest first."""
    found = rows(connection, "select w.*, l.county_code from watch_list w join leas l using (cds)")
    watched = by_nearness(pages.book, found, *eligible_by(pages.book, lines[pages.book.year]))
    pages.write(
        "watch-list.html",
        "watch.html",
        watched=watched,
        near=NEARNESS,
        counts=Counter(near for near, _ in {(w.near, w.row["cds"]) for w in watched}),
        nearest=len({w.row["cds"] for w in watched if w.near in SHOWN_FIRST}),
        next=max((w["next_dashboard"] or 0 for w in found), default=0),
        counties=connection.execute(COUNTIES.format("watch_list")).fetchall(),
    )


CHANGED = """
    select c.*, l.county_code from changes c join leas l using (cds) join pathways p using (pathway)
    order by c.to_year desc, array_position(['newly_eligible', 'no_longer', 'status_changed', 'continuing'], c.change),
        p.position, c.county, c.lea_name, c.cds
"""


def write_changes(connection: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write who is new, who left and who stays, then why, differences from the release before, and reissued files."""
    book = pages.book
    changes = rows(connection, CHANGED)
    for row in changes:
        added, removed = ([book.groups_in_text[g] for g in row[f"groups_{how}"] or ()] for how in ("added", "removed"))
        row["line"] = change_line(added, removed, row["cause"])
        row["few_words"] = change_words(added, removed, row["line"])
    latest = [part for p in book.pathways if (part := _latest(p, [c for c in changes if c["to_year"] == book.year]))]
    pages.write(
        "changes.html", "changes.html", changes=changes, latest=latest,
        counties=connection.execute(COUNTIES.format("changes")).fetchall(),
        since_release=release_changes(connection), altered=[s for s in book.sources.values() if s["previous_sha256"]],
    )  # fmt: skip


def _latest(pathway: Row, changes: list[Row]) -> dict[str, Any] | None:
    """Return the lists of one pathway in the year in force, or None if nothing is or was eligible."""
    found = sorted((c for c in changes if c["pathway"] == pathway["pathway"]), key=itemgetter("lea_name", "cds"))
    if not found:
        return None
    of = grouped(found, itemgetter("change"))
    known = {"new": "newly_eligible", "left": "no_longer", "stay": "continuing", "other": "status_changed"}
    years = {name: found[0][name] for name in ("from_year", "to_year")}
    return {**pathway, **years, **{k: of[v] for k, v in known.items()}}


def write_districts(connection: duckdb.DuckDBPyConnection, pages: Pages, lines: dict[int, list[LeaLine]]) -> None:
    """Write the page, and its rows as one script per year.

    Pages opened from disk can run scripts of their folder, but cannot read other files of it.
    """
    book = pages.book
    folder = pages.folder / "assets" / "rows"
    folder.mkdir(parents=True)
    former = names_with_codes(connection)
    write_names(connection, pages, former)
    also = {
        cds: f"formerly also {'; '.join(f'{name} ({code})' if code else name for name, code in names)}"
        for cds, names in former.items()
    }
    for year, of_year in lines.items():
        texts: dict[str, int] = {}
        packed = [
            _packed(line, texts, also.get(line.lea["cds"], "")) for line in sorted(of_year, key=lambda line: line.rank)
        ]
        content = json.dumps({"texts": list(texts), "rows": packed}, separators=(",", ":"))
        (folder / f"{year}.js").write_text(f"dtaRows({year},{content});\n", "ascii")
    names = {
        "pathways": [[p["pathway"], p["name"]] for p in book.pathways],
        "statuses": [[code, *STATUS[code]] for code in STATUS],
        "kinds": LEA_KINDS,
        "counties": book.counties,
        "areas": book.areas,
    }
    pages.write(
        "districts.html",
        "districts.html",
        names=names,
        areas=sorted(set(book.areas.values())),
        years=sorted(lines, reverse=True),
    )


def _packed(line: LeaLine, texts: dict[str, int], also: str) -> list[Any]:
    """Return a line as CDS code, name, kind, statuses, reasons, CCEE, other names, and CDE's values.

    Statuses have a digit per pathway and one for assistance. Reasons are numbers in a list of texts. CDE's values are
    only those that differ.
    """
    judged = [*line.verdicts.values(), line.assistance or {"status": "not_assessed", "line": "", "cde_says": None}]
    statuses = "".join(str(CODES[v["status"]]) for v in judged)
    reasons = [texts.setdefault(v["line"], len(texts)) for v in judged]
    differs = {str(n): v["cde_says"] for n, v in enumerate(judged) if v["cde_says"]}
    return [line.lea["cds"], line.lea["lea_name"], line.lea["lea_type"], statuses, reasons, line.ccee, also, differs]


def release_changes(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return verdicts that differ from the release before, and the id of that release."""
    found = rows(
        connection,
        "select c.*, p.name as pathway_name from meta_release_changes c join pathways p using (pathway) order by"
        " lea_name, cds, determination_year, p.position",
    )
    return {"rows": found, "previous": found[0]["previous_release_id"] if found else None}


def write_reconciliation(connection: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write whether we agree with CDE, a line per flag, every difference, and what could not be compared and why."""
    book = pages.book
    names = {code: i["name"] for code, i in book.indicators.items()}
    counts: dict[tuple[int, str], Row] = {}
    flags: dict[str, dict[str, Any]] = {}
    for row in rows(
        connection,
        "select dashboard_year, split_part(flag, ':', 1) as kind, class, count(*) as n from reconciliation group by all"
        " order by 1 desc, 2",
    ):
        counts.setdefault((row["dashboard_year"], row["kind"]), {})[row["class"]] = row["n"]
        flag = flags.setdefault(
            row["kind"],
            {"kind": row["kind"], "name": flag_name(row["kind"], indicators=names), "years": [], "counts": Counter()},
        )
        flag["counts"][row["class"]] += row["n"]
        flag["years"] = sorted({*flag["years"], row["dashboard_year"]})
    differences = rows(
        connection,
        "select r.*, l.county_code, l.county from reconciliation r left join leas l using (cds) where class not in"
        " ('agree', 'not_comparable') order by class <> 'only_cde', dashboard_year desc, county, lea_name, cds, flag",
    )
    for row in differences:
        row["name"] = flag_name(row["flag"], book.groups, names)
        row["ours_word"], row["cde_word"] = (VALUES.get(row[side], row[side] or "") for side in ("ours", "cde"))
        row["missed"] = row["class"] == "only_cde"
    reasons = rows(
        connection,
        "select regexp_extract(explanation, '\\(([^()]*(\\([^()]*\\)[^()]*)*)\\)\\.$', 1) as why, count(*) as n"
        " from reconciliation where class = 'not_comparable' group by all order by 2 desc, 1",
    )
    for row in reasons:
        row["why"] = capitalized(row["why"] or "not stated")
    total: Counter[str] = sum((f["counts"] for f in flags.values()), Counter())
    order = sorted(
        flags.values(), key=lambda f: (list(FLAGS).index(f["kind"]) if f["kind"] in FLAGS else len(FLAGS), f["name"])
    )
    pages.write(
        "reconciliation.html", "reconciliation.html", counts=counts, differences=differences, reasons=reasons,
        flags=order,
        answer=agreement_sentence(total), names=names,
    )  # fmt: skip


def write_names(connection: duckdb.DuckDBPyConnection, pages: Pages, former: dict[str, list[tuple[str, str]]]) -> None:
    """Write ``assets/names.js``. Pages opened from disk can run scripts of their folder, but read no other files."""
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


def names_with_codes(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """Return former names of an LEA, each with its code at that time if it differs."""
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
