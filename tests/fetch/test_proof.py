"""A manually added file is accepted only if its content matches its name."""

from pathlib import Path

import pytest

from flows.steps import take_snapshots
from tests.fetch.cde import Cde, body
from tests.fetch.conftest import Night
from tests.fetch.test_download import ELA, ELA_BYTES, MATH_BYTES
from tests.pipeline.test_other_sources import PAGE
from tests.workplace import SAMPLE, STATE, Workplace
from transforms.errors import SourceError
from transforms.raw.stage import read_raw, read_snapshot
from transforms.run import Run
from transforms.sources.folder import copy_into
from transforms.sources.store import Store
from transforms.sources.unused import unused_files

SLICES = Path(__file__).parents[1] / "contract" / "slices"


def prove_file(tmp_path: Path, name: str, content: bytes) -> None:
    """Prove ``content`` under the name of a file of the catalog."""
    run = Run.start(Workplace(tmp_path / "inbox", tmp_path / "work", tmp_path / "out").settings())
    source = run.catalog.by_file_name()[name.lower()]
    path = tmp_path / name
    path.write_bytes(content)
    read_snapshot(run, copy_into(Store(run.settings.snapshots), path, source, 10**9, "inbox"))


def sample(name: str, **replaced: str) -> bytes:
    text = (SAMPLE / name).read_bytes().decode("utf-8-sig")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return text.encode()


@pytest.mark.parametrize("path", sorted(p for p in SAMPLE.iterdir() if p.name != "README.md"), ids=lambda p: p.name)
def test_every_real_file_passes_the_proof_of_its_name(tmp_path: Path, path: Path) -> None:
    prove_file(tmp_path, path.name, path.read_bytes())


# name of the added file, the file that it really is, the expected message
WRONG: dict[str, tuple[str, Path, str]] = {
    "last_years_dashboard": (
        "eladownload2024.txt",
        SAMPLE / "eladownload2023.txt",
        "its rows are for 2023, not for 2024",
    ),
    "last_years_workbook": (
        "assistancestatus24.xlsx",
        SAMPLE / "assistancestatus23.xlsx",
        "its rows are for 2023, not for 2024",
    ),
    "last_years_local_indicators": ("Pr12024.xlsx", SAMPLE / "Pr12023.xlsx", "its rows are for 2023, not for 2024"),
    "mathematics_as_english": (
        "eladownload2024.txt",
        SAMPLE / "mathdownload2024.txt",
        "its rows are for MATH, not for ELA",
    ),
    "absenteeism_as_graduation": (
        "graddownload2024.txt",
        SAMPLE / "chronicdownload2024.txt",
        "its rows are for CHRO, not for GRAD",
    ),
    "suspension_as_absenteeism_2022": (
        "chronicdownload2022.txt",
        SAMPLE / "suspdownload2022.txt",
        "the column type, which only a file of susp has",
    ),
    "graduation_as_absenteeism_2022": (
        "chronicdownload2022.txt",
        SAMPLE / "graddownload2022.txt",
        "which only a file of grad has",
    ),
    "absenteeism_as_graduation_2022": (
        "graddownload2022.txt",
        SAMPLE / "chronicdownload2022.txt",
        "none of the columns that identify grad",
    ),
    "absenteeism_as_suspension_2022": (
        "suspdownload2022.txt",
        SAMPLE / "chronicdownload2022.txt",
        "none of the columns that identify susp",
    ),
    "local_indicators_2017_as_2018": ("LocalIndPerf2018.txt", STATE / "LocalIndPerf2017.txt", "it lacks priority 7"),
    "local_indicators_2018_as_2017": ("LocalIndPerf2017.txt", STATE / "LocalIndPerf2018.txt", "it lists priority 7"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_under_the_name_of_another_is_refused(tmp_path: Path, case: str) -> None:
    name, real, said = WRONG[case]
    with pytest.raises(SourceError) as raised:
        prove_file(tmp_path, name, real.read_bytes())
    assert said in str(raised.value)
    assert name in str(raised.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("second2425.asp", "for the first interim report, not for the second"),
        ("first2526.html", "the page is for 2024-25, not for 2025-26"),
        ("first2425.htm", ""),
    ],
)
def test_a_page_of_interim_certifications_names_its_year_and_period(tmp_path: Path, name: str, said: str) -> None:
    if not said:
        prove_file(tmp_path, name, PAGE.encode())
        return
    with pytest.raises(SourceError, match=said):
        prove_file(tmp_path, name, PAGE.encode())


def test_a_file_is_not_accepted_as_another_source(night: Night, cde: Cde) -> None:
    without_code = MATH_BYTES.replace(b"\tMATH\t", b"\t\t")
    cde.scripts = {ELA: [body(ELA_BYTES, '"a"')]}
    (night.inbox / "mathdownload2024.txt").write_bytes(without_code)
    night()
    (night.inbox / "eladownload2024.txt").write_bytes(without_code)
    assert [(f.file, f.reason) for f in unused_files(night())] == [
        ("eladownload2024.txt", "it has the same bytes as mathdownload2024.txt")
    ]


def unused_of(workplace: Workplace) -> dict[str, str]:
    """Return files that a run on a folder does not use, and the reasons. No table has what depends on them."""
    run = Run.start(workplace.settings())
    take_snapshots(run)
    read_raw(run)
    return {f.file: f.reason for f in unused_files(run)}


def test_the_same_bytes_under_two_names_are_both_unused(workplace: Workplace) -> None:
    content = sample("mathdownload2022.txt")
    (workplace.source / "eladownload2022.txt").write_bytes(content)
    (workplace.source / "mathdownload2022.txt").write_bytes(content)
    said = "it has the same bytes as {}download2022.txt"
    assert unused_of(workplace) == {
        "eladownload2022.txt": said.format("math"),
        "mathdownload2022.txt": said.format("ela"),
    }


@pytest.mark.parametrize(
    ("name", "real", "said"), [(n, r, s) for n, r, s in WRONG.values() if n != "LocalIndPerf2017.txt"]
)
def test_a_file_in_a_folder_under_the_name_of_another_is_not_used(
    workplace: Workplace, name: str, real: Path, said: str
) -> None:
    (workplace.source / real.name).unlink(missing_ok=True)
    (workplace.source / name).write_bytes(real.read_bytes())
    reasons = unused_of(workplace)
    assert list(reasons) == [name]
    assert said in reasons[name]
