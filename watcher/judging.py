"""Load the judge from the files of a folder; it needs no command line and no database."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from watcher.judge import Judge
from watcher.settings import cities, topics
from watcher.settings.load import Contents, contents_of


def load_judge(folder: Path) -> Judge:
    """Build the judge from topics.toml and cities.csv; once in a process, as long as the files say the same."""
    return _build_judge(contents_of(folder, topics.FILE, cities.FILE))


@lru_cache(maxsize=2)
def _build_judge(contents: Contents) -> Judge:
    folder = contents.folder
    with _uncollected():
        return Judge(topics.load_topics(folder), cities.load_cities(folder))


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
