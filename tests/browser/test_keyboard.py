"""The page without a mouse."""

FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one);
    return [one.innerText.trim() || one.name || "", style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
}"""
"""What has the focus, and whether one can see that."""
MENU = ["Today", "Items", "Pairs", "Feeds", "Digests", "Rules"]


def walk(tab, steps):
    """Press Tab so often; return what had the focus each time. What has it unseen is a failure."""
    reached = []
    for _ in range(steps):
        tab.keyboard.press("Tab")
        name, is_seen = tab.evaluate(FOCUS)
        assert is_seen, name
        reached.append(name)
    return reached


def test_the_first_stop_leads_past_the_menu_and_is_seen_only_then(tab):
    skip = tab.get_by_text("Skip to the content")
    assert skip.bounding_box()["y"] < 0 or skip.bounding_box()["x"] < 0
    assert walk(tab, 1) == ["Skip to the content"]
    assert skip.bounding_box()["y"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_tab_goes_through_the_menu_as_it_is_read(tab):
    assert walk(tab, 7) == ["Skip to the content", *MENU]
