"""Deliver into a folder: the mail as .eml, and its HTML beside it for a browser."""

import hashlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from watcher.compose.message import build_message
from watcher.deliver.channel import ChannelProblem
from watcher.editions import Mail

FOLDER_MODE = 0o700
TAG_LENGTH = 8


class FileChannel:
    """Write mails into a folder as `<day>-<subscription>.eml` and `.html`, readable by their owner only."""

    name = "file"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        """Return the channel; a folder needs no connection."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the files as they are."""

    def send(self, mail: Mail) -> None:
        """Write one mail; another mail's files stay as they are, and the same mail twice is one file.

        A folder that cannot be written is a `ChannelProblem`.
        """
        files = {".html": mail.digest.html.encode(), ".eml": build_message(mail)}
        try:
            self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            stem = self._choose_stem(mail, files)
            for ending, data in files.items():
                write_whole(self.folder / f"{stem}{ending}", data)
        except OSError as error:
            raise ChannelProblem(
                f"{self.folder}: the digest cannot be written there ({error.strerror}); "
                "free the space, mend the permissions, or name another folder under [digest] in watcher.toml."
            ) from error

    def _choose_stem(self, mail: Mail, files: dict[str, bytes]) -> str:
        """Return the plain name, or one marked with this mail's own tag where another mail has it."""
        stem = f"{mail.day or mail.date.date().isoformat()}-{mail.subscription}"
        is_free = all(_is_ours(self.folder / f"{stem}{ending}", data) for ending, data in files.items())
        tag = hashlib.sha256(mail.message_id.encode()).hexdigest()[:TAG_LENGTH]
        return stem if is_free else f"{stem}-{tag}"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, with mode 0600."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _is_ours(path: Path, data: bytes) -> bool:
    """Say whether the name is free, or holds the same content already."""
    return not path.exists() or path.read_bytes() == data
