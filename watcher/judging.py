"""Load the judge of a folder; it needs no command line and no database.

The book of rules is kept beside Python's own compiled files, so that the next process is ready in a fifth of the time.
Who may write there may change the program as well; it is JSON all the same, which brings nothing that runs.
"""

import gc
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path

from watcher.judge import Judge
from watcher.judge.book import Book, read_book, write_book
from watcher.settings.load import CITIES_FILE, TOPICS_FILE, Contents, contents_of

KEPT = Path(cache_from_source(__file__)).with_suffix(".rules")
LARGE = 100_000
"""Rules of so many bytes are kept; fewer are compiled as soon as read."""

COMPILER = "watcher.compiling"
"""Loaded only where nothing is kept: pydantic, which checks the settings, takes longer to load than the judge."""

PROGRAM = Path(__file__).parent
MAKERS = ("judge", "settings", "text")
"""The parts of the program that say what stands in a book."""


def load_judge(folder: Path) -> Judge:
    """Return the judge of topics.toml and cities.csv; once in a process, as long as the files say the same.

    A mistake in them is a `ConfigError` that names the place and the cure.
    """
    return _build_judge(contents_of(folder, TOPICS_FILE, CITIES_FILE))


@lru_cache(maxsize=2)
def _build_judge(contents: Contents) -> Judge:
    with _uncollected():
        return Judge(load_book(contents))


def load_book(contents: Contents, kept: Path = KEPT) -> Book:
    """Return the rules that stand in topics.toml and cities.csv: those that are kept, else compiled, and kept."""
    name = name_contents(contents)
    return _read_kept(kept, name) or _compile(contents, kept, name)


def name_contents(contents: Contents, program: Path = PROGRAM) -> str:
    """Return a name for the files and for the program that reads them: what is kept is never older than either."""
    code = (path for part in MAKERS for path in sorted((program / part).iterdir()) if path.is_file())
    parts = (*contents.texts, *(path.read_bytes() for path in code))
    return hashlib.sha256(b"\0".join(part or b"" for part in parts)).hexdigest()


def _read_kept(kept: Path, name: str) -> Book | None:
    """Return the book that is kept, if it is this one and whole."""
    with suppress(OSError, ValueError, TypeError):
        standing, _, text = kept.read_text(encoding="utf-8").partition("\n")
        return read_book(text) if standing == name else None
    return None


def _compile(contents: Contents, kept: Path, name: str) -> Book:
    book: Book = import_module(COMPILER).compile_folder(contents.folder)
    is_large = sum(map(len, filter(None, contents.texts))) > LARGE
    if is_large and contents == contents_of(contents.folder, TOPICS_FILE, CITIES_FILE):
        _keep(kept, f"{name}\n{write_book(book)}")
    return book


def _keep(kept: Path, text: str) -> None:
    """Replace what is kept as a whole; where nothing can be written nothing is."""
    draft = kept.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, kept)
    with suppress(OSError):
        draft.unlink(missing_ok=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage while 100,000 small things are made that all stay: it would cost a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
