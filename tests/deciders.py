"""`make deciders FILE=...`: leave out each phrase text in turn, and list those that decide exactly one labelled item.

A text that decides one item only may have been written for that item: its source has to say whence it comes otherwise.
FILE holds JSON lines as `city-watcher topics score` reads them. An item is judged again only where a text occurs in it,
and by those of the rules that occur in it, so that all of it takes seconds.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from watcher.cli.labelled import read_labelled
from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.measure import Labelled
from watcher.settings.cities import City, load_cities
from watcher.settings.load import packaged_config
from watcher.settings.topics import Phrase, Topics, load_topics
from watcher.text.fold import search_form
from watcher.values import Entry, Verdict

WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """Hold an item whose verdict one text decides: `captures` says what it is with the text."""

    phrase: Phrase
    text: str
    item: Labelled
    captures: bool


def find_flips(topics: Topics, cities: Iterable[City], items: Iterable[Labelled]) -> Iterator[Flip]:
    """Yield every text of every phrase without which an item would be judged otherwise."""
    squeezed = [(city, [squeeze(form) for form in city.forms]) for city in cities]
    for item in items:
        page = squeeze(f"{item.entry.title}\n{item.entry.summary}\n{item.entry.text}")
        rules = cut_rules(topics, page)
        near = [city for city, forms in squeezed if any(form in page for form in forms)]
        captures = matches(rules, near, item.entry)
        for phrase in (phrase for topic in rules.topics for phrase in topic.phrases):
            for text in phrase.text:
                if matches(leave_out(rules, phrase, text), near, item.entry) is not captures:
                    yield Flip(phrase=phrase, text=text, item=item, captures=captures)


@cache
def squeeze(text: str) -> str:
    """Fold a text and take out its blanks, so that whatever the judge might find in it is a part of it."""
    return "".join(search_form(text).split())


def cut_rules(topics: Topics, page: str) -> Topics:
    """Return the rules without all texts that do not occur in a page."""

    def occurring(entries):
        kept = [(entry, tuple(text for text in entry.text if squeeze(text) in page)) for entry in entries]
        return tuple(entry.model_copy(update={"text": texts}) for entry, texts in kept if texts)

    never = tuple(word for word in topics.names.never if squeeze(word) in page)
    return topics.model_copy(
        update={
            "topics": tuple(one.model_copy(update={"phrases": occurring(one.phrases)}) for one in topics.topics),
            "cues": occurring(topics.cues),
            "countries": occurring(topics.countries),
            "fields": (),
            "names": topics.names.model_copy(update={"never": never}),
        }
    )


def leave_out(topics: Topics, phrase: Phrase, text: str) -> Topics:
    """Return the rules without one text of one phrase."""

    def without(one: Phrase) -> Iterator[Phrase]:
        texts = tuple(other for other in one.text if one is not phrase or other != text)
        if texts:
            yield one.model_copy(update={"text": texts}) if one is phrase else one

    changed = (
        topic.model_copy(update={"phrases": tuple(kept for one in topic.phrases for kept in without(one))})
        for topic in topics.topics
    )
    return topics.model_copy(update={"topics": tuple(changed)})


def matches(topics: Topics, cities: Iterable[City], entry: Entry) -> bool:
    return Judge(compile_book(topics, cities)).judge(entry).verdict is Verdict.MATCHED


def list_deciders(flips: Iterable[Flip]) -> list[Flip]:
    """Return the flips of those texts that decide exactly one item."""
    by_text: dict[tuple[str, str], list[Flip]] = {}
    for flip in flips:
        by_text.setdefault((flip.phrase.source, flip.text), []).append(flip)
    return [found[0] for found in by_text.values() if len(found) == 1]


def show(deciders: Iterable[Flip]) -> None:
    """Print the table: the text, what it does to its item, whether that is right, and its source."""
    for one in sorted(deciders, key=lambda flip: (flip.item.id, flip.text)):
        does = "captures" if one.captures else "keeps out"
        right = "rightly" if one.captures is one.item.relevant else "wrongly"
        print(f"{one.text:<28} {does} {one.item.id} ({one.item.language}) {right}")
        print(f"    item    {one.item.entry.title[:WIDEST]}\n    source  {one.phrase.source or 'NONE: write one'}")


def main() -> None:
    """Read, leave out, print; end with 1 when a decider has no source."""
    parser = argparse.ArgumentParser(prog="make deciders", description=__doc__)
    parser.add_argument("file", type=Path, help="JSON lines {id, lang, title, text, label, ...}")
    file = parser.parse_args().file
    if not file.is_file():
        sys.exit(f"{file}: there is no such file; make deciders FILE=path/to/items.jsonl")
    items, problems = read_labelled(file)
    topics, cities = load_topics(packaged_config()), load_cities(packaged_config())
    deciders = list_deciders(find_flips(topics, cities, items))
    show(deciders)
    for problem in problems:
        print(problem, file=sys.stderr)
    lacking = sum(not one.phrase.source for one in deciders)
    print(f"{len(items)} items; {len(deciders)} texts decide exactly one of them, {lacking} of these without a source")
    sys.exit(1 if lacking or problems else 0)


if __name__ == "__main__":
    main()
