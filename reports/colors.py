"""The Dashboard's performance colors: a fill, and the ink that is legible on it (contrast of 4.5 or more). 0 is no
color.
"""

COLORS = {
    0: ("#eceff1", "#37474f"),
    1: ("#c62828", "#ffffff"),
    2: ("#f6a13c", "#1a1a1a"),
    3: ("#ffe169", "#1a1a1a"),
    4: ("#2e7d4f", "#ffffff"),
    5: ("#1e5fa8", "#ffffff"),
}
