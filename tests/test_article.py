"""Articles in files: the title is found, furniture is left out, and no paragraph is ever lost."""

from contextlib import suppress
from datetime import UTC, date, datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.errors import ReadProblem
from watcher.read.article import HEAD_LINES, read_article, read_day
from watcher.read.furniture import drop_teaser, is_furniture, title_mark
from watcher.read.source import LONGEST_TEXT

TITLE = 'Harbour mayor says "yes" to a seventh Bay Forum'
PARAGRAPHS = (
    "BUSAN, May 4 -- The mayor of Busan has said that she wants to travel to Kaohsiung for the next forum of the ports.",
    "The two cities have met every year since 2012, and their harbour offices signed a memorandum of understanding.",
    '"We like it," she said.',
)
TEXT = "\n".join(PARAGRAPHS)


def read(*lines, titles=()):
    return read_article("\n".join(lines).encode(), {title_mark(title) for title in titles})


def day(*dates, year=None):
    moment = read_day(dates, year)[1]
    return (moment.at.date() if moment.at else None), moment.how


def test_a_bare_article_is_a_title_and_a_text():
    article = read(TITLE, "", *PARAGRAPHS)
    assert (article.title, article.text, article.language, article.encoding) == (TITLE, TEXT, "en", "utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "Font-size: big middle smallCurrent Place:\xa0 Bay Interactions and Exchanges",
        "You are here: Home > News > Ports",
        "Home > News > Ports",
        "Home / News / Ports",
        "Harbour Office » Press » 2019",
        "【字体：大 中 小】",
        "當前位置：首頁",
        "您的位置: 首页 > 新闻",
        "首頁 > 市政新聞",
        "홈 > 소식 > 보도자료",
        "글자크기",
        "ホーム > お知らせ",
        "Print",
    ],
)
def test_furniture_above_title_or_text_is_left_out(line):
    for lines in ((line, TITLE, *PARAGRAPHS), (line, "", TITLE, line, "", *PARAGRAPHS)):
        article = read(*lines)
        assert (article.title, article.text) == (TITLE, TEXT)


@pytest.mark.parametrize(
    "tail",
    [
        ("In Case You Missed It...", "", "", ""),
        ("In case you missed it", "Seven ports, one wind", "What a crane sees at night"),
        ("Related articles:", "Is the bay getting warmer"),
        ("Read more: Seven ports, one wind",),
        ("延伸閱讀", "港都市長談論壇"),
        ("【关联】", "相关阅读：港口城市论坛"),
        ("관련기사", "부산 항만 포럼"),
        ("Related news", "Seven ports, one wind", "Most read", "What a crane sees at night"),
    ],
)
def test_a_teaser_below_the_text_is_left_out_with_its_headlines(tail):
    kept = tail[:1] if tail[0] == "【关联】" else ()
    assert read(TITLE, *PARAGRAPHS, *tail).text == "\n".join((*PARAGRAPHS, *kept))


@pytest.mark.parametrize(
    "lines",
    [
        ("Related projects in both ports will cost three million.",),
        ("In case you missed it", "The forum will be held in June."),
        ("Read more", "Seven ports, one wind", '"It was a good day," said the harbour master.'),
        ("Related: the two ports have shared a tug since 2014.",),
        ("Read more", "海洋論壇將於六月舉行。"),
        ("More news", *(f"Headline of a long list, number {number}" for number in range(30))),
        (
            "The forum goes from Busan > Kaohsiung > Kobe in three years, and comes back after that, the mayors have agreed.",
        ),
        ("Location: the old customs house",),
        ("Print", "Home > News"),
        ("Ports", "Three cities, one wind"),
    ],
)
def test_what_may_be_part_of_the_article_stays(lines):
    assert read(TITLE, *PARAGRAPHS, *lines).text == "\n".join((*PARAGRAPHS, *lines))


@pytest.mark.parametrize(
    "title",
    [
        "Busan / Kaohsiung",
        "Wind > waves",
        "Font size matters",
        "Homes > ships > cranes: what a harbour counts, and why it counts them",
    ],
)
def test_a_title_that_resembles_furniture_is_a_title(title):
    article = read("Print", title, *PARAGRAPHS)
    assert (article.title, article.text) == (title, TEXT)


def test_a_headline_below_the_title_and_a_place_stay():
    lines = ("Second visit in a year", "Location: the old customs house", "By A. Harbourmaster")
    assert read(TITLE, *lines, *PARAGRAPHS).text == "\n".join((*lines, *PARAGRAPHS))


def test_a_title_that_is_repeated_above_the_text_is_told_once():
    assert read(TITLE, TITLE.upper().replace('"', "“"), *PARAGRAPHS).text == TEXT


def test_a_date_line_is_no_title_but_a_date():
    article = read("2019-05-04", TITLE, *PARAGRAPHS[1:])
    assert (article.title, article.dates) == (TITLE, ("2019-05-04",))


def test_a_known_title_is_found_below_lines_that_nobody_knows():
    lines = ("Harbour Post", "Today in the bay", TITLE, *PARAGRAPHS)
    assert read(*lines).title == "Harbour Post"
    assert read(*lines, titles=[TITLE]).title == TITLE
    assert read(*lines, titles=[TITLE]).text == TEXT


def test_a_known_title_below_the_text_of_another_article_means_nothing():
    article = read("Another headline", *PARAGRAPHS, TITLE, titles=[TITLE])
    assert (article.title, article.text) == ("Another headline", f"{TEXT}\n{TITLE}")


@pytest.mark.parametrize(
    "spelling",
    [
        "Harbour mayor says “yes” to a seventh Bay Forum",
        "harbour mayor says 'yes' to a seventh  bay\u00a0forum.",
        'ＨＡＲＢＯＵＲ mayor says "yes" to a seventh Bay-Forum',
        "Harbour mayor says «yes» to a\u200b seventh Bay Forum…",
    ],
)
def test_two_spellings_of_a_title_are_the_same(spelling):
    assert title_mark(spelling) == title_mark(TITLE)


def test_traditional_and_simplified_titles_are_the_same_and_another_word_is_not():
    assert title_mark("雙城論壇 開幕") == title_mark("「双城论坛」开幕")
    assert title_mark(TITLE) != title_mark(TITLE.replace("seventh", "sixth"))


@pytest.mark.parametrize(
    ("above", "begins", "expected"),
    [
        ("May 4, 2019", "The ports", date(2019, 5, 4)),
        ("Published: 4 May 2019 09:30", "The ports", date(2019, 5, 4)),
        ("2019-05-04 09:30 Source: Harbour Post", "The ports", date(2019, 5, 4)),
        ("Harbour Post | 2019/05/04", "The ports", date(2019, 5, 4)),
        ("發布日期：108-05-04", "The ports", date(2019, 5, 4)),
        ("2019年5月4日 来源：港口邮报", "The ports", date(2019, 5, 4)),
        ("By a harbourmaster", "BUSAN, May 4, 2019 (Agency) -- The ports", date(2019, 5, 4)),
        ("By a harbourmaster", "Busan, 4 May 2019 — The ports", date(2019, 5, 4)),
        ("港口邮报", "新港社釜山2019年5月4日电 The ports", date(2019, 5, 4)),
        ("港口邮报", "（新港社釜山2019年5月4日电）The ports", date(2019, 5, 4)),
        ("By a harbourmaster", "BUSAN, May 4 -- The ports", None),
        ("5月4日", "The ports", None),
        ("By a harbourmaster", "The ports became sisters on November 4, 2010, and", None),
        ("By a harbourmaster", "On November 4, 2010 the ports became sisters, and", None),
        ("By a harbourmaster", "Nov. 4, 2010 -- how long ago that is -- the ports", None),
        ("04/05/2019", "The ports", None),
    ],
)
def test_the_day_is_that_of_a_date_line_or_a_dateline_and_never_guessed(above, begins, expected):
    article = read(
        TITLE,
        above,
        f"{begins} are old friends, and their mayors have met every spring since the first forum was held.",
    )
    assert day(*article.dates)[0] == expected


@pytest.mark.parametrize(
    "written", ["BUSAN, May 4", "May 4", "4 May", "5月4日", "新港社釜山5月4日", "5월 4일", "Sat., May 4"]
)
def test_a_day_without_a_year_takes_the_one_that_is_known_from_elsewhere(written):
    assert day(written) == (None, "unread")
    assert day(written, year=2019)[0] == date(2019, 5, 4)


def test_a_date_with_a_year_keeps_it():
    assert read_day(["May 4, 2018"], 2019)[1].at == datetime(2018, 5, 4, tzinfo=UTC)


def test_no_date_is_no_date():
    assert read_day(["7 ports", "12", "2 mayors"]) == ("", read_day([])[1])
    assert day(year=2019) == (None, "")


PAGE = f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{TITLE} | Harbour Post</title>
<style>p {{color: red}}</style><script>var title = "x";</script></head><body>
<nav><a href="/">Harbour Post</a> <a href="/ports">Ports</a></nav><div>1 March 2026</div>
<h1>{TITLE}</h1><p>4 May 2019</p>{"".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)}
<p>Related articles</p><ul><li><a href="/wind">Seven ports, one wind</a></li></ul></body></html>"""


def test_a_page_is_read_from_its_headline_on():
    article = read_article(PAGE.encode())
    assert (article.title, article.text) == (TITLE, f"4 May 2019\n{TEXT}")
    assert day(*article.dates)[0] == date(2019, 5, 4)


def test_a_page_without_a_headline_has_the_title_of_the_page():
    article = read_article(PAGE.replace(f"<h1>{TITLE}</h1>", "").encode())
    assert article.title == f"{TITLE} | Harbour Post"
    assert TEXT in article.text


def test_a_piece_of_html_is_read_like_a_text():
    article = read_article(f"<h2>{TITLE}</h2><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>".encode())
    assert (article.title, article.text) == (TITLE, "\n".join(PARAGRAPHS[:2]))


def test_a_known_title_is_preferred_in_a_piece_of_html_too():
    piece = f"<p>Harbour Post<h2>{TITLE}</h2><p>{PARAGRAPHS[0]}</p>".encode()
    assert read_article(piece).title == "Harbour Post"
    assert read_article(piece, {title_mark(TITLE)}).title == TITLE


def test_a_page_says_its_language_where_its_text_does_not():
    page = "<html lang='de-AT'><title>Hafenforum</title><p>Hafenforum</p><p>Die Städte Bremen und Izmir tagen.</p>"
    assert read_article(page.encode()).language == "de"
    assert read_article(PAGE.encode()).language == "en"


CHINESE = "雙港論壇在高雄登場\n高雄與釜山兩市市長在論壇中簽署備忘錄，約定擴大港灣、觀光與文化交流，並邀請市民參加明年的聯合燈會。\n兩市自二零一二年起每年會面。"
KOREAN = "부산과 가오슝, 항만 포럼 개막\n부산시와 가오슝시 시장은 포럼에서 양해각서를 체결하고 항만과 관광, 문화 교류를 넓히기로 약속했다."


@pytest.mark.parametrize(
    ("written", "codec", "language"),
    [
        (CHINESE, "utf-8", "zh-Hant"),
        (CHINESE, "utf-8-sig", "zh-Hant"),
        (CHINESE, "utf-16", "zh-Hant"),
        (CHINESE, "big5", "zh-Hant"),
        (KOREAN, "cp949", "ko"),
        (f"{TITLE}\n{TEXT}".replace('"', "\u201d"), "cp1252", "en"),
    ],
)
def test_every_encoding_that_can_be_told_is_read(written, codec, language):
    article = read_article(written.encode(codec))
    assert (f"{article.title}\n{article.text}", article.language) == (written, language)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t\n", "the file is empty"),
        (b"%PDF-1.7\n...", "this is a PDF; save the article as plain text or HTML"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive or an office document"),
        (b"{\\rtf1\\ansi Title}", "an RTF document"),
        (bytes(range(256)) * 8, "this is not a text"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "this is not a text"),
        ("Title\nText".encode("utf-16-le"), "this is not a text"),
        (TITLE.encode(), "there is a title and no text below it"),
        (f"{TITLE}\nRead more: wind".encode(), None),
        (PARAGRAPHS[0].encode(), "no title stands above the text"),
        (b"2019-05-04\nHome > News\n" + PARAGRAPHS[0].encode(), "no title stands above the text"),
        (b"***\n---\n", "no title stands above the text"),
        (b"<rss version='2.0'><channel><title>x</title></channel></rss>", "this is a feed, not an article"),
        (b"<html><head><title>A page</title></head><body><script>x()</script></body></html>", "no text below it"),
        (f"{TITLE}\n{'wind and ports ' * 20_000}".encode(), f"longer than {LONGEST_TEXT:,} characters"),
    ],
)
def test_what_is_no_article_is_refused_in_one_sentence(body, sentence):
    if sentence is None:
        assert read_article(body).text == "Read more: wind"  # the only line below a title is its text
        return
    with pytest.raises(ReadProblem) as caught:
        read_article(body)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_invisible_and_turning_characters_do_not_get_in():
    article = read_article(f"Harbour\u202e mayor\u200b\x1b[31m speaks\n{TEXT}".encode())
    assert article.title == "Harbour mayor[31m speaks"


@pytest.mark.parametrize(
    "piece", ["<", "> ", "A", "<p>x", "<title>", "<html ", "\nRelated", "更多新聞\n", "|", "\n1 |"]
)
def test_a_hostile_file_costs_no_more_than_its_length(piece):
    begin = process_time()
    with suppress(ReadProblem):
        read_article(f"{TITLE}\nx{piece * (60_000 // len(piece))}".encode())
    with suppress(ReadProblem):
        read_article((piece * (60_000 // len(piece))).encode())
    assert process_time() - begin < 2, "seconds; what grows with the square would take minutes"


lines_of_text = st.text(alphabet='abc .:>/。,\n"—2019May', min_size=0, max_size=400)


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from([*PARAGRAPHS[:2], "Print", "Related", "Home > News", "May 4, 2019", "Three ports"]), max_size=20
    ),
    lines_of_text,
)
def test_no_paragraph_is_lost_wherever_it_stands(lines, more):
    text = read(TITLE, *lines, more, PARAGRAPHS[0]).text
    assert text.endswith(PARAGRAPHS[0])
    assert [line for line in text.splitlines() if line in PARAGRAPHS] == [
        line for line in [*lines, PARAGRAPHS[0]] if line in PARAGRAPHS
    ]
    for line in " ".join(more.split(" ")).splitlines():
        if line.strip() and not is_furniture(" ".join(line.split())):
            assert " ".join(line.split()) in text


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["Related", "Three ports", "A sentence.", "Print"]), max_size=30))
def test_a_teaser_is_dropped_once_and_for_all(lines):
    once = drop_teaser(lines)
    assert drop_teaser(once) == once
    assert lines[: len(once)] == once


def test_a_title_far_below_is_not_looked_for():
    lines = [f"{number} ports > {number} winds > {number} cranes" for number in range(HEAD_LINES)]
    with pytest.raises(ReadProblem):
        read(*lines, TITLE, *PARAGRAPHS)
