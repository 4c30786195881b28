"""Likeness: how alike two texts are, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.likeness import FEWEST, likeness, shared_part

WORDS = [f"word{number}" for number in range(40)]
some_pieces = st.lists(st.sampled_from(WORDS), max_size=90)


def test_the_same_text_is_wholly_alike_and_two_texts_are_not():
    assert likeness(WORDS, WORDS) == 1.0
    assert likeness(WORDS, WORDS[::-1]) == 0.0


def test_a_text_that_a_feed_cut_short_is_as_alike_as_a_whole_one():
    assert likeness(WORDS, WORDS[:FEWEST]) == 1.0


def test_likeness_is_the_part_of_neighbours_that_both_have():
    changed = [*WORDS[:35], "new", *WORDS[36:]]
    assert likeness(WORDS, changed) == pytest.approx(37 / 41)


def test_a_short_text_is_like_nothing():
    assert likeness(WORDS[: FEWEST - 1], WORDS[: FEWEST - 1]) == 0.0


@given(some_pieces, some_pieces)
def test_it_does_not_matter_which_text_comes_first(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert shared_part(one, other) == shared_part(other, one)


def test_the_shared_part_is_that_of_the_shorter_text():
    assert shared_part(["a", "b", "c", "d"], ["b", "x"]) == 0.5
    assert shared_part([], ["b"]) == 0.0
