"""HTML pages that list news, by selectors. All pages are invented samples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import ReadProblem
from watcher.read import read_document
from watcher.read.listpage import MOST_ENTRIES, find_date
from watcher.read.source import Source
from watcher.values import Reading, Selectors

URL = "https://www.bay.example/news/list.html"
ROWS = Selectors(item="ul.news > li", date="span")


def page(*rows: str, head: str = "") -> bytes:
    menu = "<nav><a href='/'>Home</a></nav>"
    return f"<!DOCTYPE html><html><head><title>Bay: news</title>{head}</head><body>{menu}<ul class=news>{''.join(rows)}</ul></body></html>".encode()


def row(link: str, words: str, day: str = "") -> str:
    return f'<li><a href="{link}">{words}</a><span>{day}</span></li>'


def read(body: bytes, selectors: Selectors = ROWS, *, content_type: str = "", region: str = "TW") -> Reading:
    return read_document(
        body,
        url=URL,
        zone="Asia/Taipei",
        region=region,
        language="zh-Hant",
        content_type=content_type,
        select=selectors,
    )


def test_a_page_becomes_entries() -> None:
    reading = read(
        page(row("1.html", "Kobe &amp; Riga meet", "[ 2026-09-28 ]"), row("/2", "Oslo <b>greets</b> Lomé", "115.9.27"))
    )
    assert [(entry.key, entry.url, entry.title) for entry in reading.entries] == [
        ("https://www.bay.example/news/1.html", "https://www.bay.example/news/1.html", "Kobe & Riga meet"),
        ("https://www.bay.example/2", "https://www.bay.example/2", "Oslo greets Lomé"),
    ]
    assert [f"{entry.published_at:%m-%d %H}" for entry in reading.entries] == ["09-27 16", "09-26 16"]
    assert reading.entries[0].published_raw == "2026-09-28"
    assert (reading.format, reading.title, reading.language, reading.notes) == ("list", "Bay: news", "zh-Hant", ())


def test_a_page_in_gb2312_that_says_so_is_read_right() -> None:
    head = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    body = page(row("1.html", "上海市与大阪市签署友好城市协议", "2026年9月28日"), head=head).decode().encode("gb18030")
    reading = read(body)
    assert [entry.title for entry in reading.entries] == ["上海市与大阪市签署友好城市协议"]
    assert reading.encoding == "gb18030"


def test_links_are_joined_to_the_base_that_the_page_names() -> None:
    [entry] = read(page(row("1.html", "Kobe and Riga meet"), head='<base href="/en/">')).entries
    assert entry.url == "https://www.bay.example/en/1.html"


@pytest.mark.parametrize(
    "link", ["javascript:void(0)", "JavaScript:open(1)", "#top", "", "mailto:a@bay.example", "list.html#2"]
)
def test_a_link_that_leads_to_no_other_page_is_left_out(link: str) -> None:
    both = f'<li><a href="{link}">Share</a><a href="/2">Oslo greets Lomé</a><span></span></li>'
    assert [entry.url for entry in read(page(row(link, "Share"), both)).entries] == ["https://www.bay.example/2"]


def test_a_title_that_is_cut_or_missing_is_taken_from_its_attribute() -> None:
    cut = '<li><a href="/1" title="Kobe and Riga meet at the harbour">Kobe and Riga…</a></li>'
    picture = '<li><a href="/2" title="Oslo greets Lomé"><img src="o.png"></a></li>'
    whole = '<li><a href="/3" title="Opens in a new window">Turku and Varna</a></li>'
    assert [entry.title for entry in read(page(cut, picture, whole)).entries] == [
        "Kobe and Riga meet at the harbour",
        "Oslo greets Lomé",
        "Turku and Varna",
    ]


def test_a_title_is_resolved_once() -> None:
    assert read(page(row("/1", "How to write &amp;amp;, 3 &lt; 5"))).entries[0].title == "How to write &amp;, 3 < 5"


def test_an_address_that_is_listed_twice_is_one_entry() -> None:
    twice = (row("/1", "Kobe and Riga meet"), row("/2", "Oslo greets Lomé"), row("/1", "read more"))
    assert [entry.title for entry in read(page(*twice)).entries] == ["Kobe and Riga meet", "Oslo greets Lomé"]


def test_an_item_may_be_the_link_and_hold_title_and_time_of_its_own() -> None:
    card = '<a class=card href="/1"><img src=a.png><h3>Kobe and Riga meet</h3><p>Ferries.</p><time datetime="2026-09-28T10:00:00+09:00">Monday</time></a>'
    [entry] = read(page(card), Selectors(item="a.card", title="h3", date="time")).entries
    assert (entry.url, entry.title) == ("https://www.bay.example/1", "Kobe and Riga meet")
    assert f"{entry.published_at:%d %H:%M}" == "28 01:00"


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        (Selectors(item="ol.news > li"), "nothing on the page matches item = 'ol.news > li'; look in a browser"),
        (Selectors(item="li", link="a.more"), r"no item holds a link .*link = 'a.more'\); look in a browser"),
        (Selectors(item="li", title="h3"), "no item holds anything that matches title = 'h3'; look in a browser"),
    ],
)
def test_a_selector_that_finds_nothing_is_named_with_the_cure(selectors: Selectors, words: str) -> None:
    with pytest.raises(ReadProblem, match=words):
        read(page(row("/1", "Kobe and Riga meet")), selectors)


def test_a_date_that_is_not_found_is_a_note_and_no_date() -> None:
    reading = read(page(row("/1", "Kobe and Riga meet")), Selectors(item="li", date="time"))
    assert reading.entries[0].published_at is None
    assert reading.notes == ("nothing in the items matches date = 'time'",)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("發布日期：115-11-20 點閱數：33", "115-11-20"),
        ("發布單位：秘書處 | 民國115年9月28日", "民國115年9月28日"),
        ("[2026-09-28 10:30]", "2026-09-28 10:30"),
        ("(2026/9/28)", "2026/9/28"),
        ("등록일 2026.09.28 조회수 12", "2026.09.28"),
        ("2026年9月28日 市政府", "2026年9月28日"),
        ("Posted on September 28, 2026 by the Office", "September 28, 2026"),
        ("Updated: 28 Sep 2026 | Views 20", "28 Sep 2026"),
        ("2026-09-28T10:00:00+09:00", "2026-09-28T10:00:00+09:00"),
        ("Tel. 02-27208889 ext. 1234", "Tel. 02-27208889 ext. 1234"),
        ("2026-13-45", "2026-13-45"),
    ],
)
def test_a_date_is_found_inside_a_text(text: str, date: str) -> None:
    assert find_date(text, Source(region="TW", zone="Asia/Taipei")) == date


def test_a_page_of_a_hundred_thousand_links_is_cut_and_says_so() -> None:
    reading = read(page(*(row(f"/{number}", "Kobe") for number in range(MOST_ENTRIES + 5))))
    assert len(reading.entries) == MOST_ENTRIES
    assert reading.notes[0] == "5 items behind the first 1,000 left out"


def test_a_page_that_is_no_page_is_a_problem() -> None:
    for body in (b"", b"   ", b'{"a": 1}', b"\x00\x01", b"<div>" * 50_000):
        with pytest.raises(ReadProblem):
            read(body)


WHOLE = page(row("/1", "Kobe &amp; Riga", "115-09-28"), row("/2", "Oslo", "x"), head="<base href='/a/'>")


@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 9), st.binary(max_size=6)), max_size=8))
def test_no_damage_to_a_page_raises_anything_but_a_problem(wounds: list[tuple[int, int, bytes]]) -> None:
    body = WHOLE
    for start, length, bytes_ in wounds:
        body = body[:start] + bytes_ + body[start + length :]
    try:
        entries = read(body).entries
    except ReadProblem:
        return
    assert all(entry.title and entry.url.startswith(("http://", "https://")) for entry in entries)


@given(st.text(max_size=80))
def test_no_text_makes_the_search_for_a_date_fail(text: str) -> None:
    find_date(text, Source())
