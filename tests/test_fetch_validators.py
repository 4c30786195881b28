from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watcher.fetch.validators import ask_conditionally, read_fresh_for
from watcher.values import Feed

NOW = datetime(2026, 9, 28, 2, tzinfo=UTC)
IN_AN_HOUR = "Mon, 28 Sep 2026 03:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 10),
        ({"cache-control": "public, Max-Age = 600 , must-revalidate"}, 10),
        ({"cache-control": 'max-age="600"'}, 10),
        ({"cache-control": "max-age=600", "age": "120"}, 8),
        ({"cache-control": "max-age=600", "age": "900"}, 0),
        ({"cache-control": "max-age=600", "age": "unknown"}, 10),
        ({"cache-control": "max-age=0", "expires": IN_AN_HOUR}, 0),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age=600, max-age=60"}, 10),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "s-maxage=600, max-age=60"}, 1),
        ({"cache-control": "x-max-age=600"}, 0),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "no-store, max-age=600"}, 0),
        ({"cache-control": 'no-cache="set-cookie", max-age=600'}, 10),
        ({"cache-control": "max-age=999999999999"}, 24 * 60),
        ({"cache-control": "max-age=" + "9" * 6_000}, 0),
        ({"cache-control": "max-age=600", "expires": IN_AN_HOUR}, 10),
        ({"cache-control": "public", "expires": IN_AN_HOUR}, 60),
        ({"expires": IN_AN_HOUR}, 60),
        ({"expires": IN_AN_HOUR, "date": "Mon, 28 Sep 2026 02:45:00 GMT"}, 15),
        ({"expires": IN_AN_HOUR, "date": "today"}, 60),
        ({"expires": "Mon, 28 Sep 2026 01:00:00 GMT"}, 0),
        ({"expires": "Thu, 31 Dec 2099 00:00:00 GMT"}, 24 * 60),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
    ],
)
def test_an_answer_says_how_long_it_is_fresh(headers: dict[str, str], minutes: int) -> None:
    assert read_fresh_for(headers, NOW) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("hours", "whole"), [(23, False), (24, True), (100, True)])
def test_a_whole_document_is_asked_for_when_the_last_is_a_day_old(hours: int, whole: bool) -> None:
    feed = Feed(id="f", url="https://news.example/", etag='"7"', full_at=NOW - timedelta(hours=hours))
    assert ask_conditionally(feed, NOW) == ({} if whole else {"If-None-Match": '"7"'})


def test_about_one_visit_in_fifty_asks_for_the_whole_document_besides() -> None:
    feed = Feed(id="f", url="https://news.example/", etag='"7"', last_modified="yesterday")
    for minutes, least, most in ((59, 0, 0), (61, 70, 130)):
        hours = [NOW + timedelta(hours=number) for number in range(5_000)]
        asked = [ask_conditionally(replace(feed, full_at=hour - timedelta(minutes=minutes)), hour) for hour in hours]
        assert least <= asked.count({}) <= most
