"""`topics explain`: what was found where, and what each find adds, as a person and as a program meet it."""

import io
import json

import pytest
from storing import id_of, keep, new_item, open_store

from watcher.cli import main
from watcher.cli.explain import STYLES, paint
from watcher.judging import load_judge
from watcher.settings.load import packaged_config
from watcher.values import Entry

TITLE = "Mayor of Daegu visits Taipei"
TEXT = "Sister cities since 2010.\nOsaka too. Sister Cities International looked on; the stock exchange fell."


@pytest.fixture
def cw(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder, with what stands on standard input; return what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0, told=b""):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(told)))
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        assert ended.value.code == code, said
        return said.out + said.err

    return run


def painted(title, text=""):
    """Return the words of each style, field by field, and the legend."""
    entry = Entry(title=title, text=text)
    *fields, legend = paint(entry, load_judge(packaged_config()).explain(entry))
    names = {style: sort for sort, style in STYLES.items()}
    return [
        {(names[str(one.style)], field.plain[one.start : one.end]) for one in field.spans} for field in fields
    ], legend.plain


def test_what_was_found_is_marked_in_place():
    (title, text), legend = painted(TITLE, TEXT)
    assert {("counts", "visits"), ("city", "Daegu"), ("city", "Taipei")} <= title
    assert ("counts", "Sister cities") in text
    assert ("does not count", "Sister Cities") in text
    assert ("speaks against", "stock exchange") in text
    assert legend.startswith("found: counts  speaks against  does not count  city")


def test_wide_letters_and_traditional_characters_are_marked_as_they_were_written():
    (title,), _ = painted("臺北市　與　ＤＡＥＧＵ 締結姊妹市")
    assert ("city", "臺北市") in title
    assert any(sort == "counts" and "姊妹市" in word for sort, word in title)


def test_a_text_of_which_nothing_is_found_has_no_legend(cw):
    entry = Entry(title="The bakery closes")
    assert [one.plain for one in paint(entry, load_judge(packaged_config()).explain(entry))] == ["The bakery closes"]
    said = cw("topics", "explain", "The bakery closes")
    assert "No phrase of topics.toml was found." in said
    assert "rejected 0:" in said


def test_the_first_line_of_standard_input_is_the_title(cw):
    told = json.loads(cw("topics", "explain", "-", "--json", told=f"\ufeff\n{TITLE}\n\n{TEXT}\n".encode()))
    assert (told["title"], told["text"], told["summary"]) == (TITLE, TEXT, "")
    assert (told["verdict"], told["matched"], told["pairs"]) == ("matched", True, ["daegu~taipei"])
    assert told["why"].startswith("“")
    for found in told["rows"] + told["marks"] + told["reasons"]:
        assert told[found["field"]][found["start"] : found["end"]].strip()
    assert sum(row["weight"] for row in told["rows"] if row["counted"]) == told["score"] == told["rows"][-1]["total"]
    cities = {told[one["field"]][one["start"] : one["end"]] for one in told["marks"] if one["what"] == "city"}
    assert cities == {"Daegu", "Taipei", "Osaka"}
    assert {(mark["what"], mark["name"]) for mark in told["marks"]} >= {("city", "Daegu"), ("city", "Taipei")}


def test_a_stored_item_is_explained_by_its_number_and_says_what_it_is(cw, tmp_path):
    url = f"sqlite:///{tmp_path}/mine.db"
    with open_store(url) as store:
        keep(store, new_item("cna:1", "near", title=TITLE, summary="Sister cities.", label="relevant"))
        number = str(id_of(store, "cna:1"))
    said = cw("--database", url, "topics", "explain", number)
    assert said.startswith(f"Item {number}, set aside, marked relevant; when it was stored it was near (2).\n")
    assert "Sister cities\tsister city\t+3" in said
    assert json.loads(cw("--database", url, "topics", "explain", number, "--json"))["summary"] == "Sister cities."
    for unknown in ("99", "99999999999999999999"):
        said = cw("--database", url, "topics", "explain", unknown, code=2)
        assert f"there is no item {unknown}; `city-watcher items list --all`" in said


@pytest.mark.parametrize("words", [["-"], [""], [" ", " "]])
def test_no_text_is_said_with_its_cure(cw, words):
    assert "there is no text; write one, such as `city-watcher topics explain" in cw(
        "topics", "explain", *words, code=2
    )


def test_an_item_without_a_database_is_said_with_its_cure(cw):
    assert "there is no database yet" in cw("topics", "explain", "12", code=2)
