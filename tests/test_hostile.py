"""Hostile documents from the wire to the mail: each entry is told, and nothing that is told can be executed."""

import email
import html
import json
import re
import shutil
import sqlite3
import unicodedata
from contextlib import closing
from email import policy

import pytest
from conftest import answer
from lxml.html import document_fromstring
from reading import quick_poll

from watcher.deliver import open_channels
from watcher.digest import note_subscriptions, open_due
from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.sending import send_due
from watcher.settings.feeds import FeedSettings
from watcher.settings.topics import Topics

MARKUP = [
    "<script>steal()</script>",
    "<SCRIPT SRC=//evil.example/steal()></SCRIPT>",
    "<scr<script>ipt>steal()</scr</script>ipt>",
    "<<b>script>steal()<<b>/script>",
    "<im<b>g src=x onerror=steal()>",
    "<img\u200b src=x onerror=steal()>",
    "<img/src='x'onerror=steal()>",
    "<svg/onload=steal()>",
    "<svg><a xlink:href='javascript:steal()'>x</a></svg>",
    "<a href='java&#x09;script:steal()'>x</a>",
    "<a href=\"data:text/html;base64,c3RlYWwoKQ==\" onclick='steal()'>x</a>",
    "<iframe srcdoc='<script>steal()</script>'></iframe>",
    "<math><mtext><style><img src=x onerror=steal()></style></mtext></math>",
    "<!--><img src=x onerror=steal()>-->",
    "<a title='</title><script>steal()</script>'>x</a>",
    '"><body onload=steal()>',
    "<b <i>>x onclick=steal()>",
    "{{ steal() }}{% include 'steal()' %}",
    "\u202egnol\u202c \u2066turned\u2069 \u200fmarks\u061c",
    "nothing\x00 \x1b[31mred\x1b[0m \x07\x08 \x85\u2028\u2029 separators",
    "\ufeff\ufff9\ufffb\U000e0041tags \u200b\u2060\u00ad",
    "&#0; &#x1b; &#xd800; &#x110000; &#" + "9" * 3_000 + ";",
    "\r\nBcc: thief@evil.example\r\n\r\nbody",
    "=?utf-8?q?=0d=0aBcc:_thief?= =?utf-8?b?PHNjcmlwdD4=?=",
    "x" * 60_000,
]
LINKS = [
    "javascript:steal()",
    "java\tscript:steal()",
    " JaVaScRiPt&colon;steal()",
    "data:text/html,<script>steal()</script>",
    "vbscript:steal()",
    "file:///etc/steal()",
    "https://user:steal()@evil.example\\@bay.example/",
    'https://bay.example/"onmouseover="steal()',
    "https://bay.example/'><script>steal()</script>",
    "https://bay.example/\r\nBcc: thief",
    "https://bay.example/\u202egnol",
    "//bay.example/" + "a" * 9_000,
]
DATES = ["<script>steal()</script>", "28 Sep 2026 10:00 <b onclick=steal()>", "9" * 400, "\u202e2026-09-28\x00"]
TAGS = r"<(?:/?(?:script|img|svg|iframe|style|body|math|object|a)\b|[a-z][^<>]*\bon\w+\s*=)"
EXECUTABLE = re.compile(rf"{TAGS}|java\s*script\s*:|vbscript:|data:text", re.IGNORECASE)
HEADERS = "Auto-Submitted Content-Type Date From List-Id List-Unsubscribe MIME-Version Message-ID Subject To"
PLAIN_CONTROLS = "\n\u200c\u200d"
"""Line ends of a text, and the joiners that Persian and emoji need."""


def entries(written=str, links=tuple(LINKS)):
    """Number hostile titles, links and dates through, so that each can be looked for."""
    hostile = [
        *({"title": written(markup), "text": written(markup)} for markup in MARKUP),
        *({"date": date} for date in DATES),
        *({"link": link} for link in links),
    ]
    for number, one in enumerate(hostile):
        usual = {"id": f"Bay {number:03}", "title": "", "text": "", "link": f"https://bay.example/{number}", "date": ""}
        yield usual | one | {"title": f"{usual['id']} {one.get('title', '')} Hill"}


def write_rss(written):
    items = (
        f"<item><guid>{one['id']}</guid><title>{html.escape(one['title'])}</title><link>{html.escape(one['link'])}"
        f"</link><description>{html.escape(one['text'])}</description><pubDate>{html.escape(one['date'])}</pubDate></item>"
        for one in entries(written)
    )
    title = html.escape(MARKUP[0] + MARKUP[-4])
    return f"<rss version='2.0'><channel><title>{title}</title>{''.join(items)}</channel></rss>"


def write_atom():
    items = (
        f"<entry><id>{one['id']}</id><title type='html'><![CDATA[{one['title']}]]></title>"
        f"<link href={json.dumps(html.escape(one['link']))}/><content type='html'>{html.escape(one['text'])}</content>"
        f"<updated>{html.escape(one['date'])}</updated></entry>"
        for one in entries()
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Bay</title>{''.join(items)}</feed>"


def write_json():
    items = [
        {"id": one["id"] + MARKUP[0], "title": one["title"], "url": one["link"], "content_html": one["text"]}
        | {"date_published": one["date"], "summary": {"steal": "()"}, "tags": ["<script>"]}
        for one in entries()
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": MARKUP[0], "items": items})


def write_sitemap():
    urls = (
        f"<url><loc>https://bay.example/{one['id'][4:]}</loc><news:news><news:title>{html.escape(one['title'])}"
        f"</news:title><news:publication_date>{html.escape(one['date'])}</news:publication_date></news:news></url>"
        for one in entries(html.escape)
    )
    return f"<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{''.join(urls)}</urlset>"


def write_page():
    items = (
        f"<li><a href={json.dumps(html.escape(one['link']))}>{html.escape(one['title'])}</a>"
        f"<time datetime={json.dumps(html.escape(one['date']))}></time></li>"
        for one in entries(links=())
    )
    return f"<html><head><title>Bay</title></head><body><ul>{''.join(items)}</ul></body></html>"


DOCUMENTS = {
    "rss": (write_rss(str).encode(), "text/xml"),
    "twice": (write_rss(html.escape).encode(), "text/xml"),
    "atom": (write_atom().encode(), "text/xml; charset=<script>"),
    "json": (write_json().encode(), "text/xml"),
    "sitemap": (write_sitemap().encode(), "text/xml"),
    "list": (write_page().encode(), "text/xml"),
    "wide": (("\ufeff" + write_rss(str)).encode("utf-16"), "text/xml; charset=big5"),
}
"""Each with the header that it comes with."""
SELECT = {"list": {"format": "list", "select": {"item": "li", "date": "time"}}}
WITHOUT_LINKS = len(MARKUP) + len(DATES)
ALL = WITHOUT_LINKS + len(LINKS)


@pytest.fixture(scope="module")
def everything():
    """A judge that captures all there is, so that all of it is told."""
    return Judge(compile_book(Topics.model_validate({"topic": [{"id": "all", "all": True}]}), ()))


@pytest.fixture
def fresh_url(tmp_path, upgraded_file):
    """What is written is the same in every database."""
    return f"sqlite:///{shutil.copy(upgraded_file, tmp_path)}"


@pytest.fixture(params=DOCUMENTS)
def day(request, site, make_desk, everything, clock, tmp_path):
    """The folder of a day on which one hostile document came, was captured, told and sent."""
    body, said = DOCUMENTS[request.param]
    site.pages["/a"] = lambda request: answer(request, body, Content_Type=said)
    reader = {"id": "daily", "at": "18:00"}
    desk = make_desk({"subscriptions": (reader,)}, a=site.url("/a"))
    desk.feeds["a"] = FeedSettings(id="a", url=site.url("/a"), **SELECT.get(request.param, {}))
    note_subscriptions(desk, clock())
    tally = quick_poll(desk, everything)
    expected = WITHOUT_LINKS if request.param == "list" else ALL
    assert (tally.failed, tally.entries, tally.captured) == (0, expected, expected)
    clock.forward(hours=6)
    assert open_due(desk) == 1
    assert send_due(desk, open_channels(desk.settings)) == ["sent"]
    return tmp_path, expected


def test_a_hostile_document_is_told_whole_and_plain_from_the_database_to_the_mail(day):
    folder, expected = day
    values = list(stored(folder / "watcher.db"))
    assert numbers_in(values) == expected
    for value in values:
        (assert_harmless if value.startswith("<!DOCTYPE html>") else assert_plain)(value)
    [mail] = (folder / "digests").glob("*.eml")
    message = email.message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert " ".join(sorted(set(message.keys()))) == HEADERS
    for value in message.values():
        assert_plain(str(value))
    text, page = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())
    assert numbers_in([text]) == expected
    assert_plain(text)
    assert_harmless(page)


def stored(path):
    """Yield every text of every table and view."""
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        for name in names:
            if not name.startswith("items_fts"):
                for row in database.execute(f'SELECT * FROM "{name}"'):
                    yield from (value for value in row if isinstance(value, str))


def numbers_in(texts):
    """Count the entries that are told in some form."""
    return len({number for text in texts for number in re.findall(r"Bay (\d\d\d)", " ".join(text.split()))})


def assert_plain(text):
    assert not EXECUTABLE.search(text), EXECUTABLE.search(text)
    strange = {one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Cs") and one not in PLAIN_CONTROLS}
    assert strange == set(), text


def assert_harmless(page):
    """Look at every element and attribute, as a mail program would."""
    for element in document_fromstring(page).iter():
        assert element.tag not in ("script", "iframe", "object", "svg", "img", "base", "form")
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in ("href", "src") or value.startswith(
                ("https://bay.example/", "http://127.0.0.1", "mailto:")
            )
