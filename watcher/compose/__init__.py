"""Compose a digest, and the mail that carries it: pure, from values to values."""

from watcher.compose.digest import compose_digest
from watcher.compose.languages import words_of
from watcher.compose.message import build_message, message_id

__all__ = ["build_message", "compose_digest", "message_id", "words_of"]
