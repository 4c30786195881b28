"""`make check-real` sees what is not as it should be."""

import json
from datetime import UTC, datetime

import pytest
from conftest import rss
from real.__main__ import main
from real.contrast import (
    BLANKS,
    INVISIBLE,
    MARKUP,
    NO_LINK,
    NO_PEER,
    NO_PEER_DATE,
    NO_ZONE,
    OTHER_DATE,
    TORN,
    Contrast,
    contrast,
)
from real.documents import Difference, Document, Found, Truth, compare, list_documents
from real.peer import Said, Written, listen

ITEMS = [
    {"id": str(number), "title": "Bay City and Hill City sign", "url": f"https://bay.example/{number}"}
    for number in range(3)
]
DOCUMENTS = {
    "bay.xml": (4, rss(("a", "One"), ("b", "Two"), ("c", "Three"), ("b", "Two"))),
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
    first, same, reprinted, held, unread, rest, difference, total = said.out.splitlines()
    news = "10 new entries of 11 (1 stand twice in a document, word for word)"
    assert first.startswith(f"first poll      4 read, 0 unchanged, 0 failed, {news}, ")
    assert same.startswith("same poll       0 read, 4 unchanged, 0 failed, 0 new entries, ")
    assert reprinted.startswith("reprinted poll  3 read, 1 unchanged, 0 failed, 0 new entries, ")
    assert held == "feedparser      11 entries held against it"
    assert unread == f"  entries       3 in 3 documents: {NO_PEER}"
    assert rest == "  all           3 with a reason, 0 without one"
    assert difference.startswith("bay.xml: entries: 7 expected, 4 found.")
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


INSTANT = datetime(2026, 9, 28, 2, tzinfo=UTC)
LINE = {"id": "a", "url": "https://bay.example/a", "title": "Bay and Hill", "published_at": "", "published_raw": ""}


def differ(field, ours, theirs, raw="Mon, 28 Sep 2026 02:00:00 GMT"):
    """What is said of one entry that the two read otherwise in one field."""
    said = {"id": "a", "url": LINE["url"], "title": LINE["title"], "dates": ()}
    if field == "date":
        line = LINE | {"published_at": ours.isoformat() if ours else "", "published_raw": raw}
        said["dates"] = (Written(raw=raw, at=theirs),)
    else:
        line, said[field] = LINE | {field: ours}, theirs
    return [one.reason for one in contrast("bay", [line], [Said(**said)])]


@pytest.mark.parametrize(
    ("field", "ours", "theirs", "reasons"),
    [
        ("title", "Bay and Hill", "Bay and Hill", []),
        ("title", "Bay and Hill", "Bay  and\nHill", [BLANKS]),
        ("title", "Bay and Hill", "Bay\u200b and Hill\x9d", [INVISIBLE]),
        ("title", "Bay & Hill", "<b>Bay</b> &amp; Hill", [MARKUP]),
        ("title", "Bay and Hill", "Bay and Dale", [""]),
        ("url", "", "mailto:bay", [NO_LINK]),
        ("url", "", "https://bay.example/b", [""]),
        ("id", "a", "b", [""]),
        ("date", INSTANT, INSTANT, []),
        ("date", INSTANT, None, [NO_PEER_DATE]),
        ("date", None, INSTANT, [""]),
    ],
)
def test_what_the_two_read_otherwise_has_a_reason_or_should_not_be(field, ours, theirs, reasons):
    assert differ(field, ours, theirs) == reasons


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Mon, 28 Sep 2026 10:00:00 +0800", ""),
        ("2026-09-28T02:00:00Z", ""),
        ("2026-09-28T10:00+08:00", ""),
        ("Mon, 28 Sep 2026 11:00:00 KST", OTHER_DATE),
        ("2026/9/28 10:00:00", NO_ZONE),
        ("2026-09-28", NO_ZONE),
    ],
)
def test_a_date_that_is_certain_may_not_be_read_otherwise(raw, reason):
    assert differ("date", INSTANT, INSTANT.replace(day=1), raw) == [reason]


def test_only_an_entry_that_is_cut_off_may_be_missing():
    said = [Said(id=one, url="", title="", dates=()) for one in "ab"]
    assert [one.reason for one in contrast("bay", [{"id": "a"}], said)] == [TORN]
    assert [one.reason for one in contrast("bay", [{"id": "b"}], said)] == [""]
    assert list(contrast("bay", [], said)) == [Contrast(document="bay", what="entries", peer=2, ours=0)]


def test_the_peer_is_told_the_address_for_links_only():
    [said] = listen(rss(("seven", "Bay and Hill")).replace(b"https://news.example", b""), "https://bay.example/feed")
    assert (said.id, said.url, said.title) == ("seven", "https://bay.example/seven", "Bay and Hill")
    assert said.dates[0].at.tzinfo is UTC
