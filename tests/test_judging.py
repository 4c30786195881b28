"""The compiled rules are kept, and what is kept is never older than the files or the program."""

import shutil
from pathlib import Path

import pytest

from watcher.errors import ConfigError
from watcher.judge import Judge
from watcher.judge.book import read_book, write_book
from watcher.judging import LARGE, MAKERS, PROGRAM, load_book, name_contents
from watcher.settings.cities import COLUMNS
from watcher.settings.load import Contents, contents_of
from watcher.values import Entry

RULES = """
[[topic]]
id = "trial"
match = 3
  [[topic.phrase]]
  text = "sister city"
  weight = 3
  [[topic.phrase]]
  text = "sister"
  veto = true
  not_before = " city"
[[cue]]
text = "mayor of"
lang = "en"
city = "after"
names = true
[[country]]
id = "BE"
text = "Belgium"
[[field]]
id = "sport"
text = "rowing"
[names]
never = ["Friday"]
datelines = ["--"]
"""
CITY = 'ghent,Ghent,BE,Ghent|ghentish,,,,,Gent,Gent,"Gent>van ","Gent>le",'
ENTRY = Entry(title="A sister city for Ghent, a ghentish one", text="The mayor of Ypres in Belgium praised its rowing.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of rules that are large enough to be kept."""
    (tmp_path / "topics.toml").write_text(RULES + "#\n" * LARGE)
    (tmp_path / "cities.csv").write_text(f"{','.join(COLUMNS)}\n{CITY}\n")
    return tmp_path


def contents(folder: Path) -> Contents:
    return contents_of(folder, "topics.toml", "cities.csv")


def test_what_is_kept_is_read_instead_of_the_files(folder: Path) -> None:
    kept, read = folder / "kept", contents(folder)
    compiled = load_book(read, kept)
    (folder / "topics.toml").unlink()
    again = load_book(read, kept)
    assert Judge(again).judge(ENTRY) == Judge(compiled).judge(ENTRY)
    assert Judge(again).explain(ENTRY) == Judge(compiled).explain(ENTRY)
    assert Judge(again).fingerprint == Judge(compiled).fingerprint


def test_a_book_is_written_and_read_without_loss(folder: Path) -> None:
    text = write_book(load_book(contents(folder), folder / "kept"))
    assert write_book(read_book(text)) == text


def test_other_rules_are_compiled_anew(folder: Path) -> None:
    load_book(contents(folder), folder / "kept")
    (folder / "topics.toml").write_text((folder / "topics.toml").read_text().replace("weight = 3", "weight = 4"))
    assert Judge(load_book(contents(folder), folder / "kept")).judge(ENTRY).score == 4


def test_a_mistake_is_told_whatever_is_kept(folder: Path) -> None:
    load_book(contents(folder), folder / "kept")
    (folder / "topics.toml").write_text((folder / "topics.toml").read_text().replace("weight", "wieght"))
    with pytest.raises(ConfigError, match="did you mean 'weight'"):
        load_book(contents(folder), folder / "kept")


@pytest.mark.parametrize("damage", ["", "[]", "{}", '[[["trial"]],[],[],[],[],[],[],[]]', "[[", "\udcff"])
def test_what_is_kept_damaged_is_compiled_anew(folder: Path, damage: str) -> None:
    kept = folder / "kept"
    whole = write_book(load_book(contents(folder), kept))
    name = kept.read_text().partition("\n")[0]
    kept.write_bytes(f"{name}\n{damage}".encode(errors="surrogateescape"))
    assert write_book(load_book(contents(folder), kept)) == whole
    assert kept.read_text() == f"{name}\n{whole}"


def test_small_rules_are_not_kept(folder: Path) -> None:
    (folder / "topics.toml").write_text(RULES)
    load_book(contents(folder), folder / "kept")
    assert not (folder / "kept").exists()


def test_files_that_change_meanwhile_are_not_kept(folder: Path) -> None:
    before = contents(folder)
    (folder / "topics.toml").write_text(RULES.replace("weight = 3", "weight = 4") + "#\n" * LARGE)
    load_book(before, folder / "kept")
    assert not (folder / "kept").exists()


def test_where_nothing_can_be_written_the_rules_are_compiled_each_time(folder: Path) -> None:
    nowhere = folder / "topics.toml" / "kept"
    assert write_book(load_book(contents(folder), nowhere)) == write_book(load_book(contents(folder), nowhere))


def test_what_another_program_kept_is_another_book(folder: Path, tmp_path: Path) -> None:
    for part in MAKERS:
        shutil.copytree(PROGRAM / part, tmp_path / "program" / part, ignore=shutil.ignore_patterns("__pycache__"))
    assert name_contents(contents(folder), tmp_path / "program") == name_contents(contents(folder))
    for part, file in (("judge", "compile.py"), ("settings", "topics.py"), ("text", "simplified.txt")):
        before = name_contents(contents(folder), tmp_path / "program")
        with (tmp_path / "program" / part / file).open("a") as code:
            code.write("#")
        assert name_contents(contents(folder), tmp_path / "program") != before
