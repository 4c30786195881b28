"""Edit feeds.toml for the user; all that an edit does not mean stays byte for byte."""

import difflib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from watcher.errors import ConfigError
from watcher.feedlist import ListedFeed, same_address, settle_feeds
from watcher.settings.base import load_text
from watcher.settings.feeds import FILE, TABLE, FeedSettings, parse_feeds
from watcher.settings.load import packaged_config
from watcher.settings.tables import add_tables, cut_tables, find_tables

MARK = "\ufeff"
"""The byte order mark with which some editors begin a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsFile:
    """Hold feeds.toml as it was read: `body` are its bytes, `text` is without a byte order mark."""

    path: Path
    body: bytes
    text: str
    feeds: tuple[FeedSettings, ...]


def plan_feed(folder: Path, feed: ListedFeed, remembered: Mapping[str, str]) -> FeedSettings:
    """Return what `add_feed` would append, and write nothing; raise what it would raise."""
    file = _open(folder)
    _refuse_known(file, feed)
    return settle_feeds([feed], file.feeds, remembered)[0]


def add_feed(folder: Path, feed: ListedFeed, remembered: Mapping[str, str]) -> str:
    """Append one feed to feeds.toml and return its id; an address or an id that stands there is a ConfigError."""
    file = _open(folder)
    _refuse_known(file, feed)
    return _append(file, [feed], remembered)[0]


def add_feeds(folder: Path, listed: Iterable[ListedFeed], remembered: Mapping[str, str]) -> list[str]:
    """Append the listed feeds that feeds.toml does not have yet; return their ids.

    `remembered` are the ids that the database knows, by `same_address`. Raises ConfigError when the configuration is
    the package's own, cannot be written, or was written by somebody else meanwhile.
    """
    return _append(_open(folder), listed, remembered)


def remove_feeds(folder: Path, ids: Sequence[str]) -> None:
    """Cut feeds out of feeds.toml, with the comments that belong to them; one unknown id, and nothing is done."""
    file = _open(folder)
    numbers = {feed.id: number for number, feed in enumerate(file.feeds)}
    for unknown in (one for one in ids if one not in numbers):
        near = difflib.get_close_matches(unknown, numbers, n=1)
        cure = f"did you mean '{near[0]}'?" if near else "look there for the ids."
        raise ConfigError(f"{file.path}: there is no feed '{unknown}'; {cure}")
    left = tuple(feed for feed in file.feeds if feed.id not in ids)
    _replace(file, cut_tables(file.text, TABLE, {numbers[one] for one in ids}), left)


def refuse_packaged(folder: Path) -> None:
    """Raise ConfigError when the files are the ones that come with the program, found from elsewhere."""
    ours = packaged_config().resolve()
    if folder.resolve() == ours and ours.parent != Path.cwd():
        raise ConfigError(f"{folder} comes with the program; `city-watcher init` makes a copy here that you can edit.")


def write_safely(path: Path, text: str, *, before: bytes | None = None) -> None:
    """Replace a file as a whole, so that a crash leaves the old one or the new one; mode and owner stay.

    With `before`, a file that holds other bytes by now was edited meanwhile: a ConfigError, and it stays as it is.
    """
    target = path.resolve()  # so that a link stays one
    try:
        with _beside(target, text) as name:
            if target.exists():
                _copy_rights(target, name)
            if before is not None and target.read_bytes() != before:
                raise ConfigError(f"{path}: somebody else changed the file just now; nothing was written, try again.")
            os.replace(name, target)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written ({error.strerror}); `city-watcher init` makes a copy that you can edit."
        ) from error


@contextmanager
def _beside(target: Path, text: str) -> Iterator[str]:
    """Write a file beside the target, wholly and to the disk; what is left of it in the end is removed."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        yield name
    finally:
        Path(name).unlink(missing_ok=True)


def _copy_rights(path: Path, name: str) -> None:
    status = path.stat()
    os.chmod(name, status.st_mode & 0o777)
    with suppress(PermissionError):  # only root may give a file away
        os.chown(name, status.st_uid, status.st_gid)


def _open(folder: Path) -> FeedsFile:
    refuse_packaged(folder)
    path = folder / FILE
    load_text(path)  # tells what hinders reading
    if not os.access(path, os.W_OK) or not path.stat().st_mode & 0o222:
        raise ConfigError(f"{path}: may only be read; `city-watcher init DIR` makes a copy that you can edit.")
    body = path.read_bytes()
    text = body.decode().removeprefix(MARK)
    feeds = parse_feeds(path, text)
    if len(find_tables(text, TABLE)) != len(feeds):
        raise ConfigError(f"{path}: its feeds are not all [[{TABLE}]] tables; write them so, or edit it by hand.")
    return FeedsFile(path=path, body=body, text=text, feeds=feeds)


def _refuse_known(file: FeedsFile, feed: ListedFeed) -> None:
    for one in file.feeds:
        if same_address(one.url) == same_address(feed.url):
            rest = "" if one.enabled else ", not enabled"
            raise ConfigError(f"{feed.url}: stands in {file.path} as '{one.id}' already{rest}; change it there.")
        if one.id == feed.id:
            raise ConfigError(f"'{feed.id}' is the id of {one.url} already; choose another one with --id.")


def _append(file: FeedsFile, listed: Iterable[ListedFeed], remembered: Mapping[str, str]) -> list[str]:
    fresh = settle_feeds(listed, file.feeds, remembered)
    if fresh:
        _replace(file, add_tables(file.text, map(_render, fresh)), (*file.feeds, *fresh))
    return [feed.id for feed in fresh]


def _render(feed: FeedSettings) -> str:
    return f"[[{TABLE}]]\n{tomlkit.dumps(feed.model_dump(exclude_defaults=True))}"


def _replace(file: FeedsFile, text: str, meant: Sequence[FeedSettings]) -> None:
    """Write the text when it says what was meant: an edit that would spoil the file is not made."""
    if parse_feeds(file.path, text) != tuple(meant):
        raise ConfigError(f"{file.path}: cannot be edited without harm; please edit it by hand.")
    mark = MARK if file.body.startswith(MARK.encode()) else ""
    write_safely(file.path, mark + text, before=file.body)
