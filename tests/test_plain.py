import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.plain import clean_lines, one_line, plain_text

MARKUP = st.text(
    alphabet=st.one_of(
        st.sampled_from("<>&;/!-[]=\"' \n\tabp#x0"), st.characters(blacklist_categories=()), st.sampled_from("姉妹도시")
    ),
    max_size=200,
)


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("", ""),
        ("Kaohsiung and Busan renew their pact", "Kaohsiung and Busan renew their pact"),
        ("<p>高雄市與釜山市</p><p>簽署備忘錄</p>", "高雄市與釜山市\n簽署備忘錄"),
        ("one<br/>two<BR>three", "one\ntwo\nthree"),
        ("<b>Sister</b><i>hood</i>", "Sisterhood"),
        ("<table><tr><td>Daegu</td><td>Taipei</td></tr></table>", "Daegu Taipei"),
        ("<div>first\nline</div>", "first line"),
        ("first\nline", "first\nline"),
        ("부산\u00a0\u3000 시장", "부산 시장"),
        ("a <!-- hidden <b>words</b> --> b", "a b"),
        ("<![CDATA[ Kobe &amp; Riga ]]>", "Kobe & Riga"),
        ("<o:p>Word</o:p><custom-tag x='1'>kept</custom-tag>", "Wordkept"),
        ("<a href='a>b' title=\"c>d\">link</a>", "link"),
        ("<a title=Don't>x</a> it's here", "x it's here"),
        ('the rest is cut <a href="https://exa', "the rest is cut"),
    ],
)
def test_markup_becomes_the_text_a_reader_sees(markup: str, plain: str) -> None:
    assert plain_text(markup) == plain


@pytest.mark.parametrize("text", ["3 < 5 and 7 > 6", "List<String> explained", "write to <mayor@city.example>", "a <b"])
def test_what_only_looks_like_a_tag_stays(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize(
    "markup",
    [
        "safe<script>alert('x')</script>",
        "safe<SCRIPT src=//e.example>",
        "safe<script>never closed",
        "safe<style>p { color: red }</style>",
        "safe<style>never closed",
        "safe<iframe src=x>inside</iframe>",
        "safe<template><p>inside</p></template>",
        "safe<!-- never closed <p>inside",
        "safe<svg/onload=alert(1)>",
        "safe<x onclick=alert(1)>",
        "safe<?php echo 1 ?>",
        "safe<img src=x onerror=alert(1)//",
    ],
)
def test_scripts_styles_and_attributes_leave_nothing(markup: str) -> None:
    assert plain_text(markup) == "safe"


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("R&amp;D", "R&D"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&lt;b&gt;", "<b>"),
        ("&#22985;&#x59B9;", "姉妹"),
        ("AT&T", "AT&T"),
        ("x&#" + "9" * 5_000 + ";y", "xy"),
        ("x&#x" + "f" * 5_000 + ";y", "xy"),
        ("x&#0;y", "x\ufffdy"),
    ],
)
def test_entities_are_resolved_once(markup: str, plain: str) -> None:
    assert plain_text(markup) == plain


@pytest.mark.parametrize(
    "markup",
    [
        "<im<b>g src=x onerror=steal()>",
        "<<b>script>steal()<<b>/script>",
        "<img\u200b src=x onerror=steal()>",
        "&lt;img src=x onerror=steal()&gt;",
        "&lt;i&#8203;mg src=x onerror=steal()&gt;",
        "<b <i>>x onclick=steal()>",
        "<im< src=x onerror=steal()>",
        "<im" * 9 + "<b>" + "g src=x onerror=steal()>" * 9,
    ],
)
def test_no_tag_is_left_that_its_neighbours_going_has_made(markup: str) -> None:
    assert re.search("<(?!b>)[a-zA-Z/]", plain_text(f"Bay {markup} Hill")) is None
    assert plain_text(f"Bay {markup} Hill").startswith("Bay")


def test_invisible_and_turning_characters_go() -> None:
    assert (
        plain_text("sis\u00adter\u200b ci\u2060ty \u202egnol\u202c \ud800\x00\x1b\ufeffend") == "sister city gnol end"
    )


def test_joiners_that_languages_need_stay() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467 می\u200cشود"
    assert plain_text(family) == family


@given(MARKUP)
def test_plain_text_holds_no_control_character_and_no_empty_line(markup: str) -> None:
    text = plain_text(markup)
    assert all(unicodedata.category(character) not in ("Cc", "Cs") for character in text.replace("\n", ""))
    assert all(line and line == line.strip() for line in text.split("\n")) or not text


PIECES = """< </ im g <b> </b> script> script <script> </script> /onload=steal() &lt; &gt; &#8203; \u200b <!-- --> ]]> svg <svg
    ' " = > &amp;lt; <p> &#60;""".split()  # noqa: SIM905 - a list of them would be long
LIVE = re.compile(
    r"<[a-z][^\s/>]*[\s/][^>]*\bon\w+\s*=|<(?:script|svg|img|iframe|style)(?:[\s/][^<>]*)?>", re.IGNORECASE
)


@given(st.lists(st.sampled_from([*PIECES, " ", "\n", " src=x onerror=steal()>"]), max_size=14).map("".join))
def test_no_arrangement_of_pieces_leaves_a_live_tag(markup: str) -> None:
    assert LIVE.search(plain_text(markup)) is None


@given(MARKUP)
def test_cleaning_lines_twice_changes_nothing(text: str) -> None:
    assert clean_lines(clean_lines(text)) == clean_lines(text)


@pytest.mark.parametrize("piece", ["<a ", '<a ="', "<a ='\"", "<!--", "<script", "<script>", "&#", "<", " \n", "<svg/"])
def test_hostile_repetition_ends(piece: str) -> None:
    plain_text(piece * 100_000)


def test_a_line_is_cut_at_a_blank_or_anywhere_in_chinese() -> None:
    assert one_line("Taipei and\n Fukuoka meet", 100) == "Taipei and Fukuoka meet"
    assert one_line("The mayors of Taipei and Fukuoka met", 25) == "The mayors of Taipei and…"
    assert one_line("臺北市與福岡市締結姊妹市", 6) == "臺北市與福…"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"


@given(st.text(max_size=60), st.integers(min_value=1, max_value=70))
def test_a_cut_line_keeps_the_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
