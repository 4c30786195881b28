"""The strict models that every configuration file is read into, and their errors as sentences."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from watcher.errors import ConfigError

PRIVATE = frozenset({"password", "database"})
"""Keys whose values are never shown."""

PLAIN = {
    "bool_parsing": "should be true or false",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "model_type": "should be a table of settings",
    "string_type": "should be a text in quotes",
    "tuple_type": "should be a list in [ ]",
}
"""What pydantic says in words of Python, in words of TOML."""


class Strict(BaseModel):
    """Refuse unknown keys and later changes: the base of all configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def load_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a missing, unreadable or broken one is a `ConfigError` that names the place."""
    return parse_toml(path, load_text(path))


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """Read the text of a TOML file; a broken one is a `ConfigError` that names the place."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {_lower(str(error))}; mend the line.") from error


def load_text(path: Path) -> str:
    """Read a file of the configuration; a missing or unreadable one is a `ConfigError` with its cure."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        cure = f"`city-watcher init {path.parent}` writes a fresh one"
        raise ConfigError(f"{path}: the file is missing; {cure}.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check its permissions.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8.") from error


def stands_in(data: Any, loc: tuple[int | str, ...]) -> bool:
    """Say whether the place that an error names is in the file's own data."""
    for step in loc:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def explain_error(path: Path | str, error: ValidationError, model: type[BaseModel], data: object) -> ConfigError:
    """Turn pydantic's first complaint into one sentence: file, key, what is wrong, cure.

    `config/feeds.toml: feed 3 "CNA": 'minuts' is not a setting (did you mean 'minutes'?)`
    """
    first = error.errors()[0]
    place, known, key = _walk(model, data, first["loc"])
    where = f"{path}: {place}" if place else f"{path}: "
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, known, n=1)
        cure = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}"
        return ConfigError(f"{where}'{key}' is not a setting ({cure})")
    if first["type"] == "missing":
        return ConfigError(f"{where}'{key}' is missing; add it.")
    message = PLAIN.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    found = "" if key in PRIVATE else f" (found {first['input']!r})"
    return ConfigError(f"{where}'{key}' {_lower(message)}{found}")


def _walk(model: type[BaseModel] | None, data: object, loc: tuple[int | str, ...]) -> tuple[str, list[str], str]:
    """Follow an error's path; return the place in words, the keys known there, and the last key."""
    words: list[str] = []
    known = _keys(model)
    key = ""
    for step in loc:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
            words.append(f"{key} {step + 1}{_name(data)}")
            continue
        model = _inner(model, key) if key else model
        known = _keys(model) or known
        key = step
        data = data.get(step) if isinstance(data, Mapping) else data
    path = [word for word in words if word]
    return (f"{' '.join(path)}: " if path else ""), known, key


def _keys(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


def _inner(model: type[BaseModel] | None, key: str) -> type[BaseModel] | None:
    """Return the model that stands under `key`, whether alone or in a list."""
    for name, info in (model.model_fields if model else {}).items():
        if key in (name, info.alias):
            inner = [info.annotation, *getattr(info.annotation, "__args__", ())]
            return next((kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    return None


def _name(data: object) -> str:
    """Name a table of a list by what a person would call it."""
    if not isinstance(data, Mapping):
        return ""
    name = data.get("name") or data.get("id") or data.get("text")
    return f' "{name}"' if isinstance(name, str) else ""


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
