"""The documents say what is true: commands, settings, targets, the picture."""

import re

import pytest
from draw_imports import ROOT, draw
from typer.main import get_command

from watcher.cli import COMMANDS, app

BEGIN, END = "<!-- the picture begins -->", "<!-- the picture ends -->"
TEXTS = {path.name: path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
EVERYTHING = "\n".join(TEXTS.values())


def all_commands():
    group = get_command(app)
    for name in COMMANDS:
        command = group.get_command(None, name)
        yield from (
            (f"{name} {inner}" for inner in command.list_commands(None)) if hasattr(command, "commands") else [name]
        )


@pytest.mark.parametrize("command", list(all_commands()))
def test_every_command_is_in_the_documents(command):
    assert f"city-watcher {command}" in EVERYTHING


def test_every_command_of_the_documents_exists():
    known = set(all_commands())
    named = set(re.findall(r"(?:^ +|`)city-watcher ((?:[a-z]+)(?: [a-z]+)?)", EVERYTHING, re.MULTILINE))
    assert named
    assert {words for words in named if words not in known and words.split()[0] not in known} == set()


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", TEXTS["README.md"])) - targets == set()


def test_the_picture_of_the_architecture_is_drawn_from_the_code():
    picture = TEXTS["architecture.md"].partition(BEGIN)[2].partition(END)[0]
    assert picture.strip() == f"```mermaid\n{draw().strip()}\n```", (
        "the picture is what `python tests/draw_imports.py` prints"
    )


def test_every_link_of_the_documents_leads_to_a_file():
    for name, text in TEXTS.items():
        folder = ROOT if name == "README.md" else ROOT / "docs"
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
            assert (folder / target).exists(), f"{name}: {target}"
