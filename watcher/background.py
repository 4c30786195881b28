"""Background: what is known beside a story. Ties of its pairs, the latest earlier item, a pair's first mention."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from storage.records import FullItem, Mention
from storage.seeds import load_seeds
from watcher.compose.groups import Story, tell_stories
from watcher.compose.words import ENGLISH, Words
from watcher.desk import Desk
from watcher.editions import Background, News
from watcher.records import news_from, seed_key
from watcher.values import Kind

MONTH = timedelta(days=365) / 12
LONG_ENOUGH = timedelta(days=30)
"""Who has watched for less cannot say that anything is new."""

Key = TypeVar("Key", bound=Hashable)


def gather_background(
    desk: Desk, news: Sequence[News], *, until: datetime, zone: str, words: Words = ENGLISH
) -> Background:
    """Gather what was known at the instant `until` beside the stories that the news tells; days are those of `zone`."""
    pairs = dict.fromkeys(pair for item in news for pair in item.pairs)
    mentions = desk.store.mentions.of_pairs(pairs, until, {item.story_id for item in news})
    return Background(
        ties={pair: desk.ties[pair] for pair in pairs if pair in desk.ties},
        firsts=dict(_first_mentions(desk, news, mentions, until, zone, words)),
        earlier=_see_also(desk, news, mentions, until),
    )


def background_of(desk: Desk, full: FullItem) -> Background:
    """Gather what was known beside one item when it was published."""
    item = news_from(full, desk.feed_names())
    until = min(item.captured_at, item.published_at or item.captured_at)
    return gather_background(desk, [item], until=until, zone="UTC")


def say_span(
    last: datetime | None,
    since: datetime | None,
    until: datetime,
    *,
    months: int,
    zone: str,
    words: Words = ENGLISH,
) -> str:
    """Say in which time nobody mentioned a pair before; nothing where we cannot know or somebody did.

    `last` is the last mention, `since` the instant from which on we watch.
    """
    edge = until - months * MONTH
    if not months or since is None or (last is not None and last >= edge):
        return ""
    if since <= edge:
        return words.in_months(months)
    if until - since < LONG_ENOUGH:
        return ""
    return words.since_watching(since.astimezone(ZoneInfo(zone)).date().isoformat())


def _first_mentions(
    desk: Desk, news: Sequence[News], mentions: Iterable[Mention], until: datetime, zone: str, words: Words
) -> Iterator[tuple[tuple[int, str], str]]:
    """Yield the story that is first to mention a pair, the pair, and in which time it is the first."""
    told = {item.id for item in news}
    last = _latest((mention.value, mention) for mention in mentions if mention.id not in told)
    stories: dict[str, int] = {}
    for item in sorted(news, key=lambda item: (item.captured_at, item.id)):
        for pair in item.pairs:
            stories.setdefault(pair, item.story_id)
    months, since = desk.settings.digest.first_mention_months, desk.store.mentions.watched_since()
    for pair, story_id in stories.items():
        before = last[pair].at if pair in last else None
        if span := say_span(before, since, until, months=months, zone=zone, words=words):
            yield (story_id, pair), span


def _see_also(desk: Desk, news: Sequence[News], mentions: Iterable[Mention], until: datetime) -> dict[int, News]:
    """Return by story the latest item that is in none of them and has the same pair, else the same city and kind."""
    told, stories = {item.story_id for item in news}, tell_stories(news)
    of_pair = _latest((mention.value, mention) for mention in mentions if mention.story_id not in told)
    alone = [story for story in stories if of_pair.keys().isdisjoint(story.pairs)]
    of_city = _latest(
        ((mention.value, mention.kind), mention)
        for mention in _mentions_of_kin(desk, alone, until)
        if mention.story_id not in told
    )
    chosen: dict[int, int] = {}
    for story in stories:
        found = [of_pair[pair] for pair in of_pair.keys() & story.pairs]
        found = found or [of_city[key] for key in _cities(story) & of_city.keys()]
        if found:
            chosen[story.lead.story_id] = max(found, key=lambda mention: (mention.at, mention.id)).id
    items = _as_news(desk, chosen.values())
    return {story_id: items[item_id] for story_id, item_id in chosen.items() if item_id in items}


def _mentions_of_kin(desk: Desk, stories: Sequence[Story], until: datetime) -> list[Mention]:
    keys = {key for story in stories for key in _cities(story)}
    cities, kinds = sorted({city for city, _ in keys}), sorted({kind for _, kind in keys})
    return desk.store.mentions.of_cities(cities, kinds, until) if keys else []


def _cities(story: Story) -> set[tuple[str, str]]:
    """Return cities with kinds; two items of the kind `other` have no kind in common."""
    return {(city, item.kind.value) for item in story.items if item.kind is not Kind.OTHER for city in item.cities}


def _latest(mentions: Iterable[tuple[Key, Mention]]) -> dict[Key, Mention]:
    """Return the first mention of each key; they come latest first."""
    latest: dict[Key, Mention] = {}
    for key, mention in mentions:
        latest.setdefault(key, mention)
    return latest


def _as_news(desk: Desk, item_ids: Iterable[int]) -> dict[int, News]:
    """Return items as a digest shows them; the source of a seed is its publisher."""
    names, publishers = desk.feed_names(), {seed_key(seed): seed.publisher for seed in load_seeds()}
    found = desk.store.items.find_all(dict.fromkeys(item_ids))
    return {full.item.id or 0: _named(full, names, publishers) for full in found}


def _named(full: FullItem, names: dict[str, str], publishers: dict[str, str]) -> News:
    news = news_from(full, names)
    return replace(news, source=news.source or publishers.get(full.item.key, ""))
