"""The words of the search: a two-character word must be found inside a longer text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.text.tokens import cut_text, index_text, is_piece


def finds(query: str, text: str) -> bool:
    indexed = index_text(text).split()
    tokens = [token for word in query.split() for token in cut_text(word)]
    return all(any(one.startswith(token) if is_piece(token) else one == token for one in indexed) for token in tokens)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("論壇", "台北與上海的雙城論壇"),
        ("论坛", "雙城論壇"),
        ("서울", "서울시와 도쿄도가 만났다"),
        ("臺北", "台北市長"),
        ("台北", "臺北市政府"),
        ("姉妹都市", "姊妹都市協定"),
        ("シャンハイ", "ｼｬﾝﾊｲの港"),
        ("자매도시", "자매 도시 결연"),
        ("자매 도시", "자매도시 결연"),
        ("두 도시", "두 도시의 교류"),
        ("台北 上海", "上海市與台北市"),
        ("Twin-City Forum", "the twin-city forum opened"),
        ("MOU", "MOU를 체결했다"),
        ("STÄDTE", "zwei Städte"),
        ("滬", "上海（滬）"),
        ("論", "雙城論壇"),
        ("壇", "雙城論壇，今天"),
        ("시", "서울특별시 개최"),
    ],
)
def test_a_word_is_found_in_every_spelling(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(("query", "text"), [("北上", "台北 與 上海"), ("city", "velocity"), ("上京", "上海北京")])
def test_what_is_not_there_is_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


def test_a_last_character_is_a_token_only_where_no_other_begins_with_it() -> None:
    assert index_text("台北與上海") == "台北 北与 与上 上海 海"
    assert index_text("上海、海上") == "上海 海上"


def test_what_is_searched_of_a_text_has_an_end() -> None:
    assert len(index_text("town hall " * 30_000)) < 200_000


def test_latin_words_stay_whole_and_cjk_becomes_pairs() -> None:
    assert cut_text("covid-19在臺北市") == ["covid", "19", "在台", "台北", "北市"]


@given(st.text(max_size=60))
def test_tokens_hold_no_blanks_so_that_a_database_can_cut_them_again(text: str) -> None:
    assert all(token.split() == [token] for token in cut_text(text))
    assert "  " not in index_text(text)


@given(st.text(alphabet="台臺北上海滬서울시자매 ab1・、", max_size=30))
def test_a_text_is_found_by_each_of_its_own_words(text: str) -> None:
    assert all(finds(word, word) for word in text.split())
