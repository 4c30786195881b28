"""The sample feeds: invented news in samples/*.toml, and what each text and each feed is there to show."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from itertools import takewhile
from typing import Literal

from watcher.settings.feeds import FeedSettings

Format = Literal["rss", "atom", "rdf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEntry:
    """Hold one invented piece of news, and what the demo expects of it.

    `pair` marks what has to be captured, and for which two cities; `event` names what it tells of, the same word in
    every feed and language. `near` marks a near miss: with `edited_title`, until the headline is edited. `link` is
    where the text stands when another feed links to it too.
    """

    slug: str
    hours_ago: float
    title: str
    summary: str
    event: str = ""
    pair: str = ""
    near: bool = False
    edited_title: str = ""
    link: str = ""

    @property
    def relevant(self) -> bool:
        """Say whether it has to be captured."""
        return bool(self.pair)

    def headline(self, edition: int) -> str:
        """Return its title in the first edition (0), or in a later one."""
        return self.edited_title if edition and self.edited_title else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Hold one sample feed, and how its server behaves.

    `validators`: it has an ETag and a Last-Modified date, and answers 304. `moved`: its old address answers 301.
    `drip_seconds`: so long it takes to send a document. `breaks_off_in`: for each edition the entry (its slug) in
    the middle of which the document ends.
    """

    id: str
    name: str
    language: str
    region: str
    zone: str
    site: str
    format: Format
    entries: tuple[SampleEntry, ...]
    encoding: str = "utf-8"
    validators: bool = False
    moved: bool = False
    drip_seconds: float = 0.0
    breaks_off_in: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Return where the document stands on the demo's server."""
        return f"/{self.id}.xml"

    @property
    def known_path(self) -> str:
        """Return where the watcher looks for it: an older address when it has moved."""
        return f"/old{self.path}" if self.moved else self.path

    @property
    def edited(self) -> tuple[SampleEntry, ...]:
        """Return the entries whose headline is another one in the second edition."""
        return tuple(entry for entry in self.entries if entry.edited_title)

    def settings(self, address: str) -> FeedSettings:
        """Return what feeds.toml would say of this feed, served at `address`."""
        url = f"{address}{self.known_path}"
        return FeedSettings(
            id=self.id, name=self.name, url=url, language=self.language, region=self.region, zone=self.zone
        )

    def link_of(self, entry: SampleEntry) -> str:
        """Return the address of an entry's article."""
        return entry.link or f"{self.site}/news/{entry.slug}"

    def torn_entry(self, edition: int) -> str:
        """Return the slug of the entry in which an edition breaks off, or nothing."""
        return self.breaks_off_in[edition] if edition < len(self.breaks_off_in) else ""

    def whole_entries(self, edition: int) -> tuple[SampleEntry, ...]:
        """Return the entries that an edition holds from beginning to end."""
        torn = self.torn_entry(edition)
        return tuple(takewhile(lambda entry: entry.slug != torn, self.entries))


def load_samples() -> tuple[Sample, ...]:
    """Read the sample feeds that the package ships, in the order of their names."""
    folder = files("watcher.demo") / "samples"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(_sample(tomllib.loads(file.read_text(encoding="utf-8"))) for file in found)


def _sample(data: dict[str, object]) -> Sample:
    entries, torn = data.pop("entry"), data.pop("breaks_off_in", [])
    assert isinstance(entries, list)
    assert isinstance(torn, list)
    told = tuple(SampleEntry(**entry) for entry in entries)
    return Sample(**data, entries=told, breaks_off_in=tuple(torn))  # type: ignore[arg-type] # TOML
