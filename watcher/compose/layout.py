"""Lay a digest out: an edition becomes a page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from watcher.compose.clean import clean_language, clean_line, clean_link, clean_part, clean_title, cut_line
from watcher.compose.groups import EARLIER, Story, group_stories, tell_stories
from watcher.compose.languages import words_of
from watcher.compose.page import Group, Lasting, Line, Page, Telling
from watcher.compose.sentences import Said, judge_mood
from watcher.compose.snippet import cut_snippet
from watcher.compose.words import Words
from watcher.editions import Edition, FeedHealth, News

TITLE_LIMIT = 1_000  # characters; a longer title is an attack or an accident
SENTENCE_LIMIT = 400
NAME_LIMIT = 120
EARLIER_LIMIT = 160
PAIRS_SHOWN = 3


def lay_out(edition: Edition) -> Page:
    """Lay an edition out; an item that cannot be shown becomes its bare title and says so."""
    layout = _Layout(edition, words_of(edition.heading_language))
    words, groups = layout.words, group_stories(tell_stories(edition.news), edition.known)
    return Page(
        words=words,
        title=clean_title(edition.title, NAME_LIMIT),
        date=words.day(edition.day),
        subscription=clean_title(edition.subscription, NAME_LIMIT),
        mood=judge_mood(edition),
        lead=words.lead(edition, groups),
        covers=words.covers(edition),
        groups=tuple(layout.groups(groups)),
        near=tuple(map(layout.line, edition.near)),
        backfilled=words.backfilled(edition.backfilled) if edition.backfilled else "",
        feeds=words.feeds(edition.feeds_total, edition.unwell),
        unwell=tuple(layout.health(feed) for feed in edition.unwell if not feed.is_known),
        lasting=tuple(layout.lasting()),
        contact=cut_line(clean_line(edition.contact), NAME_LIMIT * 2),
        is_mailed=edition.is_mailed,
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """Show the parts of an edition in its words."""

    edition: Edition
    words: Words

    def groups(self, groups: dict[str, tuple[Story, ...]]) -> Iterator[Group]:
        number = 1
        for place, stories in groups.items():
            yield Group(
                place=place,
                heading=self.words.heading(place, self.edition.names),
                size=self.words.stories(len(stories)) if len(stories) > 1 else "",
                stories=tuple(self.telling(place, number + offset, story) for offset, story in enumerate(stories)),
            )
            number += len(stories)

    def telling(self, place: str, number: int, story: Story) -> Telling:
        earlier = self.edition.background.earlier.get(story.lead.story_id)
        return Telling(
            number=number,
            lead=self.line(story.lead),
            others=tuple(map(self.line, story.others)),
            about=self.about(place, story),
            ties=tuple(self.ties(story)),
            firsts=tuple(self.firsts(story)),
            earlier=self.brief_line(earlier) if earlier else None,
        )

    def line(self, item: News) -> Line:
        """Show one item; whatever is wrong with it, its title is told."""
        return self.shown(item, self.full_line, TITLE_LIMIT)

    def brief_line(self, item: News) -> Line:
        """Show an item of another day: a short title, its day and its source are enough."""
        return self.shown(item, lambda item: self.named(item, EARLIER_LIMIT, self.day(item)), EARLIER_LIMIT)

    def shown(self, item: News, show: Callable[[News], Line], limit: int) -> Line:
        try:
            return show(item)
        except Exception:  # one hostile item must not stop a digest, whatever it brought with it
            return Line(title=clean_title(str(item.title), limit), id=item.id, note=self.words.bare_note)

    def full_line(self, item: News) -> Line:
        named = self.named(item, TITLE_LIMIT, self.when(item))
        return replace(
            named,
            kind=self.words.kind(item.kind),
            snippet=cut_snippet(item),
            why=_cut(self.words.why(item, self.edition.names)),
            note="" if named.link else self.words.no_link_note,
        )

    def named(self, item: News, limit: int, when: str) -> Line:
        return Line(
            title=clean_title(item.title, limit),
            id=item.id,
            at=item.published_at or item.captured_at,
            language=clean_language(item.language),
            link=clean_link(item.url),
            when=when,
            source=cut_line(clean_line(item.source), NAME_LIMIT),
        )

    def when(self, item: News) -> str:
        """Name the local time of publication; without one, say when the item was first seen.

        A day that had not come by then is marked: it is no time of publication.
        """
        if item.published_at and item.published_at > item.captured_at:
            return self.words.future(_local_day(item.published_at, self.edition.zone))
        time = self.words.time(item.published_at or item.captured_at, self.edition.zone, int(self.edition.day[:4]))
        return time if item.published_at else self.words.seen(time)

    def day(self, item: News) -> str:
        return self.words.short_day(_local_day(item.published_at or item.captured_at, self.edition.zone))

    def place(self, place: str) -> str:
        return self.words.place(place, self.edition.names)

    def about(self, place: str, story: Story) -> str:
        """Say which pairs the story does not stand under; what tells more of an earlier one stands under none."""
        label = self.words.about if place == EARLIER else self.words.also_about
        pairs = (story.pairs or story.cities) if place == EARLIER else story.pairs[1:]
        return label + self.words.names_mark.join(map(self.place, pairs)) if pairs else ""

    def ties(self, story: Story) -> Iterator[Said]:
        """Say what is known of the story's pairs, and of which, where it names several."""
        ties = self.edition.background.ties
        for pair in story.pairs[:PAIRS_SHOWN]:
            if pair in ties:
                said = self.words.tie(ties[pair])
                yield _cut(replace(said, text=f"{self.place(pair)}: {said.text}") if len(story.pairs) > 1 else said)

    def firsts(self, story: Story) -> Iterator[str]:
        """Say which of the story's pairs were not mentioned before."""
        for pair in story.pairs[:PAIRS_SHOWN]:
            if span := self.edition.background.firsts.get((story.lead.story_id, pair)):
                named = self.place(pair) if len(story.pairs) > 1 else ""
                yield cut_line(clean_line(self.words.first_news(named, span)), SENTENCE_LIMIT)

    def health(self, feed: FeedHealth) -> FeedHealth:
        return replace(
            feed,
            name=clean_title(feed.name, NAME_LIMIT),
            state=self.words.state(feed.state),
            problem=cut_line(clean_line(feed.problem), SENTENCE_LIMIT),
            language=clean_language(feed.language),
        )

    def lasting(self) -> Iterator[Lasting]:
        known = [feed for feed in self.edition.unwell if feed.is_known]
        for state in dict.fromkeys(feed.state for feed in known):
            feeds = tuple(self.health(feed) for feed in known if feed.state == state)
            yield Lasting(label=self.words.as_before(state), feeds=feeds)


def _local_day(at: datetime, zone: str) -> str:
    """Return the ISO day of an instant on the clocks of `zone`; midnight in UTC is a day that has no hour."""
    local = at if at.astimezone(UTC).time() == time() else at.astimezone(ZoneInfo(zone))
    return local.date().isoformat()


def _cut(said: Said) -> Said:
    text, english = clean_part(said.text), clean_line(said.english)
    return Said(text=cut_line(text, SENTENCE_LIMIT), english=cut_line(english, SENTENCE_LIMIT))
