"""Undo a body's compression without ever holding more than was allowed."""

import zlib

from watcher.errors import FetchProblem
from watcher.values import Trouble

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_RAW = -zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f"
_PLAIN = frozenset({"", "identity"})
_DEFLATED = frozenset({"gzip", "x-gzip", "deflate"})


class Plain:
    """Pass a body on as it is."""

    def feed(self, chunk: bytes, room: int) -> bytes:
        """Return the chunk; `room` is for the compressed ones."""
        return chunk

    def finish(self) -> None:
        """Accept any end."""


class Inflater:
    """Inflate gzip (one member or several) and deflate (with or without its zlib header)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._started = False

    def feed(self, chunk: bytes, room: int) -> bytes:
        """Return at most `room` bytes (1 or more) of what the chunk inflates to; raise a `FetchProblem`."""
        try:
            return self._inflate(chunk, room)
        except zlib.error as error:
            if self._started:
                raise FetchProblem("the compressed document is damaged; the next visit will tell") from error
        self._member = zlib.decompressobj(_RAW)
        self._started = True
        return self.feed(chunk, room)

    def finish(self) -> None:
        """Refuse an end in the middle: entries would be missing."""
        if self._started and not self._member.eof:
            raise FetchProblem(
                "the compressed document breaks off before its end; the next visit will tell", Trouble.DOWN
            )

    def _inflate(self, chunk: bytes, room: int) -> bytes:
        inflated = bytearray()
        while chunk and len(inflated) < room:
            if self._member.eof:
                if not chunk.startswith(_GZIP_MAGIC):
                    break
                self._member = zlib.decompressobj(_GZIP_OR_ZLIB)
            inflated += self._member.decompress(chunk, room - len(inflated))
            chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            self._started = True
        return bytes(inflated)


def choose_inflater(content_encoding: str) -> Plain | Inflater:
    """Return what undoes a Content-Encoding; raise a `FetchProblem` for one that we did not ask for."""
    name = content_encoding.strip().lower()
    if name in _PLAIN:
        return Plain()
    if name in _DEFLATED:
        return Inflater()
    raise FetchProblem(f"the server compresses with {name[:40]!r} although only gzip was asked for; tell the site")
