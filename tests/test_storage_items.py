"""Items: what an edit changes and what it never changes; lists, search, seeds and stories."""

import pytest
from sqlalchemy import event, text
from storing import HOUR, NOW, id_of, keep, new_item, search, seed_item, titles


def found(store, key="cna:1"):
    full = store.items.find_by_key(key)
    assert full is not None
    return full


def keys(listed):
    return [full.item.key for full in listed]


LATER = NOW + HOUR


def test_an_edited_headline_is_shown_and_the_first_one_kept(store):
    keep(store, new_item(title="Mayors to meet", summary="In Daegu.", text="Soon."))
    edited = new_item(title="Mayors met", summary="In Taipei.", text="At last.", language="zh", at=LATER)
    recorded = keep(store, edited, at=LATER)
    item = found(store).item
    assert (item.title, item.first_title, item.first_seen_at) == ("Mayors met", "Mayors to meet", NOW)
    assert (item.summary, item.text, item.language) == ("In Taipei.", "At last.", "zh")
    assert (recorded.new, recorded.captured) == (0, 0)


def test_a_captured_item_judged_again_takes_the_new_judgement_and_keeps_its_moment(store):
    keep(store, new_item())
    again = new_item(at=LATER, score=9.0, kind="mou", why="more", rules="r2", facets=(("pair", "taipei~ulsan"),))
    keep(store, again, at=LATER)
    full = found(store)
    assert (full.item.score, full.item.kind, full.item.why, full.item.rules) == (9.0, "mou", "more", "r2")
    assert (full.facets, full.item.captured_at) == ((("pair", "taipei~ulsan"),), NOW)


@pytest.mark.parametrize("verdict", ["near", "rejected"])
def test_what_is_captured_is_never_un_captured_by_an_edit(store, verdict):
    keep(store, new_item(reasons=[{"phrase": "sister city"}]))
    recorded = keep(store, new_item(verdict=verdict, title="Corrected", folded="new", facets=(), at=LATER), at=LATER)
    full = found(store)
    assert (full.item.verdict, full.item.captured_at, full.item.score, full.item.why) == (
        *("matched", NOW, 5.0, "it was matched"),
    )
    assert full.item.reasons == [{"phrase": "sister city"}]
    assert full.values("city") == ("daegu", "taipei")
    assert (full.item.title, full.item.folded) == ("Corrected", "new")
    assert (recorded.captured, recorded.near) == (0, 0)


def test_an_item_set_aside_that_matches_now_is_captured_now(store):
    keep(store, new_item(verdict="near", facets=()))
    recorded = keep(store, new_item(at=LATER), at=LATER)
    full = found(store)
    assert (full.item.verdict, full.item.captured_at, full.item.first_seen_at) == ("matched", LATER, NOW)
    assert (recorded.new, recorded.captured, full.values("pair")) == (0, 1, ("daegu~taipei",))


def test_a_rejected_item_that_is_near_now_counts_as_near(store):
    keep(store, new_item(verdict="rejected"))
    recorded = keep(store, new_item(verdict="near"), at=LATER)
    assert (recorded.new, recorded.captured, recorded.near) == (0, 0, 1)


def test_a_near_item_that_is_rejected_now_loses_its_facets(store):
    keep(store, new_item(verdict="near"))
    keep(store, new_item(verdict="rejected", facets=()), at=LATER)
    assert (found(store).item.verdict, found(store).facets) == ("rejected", ())


def test_a_date_is_kept_and_a_missing_one_is_taken_over(store):
    keep(store, new_item("cna:1", published_at=NOW, published_raw="noon"), new_item("cna:2"))
    dated = {"published_at": LATER, "published_raw": "one", "published_how": "rfc"}
    keep(store, new_item("cna:1", **dated), new_item("cna:2", **dated), at=LATER)
    first, second = found(store, "cna:1").item, found(store, "cna:2").item
    assert (first.published_at, first.published_raw, first.published_how) == (NOW, "noon", "")
    assert (second.published_at, second.published_raw, second.published_how) == (LATER, "one", "rfc")


def test_label_and_backfill_stay_as_they_were(store):
    keep(store, new_item(backfill=True, label="irrelevant"))
    keep(store, new_item(backfill=False, label=""), at=LATER)
    assert (found(store).item.backfill, found(store).item.label) == (True, "irrelevant")


def test_lists_show_the_captured_or_the_near_newest_first(store):
    keep(store, new_item("cna:1"), new_item("cna:2", "near"), new_item("cna:3", "rejected"))
    keep(store, new_item("cna:4", at=LATER), new_item("cna:5", "near", at=LATER), at=LATER)
    store.items.plant([seed_item(at=NOW - HOUR)])
    seed = "seed:harbour-forum-2019"
    assert keys(store.items.recent(9)) == ["cna:4", "cna:1", seed]
    assert keys(store.items.recent(9, captured=False, near=True)) == ["cna:5", "cna:2"]
    assert keys(store.items.recent(9, near=True)) == ["cna:5", "cna:4", "cna:2", "cna:1", seed]
    assert keys(store.items.recent(9, seeds=True)) == [seed]
    assert keys(store.items.recent(9, seeds=False)) == ["cna:4", "cna:1"]
    assert keys(store.items.recent(9, captured=False)) == []
    assert keys(store.items.recent(1)) == ["cna:4"]


@pytest.mark.parametrize("near", [False, True])
def test_a_list_goes_on_where_it_ended_though_many_came_at_one_moment(store, near):
    items = [new_item(f"cna:{number}", "near" if number % 3 == 0 else "matched") for number in range(9)]
    keep(store, *items)
    keep(store, new_item("cna:late", at=LATER), at=LATER)
    pages, before = [], None
    while page := store.items.recent(2, near=near, before_id=before):
        pages += keys(page)
        before = page[-1].item.id
    assert pages == keys(store.items.recent(99, near=near))
    assert len(pages) == (10 if near else 7)


def test_an_item_comes_with_its_facets_sorted(store):
    facets = (("topic", "x"), ("city", "taipei"), ("city", "daegu"), ("city", "taipei"), ("pair", "daegu~taipei"))
    keep(store, new_item(facets=facets))
    full = found(store)
    assert full.facets == (("city", "daegu"), ("city", "taipei"), ("pair", "daegu~taipei"), ("topic", "x"))
    assert full.values("city") == ("daegu", "taipei")


def test_an_item_nobody_remembers_is_not_found(store):
    assert store.items.find(1) is None
    assert store.items.find_by_key("nothing") is None


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["姊妹"], ["cna:2", "cna:1"]),
        (["姊妹", "大邱"], ["cna:1"]),
        (["taipei", "姊妹"], ["cna:2"]),
        (["자매"], ["cna:2"]),
        (["forum"], []),
        (["妹台"], []),
        (["taipe"], []),
        (["tai*"], []),
        (["taipei OR forum"], []),
        (["x' OR 1=1"], []),
    ],
)
def test_a_search_finds_the_captured_items_that_hold_all_terms_newest_first(store, terms, expected):
    keep(store, new_item("cna:1", folded="台北 大邱 姊妹 妹市"), new_item("cna:3", "near", folded="姊妹"))
    keep(store, new_item("cna:2", at=LATER, folded="taipei 姊妹 妹城 자매 매도 도시"), at=LATER)
    assert search(store, *terms) == expected


def test_a_search_knows_the_edited_text_and_forgets_the_old_one(store):
    keep(store, new_item(folded="marathon"))
    keep(store, new_item(folded="lantern"), at=LATER)
    assert (search(store, "lantern"), search(store, "marathon")) == (["cna:1"], [])


def test_a_search_forgets_what_is_deleted(store):
    keep(store, new_item(folded="marathon"))
    with store.database.writing() as connection:
        connection.execute(text("DELETE FROM items"))
        assert connection.scalar(text("SELECT count(*) FROM facets")) == 0
    assert search(store, "marathon") == []


def test_letters_with_marks_are_told_apart_for_the_folding_is_ours(store):
    keep(store, new_item(folded="cafe"))
    assert search(store, "café") == []


def test_seeds_are_planted_once_and_refreshed_from_their_records(store):
    assert store.items.plant([seed_item("a", summary="Old words.", score=1.0), seed_item("b")]) == 2
    changed = seed_item("a", title="Better title", summary="New words.", at=LATER, facets=(("city", "ulsan"),))
    assert store.items.plant([changed]) == 0
    full = found(store, "seed:a")
    assert (full.item.title, full.item.summary, full.item.score) == ("Better title", "New words.", 5.0)
    assert (full.item.captured_at, full.item.first_seen_at, full.facets) == (NOW, NOW, (("city", "ulsan"),))


def test_an_imported_text_of_a_seed_stays_with_its_words_until_another_comes(store):
    store.items.plant([seed_item("a", folded="abstract")])
    store.items.plant([seed_item("a", text="The user's own copy.", folded="abstract copy")])
    store.items.plant([seed_item("a", folded="abstract")])
    full = found(store, "seed:a")
    assert (full.item.text, full.item.folded) == ("The user's own copy.", "abstract copy")
    store.items.plant([seed_item("a", text="A better copy.", folded="better")])
    assert (found(store, "seed:a").item.text, found(store, "seed:a").item.folded) == ("A better copy.", "better")


def test_seeds_planted_first_stand_first(store):
    store.items.plant([seed_item("c"), seed_item("a"), seed_item("b")])
    keep(store, new_item("aaa:1"))
    ids = {full.item.key: full.item.id for full in store.items.recent(9)}
    assert max(ids, key=lambda key: ids[key] or 0) == "aaa:1"


def test_items_without_a_story_are_shown_to_the_rule_once_oldest_first(store):
    keep(store, new_item("cna:1", at=LATER), new_item("cna:2", "near"), new_item("cna:3"), at=LATER)
    seen = []

    def rule(fresh, earlier):
        seen.append(([one.key for one in fresh], [one.key for one in earlier]))
        return [(one.id, one.id, "first") for one in fresh]

    assert store.stories.tell_apart(NOW, rule) == 2
    assert store.stories.tell_apart(NOW, rule) == 0
    assert seen == [(["cna:3", "cna:1"], [])]


def test_the_rule_sees_recent_items_and_all_seeds(store):
    store.items.plant([seed_item()])
    keep(store, new_item("cna:1"))
    store.stories.tell_apart(NOW, lambda fresh, earlier: [(one.id, one.id, "first") for one in fresh])
    keep(store, new_item("cna:2", at=LATER), at=LATER)
    seen = []
    store.stories.tell_apart(LATER, lambda fresh, earlier: seen.extend(one.key for one in earlier) or [])
    store.stories.tell_apart(NOW, lambda fresh, earlier: seen.extend(one.key for one in earlier) or [])
    assert seen == ["seed:harbour-forum-2019", "seed:harbour-forum-2019", "cna:1"]


def test_a_story_is_named_by_its_first_item_and_known_to_all_its_members(store):
    keep(store, *(new_item(f"cna:{number}", at=NOW + number * HOUR) for number in (1, 2, 3)))
    one, two, three = (id_of(store, f"cna:{number}") for number in (1, 2, 3))
    store.stories.join(two, one, "title")
    store.stories.join(three, two, "url")
    assert [found(store, f"cna:{number}").item.story_id for number in (1, 2, 3)] == [one, one, one]
    assert [(member.id, member.why) for member in found(store, "cna:2").members] == [(one, ""), (three, "url")]
    assert store.items.counts()["stories"] == 1


def test_a_story_that_joins_another_brings_its_members(store):
    keep(store, *(new_item(f"cna:{number}") for number in (1, 2, 3)))
    one, two, three = (id_of(store, f"cna:{number}") for number in (1, 2, 3))
    store.stories.join(three, two, "title")
    store.stories.join(two, one, "pair")
    assert (found(store, "cna:3").item.story_id, found(store, "cna:3").item.story_why) == (one, "title")


def test_an_item_that_is_split_off_is_a_story_of_its_own_and_is_compared_no_more(store):
    keep(store, new_item("cna:1"), new_item("cna:2"))
    one, two = id_of(store, "cna:1"), id_of(store, "cna:2")
    store.stories.join(two, one, "title")
    store.stories.split([two])
    full = found(store, "cna:2")
    assert (full.item.story_id, full.item.story_why, full.members) == (two, "split", ())
    assert store.items.counts()["stories"] == 2
    assert store.stories.tell_apart(NOW, lambda fresh, earlier: [(item.id, one, "title") for item in fresh]) == 0


def test_what_is_left_by_the_first_item_stays_together_under_its_oldest(store):
    keep(store, *(new_item(f"cna:{number}", at=NOW + number * HOUR) for number in (1, 2, 3)))
    one, two, three = (id_of(store, f"cna:{number}") for number in (1, 2, 3))
    store.stories.join(two, one, "title")
    store.stories.join(three, one, "url")
    store.stories.split([one])
    told = [found(store, f"cna:{number}").item for number in (1, 2, 3)]
    assert [(row.story_id, row.story_why) for row in told] == [(one, "split"), (two, "first"), (two, "url")]


def test_what_is_not_captured_cannot_be_split_off(store):
    keep(store, new_item("cna:1", "near"))
    store.stories.split([id_of(store, "cna:1"), 999])
    assert found(store).item.story_id is None


def test_the_rule_is_shown_beginning_pairs_and_fields_of_what_it_compares(store):
    facets = (("pair", "daegu~taipei"), ("field", "health"), ("city", "taipei"), ("topic", "city-exchange"))
    keep(store, new_item("cna:1", folded="taipei " * 999, kind="mou", facets=facets))
    seen = []
    store.stories.tell_apart(NOW, lambda fresh, earlier: seen.extend(fresh) or [])
    [shown] = seen
    assert (shown.values("pair"), shown.values("field")) == ({"daegu~taipei"}, {"health"})
    assert (shown.folded, shown.kind, len(shown.facets)) == (("taipei " * 999)[:1500], "mou", 2)


@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_telling_apart_looks_through_no_more_than_the_time_that_counts(store):
    keep(store, new_item("cna:1"), new_item("cna:2", "near"))
    asked = []
    with store.database.reading() as connection:
        event.listen(connection.engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    store.stories.tell_apart(NOW, lambda fresh, earlier: [(one.id, one.id, "first") for one in fresh])
    with store.database.reading() as connection:
        steps = [
            next(iter(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)))[3]
            for statement, values in tuple(asked)
            if "ORDER BY items.captured_at" in statement
        ]
    assert [step.partition("INDEX ")[2] for step in steps] == [
        "items_untold (captured_at>?)",
        "ix_items_feed_id (feed_id=?)",
        "ix_items_captured_at (captured_at>?)",
    ]


def test_joining_a_story_that_is_not_there_changes_nothing(store):
    keep(store, new_item())
    store.stories.join(id_of(store, "cna:1"), 999, "title")
    assert found(store).item.story_id is None


def test_items_are_counted_by_what_they_are(store):
    store.items.plant([seed_item()])
    keep(store, new_item("cna:1"), new_item("cna:2", "near"), new_item("cna:3", "rejected"))
    assert store.items.counts() == {"captured": 1, "near": 1, "rejected": 1, "irrelevant": 0, "seeds": 1, "stories": 1}


def test_news_that_joins_a_seed_is_a_story(store):
    store.items.plant([seed_item()])
    keep(store, new_item("cna:1"))
    store.stories.join(id_of(store, "cna:1"), id_of(store, "seed:harbour-forum-2019"), "title")
    assert (store.items.counts()["captured"], store.items.counts()["stories"]) == (1, 1)


def test_an_empty_store_counts_nothing(store):
    assert store.items.counts() == {"captured": 0, "near": 0, "rejected": 0, "irrelevant": 0, "seeds": 0, "stories": 0}


def test_the_newest_entry_of_each_feed_is_known(store):
    keep(store, new_item("cna:1", published_at=NOW - 2 * HOUR), new_item("cna:2", "rejected", published_at=NOW - HOUR))
    store.items.plant([seed_item()])
    assert store.items.newest_by_feed() == {"cna": NOW - HOUR}


def test_a_date_that_has_not_come_counts_as_its_first_sight(store):
    keep(store, new_item("cna:1", published_at=LATER))
    assert store.items.newest_by_feed() == {"cna": NOW}


def test_titles_in_every_script_come_back_as_they_were(store):
    written = [
        "台北與大邱締結姊妹市十週年",
        "타이베이–대구 자매도시 10주년",
        "台北と大邱、姉妹都市10周年 🎏",
        "Städtepartnerschaft",
    ]
    keep(store, *(new_item(f"cna:{number}", title=title) for number, title in enumerate(written)))
    assert sorted(titles(store.items.recent(9))) == sorted(written)


def test_no_two_rows_share_what_they_hold():
    one, other = new_item("cna:1").item, new_item("cna:2").item
    one.reasons.append({"phrase": "lanterns"})
    assert other.reasons == []
