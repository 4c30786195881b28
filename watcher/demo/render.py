"""Render a sample as the document that its server sends: RSS 2.0, Atom or RDF, with dates of today."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from watcher.demo.samples import Format, Sample, SampleEntry

NOTE = "Invented sample news"
ATOM = "http://www.w3.org/2005/Atom"
RDF = {
    "xmlns": "http://purl.org/rss/1.0/",
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}


def render_sample(sample: Sample, now: datetime, edition: int = 0) -> bytes:
    """Return one edition's document; its entries are as many hours old at `now` as they say.

    The second edition has the edited headlines. Where an edition breaks off, it ends inside an entry's link.
    """
    root = _WRITERS[sample.format](sample, now, edition)
    document: bytes = tostring(root, encoding=sample.encoding, xml_declaration=True)
    torn = sample.torn_entry(edition)
    return document.partition(f"/news/{torn}".encode())[0] if torn else document


def _write_rss(sample: Sample, now: datetime, edition: int) -> Element:
    rss = Element("rss", version="2.0")
    channel = SubElement(rss, "channel")
    _add(channel, title=sample.name, link=sample.site, language=sample.language, description=NOTE)
    for entry in sample.entries:
        link, published = sample.link_of(entry), format_datetime(_published(entry, now))
        item = SubElement(channel, "item")
        _add(item, title=entry.headline(edition), link=link, guid=link, pubDate=published, description=entry.summary)
    return rss


def _write_atom(sample: Sample, now: datetime, edition: int) -> Element:
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": sample.language})
    _add(feed, id=f"{sample.site}/", title=sample.name, subtitle=NOTE, updated=now.isoformat())
    for entry in sample.entries:
        link, published = sample.link_of(entry), _published(entry, now).isoformat()
        item = SubElement(feed, "entry")
        SubElement(item, "link", href=link)
        _add(item, id=link, title=entry.headline(edition), updated=published, summary=entry.summary)
    return feed


def _write_rdf(sample: Sample, now: datetime, edition: int) -> Element:
    rdf = Element("rdf:RDF", RDF)
    channel = SubElement(rdf, "channel", {"rdf:about": sample.site})
    _add(channel, title=sample.name, link=sample.site, description=NOTE, **{"dc:language": sample.language})
    order = SubElement(SubElement(channel, "items"), "rdf:Seq")
    for entry in sample.entries:
        link, published = sample.link_of(entry), {"dc:date": _published(entry, now).isoformat()}
        SubElement(order, "rdf:li", {"rdf:resource": link})
        item = SubElement(rdf, "item", {"rdf:about": link})
        _add(item, title=entry.headline(edition), link=link, description=entry.summary, **published)
    return rdf


_WRITERS: dict[Format, Callable[[Sample, datetime, int], Element]] = {
    "rss": _write_rss,
    "atom": _write_atom,
    "rdf": _write_rdf,
}


def _published(entry: SampleEntry, now: datetime) -> datetime:
    return now - timedelta(hours=entry.hours_ago)


def _add(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text
