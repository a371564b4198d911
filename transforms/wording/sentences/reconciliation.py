"""What each class of the reconciliation means for each kind of flag, in words."""

from collections.abc import Mapping

KINDS = {
    "letter": "the priority letter of this student group",
    "total": "the number of student groups that met the criteria",
    "method": "whether this method of Differentiated Assistance is met",
    "status": "the status of assistance",
    "ec52072": "whether three student groups met the criteria in three of four Dashboards (EC 52072, 52072.5)",
    "ec52071f": "whether a student group met the criteria in three consecutive Dashboards (EC 52071(f))",
    "charter": "a flag of the charter workbook",
    "charter_status": "the status of a charter school (EC 47607.3)",
    "red": "whether the indicator is at its worst for this student group, by CDE's list of low performing LEAs",
    "ec52064e5": (
        "whether this student group met the criteria in three consecutive Dashboards, by CDE's list under EC"
        " 52064(e)(5)"
    ),
}
CLASSES = {
    "agree": "Our result and CDE's are the same for {}",
    "only_ours": "We find it and CDE does not: {}",
    "only_cde": "CDE has it and we do not: {}",
    "differs": "Both have a value, and they differ: {}",
    "not_comparable": "Not compared: {}",
}


def agreement_sentence(counts: Mapping[str, int]) -> str:
    """Whether our results agree with CDE's, in one sentence; ``counts``: comparisons by class."""
    total, agree = sum(counts.values()), counts.get("agree", 0)
    compared = total - counts.get("not_comparable", 0)
    if not total:
        return "No flag or letter of CDE is loaded, so there is nothing to compare."
    if not compared:
        return f"None of the {total:,} values that CDE published can be compared with a result of ours."
    start = f"Of the {total:,} values that CDE published, {compared:,} can be compared with our results"
    if agree == compared:
        return f"{start}, and all of them agree."
    apart = compared - agree
    missed = counts.get("only_cde", 0)
    also = f", of which {missed:,} only CDE has" if missed else ""
    return f"{start}: {agree:,} agree and {apart:,} {'differs' if apart == 1 else 'differ'}{also}."
