"""What tells one entry from another, within a document and from one visit to the next."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256

from watcher.values import Entry

KNOWN_BYTES = 8
"""Length of what is remembered of an entry: with 1,000 entries, two share it once in 10^13 feeds."""


def assign_keys(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Give every entry its key: its id, else its link, else what it says.

    Where entries of the document share that, their titles are added, and where these are shared too, all they say:
    a feed that has one id for all its entries still has that many keys.
    """
    keyed = tuple(replace(entry, key=entry.id or entry.url or _digest(entry)) for entry in entries)
    keyed = _add_where_shared(keyed, lambda entry: entry.title)
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


def _add_where_shared(entries: tuple[Entry, ...], more: Callable[[Entry], str]) -> tuple[Entry, ...]:
    counts = Counter(entry.key for entry in entries)
    return tuple(
        replace(entry, key=f"{entry.key}\n{more(entry)}") if counts[entry.key] > 1 else entry for entry in entries
    )


def _digest(entry: Entry) -> str:
    said = "\x1f".join((entry.url, entry.title, entry.summary, entry.text))
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
