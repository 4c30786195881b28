"""Where the watcher reads an entry otherwise than feedparser, and why. docs/reading.md has the same reasons."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from real.peer import Said, Written, is_certain

BLANKS = "runs of blanks and line ends become one blank"
INVISIBLE = "control characters and invisible ones go"
MARKUP = "tags go and entities are resolved: a title is plain text"
NO_LINK = "no http or https address"
NO_ZONE = "the string has no zone: the feed's counts"
NO_PEER_DATE = "feedparser reads no date in the string"
OTHER_DATE = "the string is not certain: no full day, or a zone whose name feedparser does not know"
TORN = "an entry that is cut off waits until it is whole"
NO_PEER = "feedparser reads no such document"

_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_ZONE = re.compile(r"(?:[a-zA-Z]|[+-]\d\d:?\d\d|\))\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One field of one entry that the two read otherwise; without a reason it should not be."""

    document: str
    what: str
    peer: object
    ours: object
    reason: str = ""


def contrast(document: str, ours: Sequence[Mapping[str, str]], peer: Sequence[Said]) -> Iterator[Contrast]:
    """Compare entry by entry; `ours` are lines of `feeds read`.

    Of a document that only one of the two can read, and where they count otherwise, there is nothing more to compare.
    """
    if len(ours) != len(peer):
        yield Contrast(
            document=document, what="entries", peer=len(peer), ours=len(ours), reason=_explain_count(ours, peer)
        )
        return
    for line, said in zip(ours, peer, strict=True):
        for what, theirs, own, reason in _fields(line, said):
            if theirs != own:
                yield Contrast(document=document, what=what, peer=theirs, ours=own, reason=reason)


def _explain_count(ours: Sequence[Mapping[str, str]], peer: Sequence[Said]) -> str:
    """Allow what the peer cannot read at all, and a last entry that only it takes."""
    if not peer:
        return NO_PEER
    return TORN if [line["id"] for line in ours] == [_fold(said.id) for said in peer[:-1]] else ""


def _fields(line: Mapping[str, str], said: Said) -> Iterator[tuple[str, object, object, str]]:
    """Yield name, the peer's, ours, and the reason in case they differ."""
    yield "id", _fold(said.id), line["id"], ""
    yield "link", said.url, line["url"], "" if said.url.startswith(("http://", "https://")) else NO_LINK
    yield "title", said.title, line["title"], _explain_title(said.title, line["title"])
    written = _same_date(said.dates, line["published_raw"])
    at = datetime.fromisoformat(line["published_at"]) if line["published_at"] else None
    if written:
        yield "date", written.at, at and at.replace(microsecond=0), _explain_date(written)


def _same_date(dates: Iterable[Written], raw: str) -> Written | None:
    """Return the peer's reading of the string that we read."""
    return next((one for one in dates if _fold(one.raw) == _fold(raw)), None)


def _explain_title(theirs: str, own: str) -> str:
    if _fold(theirs) == own:
        return BLANKS
    if _see(theirs) == _see(own):
        return INVISIBLE
    return MARKUP if _see(html.unescape(_TAG.sub("", theirs))) == _see(own) else ""


def _explain_date(written: Written) -> str:
    """Say why a date may be read otherwise; a string that is certain has to be read the same."""
    if written.at is None:
        return NO_PEER_DATE
    if is_certain(written.raw):
        return ""
    return OTHER_DATE if _ZONE.search(written.raw) else NO_ZONE


def _fold(text: str) -> str:
    return " ".join(text.split())


def _see(text: str) -> str:
    """Return what a reader sees."""
    return _fold("".join(one for one in text if unicodedata.category(one) not in ("Cc", "Cf") or one.isspace()))
