"""topics.toml: what it may say, and the sentence that a mistake is answered with."""

import re
import textwrap
from pathlib import Path

import pytest

from watcher.errors import ConfigError
from watcher.judge import Judge
from watcher.judge.compile import compile_book
from watcher.settings.load import packaged_config
from watcher.settings.topics import Topics, load_topics
from watcher.values import Entry, Kind, Verdict

PHRASE = '[[topic]]\nid = "t"\n[[topic.phrase]]\n'


def load(folder: Path, text: str) -> Topics:
    (folder / "topics.toml").write_text(text, encoding="utf-8")
    return load_topics(folder)


def test_the_packaged_file_is_right() -> None:
    topics = load_topics(packaged_config())
    assert [topic.id for topic in topics.topics] == ["city-exchange"]
    assert {"transport", "health", "culture", "sport", "youth", "education", "technology"} <= {
        field.id for field in topics.fields
    }


def test_the_second_topic_that_the_readme_shows_works(tmp_path: Path) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    block = re.search(r"(?m)^    \[\[topic\]\]\n(?:    .*\n)+", readme)
    assert block
    judge = Judge(compile_book(load(tmp_path, textwrap.dedent(block[0])), ()))
    lent = judge.judge(Entry(title="大阪の美術館、伊万里焼を貸し出し"))
    assert (lent.verdict, lent.topics) == (Verdict.MATCHED, ("museum-loans",))
    assert judge.judge(Entry(title="Striker on loan from the club until June")).verdict is Verdict.REJECTED


def test_a_single_text_may_stand_where_a_list_may_stand(tmp_path: Path) -> None:
    topics = load(tmp_path, PHRASE + 'text = "MOU"\nweight = 1\nnot_before = "場"\nkind = "mou"\n')
    (phrase,) = topics.topics[0].phrases
    assert (phrase.text, phrase.not_before, phrase.kind, phrase.needs) == (("MOU",), ("場",), Kind.MOU, "nothing")


def test_a_topic_is_matched_from_three_points_on_unless_it_says_otherwise(tmp_path: Path) -> None:
    topic = load(tmp_path, PHRASE + 'text = "x"\nweight = 1\n').topics[0]
    assert (topic.match, topic.near, topic.all) == (3, 2, False)


def test_two_characters_for_one_word_may_stand_in_one_phrase(tmp_path: Path) -> None:
    load(tmp_path, PHRASE + 'text = ["姊妹市", "姐妹市", "両市", "兩市"]\nweight = 3\n')


def test_a_guard_that_holds_beside_one_text_of_several_may_stand(tmp_path: Path) -> None:
    load(tmp_path, PHRASE + 'text = ["友好城", "Freundschaft"]\nweight = 3\nnot_before = ["sspiel", "賽"]\n')


def test_every_phrase_says_where_it_comes_from() -> None:
    topics = load_topics(packaged_config()).topics
    phrases = [phrase for topic in topics for phrase in topic.phrases]
    assert phrases
    assert [phrase.label for phrase in phrases if not phrase.source.strip()] == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["no [[topic]]", "add one"]),
        ('[[topic]]\nid = "t"\n', ['topic "t"', "no [[topic.phrase]]", "all = true"]),
        ('[[topic]]\nid = "T t"\nall = true\n', ["'id'"]),
        ('[[topic]]\nid = "t"\nall = true\n[[topic.phrase]]\ntext = "x"\nweight = 1\n', ["captures everything"]),
        ('[[topic]]\nid = "t"\nall = true\n[[topic]]\nid = "t"\nall = true\n', ["two of [[topic]]", "'t'"]),
        ('[[topic]]\nid = "t"\nmatch = 2\nnear = 3\n[[topic.phrase]]\ntext = "x"\nweight = 1\n', ["near", "above"]),
        (PHRASE + 'text = "x"\nwieght = 1\n', ['topic 1 "t"', 'phrase 1 "x"', "'wieght'", "did you mean 'weight'"]),
        (PHRASE + "weight = 1\n", ["phrase 1", "'text' is missing"]),
        (PHRASE + "text = []\nweight = 1\n", ["phrase 1", "'text'", "is empty"]),
        (PHRASE + 'text = ["a", " "]\nweight = 1\n', ["'text'", "empty text"]),
        (PHRASE + 'text = "！？"\nweight = 1\n', ["！？", "folding leaves no letter"]),
        (PHRASE + 'text = "a\\u200b-"\nweight = "much"\n', ["'weight'"]),
        (PHRASE + 'text = "x"\n', ['phrase 1 "x"', "neither a weight nor a kind nor a veto"]),
        (PHRASE + 'text = "x"\nweight = 0\n', ["does nothing"]),
        (PHRASE + 'text = "x"\nweight = 1\nveto = true\n', ['phrase 1 "x"', "veto", "remove"]),
        (PHRASE + 'text = "x"\nweight = 1\nkind = "party"\n', ["'kind'", "forum"]),
        (PHRASE + 'text = "x"\nweight = 1\nneeds = "three_cities"\n', ["'needs'", "two_cities"]),
        (PHRASE + 'text = "x"\nweight = 1\nnot_before = [""]\n', ["'not_before'", "forbid every place"]),
        (
            PHRASE + 'text = ["姊妹市", "姊妹市場"]\nweight = 1\nnot_before = ["场"]\n',
            ["looked for and forbidden", "姐妹市场"],
        ),
        (PHRASE + 'text = ["b", "ab"]\nweight = 1\nnot_after = "a"\n', ["'ab' is looked for and forbidden"]),
        (
            PHRASE + 'text = "姊妹都市"\nweight = 1\n[[topic.phrase]]\ntext = "姉妹都市"\nweight = 2\n',
            ['phrase 2 "姉妹都市"', 'phrase 1 "姊妹都市"', "remove one"],
        ),
        (
            PHRASE + 'text = ["sister-city", "Sister City"]\nweight = 1\n',
            ["'Sister City' and 'sister-city'", "remove one"],
        ),
        (
            PHRASE + 'text = "Sister City"\nweight = 1\n[[topic.phrase]]\ntext = "sister-city"\nweight = 1\n',
            ['phrase 2 "sister-city"', "is already there", "remove one"],
        ),
        (PHRASE + 'text = "x"\nweight = 1\nnot_after = ["a ", "A "]\n', ["'not_after' holds", "remove one"]),
        (
            PHRASE + 'text = ["twinned", "twin"]\nweight = 1\nnot_before = "photons"\n',
            ["'photons' can never hold", "'twinnedphotons'", "write the blank"],
        ),
        (PHRASE + 'text = "bands"\nweight = 1\nnot_after = "rock"\n', ["'rock' can never hold", "'rockbands'"]),
        (PHRASE + 'text = "x"\nweight = nan\n', ["'weight'", "finite"]),
        (PHRASE + 'text = "x"\nweight = 1\nlang = "jp"\n', ["'lang'", "'jp'", "no language", "'ja'"]),
        (PHRASE + 'text = "x"\nweight = 1\nlang = "english"\n', ["'lang'", "not a language tag", "'en'"]),
        (PHRASE + 'text = "x"\nveto = true\nkind = "mou"\n', ["veto", "kind", "remove"]),
        (
            PHRASE + 'text = "x"\nweight = 1\n[[cue]]\ntext = "both"\ncity = "near"\nnames = true\n',
            ['cue "both"', "'names'", "before or after"],
        ),
        (
            PHRASE + 'text = "x"\nweight = 1\n[[country]]\nid = "JP"\ntext = ["Japan", "JAPAN"]\n',
            ['country "JP"', "'JAPAN' and 'Japan'"],
        ),
        (PHRASE + 'text = "x"\nweight = 1\n[[cue]]\ntext = "mayor"\ncity = "left"\n', ["cue 1", "'city'", "before"]),
        (PHRASE + 'text = "x"\nweight = 1\n[[country]]\nid = "Japan"\ntext = "Japan"\n', ["country 1", "'id'"]),
        (PHRASE + 'text = "x"\nweight = 1\n[[field]]\nid = "sport"\ntext = ""\n', ["field 1", "empty text"]),
        ('[[tpoic]]\nid = "t"\n', ["'tpoic'", "did you mean 'topic'"]),
        ("[[topic]\n", ["topics.toml"]),
    ],
)
def test_a_mistake_is_one_sentence_with_place_and_cure(tmp_path: Path, text: str, parts: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    sentence = str(caught.value)
    assert sentence.startswith(str(tmp_path / "topics.toml"))
    assert "\n" not in sentence
    assert [part for part in parts if part not in sentence] == []


def test_a_missing_file_is_told_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="city-watcher init"):
        load_topics(tmp_path)


def test_a_wrong_value_names_topic_phrase_and_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, PHRASE + 'text = [\n  "a",\n  "b",\n]\nweight = 1\n[[topic.phrase]]\ntext = "c"\nweight = "x"\n')
    assert str(caught.value).endswith(
        "/topics.toml: topic 1 \"t\" phrase 2 \"c\": 'weight' should be a number (found 'x') (line 11)"
    )
