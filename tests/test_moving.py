"""When an address that redirects for good is taken over."""

from datetime import UTC, datetime, timedelta

from watcher.moving import follow_move
from watcher.values import Failed, Feed, Fetched, Unchanged

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OLD, NEW = "https://old.example/rss", "https://new.example/rss"


def sent_to(target):
    return Fetched(body=b"", body_hash="", url=target, moved_to=target)


def follow(*sightings, url=OLD):
    """Visit a feed on certain days; return what is known of its address then."""
    feed = Feed(id="a", url=url)
    for day, outcome in sightings:
        feed = follow_move(outcome, feed, NOW + day * DAY)
    return feed


def test_a_new_address_is_adopted_after_three_sightings_over_seven_days():
    twice = follow((0, sent_to(NEW)), (6.9, sent_to(NEW)))
    assert (twice.url, twice.moved_to, twice.moved_times, twice.moved_since_at) == (OLD, NEW, 2, NOW)
    adopted = follow_move(sent_to(NEW), twice, NOW + 7 * DAY)
    assert (adopted.url, adopted.moved_to, adopted.moved_times, adopted.moved_since_at) == (NEW, "", 0, None)


def test_neither_many_sightings_in_a_few_days_nor_two_in_many_are_enough():
    assert follow(*[(number / 4, sent_to(NEW)) for number in range(20)]).url == OLD
    assert follow((0, sent_to(NEW)), (30, sent_to(NEW))).url == OLD


def test_an_unchanged_document_behind_a_redirect_is_a_sighting_too():
    assert follow((0, sent_to(NEW)), (4, Unchanged(moved_to=NEW)), (8, Unchanged(moved_to=NEW))).url == NEW


def test_a_visit_that_fails_says_nothing_of_the_address():
    failed = Failed(problem="away")
    assert follow((0, sent_to(NEW)), (1, failed), (4, sent_to(NEW)), (8, failed), (9, sent_to(NEW))).url == NEW
    assert follow(*[(day, failed) for day in range(30)]).moved_to == ""


def test_a_redirect_that_ends_or_leads_elsewhere_begins_anew():
    other = "https://other.example/"
    back = follow((0, sent_to(NEW)), (4, sent_to(NEW)), (8, Unchanged()))
    assert (back.url, back.moved_to, back.moved_times) == (OLD, "", 0)
    changed = follow((0, sent_to(NEW)), (4, sent_to(NEW)), (8, sent_to(other)))
    assert (changed.url, changed.moved_to, changed.moved_times) == (OLD, other, 1)


def test_https_in_place_of_http_on_the_same_host_is_adopted_at_once():
    assert follow((0, sent_to("https://old.example/rss")), url="http://old.example/rss").url == OLD
    assert follow((0, sent_to("https://old.example/feed")), url="http://OLD.example:80/rss").url.endswith("/feed")


def test_another_host_or_the_way_back_to_http_is_not_adopted_at_once():
    assert follow((0, sent_to(NEW)), url="http://old.example/rss").moved_to == NEW
    assert follow((0, sent_to("http://old.example/rss"))).url == OLD
