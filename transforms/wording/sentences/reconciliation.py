"""What each class of the reconciliation means for each kind of flag, in words."""

KINDS = {
    "letter": "the priority letter of this student group",
    "total": "the number of student groups that met the criteria",
    "method": "whether this method of Differentiated Assistance is met",
    "status": "the status of assistance",
    "ec52072": "whether three student groups met the criteria in three of four Dashboards (EC 52072, 52072.5)",
    "ec52071f": "whether a student group met the criteria in three Dashboards running (EC 52071(f))",
    "charter": "a flag of the charter workbook",
    "charter_status": "the status of a charter school (EC 47607.3)",
    "red": "whether the indicator is at its worst for this student group, by CDE's list of low performing LEAs",
    "ec52064e5": (
        "whether this student group met the criteria in three Dashboards running, by CDE's list under EC 52064(e)(5)"
    ),
}
CLASSES = {
    "agree": "Our result and CDE's are the same for {}",
    "only_ours": "We find it and CDE does not: {}",
    "only_cde": "CDE has it and we do not: {}",
    "differs": "Both have a value, and they differ: {}",
    "not_comparable": "Not compared: {}",
}
