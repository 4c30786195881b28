"""The HTML of a digest holds nothing that the mail programs of its readers do not know, or cannot do without."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from lxml import html as lxml_html
from test_compose import edition, news, reason
from test_words import full

import watcher.compose
from watcher.compose import compose_digest

CLIENTS = ("Gmail", "Outlook for Windows", "Outlook.com", "Apple Mail", "Yahoo", "Thunderbird")
READ_ON = "2026-11-28"
"""When this table was written down, from the public support data of caniemail.com; each row has the day of its test."""
SUPPORT = {  # one letter for each client: y = yes, a = in part or with a flaw, n = no, u = unknown
    "background-color": ("yyyyyy", "2019-02-28"),
    "border": ("yayyyy", "2021-07-22"),
    "border-radius": ("ynyyay", "2021-03-09"),
    "dir": ("yayyyy", "2021-11-01"),
    "font-size": ("yayyay", "2024-02-28"),
    "font-weight": ("yayyay", "2022-06-23"),
    "lang": ("yyyyay", "2020-10-25"),
    "letter-spacing": ("yayyyy", "2020-01-19"),
    "line-height": ("yayyyy", "2021-10-02"),
    "margin": ("aaayyy", "2019-10-01"),
    "max-width": ("ynyyyy", "2019-08-02"),
    "padding": ("yayyyy", "2019-07-25"),
    "style element": ("aayyyy", "2019-06-20"),
    "text-decoration": ("yayyyy", "2019-02-28"),
    "text-decoration-color": ("ynyyyy", "2020-04-30"),
    "text-underline-offset": ("nnnyny", "2023-01-16"),
    "word-break": ("yyaany", "2022-02-15"),
    "!important": ("aayyay", "2021-11-30"),
    "@media": ("anayan", "2019-08-20"),
    ":lang": ("nnnynu", "2022-07-12"),
    "color-scheme": ("nnnyny", "2023-09-18"),
    "prefers-color-scheme": ("nnyynn", "2019-09-26"),
}
CSS_1 = {"color", "font-family"}
"""As old as style sheets (1996); nobody tests them any more."""
WITHOUT = {
    "border-radius": "corners are square",
    "max-width": "a table that only Outlook sees sets the width",
    "text-decoration-color": "links are underlined in their own colour",
    "text-underline-offset": "the line is nearer to the words",
    "word-break": "Korean words may break",
    "@media": "a phone shows the wide margins",
    ":lang": "the program chooses the font by the lang attribute, or one for all",
    "color-scheme": "the program darkens the light colours by itself, or leaves them",
    "prefers-color-scheme": "the program darkens the light colours by itself, or leaves them",
}
"""What remains where a program does not know a feature: the digest can be read all the same."""
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "div", "p", "h1", "h2", "h3", "a", "span", "b", "br"}
ATTRIBUTES = {"lang", "dir", "class", "style", "href", "charset", "name", "content"}
TEMPLATES = Path(watcher.compose.__file__).parent / "templates"
FAMILIES = re.compile(r"(border|margin|padding)-(top|right|bottom|left|color)")
DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;}]+)")


@pytest.fixture(scope="module")
def document():
    """A digest in which every part stands, in two languages."""
    hit = news(50, reasons=(reason(news().summary, "memorandum"),))
    one = edition(hit, *(news(number, story_id=1) for number in range(1, 12)), feeds_read=2, backfilled=3)
    pages = (full("zh-Hant"), full("en"), one, replace(one, news=()))
    return [lxml_html.document_fromstring(compose_digest(page).html) for page in pages]


def is_fine(feature: str) -> bool:
    name = FAMILIES.sub(r"\1", feature)
    return name in CSS_1 or (name in SUPPORT and ("n" not in SUPPORT[name][0] or name in WITHOUT))


def test_the_table_has_a_letter_for_each_client_and_a_way_out_for_each_no():
    for feature, (letters, tested) in SUPPORT.items():
        assert len(letters) == len(CLIENTS)
        assert is_fine(feature)
        assert "2019" <= tested < READ_ON


def test_elements_and_attributes_are_those_that_all_mail_programs_know(document):
    for element in (one for page in document for one in page.iter() if isinstance(one.tag, str)):
        assert element.tag in ELEMENTS
        assert set(element.keys()) <= ATTRIBUTES


def test_every_style_of_an_element_is_known_or_can_be_done_without(document):
    styles = {style for page in document for style in page.xpath("//@style")}
    used = {name for style in styles for name, _ in DECLARATION.findall(style)}
    assert {name for name in used if not is_fine(name)} == set()
    assert "word-break" not in used
    assert "!important" not in "".join(styles)


def test_the_style_sheet_only_betters_what_is_there(document):
    sheet = "".join(document[0].xpath("//style/text()"))
    assert {
        name for name, _ in DECLARATION.findall(re.sub(r"@media[^{]+|:root|:lang\(\S+", "", sheet)) if not is_fine(name)
    } == set()
    assert set(re.findall(r"@([a-z-]+)", sheet)) == {"media"}
    assert set(re.findall(r"@media \(([a-z-]+)", sheet)) == {"max-width", "prefers-color-scheme"}
    assert set(re.findall(r"(?<=[\w,\s}]):([a-z-]+)", re.sub(r"\{[^{}]*\}", "{}", sheet))) <= {"root", "lang"}
    for value in (value for _, value in DECLARATION.findall(sheet.partition("@media")[2].partition("{")[2])):
        assert value.endswith(" !important")


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["inline.css", "client.css"])
def test_every_text_stands_out_from_its_ground_by_day_and_by_night(name):
    """WCAG 2.2, 1.4.3: 4.5 to 1. A hit has the colour of the text around it."""
    sheet = (TEMPLATES / name).read_text("utf-8")
    [hit] = re.findall(r"\.hit \{ background-color: (#\w{6})", sheet)
    texts = set(re.findall(r"(?<![-\w])color: (#\w{6})", sheet))
    grounds = set(re.findall(r"background-color: (#\w{6})", sheet)) - {hit}
    [body] = re.findall(r"body \{[^}]*(?<![-\w])color: (#\w{6})", sheet)
    assert len(grounds) == 2
    assert {pair: contrast(*pair) for pair in [*product(texts, grounds), (body, hit)] if contrast(*pair) < 4.5} == {}
