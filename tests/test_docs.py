"""The documents say what is true: commands with their options, make targets, links, the picture."""

import re

import pytest
from documents import PAGES, ROOT, TEXTS, anchors_of, calls_in, code_of, commands, explain_call, tables_of
from draw_imports import draw
from typer.main import get_command

from watcher.cli import app

BEGIN, END = "<!-- the picture begins -->", "<!-- the picture ends -->"
EVERYTHING = "\n".join(TEXTS.values())
OPERATIONS = tables_of(TEXTS["docs/operations.md"])[("The commands", "")]
OTHERS = (
    "Makefile",
    "docker-compose.yml",
    "docs/city-watcher.service",
    *(f"config/{path.name}" for path in (ROOT / "config").glob("*.toml")),
)


def long_options(command):
    return {name for one in command.params for name in one.opts if name.startswith("--")} - {"--help"}


# Commands


@pytest.mark.parametrize("words", list(commands()))
def test_every_command_has_one_line_in_operations_with_all_its_options_and_arguments(words):
    [line] = [one for one in OPERATIONS if re.match(rf"city-watcher {words}(?![\w-])", one)]
    command = commands()[words]
    assert set(re.findall(r"--[a-z-]+", line)) == long_options(command)
    for argument in (one for one in command.params if one.param_type_name == "argument"):
        assert (argument.metavar or argument.name.upper()).strip("[]") in line


def test_no_line_of_operations_is_about_a_command_that_does_not_exist():
    assert len(OPERATIONS) == len(commands())


def test_what_stands_before_a_command_is_in_the_documents():
    assert [name for name in long_options(get_command(app)) if f"{name}" not in EVERYTHING] == []


@pytest.mark.parametrize("page", [*TEXTS, *OTHERS])
def test_every_call_of_the_program_that_a_page_shows_can_be_made(page):
    lines = code_of(TEXTS[page]) if page in TEXTS else (ROOT / page).read_text("utf-8").splitlines()
    calls = [call for line in lines for call in calls_in(line)]
    assert {" ".join(call): problem for call in calls if (problem := explain_call(call))} == {}


def test_the_pages_show_many_calls():
    calls = [call for text in TEXTS.values() for line in code_of(text) for call in calls_in(line)]
    assert len(calls) > len(commands()), "else the test above looks at nothing"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("city-watcher feed list", "there is no feed"),
        (".venv/bin/city-watcher items list --nearer", "list: there is no --nearer"),
        ("A=1 city-watcher --databse x status", "city-watcher: there is no --databse"),
        ("city-watcher items show 1 2", "show: 2 words are too many"),
        ("city-watcher --config DIR items show 12 && city-watcher poll --all # twice", ""),
        ("city-watcher [--config DIR] COMMAND", ""),
        ('city-watcher topics explain "Taipei and Prague"', ""),
    ],
)
def test_a_call_that_cannot_be_made_is_seen(line, problem):
    assert "".join(map(explain_call, calls_in(line))) == problem


def test_every_command_that_an_error_names_as_its_cure_exists():
    sources = "\n".join(
        path.read_text("utf-8") for name in ("watcher", "storage") for path in (ROOT / name).rglob("*.py")
    )
    cures = {re.sub(r"\{.*?\}", "X", cure) for cure in re.findall(r"`(city-watcher [^`]+)`", sources)}
    assert len(cures) > 5
    problems = {cure: explain_call(call) for cure in cures for call in calls_in(cure)}
    wrong = {cure.removeprefix("city-watcher ") for cure, problem in problems.items() if problem}
    assert wrong == set()


# Make


def make_targets():
    [line] = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return set(line.split())


def test_every_make_target_that_a_page_names_exists_and_every_target_is_named():
    named = {
        target for text in TEXTS.values() for line in code_of(text) for target in re.findall(r"^make ([a-z-]+)", line)
    }
    assert named - make_targets() == set()
    assert make_targets() - named == {"help"}


# Links and the picture


@pytest.mark.parametrize("page", PAGES, ids=list(TEXTS))
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page):
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)]+)\)", page.read_text("utf-8")):
        file, _, anchor = target.partition("#")
        place = page.parent / file if file else page
        assert place.exists(), target
        assert not anchor or anchor in anchors_of(place.read_text("utf-8")), target


def test_every_file_of_docs_is_reached_from_the_readme():
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        linked = {(page.parent / one).resolve() for one in re.findall(r"\]\(([^):#]+)", page.read_text("utf-8"))}
        waiting += [one for one in linked - seen if one.suffix == ".md"]
        seen |= linked
    assert set((ROOT / "docs").iterdir()) - seen == set()


def test_the_picture_of_the_architecture_is_drawn_from_the_code():
    picture = TEXTS["docs/architecture.md"].partition(BEGIN)[2].partition(END)[0]
    assert picture.strip() == f"```mermaid\n{draw().strip()}\n```", (
        "the picture is what `python tests/draw_imports.py` prints"
    )
