"""The documents as the tests read them: tables by heading, code, links, and the commands that lines name."""

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from typer.main import get_command

from watcher.cli import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
"""Every page that a person reads, by its place."""

PROGRAM = "city-watcher"


def tables_of(text: str) -> dict[tuple[str, str], dict[str, list[str]]]:
    """Read the rows of tables by the headings above them (## and ###) and by their first cell, without its quotes."""
    tables: dict[tuple[str, str], dict[str, list[str]]] = {}
    chapter = section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            chapter, section = line[3:], ""
        elif line.startswith("### "):
            section = line[4:]
        elif line.startswith("| `"):
            first, *cells = (cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("| ")))
            tables.setdefault((chapter, section), {})[first.strip("`").replace("\\|", "|")] = cells
    return tables


def blocks_of(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the chapter and section of every indented or fenced block of code, and the block."""
    chapter = section = ""
    block: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        if line.startswith("```"):
            fenced = not fenced
        inside = fenced or line.startswith("    ") or (not line and block)
        if inside and not line.startswith("```"):
            block.append(line if fenced else line[4:])
            continue
        if block:
            yield chapter, section, "\n".join(block).strip("\n")
            block = []
        if line.startswith("## "):
            chapter, section = line[3:], ""
        elif line.startswith("### "):
            section = line[4:]
    if block:
        yield chapter, section, "\n".join(block).strip("\n")


def code_of(text: str) -> Iterator[str]:
    """Yield what a person could type: every span of code, and every line of a block."""
    for _, _, block in blocks_of(text):
        yield from block.splitlines()
    for line in text.splitlines():
        if not line.startswith("    "):
            yield from re.findall(r"`([^`]+)`", line.replace("\\|", "|"))


def anchors_of(text: str) -> set[str]:
    """Name the headings of a page as its links do."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def commands() -> Mapping[str, object]:
    """Return every command that can be called, by its words."""
    return dict(_walk(get_command(app), ""))


def _walk(command, words):
    if not hasattr(command, "list_commands"):
        yield words, command
        return
    for name in command.list_commands(None):
        yield from _walk(command.get_command(None, name), f"{words} {name}".strip())


def calls_in(line: str) -> Iterator[list[str]]:
    """Yield the words behind each call of the program in a line."""
    for part in re.split(r"&&|;", line.replace("[", "").replace("]", "").replace("...", "")):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            words = part.split()
        for place, word in enumerate(words[:-1]):
            if Path(word).name == PROGRAM and "=" not in word:
                yield words[place + 1 :]
                break


def explain_call(words: list[str]) -> str:
    """Say what is wrong with a call: no such command, no such option, too many words. Empty: nothing."""
    command, given, rest = get_command(app), 0, list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("-") and word != "-":
            name, _, value = word.partition("=")
            option = next((one for one in command.params if name in (*one.opts, *one.secondary_opts)), None)
            if option is None and name not in ("--help", "-h"):
                return f"{command.name or PROGRAM}: there is no {name}"
            if option is not None and not getattr(option, "is_flag", False) and not value:
                rest = rest[1:]
        elif hasattr(command, "list_commands"):
            inner = command.get_command(None, word)
            if inner is None:
                return "" if word.isupper() else f"there is no {word}"
            command = inner
        else:
            given += 1
    places = [one.nargs for one in command.params if one.param_type_name == "argument"]
    return f"{command.name}: {given} words are too many" if given > sum(places) and -1 not in places else ""
