"""Judge what an entry is about: fold, find in one pass, add up, and say why."""

from watcher.judge.judge import Judge
from watcher.judge.why import SORTS, Explanation, Mark, Row

__all__ = ["SORTS", "Explanation", "Judge", "Mark", "Row"]
