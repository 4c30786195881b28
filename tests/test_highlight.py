"""Highlighting: finds are marked in their places, and no character is cut apart."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.judge import SORTS
from watcher.values import Entry
from watcher.web.highlight import cut_pieces

FINDS = st.lists(st.tuples(st.sampled_from(SORTS), st.integers(-3, 40), st.integers(-3, 40)), max_size=8)


@given(st.text(max_size=30), FINDS)
def test_nothing_is_lost_or_added_whatever_is_marked(text, finds):
    pieces = cut_pieces(text, finds)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert all(one.sort or other.sort for one, other in pairwise(pieces))
    assert not [piece for piece in pieces[1:] if unicodedata.combining(piece.text[0])]


def shown(text, *marks):
    return [(piece.text, piece.sort) for piece in cut_pieces(text, marks)]


def test_finds_that_overlap_become_one_and_the_more_important_one_shows():
    assert shown("abcdef", ("counts", 1, 3), ("counts", 2, 5)) == [("a", ""), ("bcde", "counts"), ("f", "")]
    assert shown("abcdef", ("city", 0, 4), ("counts", 2, 6)) == [("ab", "city"), ("cdef", "counts")]


@pytest.mark.parametrize(
    ("text", "start", "end", "marked"),
    [
        ("cafe\u0301 ole", 0, 4, "cafe\u0301"),
        ("👨\u200d👩\u200d👧 x", 0, 1, "👨\u200d👩\u200d👧"),
        ("👍🏽 ok", 0, 1, "👍🏽"),
        ("\u1112\u1161\u11ab글", 0, 1, "\u1112\u1161\u11ab"),
        ("𠮷野市", 0, 1, "𠮷"),
        ("اتفاقيَة", 0, 7, "اتفاقيَ"),
    ],
)
def test_a_mark_ends_where_a_character_ends(text, start, end, marked):
    assert [piece.text for piece in cut_pieces(text, [("counts", start, end)]) if piece.sort] == [marked]


def test_every_reason_is_marked_where_it_stands(judge):
    entry = Entry(
        title="大邱市長率團訪問姊妹市台北市", summary="The sister cities Taipei and Daegu 👍🏽 signed an MOU."
    )
    explanation = judge.explain(entry)
    for field in ("title", "summary"):
        text = getattr(entry, field)
        marked = "".join(piece.text for piece in cut_pieces(text, explanation.places(field)) if piece.sort == "counts")
        for reason in explanation.judgement.reasons:
            if reason.field == field:
                assert text[reason.start : reason.end] in marked
