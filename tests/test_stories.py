"""Stories: what tells of the same event is one, in whatever language; two events are never joined."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from watcher.stories import Joining, Told, join_stories
from watcher.text.tokens import index_text
from watcher.values import Entry, Kind, Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAEGU = frozenset({"daegu~taipei"})
REPORT = " ".join(f"word{number}" for number in range(60))
LANGUAGES = {"en", "zh-Hant", "zh-Hans", "ja", "ko"}
HERE = Path(__file__).parent


def told(item_id, title="", url="", *, story=0, text="", days=0.0, **more):
    """What is compared of an item; published at noon, and so many days later."""
    return Told(
        item_id=item_id,
        story_id=story,
        canonical_url=url,
        title=title,
        folded=index_text(f"{title} {text}"),
        **{"at": NOON + timedelta(days=days)} | more,
    )


def about(item_id, kind=Kind.VISIT, *, fields=(), language="en", **more):
    """An item of one pair that shares no word with another one."""
    usual = {"title": f"t{item_id}", "text": f"w{item_id}", "pairs": DAEGU}
    return told(item_id, kind=kind, fields=frozenset(fields), language=language, **usual | more)


def joined(fresh, *earlier):
    [joining] = join_stories([fresh], earlier)
    return joining.story_id, joining.why


# -- the same address, headline or text --


def test_an_item_alone_is_its_own_story():
    assert join_stories([told(7, "A")], []) == [Joining(item_id=7, story_id=7, why="first")]


def test_the_same_address_joins_the_earlier_story():
    assert joined(told(7, "B", "https://x.example/1"), told(3, "A", "https://x.example/1", story=2)) == (2, "url")


def test_the_same_headline_in_another_script_joins():
    assert joined(told(7, "台北上海双城论坛登场"), told(3, "臺北上海雙城論壇登場", story=3)) == (3, "title")


def test_items_of_one_batch_join_each_other():
    joinings = join_stories([told(7, "A", "https://x.example/1"), told(8, "a", "https://y.example/1")], [])
    assert [joining.story_id for joining in joinings] == [7, 7]


def test_empty_marks_join_nothing():
    assert [joining.story_id for joining in join_stories([told(7), told(8)], [told(3, story=3)])] == [7, 8]


def test_the_same_report_under_another_headline_joins():
    assert joined(told(7, "B", text=REPORT), told(3, "A", story=3, text=REPORT)) == (3, "text")


def test_a_report_that_was_cut_short_or_lightly_edited_joins():
    assert joined(told(7, "B", text=REPORT[:300] + " reports the wire"), told(3, "A", story=3, text=REPORT))[0] == 3


@pytest.mark.parametrize("marks", [{"title": "Yearly report"}, {"text": REPORT}])
def test_the_same_words_a_week_later_are_another_event(marks):
    earlier = told(3, **{"title": "A"} | marks, story=3)
    assert joined(told(7, **{"title": "B"} | marks, days=6.9), earlier)[0] == 3
    assert joined(told(7, **{"title": "B"} | marks, days=7), earlier) == (7, "first")
    assert joined(told(7, **{"title": "B"} | marks, at=None), earlier)[0] == 3


@pytest.mark.parametrize("marks", [{"title": "Guests at city hall"}, {"text": REPORT}])
def test_the_same_words_about_another_pair_are_another_event(marks):
    earlier = told(3, **{"title": "A"} | marks, story=3, pairs=DAEGU)
    assert joined(told(7, **{"title": "B"} | marks, pairs=frozenset({"busan~taipei"})), earlier) == (7, "first")
    assert joined(told(7, **{"title": "B"} | marks, pairs=DAEGU | {"busan~taipei"}), earlier)[0] == 3
    assert joined(told(7, **{"title": "B"} | marks), earlier)[0] == 3


# -- the same pair, kind and time --


def test_reports_in_two_languages_of_one_pair_kind_and_day_are_one_story():
    assert joined(about(7, language="ja"), about(3, story=3)) == (3, "pair")


@pytest.mark.parametrize(
    ("later", "is_one"),
    [
        ({"days": 1.5}, True),
        ({"days": 1.6}, False),
        ({"days": 3, "fields": ["health"]}, True),
        ({"days": 3.1, "fields": ["health"]}, False),
        ({"at": None}, False),
        ({"fields": ["sport"]}, False),
        ({"fields": ["trade"]}, True),
        ({"pairs": DAEGU | {"busan~taipei"}}, False),
        ({"pairs": frozenset({"busan~taipei"})}, False),
        ({"kind": Kind.MOU}, False),
        ({"kind": Kind.MOU, "fields": ["health"]}, True),
        ({"kind": Kind.MOU, "days": 1.6, "fields": ["health"]}, False),
        ({"kind": Kind.PROGRAMME}, False),
        ({"kind": Kind.PROGRAMME, "fields": ["health"]}, True),
        ({"kind": Kind.PROGRAMME, "fields": ["health", "youth", "sport"]}, False),
        ({"kind": Kind.OTHER}, False),
        ({"kind": Kind.OTHER, "fields": ["health"]}, True),
        ({"language": "en"}, False),
        ({"language": "en", "text": "w3 of the mayors"}, True),
    ],
)
def test_the_less_two_reports_agree_the_nearer_they_must_be(later, is_one):
    earlier = about(3, fields=["health"], story=3)
    assert joined(about(7, **{"language": "ja"} | later), earlier) == ((3, "pair") if is_one else (7, "first"))


@pytest.mark.parametrize(
    ("kind", "other", "is_one"),
    [
        (Kind.FORUM, Kind.MOU, True),
        (Kind.TERMINATION, Kind.AGREEMENT, True),
        (Kind.OTHER, Kind.ANNIVERSARY, True),
        (Kind.OTHER, Kind.OTHER, True),
        (Kind.TERMINATION, Kind.VISIT, False),
        (Kind.ANNIVERSARY, Kind.FORUM, False),
    ],
)
def test_where_no_field_is_named_what_may_be_one_occasion_is_one(kind, other, is_one):
    assert joined(about(7, kind, language="ja"), about(3, other, story=3))[0] == (3 if is_one else 7)
    assert joined(about(7, kind, language="ja"), about(3, other, fields=["youth"], story=3))[0] == 7


def test_one_member_that_speaks_against_it_is_enough():
    members = about(3, story=3), about(4, fields=["health"], language="ko", story=3)
    assert joined(about(7, language="ja", fields=["sport"]), *members) == (7, "first")


def test_where_two_stories_would_do_none_is_joined():
    assert joined(about(7, language="ja"), about(3, story=3), about(4, language="ko", story=4)) == (7, "first")


def test_an_event_of_several_days_is_followed_from_report_to_report():
    joinings = join_stories([about(number, language=f"l{number}", days=number) for number in range(1, 5)], [])
    assert {joining.story_id for joining in joinings} == {1}


def test_a_seed_of_years_ago_takes_no_news():
    assert joined(about(7, language="ja"), about(3, days=-2000, story=3)) == (7, "first")


# -- invented events in five languages, told apart as the packaged rules judge them --


def load(name):
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def as_told(judge, number, row):
    found = judge.judge(Entry(title=row["title"], text=row["text"], language=row["lang"]))
    at = datetime.fromisoformat(row["date"]) if row["date"] else None
    more = {"kind": found.kind, "pairs": frozenset(found.pairs), "fields": frozenset(found.fields)}
    shown = told(number, row["title"], text=row["text"], language=row["lang"], at=at, **more)
    return shown if found.verdict is Verdict.MATCHED else None


@pytest.mark.parametrize(("name", "events"), [("stories.jsonl", 20), ("stories_closed.jsonl", 10)])
def test_no_two_events_are_joined_and_four_of_five_pairs_of_reports_are(judge, name, events):
    rows = dict(enumerate(load(name), start=1))
    assert (len(rows), len({row["event"] for row in rows.values()})) == (events * 3, events)
    assert {row["lang"] for row in rows.values()} == LANGUAGES
    shown = [found for number, row in rows.items() if (found := as_told(judge, number, row))]
    stories = {joining.item_id: joining.story_id for joining in join_stories(shown, [])}
    alike = {(one, two): stories[one] == stories[two] for one, two in combinations(stories, 2)}
    same = {pair for pair in alike if rows[pair[0]]["event"] == rows[pair[1]]["event"]}
    assert [(rows[one]["id"], rows[two]["id"]) for one, two in alike.keys() - same if alike[one, two]] == []
    assert len(shown) >= 0.85 * len(rows)
    assert sum(alike[pair] for pair in same) >= 0.8 * len(same)
