"""The numbers of a day: as the samples' marks announce them, and as they came."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from watcher.demo.samples import Sample, SampleEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Hold what can be counted of a day.

    First poll: `feeds` that were read, `entries` in them, `captured` and `near` among these, feeds that had `moved`,
    feeds that were `torn` in the middle. Second poll: feeds `unchanged`, those of them that answered 304
    (`not_modified`), entries `judged_again`, entries `captured_later`, feeds with `problems`. In the end: `near_left`,
    headlines that were `edited` and captured, `pairs`, `stories`, `seeds`, `mails`.
    """

    feeds: int
    entries: int
    captured: int
    near: int
    moved: int
    torn: int
    unchanged: int
    not_modified: int
    judged_again: int
    captured_later: int
    problems: int
    near_left: int
    edited: int
    pairs: int
    stories: int
    seeds: int = 3
    mails: int = 1


def announce(samples: Sequence[Sample]) -> Numbers:
    """Count what the samples are marked to bring; nothing here asks what the watcher does."""
    whole = [entry for sample in samples for entry in sample.whole_entries(0)]
    near = [entry for entry in whole if entry.near]
    turned = [entry for entry in near if entry.relevant]
    relevant = relevant_entries(samples)
    return Numbers(
        feeds=len(samples),
        entries=len(whole),
        captured=len(relevant) - len(turned),
        near=len(near),
        moved=sum(sample.moved for sample in samples),
        torn=sum(bool(sample.torn_entry(0)) for sample in samples),
        unchanged=sum(not sample.edited and not sample.torn_entry(1) for sample in samples),
        not_modified=sum(sample.validators for sample in samples),
        judged_again=sum(len(sample.edited) for sample in samples),
        captured_later=len(turned),
        problems=sum(not sample.whole_entries(1) for sample in samples),
        near_left=len(near) - len(turned),
        edited=sum(bool(entry.edited_title) for entry in relevant.values()),
        pairs=len({entry.pair for entry in relevant.values()}),
        stories=len({entry.event for entry in relevant.values()}),
    )


def relevant_entries(samples: Iterable[Sample]) -> dict[tuple[str, str], SampleEntry]:
    """Return the entries that have to be captured, by feed and address."""
    return {
        (sample.id, sample.link_of(entry)): entry
        for sample in samples
        for entry in sample.whole_entries(0)
        if entry.relevant
    }


def differences(announced: Numbers, happened: Numbers) -> Iterator[str]:
    """Say in one sentence each which numbers are not as announced."""
    for one in fields(Numbers):
        wanted, found = getattr(announced, one.name), getattr(happened, one.name)
        if wanted != found:
            yield f"{one.name.replace('_', ' ')}: {found}, not {wanted}"
