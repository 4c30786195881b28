"""The list of deciders: which single texts of topics.toml an item of a labelled file depends on."""

import json
from pathlib import Path

from deciders import cut_rules, find_flips, list_deciders, matches, squeeze

from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.measure import Labelled
from watcher.settings.cities import load_cities
from watcher.settings.load import packaged_config
from watcher.settings.topics import Topics, load_topics
from watcher.values import Entry, Verdict

TOPICS = Topics.model_validate(
    {
        "topic": [
            {
                "id": "t",
                "phrase": [
                    {"text": ["lanterns", "자매 도시"], "weight": 3, "source": "own knowledge"},
                    {"text": ["ferry", "ferries"], "weight": 3, "source": "a dictionary"},
                    {"text": ["stock"], "veto": True},
                ],
            }
        ]
    }
)


def item(name, title, relevant=True):
    return Labelled(id=name, entry=Entry(title=title), relevant=relevant)


def deciders(*items):
    return [(one.text, one.item.id, one.captures) for one in list_deciders(find_flips(TOPICS, (), items))]


def test_a_text_that_alone_captures_one_item_is_listed():
    assert deciders(item("a", "Lanterns shine"), item("b", "A harbour")) == [("lanterns", "a", True)]


def test_a_text_that_decides_two_items_or_none_is_not_listed():
    assert deciders(item("a", "Lanterns shine"), item("b", "Lanterns fade")) == []
    assert deciders(item("a", "Lanterns on a ferry")) == []
    assert deciders(item("a", "Two ferries and one ferry")) == []


def test_a_text_that_keeps_an_item_out_is_listed_too():
    assert deciders(item("a", "Ferry stock sold", False)) == [("stock", "a", False)]


def test_a_korean_text_is_found_where_its_blank_is_missing():
    assert deciders(item("a", "자매도시 방문")) == [("자매 도시", "a", True)]


def test_the_rules_that_occur_in_an_item_judge_it_like_all_rules():
    topics, cities = load_topics(packaged_config()), load_cities(packaged_config())
    whole = Judge(compile_book(topics, cities))
    lines = Path(__file__).with_name("judge_items.jsonl").read_text("utf-8").splitlines()
    for told in [json.loads(line) for line in lines[::40]]:
        entry = Entry(title=told["title"], text=told["text"])
        page = squeeze(f"{entry.title}\n{entry.text}")
        near = [city for city in cities if any(squeeze(form) in page for form in city.forms)]
        assert matches(cut_rules(topics, page), near, entry) is (whole.judge(entry).verdict is Verdict.MATCHED), told
