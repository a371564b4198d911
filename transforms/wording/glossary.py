"""What the field's words mean: the glossary of the pages, and the hover text of words that lead to it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One word and its meaning in a sentence or two."""

    word: str
    meaning: str


GLOSSARY = {
    "lea": Entry(
        "LEA", "Local educational agency: a school district, a county office of education or a charter school."
    ),
    "cds-code": Entry("CDS code", "CDE's number of an LEA: 14 digits for county, district and school."),
    "cde": Entry("CDE", "California Department of Education. It publishes the Dashboard and the assistance workbooks."),
    "ccee": Entry("CCEE", "California Collaborative for Educational Excellence. It gives Direct Technical Assistance."),
    "dta": Entry(
        "Direct Technical Assistance", "Help that CCEE gives to an LEA (EC 52074), by one of several pathways."
    ),
    "pathway": Entry("Pathway", "A way to Direct Technical Assistance: computed from published records, or recorded."),
    "dashboard": Entry(
        "Dashboard", "The California School Dashboard: CDE's yearly results by LEA, student group and indicator."
    ),
    "determination-year": Entry(
        "Determination year", "The Dashboard year that a verdict rests on. It holds until the next Dashboard."
    ),
    "priority": Entry(
        "State priority",
        "One of ten areas in which an LEA's results are assessed. Dashboard indicators are for 4, 5, 6 and 8.",
    ),
    "criteria": Entry(
        "Meets the criteria",
        "A student group does on a Dashboard where it meets the criteria of two or more priorities.",
    ),
    "letters": Entry(
        "Letter", "A to K in CDE's workbooks: the state priorities whose criteria a student group met in a year."
    ),
    "color": Entry("Color", "The result of an indicator from Red, the worst, to Blue. It joins status and change."),
    "status-level": Entry("Status level", "Very High to Very Low. The 2022 Dashboard has levels in place of colors."),
    "differentiated-assistance": Entry(
        "Differentiated Assistance", "Help by the county office (EC 52071, 52071.5), by one of four methods."
    ),
    "method-1": Entry("Method 1", "One or more student groups met the criteria."),
    "method-2": Entry("Method 2", "Two or more local indicators were not met for two or more years."),
    "method-3": Entry(
        "Method 3", "One local indicator was not met, and a student group met the criteria of one other priority."
    ),
    "method-4": Entry("Method 4", "End-of-Year data in CALPADS was not certified in time, from 2024 on."),
    "year-1": Entry(
        "Year 1, Year 2", "Assistance begins in Year 1 and goes on for a second year without new criteria."
    ),
    "three-dashboards": Entry(
        "Three consecutive Dashboards",
        "A student group met the criteria on each of three Dashboards in a row (EC 52071(f)).",
    ),
    "continuum": Entry(
        "Continuum of Support", "Three student groups met the criteria in three of four Dashboards (EC 52072, 52072.5)."
    ),
    "sir": Entry(
        "SIR+", "CCEE's name for work after a Systemic Instructional Review: the help of the Continuum of Support."
    ),
    "wraparound": Entry(
        "Wraparound", "Help for a district that received an emergency apportionment (EC 52074(g)(2)(A))."
    ),
    "state-loan": Entry(
        "State loan", "An emergency apportionment: money that the state lends to a district by an act."
    ),
    "geographic-lead": Entry(
        "Geographic Lead", "A county office that leads assistance in an area of counties (EC 52073)."
    ),
    "charter-test": Entry("Charter schools' assistance", "The criteria met on two Dashboards in a row (EC 47607.3)."),
    "local-indicator": Entry(
        "Local indicator", "What an LEA reports on its own work in priorities 1, 2, 3, 6, 7, 9 and 10."
    ),
    "lcap": Entry(
        "LCAP", "Local Control and Accountability Plan: what an LEA plans for three years and updates yearly."
    ),
    "calpads": Entry(
        "CALPADS", "The state's data system on students. Districts and county offices certify their data."
    ),
    "cde-flag": Entry("CDE's flag", "Y or N in CDE's workbook: whether an LEA meets the criteria by CDE itself."),
    "not-determined": Entry("Not determined", "An input is missing, or the law leaves it open. It never means no."),
    "not-assessed": Entry("Not assessed", "There are no results to assess, or no case is on record."),
}
