"""Lay a digest out: everything it says, cleaned and in order, before text or HTML is made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from watcher.compose.clean import clean_language, clean_line, clean_link, clean_title, cut_line, mail_link
from watcher.compose.groups import Story, group_stories, tell_stories
from watcher.compose.labels import local_day, pair_label
from watcher.compose.languages import words_of
from watcher.compose.sentences import Mood, judge_mood
from watcher.compose.snippet import Snippet, cut_snippet
from watcher.compose.words import Words
from watcher.editions import Edition, FeedHealth, News

TITLE_LIMIT = 1_000  # characters; a longer title is an attack or an accident
SENTENCE_LIMIT = 400
NAME_LIMIT = 120
EARLIER_LIMIT = 160
PAIRS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Hold one item as it is shown. `note` says what is missing of it."""

    title: str
    language: str = ""
    link: str = ""
    kind: str = ""
    when: str = ""
    source: str = ""
    snippet: Snippet = field(default_factory=Snippet)
    why: str = ""
    note: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """Return what is known beside the title: time and source."""
        return tuple(fact for fact in (self.when, self.source) if fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Hold one story as it is shown. `also` names the pairs it does not stand under, `ties` say what is known of its
    pairs, `firsts` which of them are new, and `earlier` is the latest earlier item that is like it."""

    number: int
    lead: Line
    others: tuple[Line, ...] = ()
    also: str = ""
    ties: tuple[str, ...] = ()
    firsts: tuple[str, ...] = ()
    earlier: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Hold the stories that stand under one heading. `size` counts them, where there are several."""

    heading: str
    size: str
    stories: tuple[Telling, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Hold a whole digest, ready to be rendered."""

    words: Words
    title: str
    date: str
    subscription: str
    mood: Mood
    lead: str
    covers: str
    groups: tuple[Group, ...]
    near: tuple[Line, ...]
    backfilled: str
    feeds: str
    unwell: tuple[FeedHealth, ...]
    strange: str
    contact: str
    is_mailed: bool

    @property
    def contact_link(self) -> str:
        """Return the address that a reader writes to in order to leave the list."""
        return mail_link(self.contact, f"unsubscribe {self.subscription}")

    @property
    def first_title(self) -> str:
        """Return the title that the digest begins with."""
        return self.groups[0].stories[0].lead.title if self.groups else ""


def lay_out(edition: Edition) -> Page:
    """Lay an edition out; an item that cannot be shown becomes its bare title and says so."""
    words = words_of(edition.heading_language)
    groups = group_stories(tell_stories(edition.news), edition.known)
    return Page(
        words=words,
        title=clean_title(edition.title, NAME_LIMIT),
        date=words.day(edition.day),
        subscription=clean_title(edition.subscription, NAME_LIMIT),
        mood=judge_mood(edition),
        lead=words.lead(edition, groups),
        covers=words.covers(edition),
        groups=tuple(_groups(edition, groups)),
        near=tuple(show_item(edition, item) for item in edition.near),
        backfilled=words.backfilled(edition.backfilled) if edition.backfilled else "",
        feeds=words.feeds(edition.feeds_read, edition.feeds_total),
        unwell=tuple(_plain_health(words, health) for health in edition.unwell),
        strange=words.strange(edition.strange) if edition.strange else "",
        contact=cut_line(clean_line(edition.contact), NAME_LIMIT * 2),
        is_mailed=edition.is_mailed,
    )


def show_item(edition: Edition, item: News) -> Line:
    """Show one item; whatever is wrong with it, its title is told."""
    try:
        return _full_line(edition, item)
    except Exception:  # one hostile item must not stop a digest, whatever it brought with it
        return Line(title=clean_title(str(item.title), TITLE_LIMIT), note=words_of(edition.heading_language).bare_note)


def _full_line(edition: Edition, item: News) -> Line:
    words = words_of(edition.heading_language)
    return Line(
        title=clean_title(item.title, TITLE_LIMIT),
        language=clean_language(item.language),
        link=clean_link(item.url),
        kind=words.kind(item.kind),
        when=_when(words, edition, item),
        source=cut_line(clean_line(item.source), NAME_LIMIT),
        snippet=cut_snippet(item),
        why=cut_line(clean_line(words.why(item)), SENTENCE_LIMIT),
        note="" if clean_link(item.url) else words.no_link_note,
    )


def _when(words: Words, edition: Edition, item: News) -> str:
    """Name the local time of publication; without one, say when the item was first seen.

    A day that had not come by then is marked: it is no time of publication.
    """
    label = partial(words.time, zone=edition.zone, year=int(edition.day[:4]))
    if item.published_at and item.published_at > item.captured_at:
        return words.future(local_day(item.published_at, edition.zone))
    return label(item.published_at) if item.published_at else words.seen(label(item.captured_at))


def _groups(edition: Edition, groups: dict[str, tuple[Story, ...]]) -> list[Group]:
    shown, number, words = [], 1, words_of(edition.heading_language)
    for heading, stories in groups.items():
        tellings = tuple(_telling(edition, number + place, story) for place, story in enumerate(stories))
        size = words.stories(len(stories)) if len(stories) > 1 else ""
        shown.append(Group(heading=words.heading(heading), size=size, stories=tellings))
        number += len(stories)
    return shown


def _telling(edition: Edition, number: int, story: Story) -> Telling:
    return Telling(
        number=number,
        lead=show_item(edition, story.lead),
        others=tuple(show_item(edition, item) for item in story.others),
        also=", ".join(story.pairs[1:]),
        ties=tuple(_say_ties(story, edition)),
        firsts=tuple(_say_firsts(story, edition)),
        earlier=_earlier(story, edition),
    )


def _say_ties(story: Story, edition: Edition) -> Iterator[str]:
    """Say what is known of the story's pairs, and of which, where it names several."""
    ties, pairs = edition.background.ties, _pairs(story)
    for pair in pairs[:PAIRS_SHOWN]:
        if pair in ties:
            named = f"{pair_label(pair)}: " if len(pairs) > 1 else ""
            yield cut_line(clean_line(f"{named}{ties[pair]}"), SENTENCE_LIMIT)


def _say_firsts(story: Story, edition: Edition) -> Iterator[str]:
    """Say which of the story's pairs were not mentioned before."""
    pairs, words = _pairs(story), words_of(edition.heading_language)
    for pair in pairs[:PAIRS_SHOWN]:
        if span := edition.background.firsts.get((story.lead.story_id, pair)):
            named = pair_label(pair) if len(pairs) > 1 else ""
            yield cut_line(clean_line(words.first_news(named, span)), SENTENCE_LIMIT)


def _earlier(story: Story, edition: Edition) -> Line | None:
    """Show the item that was earlier than the story: its day is enough."""
    item = edition.background.earlier.get(story.lead.story_id)
    if item is None:
        return None
    line, day = show_item(edition, item), local_day(item.published_at or item.captured_at, edition.zone)
    return replace(
        line, title=clean_title(line.title, EARLIER_LIMIT), when=words_of(edition.heading_language).short_day(day)
    )


def _pairs(story: Story) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pair for item in story.items for pair in item.pairs))


def _plain_health(words: Words, health: FeedHealth) -> FeedHealth:
    problem = clean_line(words.health(health.problem))
    return FeedHealth(name=clean_title(health.name, NAME_LIMIT), problem=cut_line(problem, SENTENCE_LIMIT))
