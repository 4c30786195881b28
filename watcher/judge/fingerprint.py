"""Name the rules, so that an item tells which of them judged it."""

import hashlib

from watcher.judge.book import Book, write_book

VERSION = 9
"""Raised when the same rules would judge otherwise than before, so that items are judged again."""


def name_rules(book: Book) -> str:
    """Return 16 hexadecimal digits: other rules, other name."""
    return hashlib.sha256(f"{VERSION} {write_book(book)}".encode()).hexdigest()[:16]
