"""Find the folder that holds the configuration."""

from collections.abc import Mapping
from pathlib import Path

from watcher.errors import ConfigError
from watcher.settings import watcher

VARIABLE = "CITY_WATCHER_CONFIG"

_PACKAGE = Path(__file__).resolve().parent.parent


def packaged_config() -> Path:
    """Return the copy inside the package, or the checkout's own config/ while developing."""
    shipped = _PACKAGE / "_config"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "config"


def find_config(given: Path | None, environ: Mapping[str, str], here: Path) -> Path:
    """Return the first of: the given folder, CITY_WATCHER_CONFIG, ./config, the packaged copy.

    A folder that was named but holds no watcher.toml is a `ConfigError`.
    """
    named = given or (Path(environ[VARIABLE]) if environ.get(VARIABLE) else None)
    if named is None:
        local = here / "config"
        return local if (local / watcher.FILE).is_file() else packaged_config()
    if not (named / watcher.FILE).is_file():
        raise ConfigError(f"{named}: no {watcher.FILE} there; `city-watcher init {named}` writes one.")
    return named
