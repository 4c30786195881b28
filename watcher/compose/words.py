"""All fixed words of a digest, in English; other languages follow this class."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from watcher.compose import labels
from watcher.compose.clean import clean_line, clean_title
from watcher.compose.groups import EARLIER, OTHER, Story
from watcher.compose.labels import count_of
from watcher.compose.sentences import Mood, fit_subject, judge_mood, largest_groups
from watcher.editions import Edition, News
from watcher.settings.ties import Tie
from watcher.values import Kind


class Words:
    """Say everything that a digest says by itself. `tag` is the language's."""

    tag = "en"
    also_about = "Also about "
    also_new = "Also new"
    bare_note = "This item could not be shown in full."
    known = "Known: "
    leave = ("To leave the list or to say anything else, write to ", ".")
    leave_by_answer = "To leave the list or to say anything else, answer this mail."
    near = "Near misses"
    near_note = "Not enough to count as news, but close. They are not stored for good."
    no_link_note = "The feed gives no web address for it."
    see_also = "See also: "
    sources = "Sources"
    why_label = "Why: "

    def heading(self, name: str) -> str:
        """Name a group; one that stands for a place keeps its name."""
        return {OTHER: "Other", EARLIER: "More on earlier stories"}.get(name, name)

    def kind(self, kind: Kind) -> str:
        """Name a kind; `other` has no name, for it tells a reader nothing."""
        return labels.kind_label(kind)

    def day(self, day: str) -> str:
        """Name an ISO day with its day of the week."""
        return labels.day_label(day)

    def short_day(self, day: str) -> str:
        """Name an ISO day in a few letters."""
        return labels.short_day(day)

    def time(self, at: datetime, zone: str, year: int) -> str:
        """Name an instant on the clock of `zone`, with the year unless it is `year`."""
        return labels.time_label(at, zone, year)

    def seen(self, time: str) -> str:
        """Say that a time is that of the first sight."""
        return f"seen {time}"

    def future(self, day: str) -> str:
        """Say that a day had not come when its item was captured."""
        return f"dated in the future: {day}"

    def stories(self, count: int) -> str:
        """Count the stories of a group."""
        return f"{count:,} stories"

    def more(self, count: int, what: str) -> str:
        """Say how many titles, near misses, feeds, or items of a story the HTML part leaves out."""
        things = {"titles": "items", "near": "near misses", "feeds": "feeds that are not well"}
        return f"… and {count:,} more {things.get(what, 'of this story')}: the text part of this mail names them all."

    def made_for(self, subscription: str, is_mailed: bool) -> str:
        """Say why the reader has this in hand."""
        if is_mailed:
            return f"Sent by City Exchange Watcher, because this address is on the list “{subscription}”."
        return f"Made by City Exchange Watcher for the list “{subscription}”."

    def why(self, item: News) -> str:
        """Say why an item counted."""
        return item.why

    def tie(self, tie: Tie) -> str:
        """Say how two cities are tied."""
        return tie.brief

    def first_news(self, pair: str, span: str) -> str:
        """Say that a pair was not mentioned in a span of time; it is named where a story has several."""
        return f"First news of {pair or 'this pair'} {span}"

    def in_months(self, months: int) -> str:
        """Name a span of so many months."""
        return f"in {count_of(months, 'month')}"

    def since_watching(self, day: str) -> str:
        """Name the span since we watch, from an ISO day on."""
        return f"since watching began on {self.short_day(day)}"

    def health(self, problem: str) -> str:
        """Say what ails a feed."""
        return problem

    def subject(self, edition: Edition, first_title: str) -> str:
        """Return date, count and the first story's title in one line."""
        start = f"{clean_title(edition.title, 60)}, {self.short_day(edition.day)}"
        if not edition.news:
            return f"{start}: {_EMPTY_SUBJECTS[judge_mood(edition)]}"
        return fit_subject(f"{start}: {count_of(len(edition.news), 'item')} · {first_title}")

    def lead(self, edition: Edition, groups: Mapping[str, Sequence[Story]]) -> str:
        """Say what the day brought; with few feeds read, say that too."""
        mood = judge_mood(edition)
        if not edition.news:
            return _EMPTY_LEADS[mood].format(edition=edition, read=_read_words(edition))
        caution = _CAUTIONS.get(mood, "").format(edition=edition)
        return f"{_news_sentence(edition, groups)} {caution}".strip()

    def covers(self, edition: Edition) -> str:
        """Say from when to when the digest tells, and whose clock it uses."""
        year = int(edition.day[:4])
        since = self.time(edition.covers_from_at, edition.zone, year)
        until = self.time(edition.opened_at, edition.zone, year)
        return f"Covers {since} to {until}. All times are {clean_line(edition.zone)}."

    def backfilled(self, count: int) -> str:
        """Say how many old items were stored without being told."""
        items, are = count_of(count, "older item"), "was" if count == 1 else "were"
        return f"{items} {are} seen for the first time and stored; old news is counted here, not told."

    def feeds(self, read: int, total: int) -> str:
        """Say how many of the feeds were read."""
        return f"{read:,} of {count_of(total, 'feed')} read." if total else "No feed is configured."

    def strange(self, count: int) -> str:
        """Count the feeds that answer, but were strange already in an earlier digest."""
        feeds = "1 feed has" if count == 1 else f"{count:,} feeds have"
        return f"{feeds} been quiet, empty, stale or strange for longer; `city-watcher feeds list` says which."


ENGLISH = Words()

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
    named, rest = largest_groups(groups)
    if not named:
        return f"{counted}."
    if len(groups) == 1:
        return f"{counted}, on {next(iter(named))}."
    return f"{counted}: {_shares(named, rest)}."


def _shares(named: Mapping[str, int], rest: int) -> str:
    """Name groups, with their counts where these differ from one, and count the rest."""
    single = all(count == 1 for count in named.values())
    shares = [name if single else f"{count:,} on {name}" for name, count in named.items()]
    shares += [f"{rest:,} more"] * bool(rest)
    return f"{', '.join(shares[:-1])} and {shares[-1]}"
