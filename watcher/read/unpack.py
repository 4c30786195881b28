"""Undo the compression of a document that is a gzip file itself, as sitemaps may be."""

import zlib

from watcher.errors import ReadProblem

MOST_BYTES = 50_000_000
"""Source: sitemaps.org allows 50 MB to a sitemap, counted after unpacking."""

_MAGIC = b"\x1f\x8b"
_GZIP = zlib.MAX_WBITS | 16


def unpack(body: bytes) -> bytes:
    """Return what a gzip file holds, and anything else as it is; raise a `ReadProblem` when it is damaged or too large.

    Never holds more than was allowed: a file of one megabyte may unpack to a thousand.
    """
    unpacked = b""
    while body.startswith(_MAGIC):
        member = zlib.decompressobj(_GZIP)
        try:
            unpacked += member.decompress(body, MOST_BYTES + 1 - len(unpacked))
        except zlib.error as error:
            raise ReadProblem("the compressed document is damaged; the next visit will tell") from error
        if len(unpacked) > MOST_BYTES:
            raise ReadProblem(
                f"the document unpacks to more than {MOST_BYTES // 1_000_000} MB; look for a smaller one on the site"
            )
        if not member.eof:
            raise ReadProblem("the compressed document breaks off before its end; the next visit will tell")
        body = member.unused_data
        if not body.startswith(_MAGIC):
            return unpacked
    return unpacked or body
