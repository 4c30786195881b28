"""The strict models that every configuration file is read into, and their errors as sentences."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from watcher.errors import ConfigError
from watcher.settings.tables import find_line

PRIVATE = frozenset({"password", "database"})
"""Keys whose values are never shown."""

PLAIN = {
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false, without quotes",
    "float_parsing": "should be a number",
    "float_type": "should be a number",
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


def first_mistake(error: ValidationError) -> ErrorDetails:
    """Return the complaint to tell: an unknown key before all others, for what is missing may only be misspelt."""
    mistakes = error.errors()
    return next((one for one in mistakes if one["type"] == "extra_forbidden"), mistakes[0])


def explain_error(
    path: Path | str, error: ValidationError, model: type[BaseModel], data: object, text: str = ""
) -> ConfigError:
    """Turn one of pydantic's complaints into a sentence: file, key, what is wrong, cure, and the line in the `text`.

    `config/feeds.toml: feed 3 "CNA": 'minuts' is not a setting (did you mean 'minutes'?) (line 21)`
    """
    mistake = first_mistake(error)
    place, known, key = _walk(model, data, mistake["loc"])
    problem = ConfigError(f"{path}: {place}'{key}' {_explain(mistake, known, key)}")
    return add_line(problem, text, mistake["loc"])


def add_line(problem: ConfigError, text: str, loc: Sequence[int | str]) -> ConfigError:
    """Name the line of the `text` too, where it has one for this place."""
    line = find_line(text, loc)
    sentence, stop = str(problem).removesuffix("."), "." if str(problem).endswith(".") else ""
    return ConfigError(f"{sentence} (line {line}){stop}") if line else problem


def _explain(mistake: ErrorDetails, known: list[str], key: str) -> str:
    if mistake["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, known, n=1)
        cure = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}"
        return f"is not a setting ({cure})"
    if mistake["type"] == "missing":
        return "is missing; add it."
    message = PLAIN.get(mistake["type"]) or mistake["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return _lower(message) if key in PRIVATE else f"{_lower(message)} (found {mistake['input']!r})"


def _walk(model: type[BaseModel] | None, data: object, loc: Sequence[int | str]) -> tuple[str, list[str], str]:
    """Follow an error's path; return the place in words, the keys known there, and the last key."""
    words: list[str] = []
    known = _keys(model)
    key = section = ""
    for step, following in zip(loc, (*loc[1:], None), strict=True):
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
            words.append(f"{key} {step + 1}{_name(data)}")
            continue
        model = _inner(model, key) if key else model
        known = _keys(model) or known
        key = step
        data = data.get(step) if isinstance(data, Mapping) else data
        section = f"[{step}] " if isinstance(following, str) else section
    return section + (f"{' '.join(words)}: " if words else ""), known, key


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
