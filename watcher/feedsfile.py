"""Edit feeds.toml for the user; comments and order are kept."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import tomlkit
from tomlkit.items import AoT

from watcher.errors import ConfigError
from watcher.feedlist import ListedFeed, name_feed
from watcher.settings.feeds import FILE, load_feeds
from watcher.settings.load import packaged_config


def add_feeds(folder: Path, listed: Iterable[ListedFeed]) -> list[str]:
    """Append the listed feeds that feeds.toml does not have yet; return their ids.

    Raises ConfigError when the configuration is the package's own or cannot be written.
    """
    refuse_packaged(folder)
    standing = load_feeds(folder)
    urls, ids = {feed.url for feed in standing}, {feed.id for feed in standing}
    document = tomlkit.parse((folder / FILE).read_text(encoding="utf-8"))
    tables = document.setdefault("feed", tomlkit.aot())
    added: list[str] = []
    for feed in listed:
        if feed.url not in urls:
            added.append(name_feed(feed, ids | set(added)))
            _append(tables, added[-1], feed)
    if added:
        write_safely(folder / FILE, tomlkit.dumps(document))
    return added


def refuse_packaged(folder: Path) -> None:
    """Raise ConfigError when the files are the ones that come with the program, found from elsewhere."""
    ours = packaged_config().resolve()
    if folder.resolve() == ours and ours.parent != Path.cwd():
        raise ConfigError(f"{folder} comes with the program; `city-watcher init` makes a copy here that you can edit.")


def write_safely(path: Path, text: str) -> None:
    """Replace a file as a whole, so that a crash leaves the old one or the new one."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if path.exists():
            os.chmod(name, path.stat().st_mode & 0o777)
        os.replace(name, path)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written ({error.strerror}); `city-watcher init` makes a copy that you can edit."
        ) from error


def _append(tables: AoT, feed_id: str, feed: ListedFeed) -> None:
    table = tomlkit.table()
    table["id"] = feed_id
    if feed.name:
        table["name"] = feed.name
    table["url"] = feed.url
    table.add(tomlkit.nl())
    tables.append(table)
