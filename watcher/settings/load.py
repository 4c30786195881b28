"""Find the folder that holds the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watcher.errors import ConfigError

MAIN_FILE = "watcher.toml"
TOPICS_FILE = "topics.toml"
CITIES_FILE = "cities.csv"
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
        return local if (local / MAIN_FILE).is_file() else packaged_config()
    if not (named / MAIN_FILE).is_file():
        raise ConfigError(f"{named}: no {MAIN_FILE} there; `city-watcher init {named}` writes one.")
    return named


@dataclass(frozen=True, slots=True)
class Contents:
    """Hold what stands in some files of a folder (None: no such file); equal where all of it is, wherever it lies."""

    texts: tuple[bytes | None, ...]
    folder: Path = field(compare=False)


def contents_of(folder: Path, *names: str) -> Contents:
    """Read files whole, as a key for what is made of them; a file that cannot be read counts as none."""
    return Contents(tuple(_read_bytes(folder / name) for name in names), folder)


def _read_bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
