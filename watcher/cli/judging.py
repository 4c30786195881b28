"""Load the judge; apart from office.py so that judging needs no database."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from watcher.judge import Judge
from watcher.settings import cities, topics


def load_judge(folder: Path) -> Judge:
    """Build the judge from topics.toml and cities.csv; once in a process, as long as the files stay as they are."""
    files = [folder.resolve() / name for name in (topics.FILE, cities.FILE)]
    return _build_judge(folder, tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files), Path.cwd())


@lru_cache(maxsize=2)
def _build_judge(folder: Path, changed: tuple[int, ...], here: Path) -> Judge:
    """Build it; the times of change and the folder we are in say which files are meant."""
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
