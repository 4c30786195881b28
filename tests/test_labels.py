"""What people say of items: marks, what follows from them, and their taking back."""

import json

import pytest
from conftest import rss
from sqlalchemy import text
from storing import HOUR, NOW, digest_row, id_of, keep, new_item, search, seed_item

from storage.check import find_faults
from watcher.cli import main
from watcher.cli.place import wall_clock
from watcher.digest import edition_for, note_subscriptions

LATER = NOW + HOUR


def item(store, key="cna:1"):
    full = store.items.find_by_key(key)
    assert full is not None
    return full.item


def mark(store, label, *keys, at=LATER):
    return store.labels.mark([id_of(store, key) for key in keys or ("cna:1",)], label, at)


def seen(store, **chosen):
    return [full.item.key for full in store.items.recent(9, **chosen)]


def columns_of_view(store, view, column):
    with store.database.reading() as connection:
        return connection.execute(text(f"SELECT {column} FROM {view} ORDER BY 1")).scalars().all()


def whole(store):
    """An item's state as it was kept."""
    row = item(store)
    return row.captured_at, row.label, row.verdict, row.story_id, row.story_why


def test_an_irrelevant_item_stays_out_of_lists_search_views_and_counts(store):
    keep(store, new_item("cna:1", folded="taipei"), new_item("cna:2", folded="taipei", title="Kept"))
    mark(store, "irrelevant")
    assert seen(store) == ["cna:2"]
    assert seen(store, captured=False, irrelevant=True) == ["cna:1"]
    assert search(store, "taipei") == ["cna:2"]
    assert columns_of_view(store, "captured_items", "title") == ["Kept"]
    assert columns_of_view(store, "stories", "items") == [1]
    assert (store.items.counts()["captured"], store.items.counts()["irrelevant"]) == (1, 1)
    assert item(store).captured_at == NOW, "it was captured, and that is not undone"


def test_an_irrelevant_near_miss_is_no_near_miss(store):
    keep(store, new_item("cna:1", "near"), new_item("cna:2", "rejected"), new_item("cna:3", "near"))
    mark(store, "irrelevant", "cna:1", "cna:2")
    assert seen(store, captured=False, near=True) == ["cna:3"]
    assert seen(store, captured=False, near=True, rejected=True, irrelevant=True) == ["cna:3", "cna:2", "cna:1"]
    assert [store.items.counts()[name] for name in ("near", "rejected", "irrelevant")] == [1, 0, 2]


def test_what_is_marked_irrelevant_is_not_told_unless_it_was(store):
    keep(store, new_item("cna:1"), new_item("cna:2"), new_item("cna:3", backfill=True))
    mark(store, "irrelevant", "cna:1", "cna:3")
    assert [full.item.key for full in store.digests.untold("daily", NOW - HOUR)] == ["cna:2"]
    assert store.digests.backfill(NOW - HOUR, LATER) == []


def test_the_others_of_a_story_are_shown_without_the_irrelevant_one(store):
    keep(store, new_item("cna:1"), new_item("cna:2"), new_item("cna:3"))
    for key in ("cna:2", "cna:3"):
        store.stories.join(id_of(store, key), id_of(store, "cna:1"), "title")
    mark(store, "irrelevant", "cna:2")
    assert [one.id for one in store.items.find_by_key("cna:1").members] == [id_of(store, "cna:3")]


@pytest.mark.parametrize("verdict", ["near", "rejected"])
def test_a_relevant_item_that_was_set_aside_is_captured_now(store, verdict):
    keep(store, new_item("cna:1", verdict))
    marked = mark(store, "relevant")
    assert [(row.label, row.captured_at) for row in marked.values()] == [("relevant", LATER)]
    assert (item(store).captured_at, item(store).verdict, item(store).label) == (LATER, verdict, "relevant")
    assert [full.item.key for full in store.digests.untold("daily", NOW)] == ["cna:1"]


@pytest.mark.parametrize("verdict", ["matched", "near", "rejected"])
@pytest.mark.parametrize(
    "labels", [["relevant"], ["irrelevant"], ["relevant", "irrelevant"], ["irrelevant", "relevant"]]
)
def test_undo_gives_an_item_back_as_it_was(store, verdict, labels):
    keep(store, new_item("cna:1", verdict))
    before = whole(store)
    for label in labels:
        mark(store, label)
    mark(store, "")
    assert whole(store) == before


def test_undo_takes_a_captured_item_out_of_its_story_again(store):
    keep(store, new_item("cna:1", "near"), new_item("cna:2"))
    mark(store, "relevant")
    store.stories.join(id_of(store, "cna:1"), id_of(store, "cna:2"), "title")
    mark(store, "")
    assert (item(store).story_id, item(store).story_why) == (None, "")
    assert item(store, "cna:2").story_id == id_of(store, "cna:2")


def test_what_a_digest_told_stays_captured(store):
    keep(store, new_item("cna:1", "near"))
    mark(store, "relevant")
    store.digests.open(digest_row(), [id_of(store, "cna:1")], [])
    mark(store, "")
    assert item(store).captured_at == LATER
    mark(store, "irrelevant")
    assert item(store).captured_at == LATER


def test_an_irrelevant_entry_that_is_edited_and_matches_stays_set_aside_until_the_label_is_gone(store):
    keep(store, new_item("cna:1", "near"))
    mark(store, "irrelevant")
    assert keep(store, new_item("cna:1", at=LATER), at=LATER).captured == 0
    assert (item(store).verdict, item(store).captured_at) == ("matched", None)
    mark(store, "")
    assert item(store).captured_at == LATER


def test_marked_items_are_no_contradiction(store):
    keep(store, new_item("cna:1", "near"), new_item("cna:2", "near"), new_item("cna:3", "rejected"))
    mark(store, "relevant", "cna:1", "cna:3")
    mark(store, "irrelevant", "cna:2")
    keep(store, new_item("cna:2", at=LATER), at=LATER)
    store.digests.open(digest_row(), [id_of(store, "cna:1")], [])
    mark(store, "", "cna:1")
    assert find_faults(store.database, NOW) == []


def test_seeds_and_what_is_not_there_are_passed_over(store):
    store.items.plant([seed_item()])
    keep(store, new_item("cna:1"))
    seed = id_of(store, "seed:harbour-forum-2019")
    marked = store.labels.mark([seed, id_of(store, "cna:1"), 999, 2**31, 10**30, 0, -1], "irrelevant", LATER)
    assert set(marked) == {id_of(store, "cna:1")}
    assert item(store, "seed:harbour-forum-2019").label == ""
    assert store.items.find(10**30) is None


def test_a_digest_says_of_an_item_captured_by_hand_that_it_was(make_desk, store, clock):
    desk = make_desk({"subscriptions": ({"id": "daily", "at": "18:00"},)}, cna="https://cna.example/rss")
    note_subscriptions(desk, clock())
    keep(store, new_item("cna:1", "near"), new_item("cna:2"))
    mark(store, "relevant", "cna:1", "cna:2")
    news = edition_for(desk, desk.settings.subscriptions[0], clock().date()).news
    assert {one.why for one in news} == {"Somebody marked it relevant.", "it was matched"}


# The command


@pytest.fixture
def cw(tmp_path, monkeypatch, capsys, site):
    """Run a command in a folder whose one feed was polled: item 4 was captured, item 5 is near, 1 to 3 are seeds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITY_WATCHER_FETCH__ALLOW_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words, code=0):
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        assert ended.value.code == code, said
        return said.out + said.err

    forum = ("1", "Shanghai-Taipei City Forum opens", "The mayors of Shanghai and Taipei signed two MOUs.")
    site.pages["/a"] = rss(forum, ("2", "Mayor of Taipei speaks of Prague"), published=wall_clock())
    run("init", "--no-feeds")
    (tmp_path / "config" / "feeds.toml").write_text(f'[[feed]]\nid = "a"\nurl = "{site.url("/a")}"\n')
    run("poll")
    return run


def listed(cw, *options):
    return [
        (one["title"][:8], one["label"]) for one in json.loads(cw("items", "list", "--json", *options)) if one["feed"]
    ]


def test_items_are_marked_and_unmarked_on_the_command_line(cw):
    forum, near = (
        next(one["id"] for one in json.loads(cw("items", "list", "--all", "--json")) if word in one["title"])
        for word in ("Forum", "Prague")
    )
    assert f"{forum}  irrelevant, captured: Shanghai-Taipei City Forum opens" in cw(
        "items", "mark", str(forum), "irrelevant"
    )
    assert (listed(cw), listed(cw, "--irrelevant")) == ([], [("Shanghai", "irrelevant")])
    assert "irrelevant, as somebody marked it" in cw("items", "show", str(forum))
    assert "1 marked irrelevant" in cw("status")
    assert f"{near}  relevant, captured:" in cw("items", "mark", str(near), "relevant")
    assert (listed(cw), listed(cw, "--near")) == ([("Mayor of", "relevant")], [])
    assert json.loads(cw("items", "show", str(near), "--json"))["story"] == near
    states = [line.split("\t")[3] for line in cw("items", "list", "--all").splitlines()]
    assert sorted(states) == ["captured"] * 4 + ["irrelevant"]
    assert "no label, captured" in cw("items", "mark", "--undo", str(forum))
    assert "no label, set aside as near" in cw("items", "mark", str(near), "relevant", "--undo")
    assert (listed(cw), listed(cw, "--near"), listed(cw, "--irrelevant")) == (
        [("Shanghai", "")],
        [("Mayor of", "")],
        [],
    )
    assert "is well" in cw("db", "check") or "nothing" in cw("db", "check").lower()


def test_what_cannot_be_marked_is_said_and_the_others_are_marked(cw):
    said = cw("items", "mark", "999", "x", "1", "5", "4", "irrelevant", code=1)
    assert "there is no item 999; `city-watcher items list --all`" in said
    assert "there is no item x;" in said
    assert "item 1 is a seed article" in said
    assert said.count("irrelevant, ") == 2
    assert len(listed(cw, "--irrelevant")) == 2


def test_a_mark_that_cannot_be_understood_is_answered_with_its_cure(cw):
    assert "items mark 12 irrelevant" in cw("items", "list", "--irrelevant")
    for words, sentence in {
        ("4", "relevnt"): "'relevnt' is no label; write relevant or irrelevant",
        ("4",): "'4' is no label",
        ("irrelevant",): "no item is named",
        ("--undo", "irrelevant"): "no item is named",
    }.items():
        said = cw("items", "mark", *words, code=2)
        assert sentence in said
        assert "`city-watcher items mark 12 irrelevant`" in said
    assert listed(cw) == [("Shanghai", "")]


def test_a_replay_says_what_stays_out_and_why(cw, tmp_path):
    cw("items", "mark", "5", "4", "irrelevant")
    topics = tmp_path / "config" / "topics.toml"
    more = '\n  [[topic.phrase]]\n  text = "speaks of"\n  weight = 3.5\n  source = "a test"\n'
    head, stop, rest = topics.read_text("utf-8").partition("  # ---- Ties")
    topics.write_text(head + more + stop + rest, "utf-8")
    said = cw("topics", "replay", "--apply")
    assert "near -> matched, marked irrelevant" in said
    assert "“speaks of”" in said
    assert "1 would match and stay out: they are marked irrelevant." in said
    assert listed(cw) == []
