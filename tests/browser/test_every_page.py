"""What holds on every page that links lead to, for whatever eyes, fingers and programs look at it."""

from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from crawling import crawl, is_page

PHONE = {"width": 360, "height": 740}
SERIOUS = {"serious", "critical"}
WAYS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE, "has_touch": True},
}
"""How each page is opened."""
ASKED = {"light": {}, "dark": {"runOnly": ["color-contrast"]}, "phone": {"runOnly": ["target-size"]}}
"""What axe is asked each time, https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md."""
SPEAKS_OTHERWISE = """() => {
    const written = {ko: /\\p{Script=Hangul}/u, ja: /[\\p{Script=Hiragana}\\p{Script=Katakana}]/u, "zh|ja|ko": /\\p{Script=Han}/u};
    const wrong = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const letters = walker.currentNode.data.match(/\\p{L}/gu) || [];
        const said = walker.currentNode.parentElement.closest("[lang]").lang.split("-")[0];
        for (const [languages, script] of Object.entries(written)) {
            const share = letters.filter(one => script.test(one)).length / letters.length;
            if (share > 0.5 && said && !languages.split("|").includes(said)) wrong.push(said + ": " + walker.currentNode.data.trim());
        }
    }
    return wrong;
}"""
"""The texts in a script that the language they are marked with does not have; lang="" says that nobody knows it."""
WRONG = "/items?q=taipei+kind%3Aforums"
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
    otherwise: list[str]
    axe: list[str]


@pytest.fixture(scope="session")
def answers(address):
    """What stands at every address that links lead to, each shape once."""
    return crawl(address, WRONG, "/items?q=nothing-like-it", "/nowhere")


@pytest.fixture(scope="session")
def looks(answers, make_tabs, guarded):
    """What was seen of every page, opened in every way, by way and path."""
    paths = [path for path, answer in answers.items() if is_page(answer)] + [f"{guarded}/sign-in"]
    with make_tabs() as open_tab:
        # axe is a script, which our policy does not let in
        tabs = {way: open_tab(**options, bypass_csp=True) for way, options in WAYS.items()}
        return {way: look_at_all(tab, paths, ASKED[way]) for way, tab in tabs.items()}


def look_at_all(tab, paths, asked):
    looks = {}
    for path in paths:
        tab.goto(path)
        looks[path] = Look(
            title=tab.title(),
            marks=[tab.locator(one).count() for one in ("h1", "main", "header", "footer", "script")],
            width=tab.evaluate("document.documentElement.scrollWidth"),
            ground=tab.evaluate(GROUND),
            otherwise=tab.evaluate(SPEAKS_OTHERWISE),
            axe=list(ask_axe(tab, asked)),
        )
    return looks


def ask_axe(tab, asked):
    for one in Axe().run(tab, options={"resultTypes": ["violations"]} | asked).response["violations"]:
        if one["impact"] in SERIOUS:
            yield from (f"{one['id']}: {node['html']} {node['failureSummary']}" for node in one["nodes"])


def seen(looks, way, name):
    """Return one thing that was seen of each page where there is anything of it."""
    return {path: value for path, look in looks[way].items() if (value := getattr(look, name))}


def test_every_link_leads_somewhere(answers):
    wrong = {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200}
    assert wrong == {"/nowhere": 404, WRONG: 400}


@pytest.mark.parametrize("way", WAYS)
def test_axe_finds_nothing_serious(looks, way):
    assert seen(looks, way, "axe") == {}


def test_no_page_scrolls_sideways_on_a_phone(looks):
    assert {path: one.width for path, one in looks["phone"].items() if one.width > PHONE["width"]} == {}


def test_every_page_is_dark_where_that_is_wanted(looks):
    assert {path for path, one in looks["light"].items() if one.ground < 200} == set()
    assert {path for path, one in looks["dark"].items() if one.ground > 60} == set()


def test_texts_are_marked_with_a_language_that_is_written_so(looks):
    assert seen(looks, "light", "otherwise") == {}


def test_every_page_has_a_title_of_its_own_one_heading_one_main_and_no_script(looks):
    titles = {path: one.title for path, one in looks["light"].items() if "?" not in path}
    assert sorted(set(titles.values())) == sorted(titles.values())
    assert {path: one.marks for path, one in looks["light"].items() if one.marks != [1, 1, 1, 1, 0]} == {}
