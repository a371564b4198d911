"""Every figure on the page of an LEA equals a query on the release.

Each run draws thirty new LEAs in each determination year.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.site.page import Page, text_of
from transforms.wording.sentences.lcap import PRIORITIES as ALL_PRIORITIES

SIGNS = {
    "eligible": "● eligible",
    "not_eligible": "○ not eligible",
    "undetermined": "? not determined",
    "not_assessed": "– not assessed",
    "not_applicable": "· does not apply",
}
SHORT = {
    "ela": "ELA",
    "math": "Math",
    "elpi": "ELPI",
    "chronic": "Chronic",
    "susp": "Susp.",
    "grad": "Grad.",
    "cci": "CCI",
    "science": "Science",
}
PRIORITIES = {4: "pupil achievement", 5: "pupil engagement", 6: "school climate", 8: "other pupil outcomes"}
LABELS = "Very High|Very Low|High|Low|Medium|Red|Orange|Yellow|Green|Blue"
SETTLED = {  # part of a reason -> what would settle it
    "The loan was repaid": "CCEE confirmed or closed the referral",
    "has drawn the loan": "the district drew the loan, or that CCEE confirmed the referral",
}
FILES = re.compile(r"To settle it: (?:CDE's assistance workbooks?|the whole Dashboard files) of 20[^.]*\.$")
AGREES = {True: "agrees", False: "does not agree", None: "cannot be compared"}


def agreement(agrees: bool | None, decided_by: str | None) -> str:
    return "the verdict rests on CDE's flags" if decided_by == "cde" else AGREES[agrees]


@dataclass
class Check:
    """One LEA's page and the release to compare with."""

    db: duckdb.DuckDBPyConnection
    page: Page
    cds: str
    year: int

    def rows(self, query: str, **given: Any) -> list[tuple[Any, ...]]:
        return self.db.execute(query, {"cds": self.cds, **given}).fetchall()

    def value(self, query: str, **given: Any) -> Any:
        ((value,),) = self.rows(query, **given)
        return value

    @cached_property
    def is_charter(self) -> bool:
        return bool(self.value("select lea_type from leas where cds = $cds") == "charter")

    @cached_property
    def windows(self) -> dict[int, list[int]]:
        """Windows by determination year. A charter school has no window before it has a test."""
        own = "charter_dashboards" if self.is_charter else "counted_dashboards"
        query = f"select determination_year, coalesce({own}, [determination_year]) from rule_windows"
        return dict(
            self.db.execute(
                f"{query} where determination_year in (select determination_year from eligibility)"
            ).fetchall()
        )


def checks(db: duckdb.DuckDBPyConnection, release: Path, number: int) -> Iterator[Check]:
    """Yield this many LEAs in each determination year. A failure names the LEA, so that you can repeat the check."""
    leas = [c for (c,) in db.execute("select cds from leas order by cds").fetchall()]
    years = [y for (y,) in db.execute("select distinct determination_year from eligibility order by 1").fetchall()]
    folder = release / "reports" / "lea"
    return (
        Check(db, Page(folder / f"{cds}.html").of_year(year), cds, year)
        for cds in random.sample(leas, number)
        for year in years
    )


@pytest.mark.parametrize("number", [4, pytest.param(30, marks=pytest.mark.slow)])
def test_every_figure_equals_a_query(db: duckdb.DuckDBPyConnection, release: Path, number: int) -> None:
    seen = 0
    for check in checks(db, release, number):
        for compare in (head, verdicts, assistance, lcap, grid, evidence, history, loans, records, sources):
            try:
                compare(check)
            except Exception as error:
                error.add_note(f"LEA {check.cds}, {check.year}, {compare.__name__}")
                raise
        assert not check.page.figures_left("//article"), check.cds
        seen += 1
    assert seen == 3 * number


def head(c: Check) -> None:
    name, county, area = c.rows(
        "select lea_name, county, (select min(geo_area) from geo_leads g where g.county_code = l.county_code) from leas"
        " l where cds = $cds"
    )[0]
    assert c.page.one("//h1") == " ".join(name.split())
    lacking = " ".join(c.page.read("//header[@class='head']//p[@class='scope current']"))
    assert all(line in lacking for line in c.db.execute("select not_loaded from meta_release").fetchall()[0][0])
    line = c.page.one("//header[@class='head']/p[span[@id='cds']]").removesuffix(" Print this page")
    assert f"{county} County" in line
    assert area in line
    assert line.endswith(c.cds)
    (link,) = c.page.find("//a[starts-with(@href, 'https://www.caschooldashboard.org/')]")
    assert link.get("href") == f"https://www.caschooldashboard.org/reports/{c.cds}/{c.year}"
    assert c.page.one("//p[a[starts-with(@href, 'https://www.caschool')]]") == f"CDE's Dashboard page of {c.year}"
    assert c.page.one("//h2[@id='verdicts']") == f"Verdict for {c.year}"
    in_force = c.db.execute("select max(determination_year) from eligibility").fetchall()[0][0]
    said = [f"An earlier year. In force: {in_force} ."] if c.year != in_force else []
    assert c.page.read("//p[contains(@class, 'in-force')]") == said
    switch(c)


def switch(c: Check) -> None:
    """Compare every year with a determination, and its status."""
    found: dict[int, dict[str, set[str]]] = {}
    for year, kind, status in c.rows(
        "select determination_year, '', status from eligibility where cds = $cds union all select determination_year,"
        " 'assistance: ', status from assistance where cds = $cds and status <> 'not_applicable'"
    ):
        found.setdefault(year, {}).setdefault(kind, set()).add(status)
    order = ("eligible", "undetermined", "not_eligible", "not_assessed", "not_applicable")
    words = {}
    for year, of in found.items():
        nothing = of.get("", set()) <= {"not_assessed", "not_applicable"}
        kind = "assistance: " if nothing and ("" not in of or of.get("assistance: ", set()) - {"not_assessed"}) else ""
        sign, said = next(SIGNS[s] for s in order if s in of[kind]).split(" ", 1)
        words[year] = f"{sign} {kind}{said}"
    assert c.page.read("//nav[@aria-label='Determination year']//a") == [
        f"{year} {words[year]}" for year in sorted(words, reverse=True)
    ]
    assert c.page.find("//nav[@aria-label='Determination year']//a/@href") == [
        f"#{year}" for year in sorted(words, reverse=True)
    ]


def verdicts(c: Check) -> None:
    rows = c.rows(
        "select pathway, p.name, status, e.statute, reason, cde_flag, agrees_with_cde, case_state,"
        " if(pathway = 'wraparound', '', open_question), decided_by,"
        " source_age_years, source_is_old, ccee_determination from eligibility e join pathways p using (pathway)"
        " where cds = $cds and determination_year = $year",
        year=c.year,
    )
    assert len(rows) == len(c.page.find("//*[@aria-labelledby='verdicts']//*[@data-pathway]")) == 6
    first = c.page.find("//*[@data-part='pathways']/div/@data-pathway")
    statuses = {pathway: status for pathway, _, status, *_ in rows}
    assert first == sorted(first, key=lambda p: (statuses[p] != "eligible", statuses[p] != "undetermined"))
    for pathway, name, status, statute, reason, flag, agrees, state, question, decided_by, age, is_old, ccee in rows:
        said = c.page.one(f"//*[@aria-labelledby='verdicts']//*[@data-pathway='{pathway}']")
        expected = [
            SIGNS[status],
            *([f"source {age} years old"] if is_old else []),
            name,
            statute,
            " ".join(reason.split()),
        ]
        assert ccee == ("not_recorded" if (pathway, status) == ("continuum", "eligible") else None)
        expected += ["Criteria met; CCEE's determination: not recorded."] if ccee else []
        expected += [f"State of the case: {state}."] if state else []
        expected += [f"CDE's own flag is {flag}: {agreement(agrees, decided_by)}."] if flag else []
        expected += [
            f"To settle it: a dated record that {record}, in the register of state loans."
            for words, record in SETTLED.items()
            if status == "undetermined" and words in reason
        ]
        file = FILES.search(said) if (pathway, status) == ("continuum", "undetermined") else None
        if file:
            lacking = c.db.execute(
                "select distinct dashboard_year from meta_sources where not present or excerpt is not null"
            ).fetchall()
            assert {(int(year),) for year in re.findall(r"20\d\d", file[0])} <= set(lacking)
            expected.append(file[0])
        elif status == "undetermined" and question:
            expected.append(f"Open: {question}")
        assert said == " ".join(expected)


def assistance(c: Check) -> None:
    rows = c.rows(
        "select determination, status, statute, reason, cde_value, agrees_with_cde, decided_by from assistance "
        "where cds = $cds and determination_year = $year and status <> 'not_applicable'",
        year=c.year,
    )
    assert len(rows) == len(c.page.find("//*[@data-determination][contains(@class, 'verdict')]"))
    for determination, status, statute, reason, value, agrees, decided_by in rows:
        said = c.page.one(f"//*[contains(@class, 'verdict')][@data-determination='{determination}']")
        assert said.startswith(SIGNS[status])
        assert f" {statute} {' '.join(reason.split())}" in said
        assert not value or said.endswith(f"CDE's own value is {value}: {agreement(agrees, decided_by)}.")


def lcap(c: Check) -> None:
    """Compare the LCAP text.

    Each form names each section that is met or in doubt, the student groups that met the criteria this year, and the
    indicators. There is no text if nothing is determined.
    """
    texts = {shape: c.page.read(f"//blockquote[@id='lcap-{shape}']") for shape in ("group", "indicator")}
    found = c.rows(
        "select status, statute from assistance where cds = $cds and determination_year = $year union all "
        "select status, statute from eligibility where cds = $cds and determination_year = $year "
        "and (pathway = 'continuum' or status in ('eligible', 'undetermined'))",
        year=c.year,
    )
    statutes = {
        status: {s for of, s in found if of == status} for status in ("eligible", "not_eligible", "undetermined")
    }
    yes, no = statutes["eligible"], statutes["not_eligible"]
    assert len(texts["group"]) == bool(yes or no)
    if not (yes or no):
        c.page.read("//*[@data-part='lcap']/p[@class='quiet']")
        return
    name = " ".join(c.value("select lea_name from leas where cds = $cds").split())
    for said in texts["group"] + texts["indicator"]:
        assert said.startswith(
            f"Based on the {c.year} Dashboard, {name} {'meets' if yes else 'does not meet'} the published criteria of "
        )
        assert ("Not determined: " in said) == bool(statutes["undetermined"])
        named = set(re.findall(r"EC [\d.]+(?:\([a-zA-Z0-9]+\))*", said))
        assert named == statutes["undetermined"] | (yes or no)
        assert said.endswith("is not an official designation.")
        assert set(re.findall(r"\b20\d\d\b", said)) <= {str(c.year)}
    met = lcap_facts(c) if yes else []
    assert len(texts["indicator"]) == bool(met)
    for group, causes in met:
        assert any(f"{group} ({and_list(causes)})" in said for said in texts["group"])
        for cause in causes:
            assert re.search(rf"(: |; ){re.escape(cause)} \([^)]*{re.escape(group)}", texts["indicator"][0])


def lcap_facts(c: Check) -> list[tuple[str, list[str]]]:
    """Return each student group that met the criteria this year, with its indicators or priorities of CDE's letter."""
    met = c.rows(
        "select g.student_group, g.name_in_text, priorities_met from student_group_history h join student_groups g"
        " using (student_group) where cds = $cds and dashboard_year = $year and meets_criteria",
        year=c.year,
    )
    indicators = dict(c.db.execute("select indicator, name_in_text from indicators order by position").fetchall())
    _, causes = grid_facts(c)
    by_indicator = {code: {i for i, _ in causes.get((code, c.year), [])} for code, *_ in met}
    return [
        (
            name,
            [words for i, words in indicators.items() if i in by_indicator[code]] or [PRIORITIES[p] for p in numbers],
        )
        for code, name, numbers in met
    ]


def window(c: Check) -> list[int]:
    """Return the Dashboards that count for the year of the page."""
    return c.windows[c.year]


def all_windows(c: Check) -> list[int]:
    """Return the Dashboards that count for any determination year."""
    return sorted({year for counted in c.windows.values() for year in counted})


def grid(c: Check) -> None:
    if not c.page.find("//table[@id='groups']"):
        assert not c.rows(
            "select 1 from student_group_history where cds = $cds and (meets_criteria or cde_letter is not null or"
            " has_result) and dashboard_year <= $year",
            year=c.year,
        )
        return
    years = [
        y
        for (y,) in c.db.execute(
            "select distinct dashboard_year from student_group_history where basis <> 'none' and dashboard_year <= ?"
            " order by 1",
            [c.year],
        ).fetchall()
    ]
    assert c.page.read("//table[@id='groups']/thead//th") == ["Student group", *map(str, years), "Met"]
    assert c.page.one("//p[@id='grid-note']").endswith(f"count for {c.year}: {and_list(window(c))}.")
    shown = c.page.find("//table[@id='groups']/tbody/tr/@data-group")
    wanted = c.rows(
        "select distinct student_group from student_group_history "
        "where cds = $cds and (meets_criteria or letter is not null or cde_letter is not null or has_result)"
        " and dashboard_year <= $year",
        year=c.year,
    )
    assert {g for (g,) in wanted} == set(shown)
    (history, causes), counted = grid_facts(c), window(c)
    has_test = c.rows(
        "select 1 from assistance where cds = $cds and determination_year = $year and determination = 'charter'",
        year=c.year,
    )
    for group in shown:
        row = f"//table[@id='groups']/tbody/tr[@data-group='{group}']"
        met = 0
        for year in years:
            chips = [text_of(e) for e in c.page.find(f"{row}/td[@data-year='{year}']/span[contains(@class, 'chip')]")]
            said = c.page.one(f"{row}/td[@data-year='{year}']")
            met += grid_cell(said, chips, history.get((group, year)), causes.get((group, year), [])) and year in counted
        counts = c.rows(
            "select counts from continuum_groups where cds = $cds and determination_year = $year and student_group ="
            " $group",
            year=c.year,
            group=group,
        )
        counting = bool(has_test and met == len(counted)) if c.is_charter else bool(counts and counts[0][0])
        assert c.page.one(f"{row}/td[@class='total']") == f"{met} of {len(counted)}" + (" counts" if counting else "")


def grid_facts(c: Check) -> tuple[dict[tuple[str, int], tuple[Any, ...]], dict[tuple[str, int], list[tuple[str, str]]]]:
    """Return history by student group and year, and the indicators with their levels that met a criterion."""
    history = c.rows(
        "select student_group, dashboard_year, basis, meets_criteria, letter, cde_letter, priorities_met, has_result,"
        " listed from student_group_history where cds = $cds"
    )
    causes: dict[tuple[str, int], list[tuple[str, str]]] = {}
    found = c.rows("""
        select distinct m.student_group, m.dashboard_year, r.indicator, l.label from criterion_results m
        join rule_criteria r on r.criterion = m.criterion
        join evidence e on e.cds = m.cds and e.dashboard_year = m.dashboard_year and e.student_group = m.student_group
            and e.indicator = r.indicator
        join levels l on l.measure = e.measure and l.level = e.level
            and (l.indicators is null or list_contains(l.indicators, e.indicator))
        where m.met and m.cds = $cds
        """)
    for group, year, indicator, label in found:
        causes.setdefault((group, year), []).append((indicator, label))
    return {(group, year): tuple(rest) for group, year, *rest in history}, causes


def grid_cell(said: str, chips: list[Any], found: tuple[Any, ...] | None, causes: list[tuple[str, str]]) -> bool:
    """Compare one cell with the history and the criteria met. Return True if the group met the criteria."""
    if not found or found[0] == "none":
        assert said == ("not loaded" if found else "no such group")
        return False
    basis, meets, letter, cde_letter, priorities, has_result, listed = found
    assert meets is not None or said.startswith("? not determined")
    chips = [re.match(f"({LABELS}) (.+)", chip) for chip in chips]
    assert sorted((short, chip[1]) for chip in chips if chip for short in chip[2].split(", ")) == sorted(
        (SHORT[i], label) for i, label in causes
    )
    if meets:
        assert said.startswith(f"{letter} ")
        assert basis != "cde_letters" or said == f"{letter} priorities {', '.join(map(str, priorities))} (CDE)"
    elif meets is False and not causes and not cde_letter:
        assert said == (
            "no result" if has_result is False else "not met" if listed is not False else "not listed under this code"
        )
    if basis == "indicators" and cde_letter != letter:
        assert said.endswith(f"CDE: {cde_letter or 'no letter'}")
    return bool(meets)


def number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    text = f"{round(value, 1) + 0.0:.1f}".replace("-", "−")
    if unit == "points from standard":
        return f"+{text}" if round(value, 1) > 0 else text
    return f"{text}%" if unit.startswith("percent") else text


def evidence(c: Check) -> None:
    rows = c.rows(
        """
        select coalesce(i.dashboard_year, e.dashboard_year), coalesce(i.student_group, e.student_group),
            coalesce(i.indicator, e.indicator),
            i.current_status, i.current_denominator, i.change, i.change_level, i.color, e.finding, e.measure, e.level,
                n.unit, n.better, s.current_status,
            i.current_size_met,
            l.label,
                exists (from criterion_results m join rule_criteria r using (criterion) where m.met and m.cds = e.cds
                and m.dashboard_year = e.dashboard_year
                and m.student_group = e.student_group and r.indicator = e.indicator)
        from (from indicator_results where cds = $cds and list_contains($window, dashboard_year)) i
        full join (from evidence where cds = $cds and list_contains($window, dashboard_year)) e
            on e.dashboard_year = i.dashboard_year and e.student_group = i.student_group and e.indicator = i.indicator
        join student_groups g on g.student_group = coalesce(i.student_group, e.student_group)
            and (g.judged or g.student_group = 'ALL')
        join indicators n on n.indicator = coalesce(i.indicator, e.indicator)
        left join levels l on l.measure = coalesce(e.measure, 'color')
            and l.level = if(e.finding is null, i.color, e.level)
            and (l.indicators is null or list_contains(l.indicators, n.indicator))
        left join indicator_results s on s.record_type = 'X' and s.dashboard_year = i.dashboard_year
            and s.indicator = i.indicator
            and s.student_group = i.student_group
        where i.current_status is not null or e.finding in ('unknown', 'result')
        """,
        window=all_windows(c),
    )
    cells = c.page.find("//table[@class='evidence']//td[@data-i]")
    assert sum(1 for cell in cells if "".join(cell.itertext()) != "–") == len(rows)
    for row in rows:
        evidence_cell(c, *row)
    c.page.read("//table[@class='evidence']//td[@class='none'][normalize-space()='–']")
    assert all(int(re.sub(r"\D", "", s)) in all_windows(c) for s in c.page.read("//details[@class='year']/summary"))


def evidence_cell(c: Check, year: int, group: str, indicator: str, *values: Any) -> None:
    status, size, change, change_level, color, finding, measure, level, unit, better, state, size_met, label, met = (
        values
    )
    path = f"//table[@class='evidence'][@data-year='{year}']//tr[@data-group='{group}']/td[@data-i='{indicator}']"
    (look,) = c.page.find(f"{path}/@class")
    said = c.page.one(path)
    few = (
        "too few students"
        if size_met != "Y" and size < (15 if group in ("FOS", "HOM") else 30)
        else "no color"
        if measure == "color"
        else "no status"
    )
    word = {"unknown": "not determined", "no_result": few, "result": label}.get(finding or "", label if color else "")
    expected = [f"◆ {word}" if met and word else word or "", number(status, unit)]
    if change is not None and change_level:
        up = change > 0
        meaning = "maintained" if change_level == 3 else "better" if up == (better == "up") else "worse"
        expected.append(f"{'▲' if up else '▼' if change < 0 else '■'} {abs(change):.1f} {meaning}")
    expected += [f"n {size:,.0f}"] if size is not None else []
    expected += [f"state {number(state, unit)}"] if state is not None else []
    assert said == " ".join(e for e in expected if e)
    colored = level if finding == "result" and measure == "color" else color if finding is None else None
    assert (f"c{colored}" in look.split()) if colored else not re.search(r"\bc[1-5]\b", look)


def history(c: Check) -> None:
    for year in c.page.find("//table[@class='history']/tbody/tr/@data-year"):
        row = f"//table[@class='history']/tbody/tr[@data-year='{year}']"
        assert c.page.one(f"{row}/th") == year
        for kind in c.page.find(f"{row}/td/@data-determination"):
            found = c.rows(
                "select status, cde_value from assistance where cds = $cds and determination_year = $year"
                " and determination = $kind and status <> 'not_applicable'",
                year=int(year), kind=kind,
            )  # fmt: skip
            assert c.page.one(f"{row}/td[@data-determination='{kind}']") == history_words(found)
        for pathway in c.page.find(f"{row}/td/@data-pathway"):
            found = c.rows(
                "select status, cde_flag from eligibility where cds = $cds and determination_year = $year and pathway"
                " = $p",
                year=int(year),
                p=pathway,
            )
            assert c.page.one(f"{row}/td[@data-pathway='{pathway}']") == history_words(found)
    years = c.rows("select distinct determination_year from assistance where cds = $cds and status <> 'not_applicable'")
    assert {str(y) for (y,) in years} <= set(c.page.find("//table[@class='history']/tbody/tr/@data-year"))


def history_words(found: list[tuple[Any, ...]]) -> str:
    return SIGNS[found[0][0]] + (f" CDE: {found[0][1]}" if found[0][1] else "") if found else "–"


def loans(c: Check) -> None:
    rows = c.rows("select loan_id from state_loans where coalesce(cds, successor_cds) = $cds")
    assert len(rows) == len(c.page.find("//*[@data-loan]"))
    for loan in c.page.find("//*[@data-loan]/@data-loan"):
        said = c.page.one(f"//*[@data-loan='{loan}']/p")
        authorized, drawn, act, latest, precision, payoff = c.db.execute(
            "select amount_authorized_usd, amount_drawn_usd, enabling_act, latest_source_date,"
            " latest_source_precision, scheduled_payoff from state_loans where loan_id = ?",
            [loan],
        ).fetchall()[0]
        assert (f"${authorized:,.0f} authorized" if authorized else "amount not found authorized") in said
        assert not drawn or f"${drawn:,.0f} drawn" in said
        assert (act or "act not found") in said
        spelled = {
            "day": f"{latest:%B} {latest.day}, {latest.year}",
            "month": f"{latest:%B %Y}",
            "year": f"{latest.year}",
        }
        assert f"Latest source ({spelled[precision]})" in said
        assert not payoff or f"planned for {payoff}" in said
        events = c.db.execute(
            "select event_id, date_text, amount_usd, note from state_loan_events where loan_id = ?", [loan]
        ).fetchall()
        assert [e for e, *_ in sorted(events)] == sorted(c.page.find(f"//*[@data-loan='{loan}']//li/@data-event"))
        for event, text, amount, note in events:
            line = c.page.one(f"//li[@data-event='{event}']")
            on = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
            assert line.startswith(f"{on:%B} {on.day}, {on.year}" if on else text)
            assert not amount or f"${amount:,.0f}" in line
            assert not note or " ".join(note.split()) in line


def records(c: Check) -> None:
    in_force = c.db.execute("select max(determination_year) from eligibility").fetchall()[0][0]
    watched = c.rows(
        "select sentence, lea_name from watch_list where cds = $cds and $year = $now", year=c.year, now=in_force
    )
    said = c.page.read("//ul[@class='watched']/li")
    assert len(said) == len(watched)
    assert all(
        any(f"{name}: {line}".lower().startswith(sentence.lower()) for line in said) for sentence, name in watched
    )
    for year in c.page.find("//li[@data-local]/@data-local"):
        marks = c.rows(
            "select priority, coalesce(performance, 'blank') from local_indicators where cds = $cds and dashboard_year"
            " = $year order by 1",
            year=int(year),
        )
        assert c.page.read(f"//li[@data-local='{year}']/span") == [
            f"{ALL_PRIORITIES[p]} (priority {p}): {v}" for p, v in marks
        ]
        assert re.findall(r"20\d\d", c.page.one(f"//li[@data-local='{year}']"))[0] == year
    assert len(c.page.find("//li[@data-case]")) == c.value(
        "select count(*) from case_states where cds = $cds and determination_year = $year", year=c.year
    )


def sources(c: Check) -> None:
    listed = c.page.find("//li[@data-source]/@data-source")
    used = c.rows(
        """
        select source_id from indicator_results join student_groups using (student_group)
        where cds = $cds and list_contains($window, dashboard_year) and current_status is not null
            and (judged or student_group = 'ALL')
        union select cde_source_id from student_group_history where cds = $cds and cde_source_id is not null
        union select source_id from local_indicators where cds = $cds
        union select source_id from interim_certifications where cds = $cds
        union select e.source_id from evidence e join criterion_results r using (cds, dashboard_year, student_group)
            join rule_criteria u on u.criterion = r.criterion and u.indicator = e.indicator where e.cds = $cds and r.met
        """,
        window=all_windows(c),
    )
    assert set(listed) == {s for (s,) in used}
    for source in listed:
        query = (
            "select file || if(excerpt is null, '', ' (excerpt)'), sha256, first_seen from meta_sources where"
            " source_id = ?"
        )
        file, digest, seen = c.db.execute(query, [source]).fetchall()[0]
        assert c.page.one(f"//li[@data-source='{source}']") == f"{file} {digest[:12]} {seen}"
        assert c.page.tree.xpath(f"//li[@data-source='{source}']/code/@title") == [digest]
    c.page.read("//details[@class='source-list']/p")
    assert c.page.one("//p[@class='scope']") == c.db.execute("select scope from meta_release").fetchall()[0][0]


def and_list(parts: list[Any]) -> str:
    *most, last = map(str, parts)
    return f"{', '.join(most)} and {last}" if most else last
