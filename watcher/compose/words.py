"""All fixed words of a digest, in English; other languages follow this class."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from watcher.compose.clean import clean_line, clean_title
from watcher.compose.groups import EARLIER, OTHER, Story
from watcher.compose.sentences import Mood, Said, count_states, fit_subject, judge_mood, largest_groups
from watcher.editions import Edition, FeedHealth, News
from watcher.settings.ties import Tie
from watcher.values import Kind

PLACE_LIMIT = 100  # characters; a city's name may come from a feed


class Words:
    """Say everything that a digest says by itself. `tag` is the language's."""

    tag = "en"
    about = "About "
    also_about = "Also about "
    also_new = "Also new"
    bare_note = "This item could not be shown in full."
    known = "Known: "
    leave = ("To leave the list or to say anything else, write to ", ".")
    leave_by_answer = "To leave the list or to say anything else, answer this mail."
    near = "Near misses"
    near_note = "Not enough to count as news, but close. They are not stored for good."
    names_mark = ", "
    no_link_note = "The feed gives no web address for it."
    pair_mark = " ~ "
    see_also = "See also: "
    sources = "Sources"
    why_label = "Why: "

    def heading(self, place: str, names: Mapping[str, str]) -> str:
        """Name a group; `names` are what cities are called, by id."""
        return {OTHER: "Other", EARLIER: "More on earlier stories"}.get(place) or self.place(place, names)

    def place(self, place: str, names: Mapping[str, str]) -> str:
        """Name a city or a pair, `names` being what cities are called: `shanghai~taipei` is `Shanghai ~ Taipei`."""
        named = self.pair_mark.join(names.get(city) or _name_city(city) for city in place.split("~"))
        return clean_title(named, PLACE_LIMIT)

    def kind(self, kind: Kind) -> str:
        """Name a kind; `other` has no name, for it tells a reader nothing."""
        return _KINDS.get(kind, kind.value.capitalize())

    def day(self, day: str) -> str:
        """Name an ISO day with its day of the week: `Thursday 14 May 2026`."""
        return f"{date.fromisoformat(day):%A} {self.short_day(day)}"

    def short_day(self, day: str) -> str:
        """Name an ISO day: `14 May 2026`."""
        then = date.fromisoformat(day)
        return f"{then.day} {then:%B %Y}"

    def time(self, at: datetime, zone: str, year: int) -> str:
        """Name an instant on the clock of `zone`: `Thu 14 May 09:30`, with the year unless it is `year`."""
        local = at.astimezone(ZoneInfo(zone))
        return f"{local:%a} {local.day} {local:%b} {'' if local.year == year else f'{local.year} '}{local:%H:%M}"

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

    def and_more(self, count: int) -> str:
        """Count the names that an enumeration leaves to the text part; end the sentence."""
        return f" and {count:,} more that the text part of this mail names." if count else "."

    def made_for(self, title: str, is_mailed: bool) -> str:
        """Say why the reader has this in hand."""
        if is_mailed:
            return f"Sent by City Exchange Watcher, because this address is on the list “{title}”."
        return f"Made by City Exchange Watcher for the list “{title}”."

    def why(self, item: News, names: Mapping[str, str]) -> Said:
        """Say why an item counted."""
        return Said(text=item.why)

    def tie(self, tie: Tie) -> Said:
        """Say how two cities are tied."""
        return Said(text=tie.brief)

    def first_news(self, pair: str, span: str) -> str:
        """Say that a pair was not mentioned in a span of time; it is named where a story has several."""
        return f"First news of {pair or 'this pair'} {span}"

    def in_months(self, months: int) -> str:
        """Name a span of so many months."""
        return f"in {_count(months, 'month')}"

    def since_watching(self, day: str) -> str:
        """Name the span since we watch, from an ISO day on."""
        return f"since watching began on {self.short_day(day)}"

    def state(self, state: str) -> str:
        """Name the state of a feed that is not well."""
        return _STATES.get(state, state)

    def as_before(self, state: str) -> str:
        """Introduce the feeds that were in a state already in an earlier digest."""
        return f"{self.state(state).capitalize()}{'' if state == 'new' else ' as before'}: "

    def subject(self, edition: Edition, first_title: str) -> str:
        """Return date, count and the first story's title in one line."""
        start = f"{clean_title(edition.title, 60)}, {self.short_day(edition.day)}"
        if not edition.news:
            return f"{start}: {_EMPTY_SUBJECTS[judge_mood(edition)]}"
        return fit_subject(f"{start}: {_count(len(edition.news), 'item')} · {first_title}")

    def lead(self, edition: Edition, groups: Mapping[str, Sequence[Story]]) -> str:
        """Say what the day brought; with few feeds read, say that too."""
        mood = judge_mood(edition)
        if not edition.news:
            return _EMPTY_LEADS[mood].format(edition=edition, read=_read_words(edition))
        caution = _CAUTIONS.get(mood, "").format(edition=edition)
        return f"{self._tell_news(edition, groups)} {caution}".strip()

    def _tell_news(self, edition: Edition, groups: Mapping[str, Sequence[Story]]) -> str:
        items, stories = len(edition.news), sum(map(len, groups.values()))
        counted = f"{items:,} new items" if items > 1 else "1 new item"
        if stories < items:
            counted += f" in {_count(stories, 'story', 'stories')}"
        named, rest = largest_groups(groups)
        places = [self.place(place, edition.names) for place in named]
        if len(groups) == 1:
            return f"{counted}, on {places[0]}." if places else f"{counted}."
        if any(count > 1 for count in named.values()):
            places = [f"{count:,} on {place}" for place, count in zip(places, named.values(), strict=True)]
        return f"{counted}: {_listed(places + [f'{rest:,} more'] * bool(rest))}." if places else f"{counted}."

    def covers(self, edition: Edition) -> str:
        """Say from when to when the digest tells, and whose clock it uses."""
        year = int(edition.day[:4])
        since = self.time(edition.covers_from_at, edition.zone, year)
        until = self.time(edition.opened_at, edition.zone, year)
        return f"Covers what was found from {since} to {until}. All times are {clean_line(edition.zone)}."

    def backfilled(self, count: int) -> str:
        """Say how many old items were stored without being told."""
        items, are = _count(count, "older item"), "was" if count == 1 else "were"
        return f"{items} {are} seen for the first time and stored: `city-watcher items list` shows them."

    def feeds(self, total: int, unwell: Sequence[FeedHealth]) -> str:
        """Say how many of the feeds are well, and how the others are."""
        if not total:
            return "No feed was visited yet."
        if not unwell:
            return "The one feed is well." if total == 1 else f"All {total:,} feeds are well."
        others = [f"{count:,} {self.state(state)}" for state, count in count_states(unwell, _STATES).items()]
        return f"{total - len(unwell):,} of {_count(total, 'feed')} well, {_listed(others)}."


ENGLISH = Words()

_SLUG = re.compile("[a-z]+(-[a-z]+)*")
_KINDS = {Kind.MOU: "MOU", Kind.OTHER: ""}
_STATES = {
    "failing": "failing",
    "blocked": "blocked",
    "refused": "refused",
    "gone": "gone",
    "ended": "ended",
    "empty": "empty",
    "stale": "stale",
    "gap": "with a gap",
    "drift": "drifting",
    "quiet": "quiet",
    "moved": "moved",
    "new": "not visited yet",
}
_EMPTY_SUBJECTS = {
    Mood.WELL: "nothing new",
    Mood.WEAK: "nothing new, but most feeds could not be read",
    Mood.BROKEN: "no feed could be read",
    Mood.BARE: "no feed was visited yet",
}
_LOOK = "“Sources” below and `city-watcher status` say what is wrong."
_FEW = "{edition.feeds_read:,} of {edition.feeds_total:,} feeds could be read"
_EMPTY_LEADS = {
    Mood.WELL: "A quiet day: {read}, and nothing in them was new on your topics.",
    Mood.WEAK: f"Nothing new was found, but only {_FEW}. There may be news that the watcher could not see; {_LOOK}",
    Mood.BROKEN: "The watcher is not well: none of its {edition.feeds_total:,} feeds could be read. "
    f"This digest says nothing about the day; {_LOOK}",
    Mood.BARE: "The watcher has visited no feed yet. `city-watcher poll` looks once, `feeds add` adds feeds.",
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


def _listed(parts: Sequence[str]) -> str:
    """Join as in speech: a, b and c."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _name_city(city: str) -> str:
    """Name a city that no file names: the id `new-taipei` is `New Taipei`; a name kept as written stays."""
    return city.replace("-", " ").title() if _SLUG.fullmatch(city) else city


def _count(number: int, one: str, many: str = "") -> str:
    """Count things: `1 story`, `1,200 items`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
