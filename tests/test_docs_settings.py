"""docs/configuration.md names every setting with its default, its bounds and its variable, and no other."""

import re
from collections.abc import Iterator
from datetime import time
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import pytest
import tomlkit
from documents import ROOT, TEXTS, blocks_of, tables_of
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from watcher.errors import ConfigError
from watcher.settings.base import load_toml
from watcher.settings.cities import load_cities
from watcher.settings.feeds import Feeds
from watcher.settings.load import VARIABLE
from watcher.settings.overlay import PREFIX, SECRETS_VARIABLE
from watcher.settings.topics import Topics
from watcher.settings.watcher import WatcherSettings, load_watcher

PAGE = TEXTS["docs/configuration.md"]
TABLES = tables_of(PAGE)
MODELS: dict[str, type[BaseModel]] = {"watcher.toml": WatcherSettings, "feeds.toml": Feeds, "topics.toml": Topics}
SHEETS = [path.name for path in sorted((ROOT / "config").glob("*.csv"))]


def fields_of(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, str, FieldInfo]]:
    """Yield section, key and field of every setting; a section is called as it is written in the file."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        below = models_in(field)
        if not below:
            yield path, key, field
        for inner in below:
            whole = f"{path.strip('[]')}.{key}".lstrip(".")
            yield from fields_of(inner, f"[[{whole}]]" if get_origin(field.annotation) is tuple else f"[{whole}]")


def models_in(field: FieldInfo) -> list[type[BaseModel]]:
    kinds = (field.annotation, *get_args(field.annotation))
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


SETTINGS = [(file, *setting) for file, model in MODELS.items() for setting in fields_of(model)]


def in_toml(default: Any) -> str:
    """Write a default as a person writes it in the file."""
    match default:
        case SecretStr():
            return in_toml(default.get_secret_value())
        case Path():
            return in_toml(str(default))
        case time():
            return in_toml(f"{default:%H:%M}")
        case tuple():
            return in_toml(list(default))
    return tomlkit.item(default).as_string()


def sheet(name: str) -> ModuleType:
    return import_module(f"watcher.settings.{name.removesuffix('.csv')}")


# Every setting


def test_every_file_of_the_configuration_has_a_chapter():
    assert set(re.findall(r"^## (\S+\.\w+)$", PAGE, re.MULTILINE)) == {*MODELS, *SHEETS}
    assert {path.name for path in (ROOT / "config").iterdir() if path.is_file()} == {*MODELS, *SHEETS}


def test_every_setting_has_a_line_and_no_line_is_about_another():
    told = {(chapter, section, key) for (chapter, section), rows in TABLES.items() if chapter in MODELS for key in rows}
    assert told == {(file, section, key) for file, section, key, _ in SETTINGS}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: " ".join(one[:3]))
def test_the_line_of_a_setting_tells_its_default_and_what_may_stand_there(setting):
    file, section, key, field = setting
    value, default, meaning = TABLES[(file, section)][key]
    assert meaning
    if field.is_required():
        assert default == "must be given"
    elif field.default is None:
        assert default
        assert "`" not in default.replace("`[fetch]`", "")
    else:
        assert default == f"`{in_toml(field.default)}`"
    for allowed in allowed_in(field):
        assert str(allowed) in value


def allowed_in(field: FieldInfo) -> Iterator[object]:
    """Yield the bounds of a number and the words of a choice."""
    for rule in field.metadata:
        yield from (getattr(rule, name) for name in ("ge", "gt", "le", "max_length") if hasattr(rule, name))
    for kind in (field.annotation, *get_args(field.annotation)):
        if get_origin(kind) is Literal:
            yield from (f'"{word}"' for word in get_args(kind))
        elif isinstance(kind, type) and hasattr(kind, "__members__"):
            yield from (f'"{word}"' for word in kind)
        elif kind is bool:
            yield "`true`, `false`"


@pytest.mark.parametrize("name", SHEETS)
def test_every_column_of_a_sheet_has_a_line_in_its_order(name):
    assert tuple(TABLES[(name, "")]) == sheet(name).COLUMNS


# Variables and examples


def test_every_section_tells_how_its_variables_begin_and_no_other_variable_is_named():
    settings = {(section, key) for file, section, key, _ in SETTINGS if file == "watcher.toml" and "[[" not in section}
    variables = {
        f"{PREFIX}{section.strip('[]')}__{key}".replace(f"{PREFIX}__", PREFIX).upper() for section, key in settings
    }
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", PAGE)) - {PREFIX, VARIABLE, SECRETS_VARIABLE}
    assert {name for name in named if not name.endswith("__")} <= variables
    assert {name for name in named if name.endswith("__")} == {
        f"{PREFIX}{section[1:-1].upper()}__" for section, _ in settings if section
    }
    assert {name for name in variables if "__" not in name} <= named


@pytest.mark.parametrize("example", [one for one in blocks_of(PAGE) if one[2].startswith("[[")], ids=lambda one: one[1])
def test_every_example_is_a_valid_one(example, tmp_path):
    file, _, text = example
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert MODELS[file].model_validate(load_toml(tmp_path / file))


def test_the_city_of_the_example_is_read(tmp_path):
    [line] = [block for chapter, _, block in blocks_of(PAGE) if chapter == "cities.csv"]
    (tmp_path / "cities.csv").write_text(f"{','.join(sheet('cities.csv').COLUMNS)}\n{line}\n", encoding="utf-8")
    [city] = load_cities(tmp_path)
    assert "Gand" in city.forms


def test_the_mistake_that_is_shown_is_told_in_these_words(tmp_path):
    (tmp_path / "watcher.toml").write_text('contakt = "desk@city.example"\n')
    with pytest.raises(ConfigError) as caught:
        load_watcher(tmp_path)
    assert str(caught.value).replace(str(tmp_path), "config") in [block for _, _, block in blocks_of(PAGE)]
