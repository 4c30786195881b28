"""What holds on every page that links lead to, for whatever eyes, fingers and programs look at it."""

from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from crawling import crawl

PHONE = {"width": 360, "height": 740}
SERIOUS = {"serious", "critical"}
WAYS = {
    "light": {"color_scheme": "light", "bypass_csp": True},
    "dark": {"color_scheme": "dark", "bypass_csp": True},
    "phone": {"viewport": PHONE, "has_touch": True},
}
"""How each page is opened; axe is a script, which our policy does not let in."""
SPEAKS_OTHERWISE = """() => {
    const written = {ko: /\\p{Script=Hangul}/u, ja: /[\\p{Script=Hiragana}\\p{Script=Katakana}]/u, "zh|ja|ko": /\\p{Script=Han}/u};
    const wrong = [], walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const letters = walker.currentNode.data.match(/\\p{L}/gu) || [];
        const said = walker.currentNode.parentElement.closest("[lang]").lang.split("-")[0];
        for (const [languages, script] of Object.entries(written)) {
            const share = letters.filter(one => script.test(one)).length / letters.length;
            if (share > 0.5 && !languages.split("|").includes(said)) wrong.push(said + ": " + walker.currentNode.data.trim());
        }
    }
    return wrong;
}"""
"""The texts that are written in a script that the language they are marked with does not have."""
TOO_SMALL = """() => [...document.querySelectorAll("main a, main button, main input, main select, nav a")]
    .filter(one => !one.closest("p, li, td, dd") && one.offsetHeight > 0 && one.offsetHeight < 24)
    .map(one => one.outerHTML)"""
GROUND = (
    "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((sum, one) => sum + +one, 0) / 3"
)
"""How bright the ground is, 0 to 255."""


@dataclass(kw_only=True)
class Look:
    """Hold what was seen of one page, opened in one way."""

    title: str
    marks: list[int]
    width: int
    ground: float
    small: list[str]
    otherwise: list[str]
    axe: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def statuses(address):
    """Every address that links lead to, each shape once, and the status of its answer."""
    return crawl(address, "/sign-in")


@pytest.fixture(scope="session")
def looks(statuses, make_tabs):
    """What was seen of every page, opened in every way, by way and path."""
    paths = [path for path, status in statuses.items() if status == 200 and not path.startswith(("/api", "/static"))]
    with make_tabs() as open_tab:
        return {way: look_at_all(open_tab(**options), paths) for way, options in WAYS.items()}


def look_at_all(tab, paths):
    looks = {}
    for path in paths:
        tab.goto(path)
        looks[path] = Look(
            title=tab.title(),
            marks=[tab.locator(one).count() for one in ("h1", "main", "header", "footer", "script")],
            width=tab.evaluate("document.documentElement.scrollWidth"),
            ground=tab.evaluate(GROUND),
            small=tab.evaluate(TOO_SMALL),
            otherwise=tab.evaluate(SPEAKS_OTHERWISE),
        )
        if tab.viewport_size != PHONE:
            looks[path].axe = list(ask_axe(tab))
    return looks


def ask_axe(tab):
    for one in Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]:
        if one["impact"] in SERIOUS:
            yield from (f"{one['id']}: {node['html']} {node['failureSummary']}" for node in one["nodes"])


def seen(looks, way, name):
    """Return one thing that was seen of each page where there is anything of it."""
    return {path: value for path, look in looks[way].items() if (value := getattr(look, name))}


@pytest.mark.parametrize("way", ["light", "dark"])
def test_axe_finds_nothing_serious(looks, way):
    assert seen(looks, way, "axe") == {}


def test_no_page_scrolls_sideways_on_a_phone(looks):
    assert {path: one.width for path, one in looks["phone"].items() if one.width > PHONE["width"]} == {}


def test_what_is_pressed_on_a_phone_is_no_smaller_than_a_fingertip(looks):
    assert seen(looks, "phone", "small") == {}


def test_every_page_is_dark_where_that_is_wanted(looks):
    assert {path for path, one in looks["light"].items() if one.ground < 200} == set()
    assert {path for path, one in looks["dark"].items() if one.ground > 60} == set()


def test_texts_are_marked_with_a_language_that_is_written_so(looks):
    assert seen(looks, "light", "otherwise") == {}


def test_every_page_has_a_title_of_its_own_one_heading_one_main_and_no_script(looks):
    titles = {path: one.title for path, one in looks["light"].items()}
    assert sorted(set(titles.values())) == sorted(titles.values())
    assert {path: one.marks for path, one in looks["light"].items() if one.marks != [1, 1, 1, 1, 0]} == {}
