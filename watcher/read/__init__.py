"""Read: from the bytes of a document to its entries. Pure: no clock, no network, no files."""

from watcher.read.dates import Moment, mark_future, read_date
from watcher.read.decode import Decoded, decode_document
from watcher.read.document import read_document
from watcher.read.identity import known_hash, leave_out, pack_known

__all__ = [
    "Decoded",
    "Moment",
    "decode_document",
    "known_hash",
    "leave_out",
    "mark_future",
    "pack_known",
    "read_date",
    "read_document",
]
