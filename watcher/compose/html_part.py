"""Render the HTML part: one column, light and dark, nothing remote, at most 90 kB."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

from css_inline import CSSInliner

from watcher.compose.page import Group, Line, Page
from watcher.compose.templating import TEMPLATES

HTML_LIMIT = 90_000  # bytes; Gmail clips a mail at about 102 kB and the footer with it (measured)
STORY_LIMIT = 65_000  # stories in full leave the rest of the room to titles
NEAR_LIMIT = 30_000
UNWELL_LIMIT = 20_000
NEAR_SHOWN = 10
LEAST, USUAL = 200, 2_000  # bytes that a story, a title or a feed takes at the least, and that a story mostly takes
GUESSES = 5

_TEMPLATE = TEMPLATES.get_template("digest.html")
_INLINER = CSSInliner(
    inline_style_tags=False,
    keep_style_tags=True,
    load_remote_stylesheets=False,
    extra_css=TEMPLATES.get_template("inline.css").render(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Say how much of a page the HTML shows: stories in full, then items as titles, then a count."""

    stories: int = 0
    titles: int = 0
    near: int = 0
    unwell: int = 0


def render_html(page: Page) -> str:
    """Render a page as HTML of at most 90,000 bytes, its footer always there."""
    render = cache(partial(_render, page))
    whole = Cut(stories=_count_stories(page), near=min(len(page.near), NEAR_SHOWN), unwell=len(page.unwell))
    is_short = whole.stories + whole.unwell <= HTML_LIMIT // LEAST
    return render(whole if is_short and _size(render(whole)) <= HTML_LIMIT else _shorten(page, whole, render))


def _shorten(page: Page, whole: Cut, render: Callable[[Cut], str]) -> Cut:
    """Give room to one part after the other, each as much as fits under its limit."""
    cut = replace(Cut(), unwell=_most(whole.unwell, UNWELL_LIMIT, lambda n: render(Cut(unwell=n))))
    cut = replace(cut, near=_most(whole.near, NEAR_LIMIT, lambda n: render(replace(cut, near=n))))
    cut = replace(cut, stories=_most(whole.stories, STORY_LIMIT, lambda n: render(replace(cut, stories=n))))
    titles = len(_rest(page, cut.stories))
    return replace(cut, titles=_most(titles, HTML_LIMIT, lambda n: render(replace(cut, titles=n))))


def _most(count: int, limit: int, render: Callable[[int], str]) -> int:
    """Return the largest number up to `count` whose rendering stays within `limit` bytes.

    Each guess lies where a line through the last two sizes meets the limit; after some of them the middle does.
    """
    fits, over = 0, min(count, limit // LEAST) + 1
    guess, last, apiece = min(over - 1, limit // USUAL), (0, 0), USUAL
    for number in itertools.count():
        if over - fits == 1:
            break
        size = _size(render(guess))
        fits, over = (guess, over) if size <= limit else (fits, guess)
        apiece = max(1, (size - last[1]) // (guess - last[0])) if number else USUAL
        last = guess, size
        aim = guess + (limit - size) // apiece if number < GUESSES else (fits + over) // 2
        guess = min(max(aim, fits + 1), over - 1)
    return fits


def _render(page: Page, cut: Cut) -> str:
    rest = _rest(page, cut.stories)
    shown = {
        "groups": _first_stories(page.groups, cut.stories),
        "titles": rest[: cut.titles],
        "near": page.near[: cut.near],
        "unwell": page.unwell[: cut.unwell],
        "titles_left": len(rest[cut.titles :]),
        "near_left": len(page.near[cut.near :]),
        "unwell_left": len(page.unwell[cut.unwell :]),
    }
    return _INLINER.inline(_TEMPLATE.render(page=page, shown=shown))


def _first_stories(groups: tuple[Group, ...], count: int) -> tuple[Group, ...]:
    kept = (
        replace(group, stories=tuple(story for story in group.stories if story.number <= count)) for group in groups
    )
    return tuple(group for group in kept if group.stories)


def _rest(page: Page, stories: int) -> tuple[Line, ...]:
    """Return all items of the stories that are not shown in full."""
    late = (story for group in page.groups for story in group.stories if story.number > stories)
    return tuple(line for story in late for line in (story.lead, *story.others))


def _count_stories(page: Page) -> int:
    return sum(len(group.stories) for group in page.groups)


def _size(html: str) -> int:
    return len(html.encode())
