"""The sentences of a digest: its subject, its lead, and what it says of the feeds."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from watcher.compose.clean import clean_line, clean_title
from watcher.compose.columns import columns_of, head_of
from watcher.compose.groups import OTHER, Story
from watcher.compose.labels import count_of, short_day, time_label
from watcher.editions import Edition

SUBJECT_COLUMNS = 130
GROUPS_NAMED = 3


class Mood(StrEnum):
    """Say how far a digest can be trusted: a quiet day and a broken watcher must look different."""

    WELL = "well"
    WEAK = "weak"  # fewer than half of the feeds were read
    BROKEN = "broken"  # none was read
    BARE = "bare"  # there is none to read


def judge_mood(edition: Edition) -> Mood:
    """Say how well the feeds behind an edition are."""
    if edition.feeds_total == 0:
        return Mood.BARE
    if edition.feeds_read == 0:
        return Mood.BROKEN
    return Mood.WEAK if edition.feeds_read * 2 < edition.feeds_total else Mood.WELL


def subject_line(edition: Edition, first_title: str) -> str:
    """Return date, count and the first story's title in one line."""
    start = f"{clean_title(edition.title, 60)}, {short_day(edition.day)}"
    if not edition.news:
        return f"{start}: {_EMPTY_SUBJECTS[judge_mood(edition)]}"
    return _fit_subject(f"{start}: {count_of(len(edition.news), 'item')} · {first_title}")


def lead_sentence(edition: Edition, groups: Mapping[str, Sequence[Story]]) -> str:
    """Say what the day brought; with few feeds read, say that too."""
    mood = judge_mood(edition)
    if not edition.news:
        return _EMPTY_LEADS[mood].format(edition=edition, read=_read_words(edition))
    caution = _CAUTIONS.get(mood, "").format(edition=edition)
    return f"{_news_sentence(edition, groups)} {caution}".strip()


def cover_sentence(edition: Edition) -> str:
    """Say from when to when the digest tells, and whose clock it uses."""
    year = int(edition.day[:4])
    since = time_label(edition.covers_from_at, edition.zone, year)
    until = time_label(edition.opened_at, edition.zone, year)
    return f"Covers {since} to {until}. All times are {clean_line(edition.zone)}."


def backfill_sentence(edition: Edition) -> str:
    """Say how many old items were stored without being told; nothing when there are none."""
    if not edition.backfilled:
        return ""
    items, are = count_of(edition.backfilled, "older item"), "was" if edition.backfilled == 1 else "were"
    return f"{items} {are} seen for the first time and stored; old news is counted here, not told."


def read_sentence(edition: Edition) -> str:
    """Say how many of the feeds were read."""
    if not edition.feeds_total:
        return "No feed is configured."
    return f"{edition.feeds_read:,} of {count_of(edition.feeds_total, 'feed')} read."


def strange_sentence(edition: Edition) -> str:
    """Count the feeds that answer, but were strange already in an earlier digest; nothing when there are none."""
    if not edition.strange:
        return ""
    feeds = "1 feed has" if edition.strange == 1 else f"{edition.strange:,} feeds have"
    return f"{feeds} been quiet, empty, stale or strange for longer; `city-watcher feeds list` says which."


_EMPTY_SUBJECTS = {
    Mood.WELL: "nothing new",
    Mood.WEAK: "nothing new, but most feeds could not be read",
    Mood.BROKEN: "no feed could be read",
    Mood.BARE: "no feed to read",
}
_LOOK = "“Sources” below and `city-watcher status` say what is wrong."
_FEW = "{edition.feeds_read:,} of {edition.feeds_total:,} feeds could be read"
_EMPTY_LEADS = {
    Mood.WELL: "A quiet day: {read}, and nothing in them was new on your topics.",
    Mood.WEAK: f"Nothing new was found, but only {_FEW}. There may be news that the watcher could not see; {_LOOK}",
    Mood.BROKEN: "The watcher is not well: none of its {edition.feeds_total:,} feeds could be read. "
    f"This mail says nothing about the day; {_LOOK}",
    Mood.BARE: "The watcher has no feed to read. Add one with `city-watcher feeds add`.",
}
_CAUTIONS = {
    Mood.WEAK: f"Only {_FEW}, so there may be more; {_LOOK}",
    Mood.BROKEN: f"At the moment no feed can be read, so there may be more; {_LOOK}",
}


def _read_words(edition: Edition) -> str:
    """Say it of one, of all or of most feeds."""
    if edition.feeds_read == edition.feeds_total:
        return "the one feed was read" if edition.feeds_total == 1 else f"all {edition.feeds_total:,} feeds were read"
    return f"{edition.feeds_read:,} of {edition.feeds_total:,} feeds were read"


def _news_sentence(edition: Edition, groups: Mapping[str, Sequence[Story]]) -> str:
    """Count items and stories, and name the places they are about."""
    items, stories = len(edition.news), sum(map(len, groups.values()))
    counted = f"{items:,} new items" if items > 1 else "1 new item"
    if stories < items:
        counted += f" in {count_of(stories, 'story', 'stories')}"
    if list(groups) == [OTHER]:
        return f"{counted}."
    if len(groups) == 1:
        return f"{counted}, on {next(iter(groups))}."
    return f"{counted}: {_shares(groups)}."


def _shares(groups: Mapping[str, Sequence[Story]]) -> str:
    """Name the largest groups, with their counts where these differ from one, and count the rest."""
    named = sorted((name for name in groups if name != OTHER), key=lambda name: -len(groups[name]))[:GROUPS_NAMED]
    rest = sum(len(told) for name, told in groups.items() if name not in named)
    single = all(len(groups[name]) == 1 for name in named)
    shares = [name if single else f"{len(groups[name]):,} on {name}" for name in named]
    shares += [f"{rest:,} more"] * bool(rest)
    return f"{', '.join(shares[:-1])} and {shares[-1]}"


def _fit_subject(subject: str) -> str:
    if columns_of(subject) <= SUBJECT_COLUMNS:
        return subject
    return head_of(subject, SUBJECT_COLUMNS - 1).rstrip(" ") + "…"
