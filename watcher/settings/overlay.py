"""What is laid over watcher.toml: secret files, and over them the environment."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from watcher.errors import ConfigError

PREFIX = "CITY_WATCHER_"
SECRETS_VARIABLE = "CITY_WATCHER_SECRETS"
DOCKER_SECRETS = "/run/secrets"
"""Docker makes this folder only where there are secrets; docker-compose.yml names it in any case."""

_OTHERS = re.compile(rf"{PREFIX}(CONFIG|SECRETS|TEST_.*|(.+_)?SERVICE_(HOST|PORT).*|(.+_)?PORT_\d+_(TCP|UDP|SCTP).*)")
"""What is no setting but may stand there: two words of ours, those of our tests, and what Kubernetes derives from the
name of a service such as city-watcher (kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Hold a value that is laid over the file; `place` is what a person calls the place where it stands."""

    value: str
    place: str


def read_overlay(environ: Mapping[str, str]) -> dict[str, Laid]:
    """Return what is laid over watcher.toml, by the variable's name in capitals.

    A secret file of ours that cannot be read is a `ConfigError`; a folder that is not there holds none.
    """
    folder = environ.get(SECRETS_VARIABLE)
    files = sorted(Path(folder).expanduser().iterdir()) if folder and Path(folder).expanduser().is_dir() else []
    secrets = {file.name.upper(): _read_secret(file) for file in files if _is_ours(file.name) and file.is_file()}
    ours = [name for name in environ if _is_ours(name)]
    return secrets | {name.upper(): Laid(value=environ[name], place=f"the variable {name}") for name in ours}


def refuse_lost_secrets(environ: Mapping[str, str]) -> None:
    """Raise ConfigError when the folder of secret files is not there: without a word its passwords would be missing."""
    folder = environ.get(SECRETS_VARIABLE)
    if folder and folder.rstrip("/") != DOCKER_SECRETS and not Path(folder).expanduser().is_dir():
        cure = "name the one with the secret files, or unset the variable"
        raise ConfigError(f"the variable {SECRETS_VARIABLE}: there is no folder '{folder}'; {cure}.")


def refuse_unknown(overlay: Mapping[str, Laid], model: type[BaseModel]) -> None:
    """Raise ConfigError for a name that is no setting of the model: without a word it would do nothing."""
    known = list(_name_settings(model))
    for name, laid in overlay.items():
        if name not in known and not _is_foreign(name, laid.value):
            near = difflib.get_close_matches(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], 1)
            below = [one for one in known if one.startswith(f"{name}__")]
            meant = [f"{PREFIX}{one}" for one in near] or below
            cure = f"did you mean {meant[0]}?" if meant else f"such as {known[0]}; unset it if it is not meant for us"
            raise ConfigError(f"{laid.place}: this is not a setting ({cure})")


def lay_over(data: Mapping[str, Any], overlay: Mapping[str, Laid], model: type[BaseModel]) -> dict[str, Any]:
    """Return the values of a file with those that are laid over them; a name is a key, or its section and a key."""
    laid = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for name in _name_settings(model):
        section, _, key = name.removeprefix(PREFIX).lower().rpartition("__")
        table = laid.setdefault(section, {}) if section else laid
        if name in overlay and isinstance(table, dict):  # else the file is wrong there, and that is told
            table[key] = overlay[name].value
    return laid


def find_laid(overlay: Mapping[str, Laid], loc: Sequence[int | str]) -> Laid | None:
    """Return what is laid over the setting at this place."""
    names = [PREFIX + "__".join(map(str, loc[:end])).upper() for end in range(len(loc), 0, -1)]
    return next((overlay[name] for name in names if name in overlay), None)


def _is_ours(name: str) -> bool:
    return name.upper().startswith(PREFIX)


def _is_foreign(name: str, value: str) -> bool:
    return bool(_OTHERS.fullmatch(name)) or (name.endswith("_PORT") and "://" in value)


def _read_secret(file: Path) -> Laid:
    try:
        return Laid(value=file.read_text(encoding="utf-8").strip(), place=str(file))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); check its permissions.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8.") from error


def _name_settings(model: type[BaseModel], begin: str = PREFIX) -> list[str]:
    """Name the variables of all settings; those that may stand several times, the subscriptions, have none."""
    named: list[str] = []
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            named += _name_settings(kind, f"{begin}{name.upper()}__")
        elif info.alias is None:
            named.append(f"{begin}{name.upper()}")
    return named
