"""When an address that redirects for good is taken over."""

from dataclasses import replace
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


def fail(feed, times, **said):
    """Let visits fail, as poll and store count them; return the addresses that they leave to be asked next."""
    asked = []
    for _ in range(times):
        feed = follow_move(Failed(problem="away", **said), feed, NOW)
        feed = replace(feed, failures=feed.failures + 1)
        asked.append(feed.url)
    return feed, asked


def test_an_adopted_address_that_fails_three_times_is_asked_in_turn_with_the_configured_one():
    adopted = Feed(id="a", url=NEW, configured_url=OLD)
    _, asked = fail(adopted, 6)
    assert asked == [NEW, NEW, OLD, NEW, OLD, NEW]
    assert fail(replace(adopted, url=OLD), 6)[1] == [OLD] * 6


def test_of_two_addresses_asked_in_turn_the_first_one_that_answers_stays():
    doubted, _ = fail(Feed(id="a", url=NEW, configured_url=OLD), 3)
    alive = follow_move(Unchanged(), doubted, NOW)
    assert (alive.url, alive.moved_to) == (OLD, "")
    again = follow_move(sent_to(NEW), doubted, NOW)
    assert (again.url, again.moved_to, again.moved_times) == (OLD, NEW, 1)
    restored = follow_move(Unchanged(), fail(doubted, 1)[0], NOW)
    assert (restored.url, restored.moved_to) == (NEW, "")


def test_a_server_that_asks_to_be_left_alone_is_alive():
    assert set(fail(Feed(id="a", url=NEW, configured_url=OLD), 6, retry_after=DAY)[1]) == {NEW}
