"""Lists of feeds, as other programs read and write them: OPML, and plain text with one address a line. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, fields
from itertools import chain, count
from urllib.parse import unquote, urlsplit

from lxml import etree
from pydantic import ValidationError

from watcher.errors import ConfigError
from watcher.settings.base import explain_error
from watcher.settings.feeds import LONGEST_ID, FeedSettings, Select
from watcher.text.plain import one_line
from watcher.urls import canonical_url, clean_link, host_of

LONGEST_NAME = 200
"""Characters of a name that are taken from a list."""
ROOM = 8
"""Characters of an id that are kept for a hyphen and a number."""
SPACE = "urn:city-exchange-watcher:feed"
"""The namespace of the attributes that only we write; OPML 2.0 wants one for them."""

_OURS = ("id", "region", "zone", "encoding", "identity", "every_minutes", "longest_minutes", "format")
_SELECTORS = {key: f"{{{SPACE}}}select_{key}" for key in Select.model_fields}
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_WIDE = (b"\xff\xfe<\0", b"\xfe\xff\0<")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """Hold one address of a list and what the list says of it; `place` is where it stands, for the errors."""

    url: str
    name: str = ""
    id: str = ""
    language: str = ""
    region: str = ""
    zone: str = ""
    encoding: str = ""
    identity: str = ""
    every_minutes: int | str = ""
    longest_minutes: int | str = ""
    format: str = ""
    select: Mapping[str, str] | str = ""
    place: str = ""


def read_list(body: bytes, name: str) -> list[ListedFeed]:
    """Read OPML, or text with one address a line, each address once; `name` is the file's, for the errors.

    A truncated or broken OPML file, a line that is no web address, and an empty list are a ConfigError
    that names the place: half a list is never taken.
    """
    found = list(_read_opml(body, name) if _is_xml(body) else _read_lines(_decode(body, name), name))
    if not found:
        raise ConfigError(f"{name}: no feed address in it; expected OPML or one address a line.")
    return list({same_address(feed.url): feed for feed in reversed(found)}.values())[::-1]


_NUMBERS = re.compile(r"[0-9.]+|.*:.*")
"""A host that is an IP address, of version 4 or 6."""


def same_address(url: str) -> str:
    """Return what is the same for two addresses of one feed."""
    return canonical_url(url) or url


def settle_feeds(
    listed: Iterable[ListedFeed], standing: Iterable[FeedSettings], remembered: Mapping[str, str]
) -> list[FeedSettings]:
    """Return the settings of the listed feeds whose addresses do not stand yet; a wrong value is a ConfigError.

    A feed keeps the id that the list names; else the one under which its address is `remembered`, so that its old
    entries do not come again; else it is named anew.
    """
    stands, listed = tuple(standing), tuple(listed)
    urls = [*(feed.url for feed in stands), *(feed.url for feed in listed)]
    hosts = Counter(map(_host_word, {same_address(url): url for url in urls}.values()))
    known = {same_address(feed.url) for feed in stands}
    taken = {feed.id for feed in stands}
    reserved = taken | set(remembered.values())
    settled = []
    for feed in listed:
        if (address := same_address(feed.url)) in known:
            continue
        kept = feed.id or remembered.get(address, "")
        shared = hosts[_host_word(feed.url)] > 1
        chosen = kept if kept and kept not in taken else name_feed(feed, reserved, shared=shared)
        settled.append(_settle(feed, chosen))
        known.add(address)
        taken.add(chosen)
        reserved.add(chosen)
    return settled


def name_feed(feed: ListedFeed, taken: Set[str], *, shared: bool = False) -> str:
    """Return an id for a listed feed that is not among `taken`: its own, its name's words, else its host's.

    On a `shared` host, which has several feeds, the words of the path stand behind it, of a bare IP address instead.
    """
    host = _host_word(feed.url)
    place = f"{host} {_path_words(feed.url) if shared or not host else ''}"
    base = feed.id or _slug(feed.name) or _slug(place) or "feed"
    short = base[: LONGEST_ID - ROOM].rstrip("-")
    candidates = chain((base,), (f"{short}-{number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)


def write_opml(feeds: Iterable[FeedSettings]) -> str:
    """Write OPML 2.0: names, addresses and languages for everybody; ids and the like in attributes of our own."""
    root = etree.Element("opml", version="2.0", nsmap={"watcher": SPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Feeds of city-exchange-watcher"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        etree.SubElement(body, "outline", _attributes(feed))
    text: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return text.decode()


def write_lines(feeds: Iterable[FeedSettings]) -> str:
    """Write one address a line, and its name behind it."""
    return "".join(f"{clean_link(feed.url)} {one_line(feed.name)}".rstrip() + "\n" for feed in feeds)


def _is_xml(body: bytes) -> bool:
    return body.lstrip(_BLANKS).startswith(b"<") or body.startswith(_WIDE)


def _read_opml(body: bytes, name: str) -> Iterator[ListedFeed]:
    """Yield the outlines that are feeds, in whatever folder; lines are counted with the blank ones before the root."""
    start = body.lstrip(_BLANKS)
    skipped = body[: len(body) - len(start)].count(b"\n")
    root = _parse_opml(start, name, skipped)
    for outline in root.iter("outline"):
        said = {key.lower(): value for key, value in outline.items()}
        place = f"{name}: line {outline.sourceline + skipped}"
        if "xmlurl" in said:
            yield _outline(said, place)
        elif said.get("type") in ("rss", "atom"):
            raise ConfigError(f"{place}: this feed has no xmlUrl; add it or remove the line.")


def _parse_opml(start: bytes, name: str, skipped: int) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(start, parser)
    except etree.XMLSyntaxError as error:
        place = f"line {error.position[0] + skipped}, column {error.position[1]}"
        raise ConfigError(f"{name}: broken OPML at {place}; export the list again.") from error
    if etree.QName(root).localname.lower() != "opml":
        raise ConfigError(f"{name}: the file is not OPML but <{etree.QName(root).localname}>; export the list as OPML.")
    return root


def _outline(said: Mapping[str, str], place: str) -> ListedFeed:
    ours = {key: one_line(said.get(f"{{{SPACE}}}{key}", ""), LONGEST_NAME) for key in _OURS}
    select = {key: one_line(said[name]) for key, name in _SELECTORS.items() if name in said}
    name = one_line(said.get("title") or said.get("text") or "", LONGEST_NAME)
    return ListedFeed(
        url=_web_address(said["xmlurl"], place),
        name="" if name == ours["id"] else name,
        language=_foreign_language(said.get("language", "")),
        select=select or "",
        place=place,
        **ours,
    )


def _foreign_language(tag: str) -> str:
    """Return a language tag; nothing for what other programs write there for want of one, such as `unknown`."""
    try:
        return str(FeedSettings(id="a", url="https://a.example/", language=tag.replace("_", "-")).language)
    except ValidationError:
        return ""


def _decode(body: bytes, name: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8.") from error


def _read_lines(text: str, name: str) -> Iterator[ListedFeed]:
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        address, _, label = line.strip().partition(" ")
        if address and not address.startswith("#"):
            place = f"{name}: line {number}"
            yield ListedFeed(url=_web_address(address, place), name=one_line(label, LONGEST_NAME), place=place)


def _web_address(given: str, place: str) -> str:
    url = clean_link(given)
    if not url:
        raise ConfigError(f"{place}: {given[:80]!r} is not a web address; mend or remove it.")
    return url


def _settle(feed: ListedFeed, feed_id: str) -> FeedSettings:
    said = {field.name: getattr(feed, field.name) for field in fields(feed) if field.name != "place"}
    values = {key: value for key, value in said.items() if value != ""} | {"id": feed_id}
    try:
        return FeedSettings.model_validate(values)
    except ValidationError as error:
        raise explain_error(feed.place, error, FeedSettings, values) from error


def _attributes(feed: FeedSettings) -> dict[str, str]:
    name = one_line(feed.name) or feed.id
    said = {"type": "rss", "text": name, "title": name, "xmlUrl": clean_link(feed.url), "language": feed.language}
    changed = feed.model_dump(include=set(_OURS), exclude_defaults=True)
    ours = {f"{{{SPACE}}}{key}": str(changed[key]) for key in _OURS if key in changed}
    select = feed.select.model_dump(exclude_defaults=True) if feed.select else {}
    selectors = {_SELECTORS[key]: value for key, value in select.items()}
    return {key: value for key, value in said.items() if value} | ours | selectors


def _host_word(url: str) -> str:
    """Return the host's name; the numbers of an IP address are no word."""
    host = host_of(url).removeprefix("www.")
    return "" if _NUMBERS.fullmatch(host) else host


def _path_words(url: str) -> str:
    """Return the words of an address's path without the ending of a file's name."""
    return re.sub(r"\.\w{1,5}$", "", unquote(urlsplit(url).path))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST_ID].strip("-")
