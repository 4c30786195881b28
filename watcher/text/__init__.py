"""Text: made plain, folded for comparing, cut into words for searching. Pure."""

from watcher.text.fold import Folded, fold, fold_with_offsets
from watcher.text.plain import clean_lines, one_line, plain_text
from watcher.text.tokens import index_text, search_tokens

__all__ = [
    "Folded",
    "clean_lines",
    "fold",
    "fold_with_offsets",
    "index_text",
    "one_line",
    "plain_text",
    "search_tokens",
]
