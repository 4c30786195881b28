"""`make check-real DIR=...`: poll a folder of real documents and hold what was read against manifest.jsonl.

Each line of the manifest is {"file", "entries", ...}. Without one, every file of the folder has to be readable.
Then two more polls: one of the same documents, one of documents with a blank line more; both must store nothing.
Then every entry is held against what feedparser alone makes of it. Exit 1 when anything differs without a reason.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from real.contrast import Contrast, contrast
from real.documents import Difference, Document, compare, list_documents
from real.newsstand import Newsstand, open_newsstand
from real.peer import listen
from real.user import User

Lines = dict[str, list[dict[str, str]]]
"""The entries of each document, as `feeds read` prints them."""
POLLS = (FIRST, SAME, REPRINTED) = ("first", "same", "reprinted")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make check-real", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of documents")
    return parser.parse_args()


def check(documents: list[Document]) -> Iterator[Difference]:
    """Poll three times, print a line for each, yield all differences."""
    with open_newsstand(documents) as stand, TemporaryDirectory(prefix="city-watcher-real-") as home:
        user = User(Path(home))
        user.import_all(stand)
        lines = user.read(stand)
        for name in POLLS:
            stand.reprinted = name == REPRINTED
            yield from poll(user, name, count_twice(lines))
            yield from compare(documents, user.look(stand))
        yield from hold_against_peer(lines, stand, documents)


def count_twice(lines: Lines) -> int:
    """Count the entries that stand twice in their document, word for word: a poll takes them once."""
    told = ("id", "url", "title", "summary")
    return sum(len(one) - len({tuple(line[name] for name in told) for line in one}) for one in lines.values())


def hold_against_peer(lines: Lines, stand: Newsstand, documents: list[Document]) -> Iterator[Difference]:
    """Hold every entry against feedparser's, print how many fields differ for which reason, yield what has none."""
    contrasts: list[Contrast] = []
    for document, path in zip(documents, stand.bodies, strict=True):
        peer = listen(stand.bodies[path], stand.address + path)
        contrasts += contrast(document.name, lines[document.name], peer)
    print(f"feedparser      {sum(map(len, lines.values())):,} entries held against it")
    explained = [one for one in contrasts if one.reason]
    show_reasons(explained)
    print(f"  all      {len(explained):>6,} with a reason, {len(contrasts) - len(explained):,} without one")
    for one in contrasts:
        if not one.reason:
            yield Difference(document=one.document, what=one.what, expected=one.peer, found=one.ours)


def show_reasons(contrasts: Iterable[Contrast]) -> None:
    """Print a line for each reason: what it is, how many fields, in how many documents."""
    documents: dict[tuple[str, str], list[str]] = {}
    for one in contrasts:
        documents.setdefault((one.what, one.reason), []).append(one.document)
    for (what, reason), names in sorted(documents.items()):
        print(f"  {what:<8} {len(names):>6,} in {len(set(names)):,} documents: {reason}")


def poll(user: User, name: str, twice: int) -> Iterator[Difference]:
    """Poll once and say what came of it; only the first may bring anything new: all but what is said twice."""
    told = user.poll_all()
    words = ", ".join(
        f"{told[key]:,} {key.replace('_', ' ')}" for key in ("read", "unchanged", "failed", "new_entries")
    )
    said = f" of {told['entries']:,} ({twice:,} stand twice in a document, word for word)" if name == FIRST else ""
    print(f"{name + ' poll':<15} {words}{said}, {told['seconds']:.1f} s")
    expected = told["entries"] - twice if name == FIRST else 0
    if told["new_entries"] != expected:
        yield Difference(document=f"all, {name} poll", what="new entries", expected=expected, found=told["new_entries"])


def once(differences: Iterable[Difference]) -> list[Difference]:
    """Return each difference as the first poll showed it: a later one may have words of its own about the feed."""
    first: dict[tuple[str, str, object], Difference] = {}
    for one in differences:
        first.setdefault((one.document, one.what, one.found), one)
    return list(first.values())


def show(differences: Iterable[Difference]) -> None:
    """Print the table."""
    for one in differences:
        print(f"{one.document}: {one.what}: {one.expected} expected, {one.found} found. {one.problem}".rstrip())


def main() -> None:
    """Check, print, end with 1 when anything differs."""
    folder, began = read_arguments().folder, time.monotonic()
    documents = list_documents(folder) if folder.is_dir() else []
    missing = [one.name for one in documents if not one.path.is_file()]
    if missing or not documents:
        sys.exit(f"{folder}: no {missing[0] if missing else 'documents'} there.")
    differences = once(check(documents))
    show(differences)
    counted = sum(one.truth.entries or 0 for one in documents)
    seconds = time.monotonic() - began
    print(f"{len(documents):,} documents, {counted:,} entries, differences: {len(differences):,}, {seconds:.1f} s")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
