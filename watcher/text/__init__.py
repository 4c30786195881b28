"""Text: made plain, folded for comparing, cut into words for searching. Pure."""

from watcher.text.fold import Folded, fold, fold_with_offsets
from watcher.text.plain import clean_lines, one_line, plain_text
from watcher.text.tokens import cut_text, index_text, is_piece

__all__ = [
    "Folded",
    "clean_lines",
    "cut_text",
    "fold",
    "fold_with_offsets",
    "index_text",
    "is_piece",
    "one_line",
    "plain_text",
]
