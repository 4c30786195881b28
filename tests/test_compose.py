"""What a digest says, and that nothing a feed says can break it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape, unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from watcher.compose import compose_digest
from watcher.compose.clean import clean_line, clean_link
from watcher.compose.columns import COLUMNS, columns_of, head_of, tail_of, wrap_line
from watcher.compose.html_part import LEAST, _most
from watcher.compose.layout import TITLE_LIMIT
from watcher.compose.snippet import Snippet, cut_snippet
from watcher.compose.words import ENGLISH
from watcher.editions import Background, Digest, Edition, FeedHealth, News
from watcher.settings.ties import Tie
from watcher.values import Kind, Reason

OPENED = datetime(2026, 5, 13, 23, tzinfo=UTC)  # 07:00 of the 14th in Taipei
FORUM = "雙城論壇九月登場　臺北與上海將簽署三項合作備忘錄"
SUMMARY = "臺北市政府表示，今年的雙城論壇訂於九月舉行，兩市預計簽署三項合作備忘錄。"
HTML_LIMIT = 90_000
OUR_TAGS = {*("html", "head", "meta", "title", "style", "body", "div", "p", "h1", "h2", "h3", "a", "span", "b", "br")}
UNSEEN = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

LINE = st.one_of(
    st.text(st.characters(), max_size=200),
    st.text(
        "ab \r\n\t\0\x85\u2028\u2029\ud800\udfff\u202e\u2066\u3000<>&\"'{}%雙城論壇，。한글🎎\u0301\ufeff", max_size=120
    ),
    st.sampled_from(
        [
            "",
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "</style></title><h1>",
            "{{ page }}{% raw %}",
            "x" * 10_000,
            "城" * 10_000,
            "javascript:alert(1)",
            "-->",
        ]
    ),
)


def news(number: int = 1, **changes: object) -> News:
    values: dict[str, object] = {
        "id": number,
        "story_id": number,
        "title": f"Taipei and Shanghai sign memorandum {number}",
        "url": f"https://harbour.example/news/{number}",
        "source": "Harbour Courier",
        "language": "en",
        "summary": f"The two cities signed a memorandum on youth exchange, the {number}th of its kind.",
        "published_at": OPENED - timedelta(minutes=number),
        "captured_at": OPENED - timedelta(minutes=number),
        "kind": Kind.MOU,
        "score": 4.0,
        "pairs": ("shanghai~taipei",),
        "why": "memorandum with two cities in one sentence.",
    }
    return News(**{**values, **changes})  # type: ignore[arg-type] # a test's own mapping


def edition(*items: News, **changes: object) -> Edition:
    values: dict[str, object] = {
        "subscription": "daily",
        "title": "City exchange",
        "day": "2026-05-14",
        "covers_from_at": OPENED - timedelta(days=1),
        "opened_at": OPENED,
        "zone": "Asia/Taipei",
        "news": items,
        "feeds_read": 61,
        "feeds_total": 78,
        "contact": "desk@city-desk.example",
    }
    return Edition(**{**values, **changes})  # type: ignore[arg-type] # a test's own mapping


def reason(text: str, phrase: str, field: str = "summary") -> Reason:
    start = text.index(phrase)
    return Reason(topic="t", phrase=phrase, field=field, start=start, end=start + len(phrase), weight=3)


def words_of(html: str) -> str:
    """All text a reader of the HTML sees, on one line."""
    document = lxml_html.document_fromstring(html)
    return " ".join(document.body.text_content().split())


def tags_of(html: str) -> set[str]:
    elements = lxml_html.document_fromstring(html).iter()
    return {element.tag for element in elements if isinstance(element.tag, str)}


def hrefs_of(html: str) -> list[str]:
    return lxml_html.document_fromstring(html).xpath("//@href")


def test_the_subject_tells_date_count_and_the_first_story() -> None:
    digest = compose_digest(edition(news(1, title=FORUM, score=6.0), news(2)))
    assert digest.subject == f"City exchange, 14 May 2026: 2 items · {FORUM}"


def test_a_long_first_title_is_cut_in_the_subject_and_whole_in_the_text() -> None:
    title = "A forum of very many cities " * 12
    digest = compose_digest(edition(news(title=title)))
    assert columns_of(digest.subject) <= 130
    assert digest.subject.endswith("…")
    assert title.strip() in " ".join(digest.text.split())


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ((news(1),), "1 new item, on Shanghai ~ Taipei."),
        ((news(1), news(2)), "2 new items, on Shanghai ~ Taipei."),
        ((news(1), news(2, story_id=1)), "2 new items in 1 story, on Shanghai ~ Taipei."),
        ((news(1), news(2, pairs=("daegu~taipei",))), "2 new items: Shanghai ~ Taipei and Daegu ~ Taipei."),
        (
            (news(1), news(2), news(3, pairs=("daegu~taipei",)), news(4, pairs=())),
            "4 new items: 2 on Shanghai ~ Taipei, 1 on Daegu ~ Taipei and 1 more.",
        ),
        (
            (news(1), news(2, story_id=1), news(3), news(4, pairs=("daegu~taipei",))),
            "4 new items in 3 stories: 2 on Shanghai ~ Taipei and 1 on Daegu ~ Taipei.",
        ),
        ((news(1, pairs=()),), "1 new item."),
    ],
)
def test_the_lead_sentence_fits_the_day(items: tuple[News, ...], sentence: str) -> None:
    digest = compose_digest(edition(*items))
    assert sentence in " ".join(digest.text.split())
    assert sentence in words_of(digest.html)


def test_items_stand_under_their_pair_their_city_or_other() -> None:
    items = (
        news(1, pairs=(), cities=()),
        news(2, pairs=(), cities=("new-taipei",)),
        news(3, pairs=("daegu~taipei",), score=1.0),
    )
    text = compose_digest(edition(*items)).text
    places = [text.index(f"\n{heading}") for heading in ("Daegu ~ Taipei", "New Taipei", "Other")]
    assert places == sorted(places)
    assert text.index("memorandum 3") < text.index("memorandum 2") < text.index("memorandum 1")


def test_a_pair_is_named_as_a_reader_would() -> None:
    names = {"malaga": "Málaga"}
    assert ENGLISH.place("malaga~taipei", names) == "Málaga ~ Taipei"
    assert ENGLISH.place("new-taipei~ulaanbaatar", names) == "New Taipei ~ Ulaanbaatar"
    assert ENGLISH.place("taipei~桃園市", {}) == "Taipei ~ 桃園市"


def test_two_towns_of_one_name_do_not_share_a_heading() -> None:
    items = (news(1, pairs=("birmingham-gb~lyon",)), news(2, pairs=("birmingham-us~lyon",)))
    names = {"birmingham-gb": "Birmingham", "birmingham-us": "Birmingham"}
    digest = compose_digest(edition(*items, names=names))
    assert digest.text.count("\nBirmingham ~ Lyon\n") == 2
    assert "memorandum 2" in digest.text


def test_one_story_shows_its_sources_side_by_side_and_its_first_item_leads() -> None:
    late = news(1, title="Told second", story_id=7, source="Plain Post", pairs=("daegu~taipei",), score=9.0)
    first = news(7, title="Told first", story_id=7, captured_at=OPENED)
    digest = compose_digest(edition(late, first))
    assert "Told first" in digest.subject
    assert digest.text.index("1. Told first") < digest.text.index("+ Told second") < digest.text.index("Plain Post")
    assert "Also about Daegu ~ Taipei" in digest.text
    assert words_of(digest.html).index("Told first") < words_of(digest.html).index("Told second")
    assert "Also about Daegu ~ Taipei" in words_of(digest.html)


def test_an_item_tells_kind_local_time_source_and_why() -> None:
    item = news(published_at=datetime(2026, 5, 13, 18, 30, tzinfo=UTC))
    digest = compose_digest(edition(item))
    assert "MOU · Thu 14 May 02:30 · Harbour Courier" in digest.text
    assert "MOU · Thu 14 May 02:30 · Harbour Courier" in words_of(digest.html)
    for part in (digest.text, words_of(digest.html)):
        assert "Why: memorandum with two cities in one sentence." in part


def test_a_time_of_another_year_names_it_and_a_missing_one_says_when_it_was_seen() -> None:
    old = news(published_at=datetime(2025, 5, 13, 18, 30, tzinfo=UTC))
    assert "Wed 14 May 2025 02:30" in compose_digest(edition(old)).text
    undated = news(published_at=None, captured_at=OPENED)
    assert "seen Thu 14 May 07:00" in compose_digest(edition(undated)).text


def test_the_first_reason_in_the_summary_is_highlighted() -> None:
    reasons = (reason(FORUM, "備忘錄", "title"), reason(SUMMARY, "雙城論壇"), reason(SUMMARY, "合作備忘錄"))
    digest = compose_digest(edition(news(title=FORUM, summary=SUMMARY, reasons=reasons, language="zh-TW")))
    assert "今年的*雙城論壇*訂於" in digest.text
    assert [hit.text for hit in lxml_html.document_fromstring(digest.html).find_class("hit")] == ["雙城論壇"]
    assert FORUM in digest.text
    assert FORUM in digest.html


def test_offsets_count_in_the_original_text_not_in_the_cleaned_one() -> None:
    summary = "\n\n  \0Two\u2028cities   signed a\nmemorandum\u202e on schools."
    digest = compose_digest(edition(news(summary=summary, reasons=(reason(summary, "a\nmemorandum"),))))
    assert "Two cities signed *a memorandum* on schools." in digest.text
    assert ">a memorandum</b> on schools." in digest.html


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (5, 5), (9, 4), (0, 10_000)])
def test_a_reason_that_points_nowhere_is_not_highlighted(start: int, end: int) -> None:
    lost = Reason(topic="t", phrase="p", field="summary", start=start, end=end, weight=1)
    digest = compose_digest(edition(news(reasons=(lost,))))
    assert "The two cities signed a memorandum" in digest.text
    assert 'class="hit"' not in digest.html


def test_a_reason_deep_in_a_long_summary_is_still_shown_between_ellipses() -> None:
    summary = "One sentence about the weather of the day. " * 40 + "Then a twin-city forum. " + "And more. " * 80
    digest = compose_digest(edition(news(summary=summary, reasons=(reason(summary, "twin-city forum"),))))
    (snippet,) = lxml_html.document_fromstring(digest.html).find_class("snippet")
    shown = snippet.text_content()
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "twin-city forum" in shown
    assert columns_of(shown) <= 270


def test_a_summary_that_repeats_the_title_is_not_shown_twice() -> None:
    digest = compose_digest(edition(news(title="Two cities meet", summary=" Two cities\nmeet ")))
    assert digest.text.count("Two cities meet") == 1


def test_near_misses_are_a_short_list_and_the_text_keeps_all() -> None:
    near = tuple(news(number, title=f"Nearly {number}.") for number in range(1, 16))
    digest = compose_digest(edition(news(99), near=near))
    assert all(f"Nearly {number}." in digest.text for number in range(1, 16))
    words = words_of(digest.html)
    assert sum(f"Nearly {number}." in words for number in range(1, 16)) == 10
    assert "and 5 more near misses" in words


def test_backfill_is_one_line() -> None:
    digest = compose_digest(edition(news(), backfilled=1_200))
    for part in (" ".join(digest.text.split()), words_of(digest.html)):
        assert "1,200 older items were seen for the first time and stored" in part
    assert "older item" not in compose_digest(edition(news())).text


def test_the_sources_say_how_many_feeds_were_read_and_what_ails_the_others() -> None:
    sick = FeedHealth(name="港口晚報", state="failing", problem="the server answers 500.", language="zh-Hant")
    walled = (FeedHealth(name=f"Wall {number}", state="blocked", problem="a wall.") for number in range(2))
    digest = compose_digest(edition(news(), unwell=(*walled, sick)))
    for part in (digest.text, words_of(digest.html)):
        assert "75 of 78 feeds well, 1 failing and 2 blocked." in part
        assert "港口晚報" in part
        assert sick.problem in part
    assert '<b><span lang="zh-Hant">港口晚報</span></b>' in digest.html
    assert "All 78 feeds are well." in compose_digest(edition(news())).text


def test_feeds_that_were_told_before_are_named_in_one_line_for_each_state() -> None:
    known = tuple(FeedHealth(name=f"Still {number}", state="quiet", is_known=True) for number in range(15))
    fresh = FeedHealth(name="Plain Post", state="new", is_known=True)
    digest = compose_digest(edition(news(), unwell=(*known, fresh)))
    text = " ".join(digest.text.split())
    assert "62 of 78 feeds well, 15 quiet and 1 not visited yet." in text
    assert f"- Quiet as before: {', '.join(feed.name for feed in known)}" in text
    assert "- Not visited yet: Plain Post" in text
    assert "Still 11 and 3 more that the text part of this mail names." in words_of(digest.html)
    assert "Still 12" not in digest.html


def test_a_quiet_day_and_a_broken_watcher_look_different() -> None:
    quiet = compose_digest(edition(feeds_read=78))
    weak = compose_digest(edition(feeds_read=20))
    broken = compose_digest(edition(feeds_read=0))
    bare = compose_digest(edition(feeds_read=0, feeds_total=0))
    assert "A quiet day: all 78 feeds were read" in quiet.text
    assert "only 20 of 78 feeds" in " ".join(weak.text.split())
    assert "The watcher is not well" in broken.text
    assert "visited no feed yet" in bare.text
    assert len({quiet.subject, weak.subject, broken.subject, bare.subject}) == 4
    assert ['class="lead alarm"' in digest.html for digest in (quiet, weak, broken, bare)] == [False, True, True, True]


def test_news_from_few_feeds_comes_with_a_caution() -> None:
    text = " ".join(compose_digest(edition(news(), feeds_read=20)).text.split())
    assert "Only 20 of 78 feeds could be read, so there may be more" in text
    assert "could be read" not in compose_digest(edition(news())).text


def test_every_item_has_its_language_and_a_false_one_is_left_empty() -> None:
    items = (
        news(1, title=FORUM, language="zh-TW"),
        news(2, title="대구시와 타이베이", language="ko", story_id=1),
        news(3, title="Quelle langue ?", language='fr" onclick="x'),
    )
    document = lxml_html.document_fromstring(compose_digest(edition(*items, near=(news(4, language="ja"),))).html)
    assert [link.get("lang") for link in document.xpath("//a[@lang]")] == ["zh-TW", "ko", "", "ja"]
    assert not document.xpath("//@onclick")


def test_cjk_fonts_are_chosen_by_language_and_dark_mode_is_there() -> None:
    html = compose_digest(edition(news())).html
    for rule in (":lang(zh-TW)", ":lang(ja)", ":lang(ko)", "prefers-color-scheme: dark"):
        assert rule in html


def test_nothing_remote_is_in_the_html() -> None:
    html = compose_digest(edition(news(), near=(news(2),))).html
    document = lxml_html.document_fromstring(html)
    assert not document.xpath("//@src | //link | //img | //script | //iframe | //form")
    assert "url(" not in html
    assert "@import" not in html


def test_the_footer_says_who_sends_it_why_and_how_to_leave() -> None:
    for contact, way in (("desk@city-desk.example", "write to desk@city-desk.example"), ("", "answer this mail")):
        digest = compose_digest(edition(news(), contact=contact))
        for part in (" ".join(digest.text.split()), words_of(digest.html)):
            assert "Sent by City Exchange Watcher, because this address is on the list “City exchange”." in part
            assert way in part


def test_a_digest_that_is_written_to_a_file_speaks_of_no_address_and_no_mail() -> None:
    digest = compose_digest(edition(news(), contact="", is_mailed=False))
    for part in (" ".join(digest.text.split()), words_of(digest.html)):
        assert "Made by City Exchange Watcher for the list “City exchange”." in part
        assert "address" not in part
        assert "answer this mail" not in part


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "ftp://harbour.example/a",
        "//harbour.example/a",
        "http://[broken",
        "https://",
        "",
        "https://harbour.example/" + "a" * 5_000,
    ],
)
def test_only_web_addresses_are_linked(url: str) -> None:
    digest = compose_digest(edition(news(url=url)))
    assert [href for href in hrefs_of(digest.html) if not href.startswith("mailto:")] == []
    assert "The feed gives no web address for it." in digest.text
    assert "memorandum 1" in words_of(digest.html)


def test_an_address_of_other_letters_is_linked_as_ascii() -> None:
    assert (
        clean_link("https://harbour.example/新聞?a=1&b=%E6#x")
        == "https://harbour.example/%E6%96%B0%E8%81%9E?a=1&b=%E6#x"
    )
    assert clean_link("https://harbour.example/\u202egnp.exe\ud800") == "https://harbour.example/gnp.exe%EF%BF%BD"


@settings(deadline=None)
@given(st.lists(LINE, min_size=6, max_size=6), st.integers(-5, 300), st.integers(-5, 300))
def test_no_text_of_a_feed_breaks_a_digest(texts: list[str], start: int, end: int) -> None:
    title, summary, source, why, language, url = texts
    lost = Reason(topic="t", phrase="p", field="summary", start=start, end=end, weight=1)
    item = news(title=title, summary=summary, source=source, why=why, language=language, url=url, reasons=(lost,))
    digest = compose_digest(
        edition(
            item,
            near=(replace(item, id=2),),
            unwell=(FeedHealth(name=title, state="failing", problem=why, language=language),),
        )
    )
    shown = clean_line(title)[: TITLE_LIMIT - 1].rstrip()
    assert "".join(shown.split()) in "".join(digest.text.split())
    assert not UNSEEN.search(digest.text + digest.html)
    assert not UNSEEN.search(digest.subject)
    assert "\n" not in digest.subject
    assert ENGLISH.bare_note not in digest.text
    assert tags_of(digest.html) <= OUR_TAGS
    assert all(href.startswith(("http://", "https://", "mailto:desk@")) for href in hrefs_of(digest.html))


def test_markup_in_a_title_is_shown_not_obeyed() -> None:
    title = '<script>alert("1")</script> & <b>bold</b>'
    digest = compose_digest(edition(news(title=title)))
    assert title in digest.text
    assert title in words_of(digest.html)
    assert "<script" not in digest.html
    assert title in unescape(digest.html)
    assert escape(title, quote=False) in digest.html


@pytest.mark.parametrize(
    "broken",
    [
        {"published_at": datetime.max.replace(tzinfo=UTC)},
        {"summary": None},
        {"reasons": (None,)},
        {"kind": "mou"},
        {"url": 7},
    ],
)
def test_an_item_that_cannot_be_shown_is_told_by_its_bare_title(broken: dict[str, object]) -> None:
    digest = compose_digest(edition(news(1, title="Told all the same", **broken), news(2)))
    for part in (digest.text, words_of(digest.html)):
        assert "Told all the same" in part
        assert ENGLISH.bare_note in part
        assert "memorandum 2" in part


def filled(count: int) -> Edition:
    """A day of many stories, some told by two sources, with long CJK summaries."""
    items = tuple(
        news(
            number,
            story_id=number - (number % 10 == 0),
            title=f"第{number:04}號 {FORUM}",
            language="zh-TW",
            summary=SUMMARY * 4,
            reasons=(reason(SUMMARY, "雙城論壇"),),
            pairs=(f"city-{chr(97 + number % 20)}~taipei",),
        )
        for number in range(1, count + 1)
    )
    before = news(5000, title="前年的雙城論壇", url=f"https://harbour.example/{'before' * 40}")
    background = Background(
        firsts={(item.story_id, pair): "in 12 months" for item in items for pair in item.pairs},
        earlier={item.story_id: before for item in items},
    )
    return edition(*items, background=background)


def test_a_reason_of_particles_alone_is_not_highlighted() -> None:
    summary = "岩手市と釜山市の市長が姉妹都市協定に署名した。"
    empty, telling = reason(summary, "市と"), reason(summary, "姉妹都市")
    assert cut_snippet(news(summary=summary, reasons=(empty, telling))).hit == "姉妹都市"
    assert cut_snippet(news(summary=summary, reasons=(empty,))) == Snippet(after=summary)
    for word in ("시와 ", "市の", "と", "and ", "、"):
        text = f"Kobe{word}Busan"
        assert cut_snippet(news(summary=text, reasons=(reason(text, word),))).hit == ""
    for word in ("市長", "시장", "MOU", "市民", "友好"):
        text = f"Kobe {word} Busan"
        assert cut_snippet(news(summary=text, reasons=(reason(text, word),))).hit == word


@settings(max_examples=50)
@given(st.lists(st.one_of(st.integers(0, 30), st.integers(500, 9_000)), max_size=300))
@example([2_400] * 300)
@example([20] * 200 + [4_000] * 100)
def test_the_most_that_fits_is_found_in_few_renderings(sizes: list[int]) -> None:
    asked: list[int] = []

    def render(number: int) -> str:
        asked.append(number)
        return "x" * sum(sizes[:number])

    allowed = range(min(len(sizes), HTML_LIMIT // LEAST) + 1)
    assert _most(len(sizes), HTML_LIMIT, render) == max(
        number for number in allowed if sum(sizes[:number]) <= HTML_LIMIT
    )
    assert len(asked) == len(set(asked)) < 15


@cache
def composed(count: int) -> Digest:
    return compose_digest(filled(count))


@pytest.mark.parametrize("count", [0, 1, 7, 60, 1000])
def test_whatever_the_day_the_limits_hold_and_nothing_is_dropped_silently(count: int) -> None:
    digest = composed(count)
    titles = [f"第{number:04}號" for number in range(1, count + 1)]
    assert [title for title in titles if title not in digest.text] == []
    assert len(digest.html.encode()) <= HTML_LIMIT
    words = words_of(digest.html)
    shown = sum(title in words for title in titles)
    left = re.search(r"… and ([\d,]+) more items: the text part of this mail names them all\.", words)
    assert shown + (int(left[1].replace(",", "")) if left else 0) == count
    assert "because this address is on the list “City exchange”" in words


def test_on_a_big_day_the_html_is_well_used() -> None:
    digest = composed(1000)
    assert len(digest.html.encode()) > HTML_LIMIT * 0.95
    assert digest.html.count('class="snippet"') >= 20
    assert digest.html.count('class="row"') >= 20


def test_a_story_of_a_thousand_sources_keeps_its_place_and_counts_the_rest() -> None:
    digest = compose_digest(edition(*(news(number, story_id=1) for number in range(1, 1001)), news(2000)))
    words = words_of(digest.html)
    assert "and 991 more of this story" in words
    assert "memorandum 2000" in words
    assert all(f"memorandum {number}\n" in digest.text for number in range(1, 1001))


def test_hundreds_of_sick_feeds_and_near_misses_leave_room_for_the_news_and_the_footer() -> None:
    nasty = "&" * 400
    unwell = tuple(FeedHealth(name=f"Feed {number} {nasty}", state="failing", problem=nasty) for number in range(500))
    near = tuple(news(number, title=nasty, url="https://harbour.example/?" + "&" * 1_900) for number in range(50))
    digest = compose_digest(edition(*(news(number) for number in range(1, 90)), unwell=unwell, near=near))
    words = words_of(digest.html)
    assert len(digest.html.encode()) <= HTML_LIMIT
    assert "memorandum 1" in words
    assert re.search(r"and \d+ more feeds that are not well", words)
    assert re.search(r"and \d+ more near misses", words)
    assert "because this address is on the list" in words
    assert all(f"Feed {number} " in " ".join(digest.text.split()) for number in range(0, 500, 7))


def test_the_text_part_fits_a_terminal_but_for_addresses() -> None:
    long = news(500, title="x" * 300, why="y" * 300)
    full = replace(filled(60), near=(long,), unwell=(FeedHealth(name="n", state="failing", problem="城" * 300),))
    for line in (compose_digest(full).text + compose_digest(edition(news())).text).splitlines():
        assert columns_of(line) <= COLUMNS or "https://" in line
        assert line == line.rstrip()


def test_the_same_edition_gives_the_same_digest_in_whatever_order_its_items_come() -> None:
    full = filled(30)
    assert compose_digest(full) == compose_digest(replace(full, news=tuple(reversed(full.news))))


@settings(deadline=None)
@given(
    st.text("ab ，。「」（)雙城論壇한글🎎\u0301\u200d…-", max_size=200), st.sampled_from(["", "  1. ", "     Why: "])
)
def test_wrapping_loses_no_letter_and_keeps_the_width(text: str, first: str) -> None:
    lines = wrap_line(text, first).split("\n")
    assert "".join("".join(lines).split()) == "".join((first + text).split())
    assert all(columns_of(line) <= COLUMNS for line in lines)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("雙城", 4),
        ("ソウル", 6),
        ("ｿｳﾙ", 3),
        ("대구시", 6),
        ("e\u0301", 1),
        ("🎎", 2),
        ("…", 1),
        ("，", 2),
        ("", 0),
    ],
)
def test_a_wide_character_takes_two_columns(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_closing_punctuation_never_begins_a_line() -> None:
    for shift in range(8):
        lines = wrap_line("x" * shift + "兩市「簽署」備忘錄，三項。" * 12).split("\n")
        assert not any(line.startswith(("，", "。", "」")) for line in lines)
        assert not any(line.endswith("「") for line in lines)


@settings(deadline=None)
@given(st.text("ab cd ，。「」雙城論壇한글🎎", max_size=200), st.integers(2, 80))
def test_head_and_tail_are_ends_of_the_text_within_their_columns(text: str, columns: int) -> None:
    head, tail = head_of(text, columns), tail_of(text, columns)
    assert text.startswith(head)
    assert text.endswith(tail)
    assert columns_of(head) <= columns
    assert columns_of(tail) <= columns


def test_a_story_says_what_tie_its_pair_has_and_names_the_pair_where_there_are_several():
    tie = Tie(city_a="daegu", city_b="taipei", relation="sister cities", since="2010-11-04", source="city.example")
    tied = Background(ties={tie.pair: tie})
    one, two = news(1, pairs=("daegu~taipei",)), news(2, pairs=("daegu~taipei", "busan~taipei"))
    alone, both = (compose_digest(edition(item, background=tied)) for item in (one, two))
    assert "Known: sister cities since 4 Nov 2010 (city.example)" in alone.text
    assert "Known: sister cities since 4 Nov 2010 (city.example)" in alone.html
    assert "Known: Daegu ~ Taipei: sister cities since 4 Nov 2010 (city.example)" in both.text
    assert "Known:" not in compose_digest(edition(news(3, pairs=("busan~taipei",)), background=tied)).text
