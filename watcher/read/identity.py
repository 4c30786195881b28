"""What tells one entry from another, within a document and from one visit to the next."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from zlib import crc32

from watcher.values import Entry

ID_BYTES, LINK_BYTES, SAID_BYTES = 2, 2, 4
KNOWN_BYTES = ID_BYTES + LINK_BYTES + SAID_BYTES
"""Length of what is remembered of an entry: with 1,000 entries, two share it once in 10^13 feeds."""
SHARE_TITLES = 0.5
"""So large a share of the entries must have the id of another, for titles to tell all of them apart from then on."""
FEWEST = 2
"""A document of fewer entries does not show whether its ids or addresses tell any apart."""

_PARTS: dict[str, Callable[[bytes], bytes]] = {
    "link": lambda mark: mark[ID_BYTES:],
    "id": lambda mark: mark[:ID_BYTES] + mark[ID_BYTES + LINK_BYTES :],
}
"""What counts of the 8 bytes where ids change at every visit, and where addresses do."""


def find_identity(entries: Sequence[Entry], known: bytes = b"") -> str:
    """Return what tells a document's entries apart: `title`, `link` or `id`; empty where nothing is strange.

    `title` when its ids, or its addresses where it has none, tell too few apart. `known` is what is remembered of the
    document before: `link` when entries of it are found again under other ids, `id` when they are at other addresses.
    """
    titles: dict[str, set[str]] = {}
    for entry in entries:
        titles.setdefault(entry.id or entry.url, set()).add(entry.title)
    sharing = sum(1 for entry in entries if (name := entry.id or entry.url) and len(titles[name]) > 1)
    return "title" if sharing > SHARE_TITLES * len(entries) else _find_churn(entries, known)


def assign_keys(entries: Iterable[Entry], identity: str = "") -> tuple[Entry, ...]:
    """Give every entry its key: its id, else its link, else what it says; under a policy its link or its title first.

    Where entries of the document share that, their titles are added, and where these are shared too, all they say:
    a feed that has one id for all its entries still has that many keys.
    """
    keyed = tuple(replace(entry, key=_first_key(entry, identity)) for entry in entries)
    return _add_where_shared(_add_where_shared(keyed, lambda entry: entry.title), _digest)


def known_hash(entry: Entry) -> bytes:
    """Return the 8 bytes by which an entry is known again; another id, address, title or summary gives others.

    Not its key, which depends on its neighbours: of two that share an id, one falls out of the feed first.
    """
    said = f"{entry.title}\x1f{entry.summary}" if entry.title or entry.summary else entry.text
    return _check(entry.id)[:ID_BYTES] + _check(entry.url)[:LINK_BYTES] + sha256(_bytes(said)).digest()[:SAID_BYTES]


def pack_known(entries: Iterable[Entry]) -> bytes:
    """Return what is remembered of a document: 8 bytes for each entry."""
    return b"".join(known_hash(entry) for entry in entries)


def leave_out(entries: Iterable[Entry], known: bytes, identity: str = "") -> tuple[Entry, ...]:
    """Return the entries that are not among the known ones, each once, in their order.

    Under the policy `link` another id makes no entry new, under `id` no other address does.
    """
    part = _PARTS.get(identity, bytes)
    seen = set(map(part, _split(known)))
    fresh = []
    for entry in entries:
        mark = part(known_hash(entry))
        if mark not in seen:
            seen.add(mark)
            fresh.append(entry)
    return tuple(fresh)


def _find_churn(entries: Sequence[Entry], known: bytes) -> str:
    """Say by what the entries of the document before are found again, where more of them are so than unchanged."""
    seen = _split(known)
    changed = [entry for entry in entries if known_hash(entry) not in seen] if seen else []
    if not changed or len(entries) < FEWEST:
        return ""
    for identity, names in (("link", [one.url for one in entries]), ("id", [one.id for one in entries])):
        again = len(changed) - len(leave_out(changed, known, identity))
        if again > len(entries) - len(changed) and all(names) and len(set(names)) == len(names):
            return identity
    return ""


def _split(known: bytes) -> set[bytes]:
    return {known[start : start + KNOWN_BYTES] for start in range(0, len(known), KNOWN_BYTES)}


def _first_key(entry: Entry, identity: str) -> str:
    names = {"link": (entry.url, entry.id), "title": (entry.title, entry.id, entry.url)}
    return next(filter(None, names.get(identity, (entry.id, entry.url))), "") or _digest(entry)


def _add_where_shared(entries: tuple[Entry, ...], more: Callable[[Entry], str]) -> tuple[Entry, ...]:
    """Add to the keys that several entries have."""
    counts = Counter(entry.key for entry in entries)
    return tuple(
        replace(entry, key=f"{entry.key}\n{more(entry)}") if counts[entry.key] > 1 else entry for entry in entries
    )


def _check(text: str) -> bytes:
    """Return the CRC of a name: a fifth of the time of a hash, and two bytes of a hash would be no safer."""
    return crc32(_bytes(text)).to_bytes(4, "big")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _digest(entry: Entry) -> str:
    said = "\x1f".join((entry.url, entry.title, entry.summary, entry.text))
    return sha256(_bytes(said)).hexdigest()[:32]
