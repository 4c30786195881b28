"""What a page of a digest holds: everything it says, cleaned and in order, before text or HTML is made of it."""

from dataclasses import dataclass, field
from datetime import datetime

from watcher.compose.clean import mail_link
from watcher.compose.sentences import Mood, Said
from watcher.compose.snippet import Snippet
from watcher.compose.words import Words
from watcher.editions import FeedHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Hold one item as it is shown. `at` is the instant that `when` names; `note` says what is missing of it."""

    title: str
    id: int = 0
    at: datetime | None = None
    language: str = ""
    link: str = ""
    kind: str = ""
    when: str = ""
    source: str = ""
    snippet: Snippet = field(default_factory=Snippet)
    why: Said = field(default_factory=Said)
    note: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """Return what is known beside the title: time and source."""
        return tuple(fact for fact in (self.when, self.source) if fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Hold one story as it is shown. `about` names the pairs it does not stand under, `ties` say what is known of its
    pairs, `firsts` which of them are new, and `earlier` is the latest earlier item that is like it."""

    number: int
    lead: Line
    others: tuple[Line, ...] = ()
    about: str = ""
    ties: tuple[Said, ...] = ()
    firsts: tuple[str, ...] = ()
    earlier: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Hold the stories that stand under one heading. `place` is the pair or city that it names, or what it is else;
    `size` counts them, where there are several."""

    place: str
    heading: str
    size: str
    stories: tuple[Telling, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """Hold the feeds that were in one state already in an earlier digest: their names are enough."""

    label: str
    feeds: tuple[FeedHealth, ...]


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
    lasting: tuple[Lasting, ...]
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
