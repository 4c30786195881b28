"""The page Rules: a text that somebody pastes, the addition that it gives, and what is looked for."""

from typing import get_args
from urllib.parse import urlencode

import pytest
from lxml.html import document_fromstring

from watcher.judge import SORTS
from watcher.settings.topics import Needs
from watcher.values import Entry
from watcher.web.highlight import Piece, cut_pieces
from watcher.web.rules import EXAMPLES, LONGEST, NEEDS

pytest_plugins = ("web_site",)

TITLE = "Mayor of Daegu visits Taipei"
TEXT = "Sister cities since 2010.\nSister Cities International looked on; the stock exchange fell."


def test_of_marks_in_one_place_the_later_one_is_seen_and_neighbours_stay_apart():
    pieces = cut_pieces(
        "台北上海 and Daegu", [("cue", 0, 9), ("city", 0, 2), ("city", 2, 4), ("city", 9, 99), ("cue", -4, -2)]
    )
    assert [(piece.text, piece.sort) for piece in pieces] == [
        ("台北", "city"),
        ("上海", "city"),
        (" and ", "cue"),
        ("Daegu", "city"),
    ]
    assert cut_pieces("bare", []) == [Piece(text="bare")]
    assert cut_pieces("", [("city", 0, 3)]) == []


def test_a_pasted_text_is_judged_as_an_addition_with_its_finds_in_place(page):
    answer = page.client.post("/rules", data={"title": TITLE, "text": TEXT.replace("\n", "\r\n")})
    assert answer.status_code == 200
    told = document_fromstring(answer.text)
    [sheet] = told.xpath("//section[h2='Judgement']")
    assert sheet.xpath("string(.//strong)") == "matched"
    assert sheet.xpath(".//a/@href") == ["/pairs/daegu~taipei"]
    marked = {(mark.get("class"), mark.text) for mark in sheet.xpath(".//p/mark")}
    assert {("city", "Daegu"), ("counts", "Sister cities"), ("does-not-count", "Sister Cities")} <= marked
    assert ("speaks-against", "stock exchange") in marked
    weights = [float(cell) for cell in sheet.xpath(".//table[1]/tbody/tr/td[4]/text()") if cell[0] in "+-"]
    judgement = page.site.judge.judge(Entry(title=TITLE, text=TEXT))
    assert sum(weights) == judgement.score
    assert f": {judgement.score:g} points, 3.5 are needed." in sheet.xpath("string(p)")
    assert "not before" in sheet.xpath("string(.//details)")
    assert told.xpath("string(//textarea)").strip() == TEXT


def test_the_words_for_needs_and_sorts_are_complete(page):
    assert set(get_args(Needs)) == set(NEEDS)
    assert {row.sort for example in EXAMPLES for row in _explain(page, example).rows} <= set(SORTS)


def test_nothing_is_judged_until_something_is_asked(page):
    told = page.get("/rules")
    assert told.xpath("//h2/text()") == ["Try one of these", "What is looked for"]
    assert told.xpath("//table//tbody/tr/*/text()")[:3] == ["City exchange", "3.5", "2"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title[:20])
def test_an_example_is_judged_as_it_says(page, example):
    told = page.get(example.address)
    assert told.xpath("string(//section//strong)") == example.verdict
    assert told.xpath("string(//input[@name='title']/@value)") == example.title


def test_a_hostile_text_is_only_text(page):
    hostile = '</textarea><script>alert(1)</script>" onfocus="alert(2)\u202e\0{{ 7*7 }} Taipei'
    told = page.get(f"/rules?{urlencode({'title': hostile, 'text': hostile})}")
    assert not told.xpath("//script | //*[@onfocus]")
    assert "<script>alert(1)</script>" in told.xpath("string(//textarea)")
    assert "{{ 7*7 }}" in told.xpath("string(//textarea)")


def test_a_text_that_is_too_long_is_refused_and_not_lost(page):
    long = "市" * (LONGEST // 3)
    assert "of each field the first 4,000" in page.client.post("/rules", data={"text": long[:5_000]}).text.lower()
    answer = page.client.post("/rules", data={"title": "Forum", "text": long})
    told = document_fromstring(answer.text)
    assert (answer.status_code, told.xpath("string(//*[@role='alert'])")[:28]) == (400, "This is longer than 20 kB; l")
    assert told.xpath("string(//textarea)").strip() == long


def _explain(page, example):
    return page.site.judge.explain(Entry(title=example.title, text=example.text))
