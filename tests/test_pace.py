"""What a document says of how often it wants to be asked for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.read import read_document
from watcher.read.pace import read_pace
from watcher.values import Pace

HOUR = timedelta(hours=1)


def pace(head: str, tail: str = "") -> Pace:
    entry = "<item><title>Kobe and Riga meet</title><ttl>9</ttl><category>day</category></item>"
    names = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    feed = f'<rss version="2.0" {names}><channel><title>Bay</title>{head}{entry}{entry}{tail}</channel></rss>'
    return read_document(feed.encode()).pace


@pytest.mark.parametrize(
    ("said", "ttl"),
    [
        ("", timedelta()),
        ("<ttl>60</ttl>", HOUR),
        ("<ttl> 90 </ttl>", 1.5 * HOUR),
        ("<ttl>0</ttl>", timedelta()),
        ("<ttl>-5</ttl>", timedelta()),
        ("<ttl>soon</ttl>", timedelta()),
        ("<ttl/>", timedelta()),
        ("<ttl>999999</ttl>", 7 * 24 * HOUR),
        ("<ttl>99999999999999</ttl>", timedelta()),
        ("<ttl>٣٠</ttl>", timedelta()),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod>\n daily \n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 24 * HOUR),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", 7 * 24 * HOUR),
        ("<sy:updatePeriod>whenever</sy:updatePeriod>", timedelta()),
        ("<sy:updateFrequency>4</sy:updateFrequency>", timedelta()),
        ("<ttl>120</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 2 * HOUR),
    ],
)
def test_a_span_between_visits_is_read_and_nonsense_says_nothing(said: str, ttl: timedelta) -> None:
    assert pace(said) == pace("", said) == Pace(ttl=ttl)


def test_hours_and_days_without_visits_are_read() -> None:
    hours = "<skipHours><hour>3</hour><hour>0</hour><hour>24</hour><hour>25</hour><hour>x</hour></skipHours>"
    days = "<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>"
    assert pace(hours + days) == Pace(skip_hours=(0, 3), skip_days=(5, 6))


def test_a_feed_that_would_never_be_visited_is_not_believed() -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    days = "".join(f"<day>{day}</day>" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
    assert pace(f"<skipHours>{hours}</skipHours><skipDays>{days}</skipDays>") == Pace()


@given(
    st.lists(
        st.sampled_from(["<ttl>", "</ttl>", "<hour>", "<day>", "<item>", "</item>", "7", "mon", "<sy:updatePeriod>"])
    )
)
def test_no_arrangement_of_tags_makes_reading_the_pace_fail(pieces: list[str]) -> None:
    read_pace("".join(pieces))
