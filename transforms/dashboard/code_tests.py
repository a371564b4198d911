"""Tests of a Dashboard row's code against its record type, name, county, flag and school."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from transforms.dashboard.columns import Mask
from transforms.dashboard.file_rows import NO_SCHOOL, Contradiction, FileRows


def record_type(rows: FileRows) -> Iterator[Contradiction]:
    """Only districts and county offices have codes without a school, and the state has only zeros."""
    codes = rows.columns["cds"]
    due = np.full(len(rows.usable), "S")
    due[codes.rows_of(pc.ends_with(codes.texts, NO_SCHOOL))] = "D"
    due[codes.rows_of(pc.equal(codes.texts, NO_SCHOOL * 2))] = "X"
    wrong = np.ones(len(due), bool)
    for kind in "SDX":
        wrong &= ~(rows.equals("rtype", kind) & (due == kind))

    def explain(r: int) -> str:
        return f"a row with such a code has record type {due[r]}"

    yield Contradiction("record_type", "rtype", np.ones(len(due), bool), wrong, explain, True)


def name(rows: FileRows) -> Iterator[Contradiction]:
    """An LEA has one name in a file, and no other LEA of its county has it.

    A row moved to another code keeps its old name. Another spelling that no other code has is not a contradiction.
    """
    if not rows.has("districtname"):
        return
    codes, names = rows.columns["cds"], rows.columns["districtname"]
    of_lea = pc.and_(pc.ends_with(codes.texts, NO_SCHOOL), pc.invert(pc.equal(codes.texts, NO_SCHOOL * 2)))
    tested = codes.rows_of(of_lea) & rows.given("districtname") & rows.usable
    at = np.flatnonzero(tested)
    pairs, place, counts = np.unique(
        codes.codes[at].astype(np.int64) * len(names.texts) + names.codes[at], return_inverse=True, return_counts=True
    )
    code, named = np.divmod(pairs, len(names.texts))
    _, county = np.unique(np.array([t[:2] for t in codes.texts.to_pylist()])[code], return_inverse=True)
    shared = np.bincount(named, minlength=len(names.texts))[named] > 1
    wrong = np.zeros(len(tested), bool)
    wrong[at] = (shared & (_outnumbered(code, counts) | _outnumbered(county * len(names.texts) + named, counts)))[place]

    def explain(r: int) -> str:
        return f"the file gives this name to a code other than {codes.at(r)}"

    yield Contradiction("name", "districtname", tested, wrong, explain, True)


def _outnumbered(keys: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> Mask:
    """Return pairs that share their key with another pair of as many rows or more."""
    _, place = np.unique(keys, return_inverse=True)
    most = np.zeros(len(keys), np.int64)
    np.maximum.at(most, place, counts)
    at_most = np.bincount(place, weights=counts == most[place], minlength=len(keys))
    outnumbered: Mask = (counts < most[place]) | (at_most[place] > 1)
    return outnumbered


def county(rows: FileRows) -> Iterator[Contradiction]:
    """The county matches the code's first two digits, which name a county, in every row of every real file."""
    if not rows.has("countyname"):
        return
    codes, names = rows.columns["cds"], rows.columns["countyname"]
    of_code = [rows.redundancy.counties.get(t[:2], "") for t in codes.texts.to_pylist()]
    folded = [" ".join(t.lower().split()) for t in names.texts.to_pylist()]
    number = {text: n for n, text in enumerate(folded)}  # two spellings of a name have one number
    named = np.array([*(number[text] for text in folded), -1])[names.codes]
    due = np.array([*(number.get(c.lower(), -1) for c in of_code), -1])[codes.codes]
    of_state = codes.rows_of(pc.equal(codes.texts, NO_SCHOOL * 2))
    tested = rows.given("countyname") & ~of_state

    def explain(r: int) -> str:
        county = of_code[codes.codes[r]]
        if not county:
            return "the first two digits of the code are not a county code"
        return f"the code is for {county} County"

    yield Contradiction("county", "countyname", tested, named != due, explain)


def county_office(rows: FileRows) -> Iterator[Contradiction]:
    """Only a county office or its school has the county office flag, in every row of every real file."""
    if not rows.has("coe_flag"):
        return

    def explain(r: int) -> str:
        return f"the flag is for a county office, but the code {rows.columns['cds'].at(r)} is for a district"

    yield Contradiction("office", "coe_flag", rows.equals("coe_flag", "Y"), ~rows.of_county_office(), explain)


def school(rows: FileRows) -> Iterator[Contradiction]:
    """Only a school has a school's name, in every row of every real file."""
    if not rows.has("schoolname"):
        return
    codes = rows.columns["cds"]
    no_school = codes.rows_of(pc.ends_with(codes.texts, NO_SCHOOL))

    def explain(_: int) -> str:
        return "the row names a school, but its code is not a school's"

    yield Contradiction("school", "schoolname", no_school, rows.given("schoolname"), explain)


TESTS = (record_type, name, county, county_office, school)
