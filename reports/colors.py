"""The Dashboard's performance colors as people see them: a word, a fill, and the ink that is legible on it (contrast of 4.5 or more)."""

COLORS = {
    0: ("no color", "#eceff1", "#37474f"),
    1: ("red", "#c62828", "#ffffff"),
    2: ("orange", "#f6a13c", "#1a1a1a"),
    3: ("yellow", "#ffe169", "#1a1a1a"),
    4: ("green", "#2e7d4f", "#ffffff"),
    5: ("blue", "#1e5fa8", "#ffffff"),
}
PLAIN = COLORS[0][1:]
STATUS_LEVELS = ("Very Low", "Low", "Medium", "High", "Very High")


def level_word(measure: str, level: int | None, worst_status_label: str) -> str:
    """A level in CDE's word: a color, or a status level whose words run the other way where less is better."""
    if measure == "color":
        return COLORS[level or 0][0]
    if not level:
        return "no status"
    labels = STATUS_LEVELS if worst_status_label == STATUS_LEVELS[0] else STATUS_LEVELS[::-1]
    return labels[level - 1]


def level_color(measure: str, level: int | None) -> int:
    """Number of the color to fill with; status levels have none (2022 had no colors)."""
    return (level or 0) if measure == "color" else 0


def direction(change: float | None, better: str) -> str:
    """What a change means, since up is bad for absence and suspension."""
    if not change:
        return "" if change is None else "same"
    return "better" if (change > 0) == (better == "up") else "worse"
