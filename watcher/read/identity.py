"""What tells one entry from another, within a document and from one visit to the next."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from watcher.values import Entry

KNOWN_BYTES = 8
"""Length of what is remembered of an entry: with 1,000 entries, two share it once in 10^13 feeds."""
SHARE_TITLES = 0.5
"""So large a share of the entries must have the id of another, for titles to tell all of them apart from then on."""


def find_identity(entries: Sequence[Entry]) -> str:
    """Return "title" for a document whose ids tell too few of its entries apart; empty for any other."""
    titles: dict[str, set[str]] = {}
    for entry in entries:
        titles.setdefault(entry.id, set()).add(entry.title)
    sharing = sum(1 for entry in entries if entry.id and len(titles[entry.id]) > 1)
    return "title" if sharing > SHARE_TITLES * len(entries) else ""


def assign_keys(entries: Iterable[Entry], identity: str = "") -> tuple[Entry, ...]:
    """Give every entry its key: its id, else its link, else what it says; its link first under the policy `link`.

    Under the policy `title` a title is added to every id, also to one that stands alone in this document: it did not
    in another one, and its entry must not become another one.
    Where entries of the document share that, their titles are added, and where these are shared too, all they say:
    a feed that has one id for all its entries still has that many keys.
    """
    keyed = tuple(replace(entry, key=_first_key(entry, identity)) for entry in entries)
    keyed = _add_where_shared(keyed, lambda entry: entry.title, always=identity == "title")
    return _add_where_shared(keyed, _digest)


def known_hash(entry: Entry) -> bytes:
    """Return the 8 bytes by which an entry is known again; another id, address, title or summary gives others.

    Not its key, which depends on its neighbours: of two that share an id, one falls out of the feed first.
    """
    said = "\x1f".join((entry.id or entry.url or entry.key, entry.url, entry.title, entry.summary))
    return sha256(said.encode("utf-8", "surrogatepass")).digest()[:KNOWN_BYTES]


def pack_known(entries: Iterable[Entry]) -> bytes:
    """Return what is remembered of a document: 8 bytes for each entry."""
    return b"".join(known_hash(entry) for entry in entries)


def leave_out(entries: Iterable[Entry], known: bytes) -> tuple[Entry, ...]:
    """Return the entries that are not among the known ones, each once, in their order."""
    seen = {known[start : start + KNOWN_BYTES] for start in range(0, len(known), KNOWN_BYTES)}
    fresh = []
    for entry in entries:
        mark = known_hash(entry)
        if mark not in seen:
            seen.add(mark)
            fresh.append(entry)
    return tuple(fresh)


def _first_key(entry: Entry, identity: str) -> str:
    if identity == "link":
        return entry.url or entry.id or _digest(entry)
    return entry.id or entry.url or _digest(entry)


def _add_where_shared(
    entries: tuple[Entry, ...], more: Callable[[Entry], str], *, always: bool = False
) -> tuple[Entry, ...]:
    """Add to the keys that several entries have; `always` to the ids that one alone has, too."""
    counts = Counter(entry.key for entry in entries)
    return tuple(
        replace(entry, key=f"{entry.key}\n{more(entry)}") if counts[entry.key] > 1 or (always and entry.id) else entry
        for entry in entries
    )


def _digest(entry: Entry) -> str:
    said = "\x1f".join((entry.url, entry.title, entry.summary, entry.text))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
