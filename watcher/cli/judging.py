"""Load the judge; apart from office.py so that judging needs no database."""

from pathlib import Path

from watcher.judge import Judge
from watcher.settings.cities import load_cities
from watcher.settings.topics import load_topics


def load_judge(folder: Path) -> Judge:
    """Build the judge from topics.toml and cities.csv."""
    return Judge(load_topics(folder), load_cities(folder))
