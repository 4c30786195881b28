"""The seed records: three articles, in our own words, and a clear word when a record is wrong."""

import re
from datetime import UTC, datetime

import pytest

from storage.errors import StorageError
from storage.seeds import load_seeds
from watcher.values import Kind

GOOD = """
id = "harbour-forum-2019"
title = "Harbour cities meet"
publisher = "Harbour Post"
date = 2019-05-04
language = "en"
cities = ["busan", "kaohsiung"]
kind = "forum"
fields = []
url = ""
abstract = "Two harbour cities met. They liked it."
"""


@pytest.fixture
def folder(tmp_path):
    def write(record: str, name: str = "harbour-forum-2019.toml"):
        (tmp_path / name).write_text(record, encoding="utf-8")
        return tmp_path

    return write


def test_the_three_seeds_are_there_oldest_first():
    assert [(seed.id, seed.kind, "~".join(sorted(seed.cities))) for seed in load_seeds()] == [
        ("ko-cross-strait-2015", "forum", "shanghai~taipei"),
        ("taipei-daegu-reaffirmation-2021", "reaffirmation", "daegu~taipei"),
        ("shanghai-taipei-forum-2025", "forum", "shanghai~taipei"),
    ]


def test_every_seed_is_told_in_two_to_four_sentences_and_has_a_kind_that_the_watcher_knows():
    for seed in load_seeds():
        assert 2 <= len(re.findall(r"[.!?](?:\s|$)", seed.abstract)) <= 4
        assert "\n" not in seed.abstract
        assert Kind(seed.kind) is not Kind.OTHER
        assert seed.url.startswith("http")


def test_a_seed_is_published_at_the_first_instant_of_its_day(folder):
    (seed,) = load_seeds(folder(GOOD))
    assert seed.published_at == datetime(2019, 5, 4, tzinfo=UTC)
    assert (seed.cities, seed.fields, seed.url) == (("busan", "kaohsiung"), (), "")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('language = "en"\n', "", "'language' is missing; add it"),
        ('title = "Harbour cities meet"', 'title = ""', "'title' is empty; fill it in"),
        ('url = ""', 'url = ""\nautor = "x"', "'autor' is not a key of a seed (known: id, title,"),
        ("2019-05-04", '"4 May 2019"', "'date' must be a date such as 2026-03-01 (found '4 May 2019')"),
        ("2019-05-04", "2019-05-04T00:00:00Z", "'date' must be a date"),
        ('["busan", "kaohsiung"]', '"busan"', "'cities' must be a list of words (found 'busan')"),
        ('["busan", "kaohsiung"]', "[1, 2]", "'cities' must be a list of words"),
        ('["busan", "kaohsiung"]', '["busan"]', "'cities' must name two cities or more"),
        ('"harbour-forum-2019"', '"another"', "'id' is 'another'; name the file another.toml"),
        ('id = "', "id = ", "cannot be read ("),
    ],
)
def test_a_record_that_is_wrong_is_refused_with_file_key_and_cure(folder, old, new, sentence):
    with pytest.raises(StorageError) as caught:
        load_seeds(folder(GOOD.replace(old, new)))
    assert "harbour-forum-2019.toml: " + sentence in str(caught.value)


def test_other_files_beside_the_records_are_passed_over(folder):
    folder("not a record", "README.md")
    assert len(load_seeds(folder(GOOD))) == 1
