"""The sample feeds: invented news in samples/*.toml, rendered as feeds with dates of today."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from importlib.resources import files
from xml.etree import ElementTree

from watcher.settings.feeds import FeedSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEntry:
    """Hold one invented piece of news. `relevant`: the demo expects it to be captured."""

    slug: str
    hours_ago: float
    title: str
    summary: str
    relevant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Hold one sample feed."""

    id: str
    name: str
    language: str
    region: str
    zone: str
    site: str
    entries: tuple[SampleEntry, ...]

    def settings(self, url: str) -> FeedSettings:
        """Return what feeds.toml would say of this feed, served at `url`."""
        return FeedSettings(
            id=self.id, name=self.name, url=url, language=self.language, region=self.region, zone=self.zone
        )


def load_samples() -> tuple[Sample, ...]:
    """Read the sample feeds that the package ships, in the order of their names."""
    folder = files("watcher.demo") / "samples"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(_sample(tomllib.loads(file.read_text(encoding="utf-8"))) for file in found)


def render_rss(sample: Sample, now: datetime) -> bytes:
    """Render a sample as RSS 2.0; its entries are as many hours old as they say."""
    rss = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(rss, "channel")
    _add(channel, title=sample.name, link=sample.site, language=sample.language, description="Invented sample news")
    for entry in sample.entries:
        link = f"{sample.site}/news/{entry.slug}"
        published = format_datetime(now - timedelta(hours=entry.hours_ago))
        item = ElementTree.SubElement(channel, "item")
        _add(item, title=entry.title, link=link, guid=link, pubDate=published, description=entry.summary)
    document: bytes = ElementTree.tostring(rss, encoding="utf-8", xml_declaration=True)
    return document


def _sample(data: dict[str, object]) -> Sample:
    entries = data.pop("entry")
    assert isinstance(entries, list)
    return Sample(**data, entries=tuple(SampleEntry(**entry) for entry in entries))  # type: ignore[arg-type] # TOML


def _add(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = text
