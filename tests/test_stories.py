"""Stories: the same address or the same headline is the same event."""

from watcher.stories import Joining, Told, join_stories


def told(item_id, title="", url="", story_id=0):
    return Told(item_id=item_id, story_id=story_id, canonical_url=url, title=title)


def test_an_item_alone_is_its_own_story():
    assert join_stories([told(7, "A")], []) == [Joining(item_id=7, story_id=7, why="first")]


def test_the_same_address_joins_the_earlier_story():
    [joining] = join_stories([told(7, "B", "https://x.example/1")], [told(3, "A", "https://x.example/1", story_id=2)])
    assert (joining.story_id, joining.why) == (2, "url")


def test_the_same_headline_in_another_script_joins():
    [joining] = join_stories([told(7, "台北上海双城论坛登场")], [told(3, "臺北上海雙城論壇登場", story_id=3)])
    assert (joining.story_id, joining.why) == (3, "title")


def test_items_of_one_batch_join_each_other():
    joinings = join_stories([told(7, "A", "https://x.example/1"), told(8, "a", "https://y.example/1")], [])
    assert [joining.story_id for joining in joinings] == [7, 7]


def test_empty_marks_join_nothing():
    assert [joining.story_id for joining in join_stories([told(7), told(8)], [told(3, story_id=3)])] == [7, 8]
