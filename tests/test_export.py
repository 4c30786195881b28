"""Export: spreadsheets open it inertly, programs read it line by line, and the terminal searches as everybody does."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from finding import fill
from storing import new_item

from storage.records import FullItem
from watcher.desk import open_store
from watcher.export import BOM, COLUMNS, csv_lines, export_values, json_lines


def full(**columns):
    new = new_item(**{"id": 7, "published_at": datetime(2026, 2, 1, 9, tzinfo=UTC)} | columns)
    return FullItem(item=new.item, facets=new.facets)


def cells(*items, **options):
    return list(csv.DictReader(io.StringIO("".join(csv_lines(items, **options)))))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", " =", "\n@"])
def test_no_cell_is_a_formula(start):
    [row] = cells(full(title=f"{start}cmd|' /C calc'!A0", why="+1"))
    assert (row["title"], row["why"]) == (f"'{start}cmd|' /C calc'!A0", "'+1")


def test_a_row_keeps_quotes_newlines_and_scripts_and_lists_are_joined():
    [row] = cells(full(title='臺北 "雙城"\n論壇, 第3屆'))
    assert list(row) == list(COLUMNS)
    assert (row["title"], row["cities"], row["pairs"]) == ('臺北 "雙城"\n論壇, 第3屆', "daegu; taipei", "daegu~taipei")
    assert row["published_at"] == "2026-02-01T09:00:00+00:00"


def test_the_mark_for_spreadsheets_comes_only_on_request():
    assert next(csv_lines([], bom=True)).startswith(f"{BOM}id,title,")
    assert next(csv_lines([])).startswith("id,title,")


def test_a_json_line_has_the_same_values_with_lists_as_lists():
    [line] = json_lines([full(title="a\u2028b")])
    assert line.count("\n") == 1
    assert json.loads(line) == export_values(full(title="a\u2028b"))
    assert json.loads(line)["cities"] == ["daegu", "taipei"]


@pytest.fixture
def cw(tmp_path, monkeypatch, say):
    """Run a command beside the items of search.jsonl; return what it printed, and what it said besides."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "var").mkdir()
    with open_store("sqlite:///var/watcher.db") as store:
        fill(store)

    return say


def test_the_terminal_lists_what_is_found_and_says_how_to_go_on(cw):
    said, beside = cw("items", "search", "pair:taipei~daegu", "-parking", "--limit", "2")
    assert [line.split("\t")[-1] for line in said.splitlines()] == [
        "A memorandum in their drawers",
        "대구시와 타이베이시, 자매도시 협약 체결",
    ]
    assert beside.startswith("4 items found; go on with --page ")
    more = beside.split()[-1]
    rest, beside = cw("items", "search", "pair:taipei~daegu -parking", "--page", more)
    assert [len(rest.splitlines()), beside] == [2, "4 items found\n"]


def test_a_search_as_json_says_what_was_asked_and_how_many_there_are(cw):
    told = json.loads(cw("items", "search", "論壇", "--json")[0])
    assert (told["query"], told["count"], told["counted"], told["more"]) == ("論壇", 2, True, "")
    assert [item["title"] for item in told["items"]] == ["雙城論壇延後，臺北市長說明", "台北与上海举行双城论坛"]


def test_a_search_without_words_lists_everything_and_one_in_vain_says_so(cw):
    assert len(cw("items", "search")[0].splitlines()) == 18
    assert cw("items", "search", "kumquat") == ("", "Nothing is found for kumquat.\n")


@pytest.mark.parametrize("command", ["search", "export"])
def test_a_wrong_query_is_told_with_carets_under_the_place(cw, command):
    said = cw("items", command, "台北 kind:forums", code=2)[1]
    assert said == (
        "city-watcher: 'forums' cannot stand behind kind:; did you mean forum?\n    台北 kind:forums\n              ^^^^^^\n"
    )


def test_an_export_writes_what_is_found_in_both_forms(cw):
    whole = list(csv.DictReader(io.StringIO(cw("items", "export", "--bom")[0].removeprefix(BOM))))
    assert len(whole) == 18
    lines = cw("items", "export", "論壇", "--format", "jsonl")[0].splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["forum", "forum"]
