"""Sitemaps: the news of those that tell titles, and where an index of them leads. All texts are invented samples."""

import gzip
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import ReadProblem
from watcher.read import read_document
from watcher.read.sitemap import MOST_ENTRIES
from watcher.read.unpack import MOST_BYTES
from watcher.values import Entry, Reading

URL = "https://www.bay.example/sitemap-news.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def news(path: str, title: str, day: str = "2026-09-28T10:00:00+08:00", language: str = "zh-tw") -> str:
    about = f"<news:publication><news:name>Bay</news:name><news:language>{language}</news:language></news:publication>"
    told = f"<news:publication_date>{day}</news:publication_date><news:title>{title}</news:title>"
    return f"<url><loc>https://www.bay.example{path}</loc><news:news>{about}{told}</news:news></url>"


def urlset(*urls: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<urlset {SPACES}>{"".join(urls)}</urlset>'.encode()


def index(*listed: tuple[str, str]) -> bytes:
    maps = "".join(f"<sitemap><loc>{url}</loc><lastmod>{day}</lastmod></sitemap>" for url, day in listed)
    return f"<sitemapindex {SPACES}>{maps}</sitemapindex>".encode()


def read(body: bytes, url: str = URL) -> Reading:
    return read_document(body, url=url, zone="Asia/Taipei")


def titles(body: bytes) -> list[str]:
    return [entry.title for entry in read(body).entries]


def test_a_news_sitemap_becomes_entries() -> None:
    reading = read(
        urlset(
            news("/1", "<![CDATA[臺南市 & 仙台市續約]]>"), news("/2", "M&uuml;nster &amp; Rishon", "2026-09-28", "en")
        )
    )
    assert reading.entries[0] == Entry(
        key="https://www.bay.example/1",
        url="https://www.bay.example/1",
        title="臺南市 & 仙台市續約",
        language="zh-Hant",
        published_at=datetime(2026, 9, 28, 2, tzinfo=UTC),
        published_raw="2026-09-28T10:00:00+08:00",
        published_how="iso 8601",
    )
    second = reading.entries[1]
    assert (second.title, second.language) == ("Münster & Rishon", "en")
    assert second.published_at == datetime(2026, 9, 27, 16, tzinfo=UTC)
    assert (reading.format, reading.notes, reading.more) == ("sitemap", (), ())


def test_what_has_no_title_is_left_out_and_counted() -> None:
    picture = (
        "<url><loc>https://www.bay.example/3</loc><image:image><image:title>Port</image:title></image:image></url>"
    )
    reading = read(urlset(news("/1", "Kobe and Riga meet"), picture, news("/4", " ")))
    assert [entry.title for entry in reading.entries] == ["Kobe and Riga meet"]
    assert reading.notes == ("2 addresses without a title left out",)


def test_a_sitemap_without_any_title_says_where_to_look() -> None:
    with pytest.raises(ReadProblem, match=r"addresses without titles; .*robots\.txt"):
        read(urlset("<url><loc>https://www.bay.example/1</loc></url>"))


def test_a_sitemap_without_news_is_no_problem() -> None:
    assert read(urlset()).entries == ()
    assert read(f"<urlset {SPACES}/>".encode()).notes == ()


def test_a_plain_sitemap_with_titles_is_read_with_its_last_change() -> None:
    plain = "<url><loc>/7</loc><title>Turku greets Varna</title><lastmod>2026-09-28T00:00:00Z</lastmod></url>"
    [entry] = read(urlset(plain)).entries
    assert (entry.url, entry.title) == ("https://www.bay.example/7", "Turku greets Varna")
    assert entry.published_at == datetime(2026, 9, 28, tzinfo=UTC)


def test_a_misspelt_or_undeclared_namespace_costs_nothing() -> None:
    loose = f"<urlset>{news('/1', 'Kobe and Riga meet')}</urlset>"
    foreign = f"<s:urlset xmlns:s='urn:a' xmlns:news='urn:b'>{news('/1', 'Kobe and Riga meet').replace('url>', 's:url>')}</s:urlset>"
    assert titles(loose.encode()) == titles(foreign.encode()) == ["Kobe and Riga meet"]


def test_an_entry_of_a_sitemap_that_is_cut_off_waits_until_it_is_whole() -> None:
    whole = urlset(news("/1", "Kobe and Riga meet"), news("/2", "Oslo and Lomé sign a plan for ferries"))
    reading = read(whole[: whole.index(b"a plan")])
    assert [entry.title for entry in reading.entries] == ["Kobe and Riga meet"]
    assert any("cut off" in note for note in reading.notes)


def test_a_sitemap_may_be_a_gzip_file_of_several_parts() -> None:
    body = urlset(news("/1", "Kobe and Riga meet"))
    assert titles(gzip.compress(body)) == ["Kobe and Riga meet"]
    assert titles(gzip.compress(body[:90]) + gzip.compress(body[90:]) + b"\0\0") == ["Kobe and Riga meet"]


def bomb() -> bytes:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    part = b"\0" * 1_000_000
    return b"".join(packer.compress(part) for _ in range(MOST_BYTES // len(part) + 1)) + packer.flush()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (gzip.compress(b"<urlset/>")[:-9], "breaks off"),
        (b"\x1f\x8bnothing of the kind", "damaged"),
        (bomb(), "unpacks to more than 50 MB"),
    ],
    ids=["torn", "damaged", "bomb"],
)
def test_a_gzip_file_that_is_damaged_or_a_bomb_is_a_problem(body: bytes, words: str) -> None:
    with pytest.raises(ReadProblem, match=words):
        read(body)


def test_entities_of_its_own_stay_names_however_they_would_grow() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    head = f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{laughs}<!ENTITY file SYSTEM "file:///etc/hostname">]>'
    assert titles(urlset(news("/1", "Kobe &l29;&file;and Riga"), head=head)) == ["Kobe &l29;&file;and Riga"]


def test_a_sitemap_of_a_hundred_thousand_addresses_is_cut_and_says_so() -> None:
    reading = read(urlset(*(news(f"/{number}", "a") for number in range(MOST_ENTRIES + 20))))
    assert len(reading.entries) == MOST_ENTRIES
    assert reading.notes == ("20 entries behind the first 5,000 left out",)


def test_a_tree_that_is_too_deep_is_read_as_far_as_it_goes() -> None:
    deep = b"<a>" * 100_000
    assert read(urlset(news("/1", "Kobe and Riga meet"))[:-9] + deep).entries == ()
    assert titles(urlset(news("/1", "Kobe and Riga meet"), news("/2", "Lost"))[:-9] + deep)[:1] == [
        "Kobe and Riga meet"
    ]


def test_an_index_leads_to_its_newest_sitemaps_those_of_news_first() -> None:
    old, new, newer, pages = (
        f"https://www.bay.example/{name}.xml" for name in ("2026-08", "2026-09", "2026-10", "news")
    )
    body = index((old, "2026-08-31"), (new, "2026-09-30"), (newer, "2026-10-01"), (pages, "2020-01-01"))
    assert read(body).more == (pages, newer, new)
    assert read(body).entries == ()


def test_an_index_without_days_leads_to_its_first_sitemaps() -> None:
    maps = [f"https://www.bay.example/{number}.xml" for number in range(5)]
    assert read(index(*((url, "") for url in maps))).more == tuple(maps[:3])


def test_an_index_leads_nowhere_but_to_its_own_site() -> None:
    ours = ("https://bay.example/a.xml", "https://maps.bay.example/b.xml", "/c.xml")
    others = (
        "https://other.example/d.xml",
        "https://notbay.example/e.xml",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "",
    )
    assert read(index(*((url, "") for url in (*others, *ours)))).more == (*ours[:2], "https://www.bay.example/c.xml")
    with pytest.raises(ReadProblem, match="no sitemaps of its own site"):
        read(index(*((url, "") for url in others)))


SITEMAP = urlset(news("/1", "Kobe &amp; Riga"), news("/2", "Oslo"), head="<!DOCTYPE urlset>")


@given(
    st.lists(st.tuples(st.integers(0, len(SITEMAP)), st.integers(0, 9), st.binary(max_size=6)), max_size=8),
    st.booleans(),
)
def test_no_damage_to_a_sitemap_raises_anything_but_a_problem(
    wounds: list[tuple[int, int, bytes]], packed: bool
) -> None:
    body = SITEMAP
    for start, length, bytes_ in wounds:
        body = body[:start] + bytes_ + body[start + length :]
    try:
        entries = read(gzip.compress(body) if packed else body).entries
    except ReadProblem:
        return
    assert all(entry.title and entry.key for entry in entries)
