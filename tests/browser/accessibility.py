"""Accessibility faults that axe finds on a page."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

# Contrast takes axe longer than all its other rules, and depends on the look of an element, not on its text. It is
# checked once for neighbors that look alike, such as the rows of a table; the others are hidden during the check.
# Every other rule sees the whole page.
RUN = """async (contrastAlone) => {
    const options = {resultTypes: ["violations"], preload: false};
    const found = contrastAlone ? [] : [await axe.run({...options, rules: {"color-contrast": {enabled: false}}})];
    const again = [];
    const look = (element) => {
        if (!element.checkVisibility()) return "hidden";
        const style = getComputedStyle(element), seen = new Set(),
            texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE),
            words = texts.map((text) => text.data).join("");
        for (const child of element.children) {
            const same = look(child);
            if (seen.has(same)) again.push(child);
            seen.add(same);
        }
        return [element.localName, style.color, style.backgroundColor, style.backgroundImage, style.opacity,
            style.fontSize, style.fontWeight, style.position, /\\w\\w/.test(words), !!words.trim(), ...seen].join();
    };
    look(document.body);
    again.forEach((element) => element.style.setProperty("display", "none", "important"));
    found.push(await axe.run({...options, runOnly: ["color-contrast"]}));
    return found.flatMap((result) => result.violations).filter((v) => ["serious", "critical"].includes(v.impact))
        .map((v) => [v.id, v.nodes.slice(0, 4).map((node) => node.target)]);
}"""


def serious_faults(page: Any, contrast_alone: bool = False) -> list[Any]:
    """Return serious and critical violations with their first elements, or only those of contrast.

    Leaves the page unfit for other checks.
    """
    page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(RUN, contrast_alone))
