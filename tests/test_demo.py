"""The demo: eight feeds, two polls, one mail, exactly as the samples' marks announce."""

import email
import email.policy
import io
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, redirect_stdout
from dataclasses import replace

import httpx
import pytest
from conftest import NOON
from rich.cells import cell_len

from storage.records import FullItem
from storage.tables import ItemRow
from watcher.cli import main
from watcher.cli.demo import conclude
from watcher.demo.account import Day, Poll
from watcher.demo.day import print_edition
from watcher.demo.numbers import Numbers, announce, differences, relevant_entries
from watcher.demo.render import render_sample
from watcher.demo.samples import load_samples
from watcher.demo.server import Page, serve
from watcher.errors import ReadProblem
from watcher.poll import Tally
from watcher.read import read_document
from watcher.values import Entry, Verdict

pytestmark = pytest.mark.xdist_group("demo")  # one process lives the day
SAMPLES = load_samples()
TOTALS = Numbers(
    feeds=8, entries=150, captured=31, near=8, moved=1, torn=1,
    unchanged=6, not_modified=1, judged_again=1, captured_later=1, problems=1,
    near_left=7, edited=1, pairs=8, stories=13, seeds=3, mails=1,
)  # fmt: skip
"""The figures of the demo, stated once."""

FORUM = "雙城論壇登場 台北上海將簽兩項合作備忘錄"
"""The first of the relevant entries."""

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)


def main_ends(words, code):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == code


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """One demo for all who only look: its folder, and what it said."""
    home, said = tmp_path_factory.mktemp("demo"), io.StringIO()
    with redirect_stdout(said):
        main_ends(["demo", "--home", str(home)], 0)
    return home, said.getvalue()


@pytest.fixture
def home(told):
    return told[0]


@pytest.fixture
def select(home):
    """Ask the demo's database."""
    with closing(sqlite3.connect(home / "watcher.db")) as database:
        yield lambda statement: database.execute(statement).fetchall()


# -- what is announced --


def test_the_totals_are_those_of_the_samples_marks():
    assert announce(SAMPLES) == TOTALS


def test_a_number_that_differs_is_told_in_words():
    assert list(differences(TOTALS, TOTALS)) == []
    assert list(differences(TOTALS, replace(TOTALS, near_left=9))) == ["near left: 9, not 7"]


@each_sample
def test_the_judge_agrees_with_every_mark(judge, sample):
    for entry in sample.entries:
        judged = judge.judge(as_entry(sample, entry, entry.headline(1)))
        verdict = Verdict.MATCHED if entry.relevant else Verdict.NEAR if entry.near else Verdict.REJECTED
        assert (judged.verdict, entry.title) == (verdict, entry.title), judged.why
        assert not entry.relevant or judged.pairs == (entry.pair,)


def test_a_headline_that_will_be_edited_is_a_near_miss_at_first(judge):
    for sample in SAMPLES:
        for entry in sample.edited:
            assert judge.judge(as_entry(sample, entry, entry.title)).verdict is Verdict.NEAR


def as_entry(sample, entry, title):
    return Entry(title=title, summary=entry.summary, language=sample.language)


# -- the samples --


@each_sample
def test_samples_are_marked_as_samples_and_lead_nowhere(sample):
    assert any(word in sample.name for word in ("sample", "樣本", "样本", "견본", "見本"))
    assert sample.site.endswith(".example")
    assert all(".example/" in sample.link_of(entry) for entry in sample.entries)


def test_the_samples_show_what_a_watcher_meets():
    assert {sample.format for sample in SAMPLES} == {"rss", "atom", "rdf"}
    assert {sample.language for sample in SAMPLES} == {"en", "zh-Hant", "zh-Hans", "ko", "ja"}
    odd = ("validators", "moved", "drip_seconds", "breaks_off_in", "edited")
    assert [sum(bool(getattr(sample, name)) for sample in SAMPLES) for name in odd] == [1] * len(odd)
    assert [sample.encoding for sample in SAMPLES if sample.encoding != "utf-8"] == ["big5"]


def test_an_event_is_of_one_pair_and_told_by_several_feeds():
    tellings = {}
    for (feed, _), entry in relevant_entries(SAMPLES).items():
        tellings.setdefault(entry.event, []).append((feed, entry.pair))
    assert "" not in tellings
    assert all(len({pair for _, pair in told}) == 1 for told in tellings.values())
    assert max(len({feed for feed, _ in told}) for told in tellings.values()) == 5


# -- the documents --


@each_sample
def test_a_document_says_what_its_sample_says(sample):
    page = print_edition((sample,), NOON, 0)[sample.path]
    reading = read_document(page.body, content_type=page.headers["Content-Type"])
    found = [(entry.title, entry.summary, entry.url, entry.published_at, entry.language) for entry in reading.entries]
    assert [row[:3] for row in found] == [
        (entry.title, entry.summary, sample.link_of(entry)) for entry in sample.whole_entries(0)
    ]
    assert [(NOON - row[3]).total_seconds() / 3600 for row in found] == [
        entry.hours_ago for entry in sample.whole_entries(0)
    ]
    assert {row[4].lower() for row in found} == {sample.language.lower()}


def test_the_second_edition_differs_only_where_the_sample_says_so():
    for sample in SAMPLES:
        differs = render_sample(sample, NOON, 0) != render_sample(sample, NOON, 1)
        assert differs is bool(sample.edited or sample.breaks_off_in)


def test_a_document_in_big5_is_no_utf8():
    (sample,) = [sample for sample in SAMPLES if sample.encoding == "big5"]
    body = render_sample(sample, NOON)
    assert sample.entries[0].title.encode("big5") in body
    assert b"&#" not in body


def test_a_document_that_breaks_off_keeps_its_whole_entries():
    (sample,) = [sample for sample in SAMPLES if sample.breaks_off_in]
    kept = read_document(render_sample(sample, NOON, 0)).entries
    assert 0 < len(kept) == len(sample.whole_entries(0)) < len(sample.entries)
    with pytest.raises(ReadProblem, match="cut off before its first entry"):
        read_document(render_sample(sample, NOON, 1))


# -- the server --


def test_a_page_with_validators_answers_304_to_whom_knows_it():
    page = Page(body=b"<rss/>", last_modified="Sun, 01 Mar 2026 12:00:00 GMT")
    with serve({"/a": page, "/b": Page(body=b"<rss/>")}) as address:
        first = httpx.get(f"{address}/a")
        assert (first.status_code, first.headers["Last-Modified"]) == (200, page.last_modified)
        again = httpx.get(f"{address}/a", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert httpx.get(f"{address}/a", headers={"If-None-Match": '"another"'}).status_code == 200
        plain = httpx.get(f"{address}/b", headers={"If-None-Match": first.headers["ETag"]})
        assert (plain.status_code, "ETag" in plain.headers) == (200, False)


def test_a_page_that_has_moved_says_where_to():
    with serve({"/old": Page(moved_to="/new"), "/new": Page(body=b"here")}) as address:
        answer = httpx.get(f"{address}/old")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/new")
        assert httpx.get(f"{address}/old", follow_redirects=True).content == b"here"
        assert httpx.get(f"{address}/nowhere").status_code == 404


def test_a_slow_page_comes_late_and_whole():
    body = bytes(range(256)) * 5
    with serve({"/": Page(body=body, drip_seconds=0.1)}) as address:
        start = time.monotonic()
        assert httpx.get(f"{address}/").content == body
        assert time.monotonic() - start >= 0.1


# -- the day --


def test_the_demo_leaves_seeds_and_the_marked_items(select):
    rows = select("SELECT is_seed, pairs, kind FROM captured_items")
    assert {row[1:] for row in rows if row[0]} == {("shanghai~taipei", "forum"), ("daegu~taipei", "reaffirmation")}
    items = select("SELECT feed_id, url FROM items WHERE captured_at IS NOT NULL AND feed_id IS NOT NULL")
    assert len(items) == 32
    assert set(items) == relevant_entries(SAMPLES).keys()
    assert select(
        "SELECT count(DISTINCT story_id) FROM items WHERE feed_id IS NOT NULL AND captured_at IS NOT NULL"
    ) == [(13,)]
    assert select("SELECT count(*) FROM items WHERE captured_at IS NULL AND verdict = 'near'") == [(7,)]
    assert select("SELECT count(*) FROM items WHERE feed_id IS NOT NULL") == [(150,)]


def test_an_edited_headline_stands_beside_the_first_one(select):
    (entry,) = [entry for sample in SAMPLES for entry in sample.edited]
    edited = select("SELECT first_title, title, verdict FROM items WHERE first_title != title")
    assert edited == [(entry.title, entry.edited_title, "matched")]


def test_every_visit_ended_as_its_feed_is_marked(select):
    visits = select("SELECT feed_id, outcome, status FROM visits ORDER BY feed_id, id")
    assert len(visits) == 16
    for sample in SAMPLES:
        first, second = [row[1:] for row in visits if row[0] == sample.id]
        assert first == ("read", 200)
        wanted = ("unchanged", 304 if sample.validators else 200)
        assert second == (("failed", 200) if sample.breaks_off_in else ("read", 200) if sample.edited else wanted)


def test_one_feed_is_not_well_and_all_keep_their_address(select):
    feeds = {row[0]: row[1:] for row in select("SELECT id, problem, url FROM feeds")}
    for sample in SAMPLES:
        problem, url = feeds[sample.id]
        assert bool(problem) is bool(sample.breaks_off_in)
        assert url.endswith(sample.known_path)


def test_the_mail_tells_every_item_the_near_misses_and_the_broken_feed(home):
    mail = email.message_from_bytes((home / "digest.eml").read_bytes(), policy=email.policy.default)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    html = (home / "digest.html").read_text("utf-8")
    assert "32 new items in 13 stories" in text
    for sample in SAMPLES:
        for entry in sample.entries:
            is_told = entry in sample.whole_entries(0) and (entry.relevant or entry.near)
            assert (entry.headline(1) in html) is is_told, entry.title
            assert (sample.link_of(entry) in text) is is_told
    assert "6 of 8 feeds well, 1 failing and 1 moved." in text
    assert "갯벌일보 (견본) · failing · the feed is damaged or cut off before its first entry" in text


def test_the_story_is_told_in_aligned_columns(told):
    lines = told[1].splitlines()
    first = lines[lines.index("First poll: all of it is new") + 1 :][: len(SAMPLES) + 2]
    assert {cell_len(line) for line in first} == {cell_len(first[0])}
    assert first[-1].split() == ["8", "feeds", "read", "150", "31", "8"]
    assert [
        line for line in lines[: lines.index("The digest: 1 mail to desk@city-desk.example")] if cell_len(line) > 80
    ] == []
    assert "All of it happened as announced." in lines


def test_the_story_says_what_was_unchanged_and_why_nothing_was_done(told):
    assert told[1].count("the same bytes again") == TOTALS.unchanged - TOTALS.not_modified
    assert told[1].count("304: the server sends nothing") == 1
    assert "6 feeds are unchanged: for them nothing was parsed, judged or stored." in told[1]
    assert "Two Rivers Gazette (sample) edited a headline; judged again, it now counts:" in told[1]


def test_the_demo_can_be_repeated_and_stays_with_its_page_until_it_is_ended(home):
    command = [sys.executable, "-m", "watcher", "demo", "--home", str(home), "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        try:
            said = next(line for line in demo.stdout if line.startswith("The page stands at "))
            page = httpx.get(said.split()[4], timeout=30)
            demo.terminate()
            demo.wait(30)
        finally:
            demo.kill()
    assert (page.status_code, demo.returncode) == (200, 0)
    assert "Two Rivers Gazette (sample)" in page.text


def test_the_demo_never_replaces_a_database_that_is_not_its_own(tmp_path, capsys):
    main_ends(["--database", f"sqlite:///{tmp_path}/watcher.db", "db", "upgrade"], 0)
    main_ends(["demo", "--home", str(tmp_path)], 2)
    assert "is not a demo's database; choose another folder with --home" in capsys.readouterr().err


def test_a_day_without_news_is_no_good_demo(tmp_path, capsys):
    empty = Day(home=tmp_path, samples=SAMPLES, polls=[Poll(tally=Tally(), reports={})] * 2)
    assert conclude(empty) == 1
    complaints = capsys.readouterr().err
    assert "not as announced: captured: 0, not 31\n" in complaints
    assert "not as announced: not captured: Busan and Fukuoka sign MOU on emergency medicine\n" in complaints


def test_every_event_is_one_story_and_two_events_are_two(select):
    stories = {}
    rows = select("SELECT feed_id, url, story_id FROM items WHERE captured_at IS NOT NULL AND feed_id IS NOT NULL")
    for feed, url, story in rows:
        stories.setdefault(relevant_entries(SAMPLES)[feed, url].event, set()).add(story)
    assert {len(told) for told in stories.values()} == {1}
    assert len(set.union(*stories.values())) == len(stories)


def test_two_events_in_one_story_are_named(tmp_path):
    (first, one), *_, (second, other) = relevant_entries(SAMPLES).items()
    rows = [ItemRow.model_construct(feed_id=key[0], url=key[1], title="", story_id=7) for key in (first, second)]
    day = Day(home=tmp_path, samples=SAMPLES, captured=[FullItem(item=row) for row in rows])
    assert list(day.wrong_stories()) == [f"told as one story: {', '.join(sorted((one.event, other.event)))}"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({}, []),
        ({"url": "https://danshui.example/news/1019"}, [f"captured, but not marked as relevant: {FORUM}"]),
        ({"pair": "lyon~seoul"}, [f"lyon~seoul, not shanghai~taipei: {FORUM}"]),
        ({"pair": ""}, [f"no pair, not shanghai~taipei: {FORUM}"]),
        ({"first_title": "雙城論壇明天登場"}, [f"the headline is not as it was or became: {FORUM}"]),
    ],
)
def test_an_item_that_is_not_as_marked_is_named(tmp_path, change, complaint):
    (feed, url), entry = next(iter(relevant_entries(SAMPLES).items()))
    said = {"url": url, "pair": entry.pair, "first_title": entry.title} | change
    item = ItemRow.model_construct(feed_id=feed, url=said["url"], title=entry.title, first_title=said["first_title"])
    full = FullItem(item=item, facets=(("pair", said["pair"]),) if said["pair"] else ())
    complaints = list(Day(home=tmp_path, samples=SAMPLES, captured=[full]).wrong_items())
    missing = TOTALS.captured + TOTALS.captured_later - (url == said["url"])
    assert sum(one.startswith("not captured: ") for one in complaints) == missing
    assert [one for one in complaints if not one.startswith("not captured: ")] == complaint
