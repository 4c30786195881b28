"""Read one document: decode, sniff, parse, and make entries of what was found."""

import re
from dataclasses import replace

from watcher.errors import ReadProblem
from watcher.read.clean import drop_forbidden, drop_hazards
from watcher.read.decode import Decoded, decode_document
from watcher.read.feed import entry_fields, parse_feed
from watcher.read.identity import assign_keys, find_identity
from watcher.read.jsonfeed import read_json
from watcher.read.language import clean_language
from watcher.read.listpage import read_list
from watcher.read.pace import read_pace
from watcher.read.sitemap import read_index, read_sitemap
from watcher.read.sniff import Sniffed, sniff_document
from watcher.read.source import Source, make_entry
from watcher.read.unpack import unpack
from watcher.text.plain import one_line, plain_text
from watcher.urls import clean_link
from watcher.values import Entry, Reading, Selectors

_LEADING = "\ufeff \t\r\n"
"""Blanks, and byte order marks that were written twice."""
_ENTRY_TAG = re.compile(r"<(/?)(?:item|entry)\b")
_TORN = "cut off; its last entry is left out until it is whole"


def read_document(
    body: bytes,
    *,
    content_type: str = "",
    url: str = "",
    language: str = "",
    region: str = "",
    zone: str = "UTC",
    encoding: str = "",
    identity: str = "",
    select: Selectors | None = None,
    known: bytes = b"",
    light: bool = False,
) -> Reading:
    """Return the entries of a feed (RSS, Atom, RDF, JSON), sitemap or list page, in its order; raise a `ReadProblem`.

    `url` is where it was found, for relative links. `language`, `region` and `zone` are the feed's own and stand
    where the document says nothing; `encoding` overrules it. With `select` it is an HTML page that lists
    news. `light` leaves out what has hung parsers.
    `identity` is what tells its entries apart (id, link, title; empty: found out, also by `known`, which is remembered
    of the document before).
    """
    decoded = decode_document(unpack(body), content_type=content_type, encoding=encoding)
    text = drop_forbidden(decoded.text).lstrip(_LEADING)
    source = Source(base=url, language=clean_language(language), region=region, zone=zone)
    found = _read_page(text, select, source) if select else _read_by_root(text, source, light=light)
    notes = (*_note_decoding(decoded), *found.notes, *_note_shared(found.entries))
    identity = identity or find_identity(found.entries, known)
    return replace(
        found,
        entries=assign_keys(found.entries, identity),
        encoding=decoded.encoding,
        identity=identity,
        notes=notes,
    )


def _read_by_root(text: str, source: Source, *, light: bool) -> Reading:
    """Read a document that says itself what it is."""
    sniffed = sniff_document(text, source.base)
    trimmed = text[sniffed.start :]
    match sniffed.kind:
        case "json":
            found = _read_json(text, source)
        case "sitemap":
            found = _read_sitemap(trimmed, source)
        case "sitemap index":
            found = Reading(format=sniffed.kind, more=read_index(trimmed, source))
        case kind:
            found = _read_xml(drop_hazards(trimmed) if light else trimmed, kind, source)
    return replace(found, notes=(*_note_junk(sniffed), *found.notes))


def _read_page(text: str, select: Selectors, source: Source) -> Reading:
    page = read_list(text, select, source)
    return Reading(
        entries=tuple(make_entry(fields, source) for fields in page.fields),
        format="list",
        title=page.title,
        language=source.language,
        notes=page.notes,
    )


def _read_json(text: str, source: Source) -> Reading:
    title, language, items = read_json(text)
    source = _with_feed(source, language, "")
    return Reading(
        entries=tuple(make_entry(fields, source) for fields in items),
        format="json",
        title=one_line(plain_text(title)),
        language=source.language,
    )


def _read_sitemap(text: str, source: Source) -> Reading:
    said = read_sitemap(text)
    notes = (
        f"{said.untitled} addresses without a title left out" if said.untitled else "",
        f"{said.left_out} entries behind the first {len(said.fields):,} left out" if said.left_out else "",
        "" if said.whole else _TORN,
    )
    return Reading(
        entries=tuple(make_entry(fields, source) for fields in said.fields),
        format="sitemap",
        language=source.language,
        notes=tuple(filter(None, notes)),
    )


def _read_xml(text: str, kind: str, source: Source) -> Reading:
    parsed = parse_feed(text)
    torn = bool(parsed["bozo"]) and _is_torn(text)
    whole = parsed["entries"][:-1] if torn else parsed["entries"]
    if parsed["bozo"] and not whole:
        raise ReadProblem("the feed is damaged or cut off before its first entry; the next visit will tell")
    feed = parsed["feed"]
    source = _with_feed(source, feed.get("language") or "", feed.get("link") or "")
    return Reading(
        entries=tuple(make_entry(entry_fields(entry), source) for entry in whole),
        format=parsed["version"] or kind,
        title=one_line(plain_text(feed.get("title") or "")),
        language=source.language,
        pace=read_pace(text),
        notes=(*(("not well-formed XML; read leniently",) if parsed["bozo"] else ()), *((_TORN,) if torn else ())),
    )


def _is_torn(text: str) -> bool:
    """Tell whether the last entry has no end: its id or link may be missing or half, and it would count as another."""
    tags = _ENTRY_TAG.findall(text)
    return bool(tags) and not tags[-1]


def _with_feed(source: Source, language: str, link: str) -> Source:
    """Add what the feed says of itself: its language counts more than ours, its link only as the last base."""
    return replace(source, language=clean_language(language) or source.language, base=source.base or clean_link(link))


def _note_decoding(decoded: Decoded) -> tuple[str, ...]:
    return () if decoded.how == "valid UTF-8" else (f"read as {decoded.encoding}: {decoded.how}",)


def _note_junk(sniffed: Sniffed) -> tuple[str, ...]:
    return (f"{sniffed.start} characters before the root dropped",) if sniffed.start else ()


def _note_shared(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    ids = [entry.id for entry in entries if entry.id]
    shared = len(ids) - len(set(ids))
    return (f"{shared} entries repeat the id of another",) if shared else ()
