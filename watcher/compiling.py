"""Compile the rules of a folder: loaded only where there is no compiled form of them, for it needs pydantic."""

from pathlib import Path

from watcher.judge.book import Book
from watcher.judge.compile import compile_book
from watcher.settings.cities import load_cities
from watcher.settings.topics import load_topics


def compile_folder(folder: Path) -> Book:
    """Read and check topics.toml and cities.csv; every mistake is a `ConfigError` that names the place and the cure."""
    return compile_book(load_topics(folder), load_cities(folder))
