"""`make check-real` sees what is not as it should be."""

import json

import pytest
from conftest import rss
from real.__main__ import main
from real.documents import Difference, Document, Found, Truth, compare, list_documents

ITEMS = [
    {"id": str(number), "title": "Bay City and Hill City sign", "url": f"https://bay.example/{number}"}
    for number in range(3)
]
DOCUMENTS = {
    "bay.xml": (2, rss(("a", "One"), ("b", "Two"))),
    "hill 灣.json": (
        3,
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Hill", "items": ITEMS}).encode(),
    ),
    "old.json": (3, json.dumps({"version": "https://jsonfeed.org/version/1", "title": "Old", "items": ITEMS}).encode()),
    "wide.xml": (1, rss(("a", "灣")).decode().encode("utf-16")),
}


def write(folder, **wrong):
    for name, (_, body) in DOCUMENTS.items():
        (folder / name).write_bytes(body)
    lines = [
        {"file": name, "entries": wrong.get(name.partition(".")[0], count)} for name, (count, _) in DOCUMENTS.items()
    ]
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")


def test_documents_are_polled_counted_and_compared(tmp_path, monkeypatch, capsys):
    write(tmp_path, bay=7)
    monkeypatch.setattr("sys.argv", ["real", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 1, said
    first, same, reprinted, difference, total = said.out.splitlines()
    assert first.startswith("first poll      4 read, 0 unchanged, 0 failed, 9 new entries, ")
    assert same.startswith("same poll       0 read, 4 unchanged, 0 failed, 0 new entries, ")
    assert reprinted.startswith("reprinted poll  3 read, 1 unchanged, 0 failed, 0 new entries, ")
    assert difference == "bay.xml: entries: 7 expected, 2 found."
    assert total.startswith("4 documents, 14 entries, differences: 1, ")


def test_without_a_manifest_a_document_has_to_be_readable(tmp_path):
    write(tmp_path)
    (tmp_path / "manifest.jsonl").unlink()
    (tmp_path / "README.md").touch()
    documents = list_documents(tmp_path)
    assert [one.name for one in documents] == sorted(DOCUMENTS)
    assert {one.truth for one in documents} == {Truth()}


def test_only_what_differs_is_told(tmp_path):
    right, wrong, uncounted, broken = (
        Document(name=name, path=tmp_path, truth=Truth(entries=count))
        for name, count in (("right", 2), ("wrong", 2), ("uncounted", None), ("broken", None))
    )
    found = {
        "right": Found(entries=2),
        "wrong": Found(entries=1, problem="cut off"),
        "uncounted": Found(entries=5),
        "broken": Found(entries=0, problem="no feed"),
    }
    assert list(compare([right, wrong, uncounted, broken], found)) == [
        Difference(document="wrong", what="entries", expected=2, found=1, problem="cut off"),
        Difference(document="broken", what="read", expected="some", found=0, problem="no feed"),
    ]
