"""Measuring the rules: rates, their intervals, kinds and pairs; and `topics score` as a person meets it."""

import json

import pytest
from storing import keep, new_item, open_store, seed_item
from test_labels import mark

from watcher.cli import main
from watcher.cli.score import fixed_chance
from watcher.measure import (
    Labelled,
    Rates,
    Verdicted,
    bootstrap,
    count_kinds,
    count_matched,
    count_pairs,
    count_rates,
    group_verdicts,
)
from watcher.settings.cities import load_cities
from watcher.settings.load import packaged_config
from watcher.values import Entry, Judgement, Kind, Verdict

CITIES = load_cities(packaged_config())


def verdict(relevant=True, matched=True, *, said=Kind.OTHER, pairs=(), **label):
    judgement = Judgement(verdict=Verdict.MATCHED if matched else Verdict.NEAR, score=0, kind=said, pairs=pairs)
    return Verdicted(labelled=Labelled(id="1", entry=Entry(), relevant=relevant, **label), judgement=judgement)


def test_right_and_wrong_are_counted_each_in_its_place():
    some = [verdict()] * 4 + [verdict(False)] * 3 + [verdict(True, False)] * 2 + [verdict(False, False)]
    rates = count_rates(some)
    assert rates == Rates(tp=4, fp=3, fn=2, tn=1)
    assert (rates.items, rates.precision, rates.recall, rates.f1) == (10, 4 / 7, 4 / 6, 8 / 13)
    assert [one.wrong for one in (some[0], some[4], some[8], some[9])] == ["", "fp", "fn", ""]


def test_what_divides_by_nothing_is_no_number():
    assert (Rates(tn=3).precision, Rates(tn=3).recall, Rates(tn=3).f1) == (None, None, None)
    assert (
        bootstrap(Rates(tn=3), fixed_chance())
        == bootstrap(Rates(), fixed_chance())
        == {"precision": None, "recall": None, "f1": None}
    )


def test_an_interval_holds_its_value_narrows_with_more_items_and_is_always_the_same():
    few, many = Rates(tp=9, fp=1, fn=3, tn=7), Rates(tp=90, fp=10, fn=30, tn=70)
    assert bootstrap(few, fixed_chance()) == bootstrap(few, fixed_chance())
    for name, (low, high) in bootstrap(few, fixed_chance()).items():
        assert 0 <= low < getattr(few, name) < high <= 1
        narrow_low, narrow_high = bootstrap(many, fixed_chance())[name]
        assert low < narrow_low < getattr(many, name) < narrow_high < high
    assert bootstrap(Rates(tp=5, tn=5), fixed_chance())["f1"] == (1, 1)


def test_the_interval_is_that_of_a_binomial_where_that_is_known():
    low, high = bootstrap(Rates(tp=800, fn=200), fixed_chance())["recall"]
    assert 0.8 - low == pytest.approx(1.96 * 0.01265, abs=0.002)
    assert high - 0.8 == pytest.approx(1.96 * 0.01265, abs=0.002)


def test_groups_are_all_those_without_borderline_and_each_language():
    some = [verdict(language="ja"), verdict(language="en", borderline=True), verdict(language="ja"), verdict()]
    counted = {name: len(chosen) for name, chosen in group_verdicts(some).items()}
    assert counted == {"all": 4, "without borderline": 3, "no language": 1, "en": 1, "ja": 2}
    assert set(group_verdicts([verdict(language="ko")])) == {"all", "ko"}


def test_hard_items_are_those_that_say_so():
    some = [verdict(False, True, hard=True), verdict(False, False, hard=True), verdict(False, True), verdict(hard=True)]
    assert count_matched(some, relevant=False, hard=True) == (1, 2)
    assert count_matched(some, relevant=False, hard=False) == (0, 0)


@pytest.mark.parametrize(
    ("said", "label", "right"),
    [
        (Kind.FORUM, "forum", 1),
        (Kind.MOU, "agreement", 1),
        (Kind.AGREEMENT, "mou", 1),
        (Kind.REAFFIRMATION, "anniversary", 1),
        (Kind.TERMINATION, "other", 1),
        (Kind.OTHER, "termination", 0),
        (Kind.VISIT, "forum", 0),
    ],
)
def test_a_finer_kind_than_the_label_is_right(said, label, right):
    assert count_kinds([verdict(said=said, kind=label)]) == (right, 1)


@pytest.mark.parametrize(
    ("pairs", "label", "right"),
    [
        (("daegu~taipei",), ("Taipei", "Daegu"), 1),
        (("daegu~taipei",), ("大邱", "台北"), 1),
        (("new-taipei~osaka",), ("New Taipei City", "Osaka"), 1),
        (("Toride~taipei",), ("Taipei", "Toride City"), 1),
        (("daegu~taipei",), ("Taipei", "Busan"), 0),
        (("daegu~taipei", "busan~taipei"), ("Taipei", "Daegu"), 0),
        ((), ("Taipei", "Daegu"), 0),
    ],
)
def test_a_pair_is_right_when_both_cities_and_no_others_are_named(pairs, label, right):
    assert count_pairs([verdict(pairs=pairs, pair=label)], CITIES) == (right, 1)


def test_only_what_is_found_and_labelled_so_counts_for_pairs_and_kinds():
    some = [verdict(True, False, pair=("A", "B")), verdict(), verdict(False, pair=("A", "B"))]
    assert (count_pairs(some, CITIES), count_kinds(some)) == ((0, 0), (0, 0))


# The command


@pytest.fixture
def cw(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder; return what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0):
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        assert ended.value.code == code, said
        return said

    return run


SISTERS = {"id": "a", "lang": "en", "title": "Daegu and Taipei renew sister city agreement", "text": "", "label": 1}
MARKET = {"id": "b", "lang": "en", "title": "Stock exchange closes higher", "text": "", "label": 0, "hard": True}
MISSED = {"id": "c", "lang": "ja", "title": "市長が隣の町を歩く", "text": "", "label": 1, "kind": "visit"}


def write(path, *lines):
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), "utf-8")
    return str(path)


def test_a_file_is_measured_and_its_mistakes_are_shown_with_their_reasons(cw, tmp_path):
    pair = {"pair": ["Taipei", "Daegu"], "kind": "agreement"}
    file = write(tmp_path / "items.jsonl", SISTERS | pair, MARKET, MISSED)
    said = cw("topics", "score", file, "--show", "fp,fn").out
    assert "all\t3\t1\t1\t0\t1.000 (1.00-1.00)\t0.500 (0.00-1.00)\t0.667" in said
    assert "hard negatives matched           0 of 1" in said
    assert "right pair  1 of 1" in said
    assert "right kind  1 of 1" in said
    assert f"fn\tc\tja\t{MISSED['title']}\t" in said
    told = json.loads(cw("topics", "score", file, "--json").out)
    assert told["wrong"] == []
    japanese = told["groups"]["ja"]
    assert [japanese[name] for name in ("items", "tp", "fp", "fn", "tn")] == [1, 0, 0, 1, 0]
    assert [japanese[name] for name in ("precision", "recall", "f1")] == [None, 0, 0]
    assert [japanese[f"{name}_95"] for name in ("precision", "recall", "f1")] == [None, [0, 0], [0, 0]]


def test_a_line_that_is_wrong_is_told_with_its_number_and_the_others_count(cw, tmp_path):
    wrong = {
        "{": "line 2: this is not JSON",
        "[1]": "line 3: this is no object",
        json.dumps(SISTERS | {"label": "yes"}): "line 4: 'label' must be 1",
        json.dumps(SISTERS | {"label": 2}): "line 5: 'label' must be 1",
        json.dumps({"label": 1, "title": ""}): "line 6: it has neither 'title' nor 'text'",
        json.dumps(SISTERS | {"title": ["x"]}): "line 7: 'title' must be a text",
        json.dumps(SISTERS | {"hard": "no"}): "line 8: 'hard' must be true or false",
        json.dumps(SISTERS | {"pair": "Taipei"}): "line 9: 'pair' must be a list",
        json.dumps(SISTERS | {"kind": "party"}): "line 10: 'party' is no kind",
        json.dumps({"title": "x"}): "line 11: 'label' must be 1",
    }
    said = cw("topics", "score", write(tmp_path / "items.jsonl", SISTERS, *wrong, "", MARKET), code=1)
    assert "all\t2\t1\t0\t0" in said.out
    assert len(said.err.splitlines()) == len(wrong)
    for line, sentence in zip(said.err.splitlines(), wrong.values(), strict=True):
        assert sentence in line
        assert line.endswith("; mend the line, the others count.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl: there is no such file"),
        (["."], ".: cannot be read"),
        (["--show", "tp"], "--show knows no 'tp'; write fp"),
        ([], "there is no database yet"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(cw, words, sentence):
    assert sentence in cw("topics", "score", *words, code=2).err


def test_an_empty_file_says_that_nothing_is_labelled(cw, tmp_path):
    assert "Nothing is labelled" in cw("topics", "score", write(tmp_path / "none.jsonl")).err


def test_stored_items_are_measured_by_their_labels_and_seeds_are_counted_nowhere(cw, tmp_path):
    url = f"sqlite:///{tmp_path}/mine.db"
    with open_store(url) as store:
        store.items.plant([seed_item(title="Sister cities Taipei and Daegu"), seed_item("second-2020")])
        keep(
            store,
            new_item("cna:1", title=SISTERS["title"]),
            new_item("cna:2", title="Sister city Taipei sends Daegu a bus", summary="Daegu and Taipei."),
            new_item("cna:3", "rejected", title=MISSED["title"]),
            *(new_item(f"cna:{number}", "rejected", title=MARKET["title"]) for number in range(4, 9)),
        )
        mark(store, "relevant", "cna:1", "cna:3")
        mark(store, "irrelevant", "cna:2", "cna:4")
    said = cw("--database", url, "topics", "score").out
    assert "all\t4\t1\t1\t1\t0.500" in said
    assert (
        "4 items of 8 stored entries (without the seeds) labelled; as far as labelled 1 false alarm, 125.0 per 1,000"
        in said
    )
    told = json.loads(cw("--database", url, "topics", "score", "--json", "--show", "fp").out)
    assert (told["entries"], told["false_alarms_per_1000"]) == (8, 125.0)
    assert [one["title"] for one in told["wrong"]] == ["Sister city Taipei sends Daegu a bus"]
