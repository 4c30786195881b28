"""Put items together as stories, and stories together by pair."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from watcher.editions import News

OTHER, EARLIER = "(other)", "(earlier)"
"""What is about no place, and what tells more of a story that the readers know."""
NAMELESS = frozenset((OTHER, EARLIER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Hold the items that tell of one event; `lead` is the first, `others` follow by time."""

    lead: News
    others: tuple[News, ...] = ()

    @property
    def items(self) -> tuple[News, ...]:
        """Return all items, the lead first."""
        return (self.lead, *self.others)

    @property
    def pairs(self) -> tuple[str, ...]:
        """Return all pairs that any item names."""
        return tuple(dict.fromkeys(pair for item in self.items for pair in item.pairs))

    @property
    def cities(self) -> tuple[str, ...]:
        """Return all cities that any item names."""
        return tuple(dict.fromkeys(city for item in self.items for city in item.cities))

    @property
    def place(self) -> str:
        """Return what the story stands under: its first pair, else its first city, else OTHER."""
        return (*self.pairs, *self.cities, OTHER)[0]

    @property
    def score(self) -> float:
        """Return the best score of its items."""
        return max(item.score for item in self.items)


def tell_stories(news: Iterable[News]) -> tuple[Story, ...]:
    """Return the stories as a digest tells them: those with a pair first, then by score, newest first."""
    told: dict[int, list[News]] = {}
    for item in news:
        told.setdefault(item.story_id, []).append(item)
    return tuple(sorted(map(_story, told.values()), key=_rank))


def group_stories(stories: Iterable[Story], known: Collection[int] = ()) -> dict[str, tuple[Story, ...]]:
    """Return the stories by the place they stand under, both in the order in which they were told.

    `known` are the ids of stories that the readers were told already: more of them comes last.
    """
    groups: dict[str, list[Story]] = {}
    for story in sorted(stories, key=lambda story: story.lead.story_id in known):
        groups.setdefault(EARLIER if story.lead.story_id in known else story.place, []).append(story)
    return {place: tuple(told) for place, told in groups.items()}


def _story(items: list[News]) -> Story:
    lead, *others = sorted(items, key=lambda item: (item.id != item.story_id, item.captured_at, item.id))
    return Story(lead=lead, others=tuple(others))


def _rank(story: Story) -> tuple[int, float, float, int]:
    standing = 0 if story.pairs else 1 if story.cities else 2
    return standing, -story.score, -story.lead.captured_at.timestamp(), story.lead.id
