"""Names that browsers, mail programs and people give to CDE's files, and the sources that they match."""

import pytest

from transforms.settings import PROJECT
from transforms.sources.catalog import load_catalog
from transforms.sources.file_names import recognize, refusal_of_name, similar

KNOWN = load_catalog(PROJECT / "data").by_file_name()

MEANT = {
    "eladownload2024.txt": [
        "eladownload2024.txt", "ELADownload2024.TXT", "eladownload2024 (1).txt", "eladownload2024(2).txt",
        "eladownload2024[1].txt", "eladownload2024.txt.txt",
        "Copy of eladownload2024.txt", "Copy (2) of eladownload2024.txt", "eladownload2024 - Copy.txt",
        "eladownload2024 - Copy (2).txt",
        "eladownload2024 copy.txt", "eladownload2024 copy 2.txt", "eladownload2024_1.txt", "eladownload2024-2.txt",
        "eladownload2024 2.txt",
        "eladownload2024%20(1).txt", "eladownload2024%20.txt", "eladownload2024.txt ", " eladownload2024.txt",
        "eladownload2024 .txt", "eladownload2024",
        "eladownload2024.csv", "eladownload2024.tsv", "eladownload2024.txt (1).txt", "Fwd eladownload2024.txt",
        "eladownload2024.xlsx",
    ],
    "graddownload2017f.txt": ["graddownload2017f (1).txt", "GRADDOWNLOAD2017F.TXT", "graddownload2017f_1.txt"],
    "assistancestatus19-rev.xlsx": [
        "assistancestatus19-rev (1).xlsx", "Copy of assistancestatus19-rev.xlsx", "assistancestatus19-rev - Copy.xlsx",
    ],
    "pr12024.xlsx": ["Pr12024 (1).xlsx", "pr12024.xlsx.xlsx"],
    "pr12024.txt": ["Pr12024 (1).txt", "Pr12024.txt.txt"],
    "localindperf2018.txt": ["LocalIndPerf2018 (3).txt", "localindperf2018.TXT"],
    "assistance-status.xls": ["assistance-status (1).xls", "Assistance-Status.XLS"],
}  # fmt: skip


@pytest.mark.parametrize(("right", "name"), [(right, name) for right, names in MEANT.items() for name in names])
def test_a_careless_name_is_matched_to_its_catalog_file(right: str, name: str) -> None:
    assert recognize(name, KNOWN) == (KNOWN[right], right)
    assert refusal_of_name(name, right) is None


@pytest.mark.parametrize(
    "name",
    [
        "holiday.jpg",
        "notes.txt",
        "ela 2024 final.txt",
        "eladownload.txt",
        "",
        "(1).txt",
        "copy of.txt",
        "_1",
        "2024.xlsx",
    ],
)
def test_an_unrelated_name_matches_no_catalog_file(name: str) -> None:
    assert recognize(name, KNOWN) == (None, "")


@pytest.mark.parametrize("name", [n for n in KNOWN if n.count(".") == 1])
def test_no_catalog_name_matches_another(name: str) -> None:
    assert recognize(name, KNOWN) == (KNOWN[name], name)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("assistance status 2023 (final).xlsx", "assistancestatus23.xlsx"),
        ("ela download 2024 new.txt", "eladownload2024.txt"),
        ("assistancestatus24-rev.xlsx", "assistancestatus24.xlsx"),  # only the edition of 2019 has a -rev
        ("charterassistance25-final.xlsx", "charterassistance25.xlsx"),
        ("eladownload2030.txt", None),  # of an unknown year
        ("assistancestatus30.xlsx", None),
    ],
)
def test_a_suggested_name_has_the_year_of_the_given_name(name: str, right: str | None) -> None:
    found = similar(name, KNOWN)
    assert (found and found.file) == right


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("eladownload2024.txt.download", "Download it again, or rename it to eladownload2024.txt"),
        ("eladownload2024.txt.crdownload", "rename it to eladownload2024.txt"),
        ("eladownload2024.txt.part", "rename it to eladownload2024.txt"),
        ("eladownload2024.zip", "Unpack it, and put eladownload2024.txt here"),
        ("eladownload2024 (1).txt.zip", "Unpack it, and put eladownload2024.txt here"),
        ("eladownload2024.txt.gz", "Unpack it"),
    ],
)
def test_a_name_of_an_unreadable_format_is_refused_with_advice(name: str, said: str) -> None:
    source, right = recognize(name, KNOWN)
    assert source is KNOWN["eladownload2024.txt"]
    refused = refusal_of_name(name, right)
    assert refused is not None
    assert said in refused.advice
