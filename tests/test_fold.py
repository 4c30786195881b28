"""Folding: the same word in every spelling, and the way back."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from watcher.text.fold import fold, fold_with_offsets, search_form, search_forms

NASTY = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("臺台姊姉妹市 \n\t　橫濱浜シャンハイｼｬﾝﾊﾞﾟ゛서울ㅅㅓ설ﾤ\u200b\u00ad\u0301\ufb01İßŉǰΐ…½"),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("臺北", "台北"),
        ("姊妹市", "姐妹市"),
        ("姉妹都市", "姊妹都市"),
        ("橫濱", "横浜"),
        ("橫濱", "横滨"),
        ("神戸市", "神户市"),
        ("廣島", "広島"),
        ("締盟", "缔盟"),
        ("ＭＯＵ", "mou"),
        ("ﾀｲﾍﾟｲ", "タイペイ"),
        ("서울", "\u1109\u1165\u110b\u116e\u11af"),
        ("Städtepartnerschaft", "STA\u0308DTEPARTNERSCHAFT"),
        ("Städte\u00adpartnerschaft", "Städtepartnerschaft"),
        ("Xi’an", "xi'an"),
        ("twin–city", "twin-city"),
        ("sister \n city", "sister city"),
        ("台 北　市\n長", "台北市長"),
        ("シャン ハイ", "シャンハイ"),
    ],
)
def test_one_word_in_two_spellings_folds_alike(written: str, same: str) -> None:
    assert fold(written) == fold(same)


@pytest.mark.parametrize("word", ["シャンハイ", "ソウル", "しまい", "ヴィリニュス", "ー"])
def test_kana_survive(word: str) -> None:
    assert fold(word) == word


@pytest.mark.parametrize(("one", "other"), [("沪", "濾"), ("芸", "藝"), ("Malé", "Male"), ("자매 도시", "자매도시")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_blanks_at_the_edges_are_kept_as_one() -> None:
    assert fold("  FC  ") == " fc "


@given(NASTY)
@example("ß\u0301")
@example("台 \u200b 北")
@settings(max_examples=400, deadline=None)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.lists(NASTY, max_size=5))
@example(["台 ", " 北", "\u0301e", ""])
@example(["a\uffff", "b"])
@settings(max_examples=200, deadline=None)
def test_many_texts_fold_as_each_alone(texts: list[str]) -> None:
    assert search_forms(texts) == [search_form(text) for text in texts]


@given(NASTY)
@example("ß\u0301")
@example("姊 \u3000妹")
@settings(max_examples=400, deadline=None)
def test_the_way_back_covers_the_same_text(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.offsets) == len(folded.ends) == len(folded.text)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.offsets, folded.ends, strict=True))
    assert list(folded.offsets) == sorted(folded.offsets)


@pytest.mark.parametrize(
    ("text", "word", "written"),
    [
        ("前言……臺 北與上海締結姊妹市", "台北", "臺 北"),
        ("A ﬁne ＭＯＵ", "mou", "ＭＯＵ"),
        ("½ of Ko\u0308ln", "köln", "Ko\u0308ln"),
        ("자매 도시\u200b 서울", "서울", "서울"),
        ("ｼｬﾝﾊｲと ﾀｲﾍﾟｲ", "タイペイ", "ﾀｲﾍﾟｲ"),
        ("plain  text with  New   Taipei", "new taipei", "New   Taipei"),
    ],
)
def test_a_find_is_led_back_to_what_was_written(text: str, word: str, written: str) -> None:
    folded = fold_with_offsets(text)
    at = folded.text.index(fold(word))
    start, end = folded.span(at, at + len(fold(word)))
    assert text[start:end] == written
