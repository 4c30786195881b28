"""The language of searching: what is written becomes a tree, and a mistake is shown with its place and its cure."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.errors import QueryError
from watcher.query import And, Filter, Node, Not, Or, Words, parse_query


def tell(node: Node) -> str:
    """Write a tree with all its parentheses."""
    match node:
        case And(parts=parts):
            return f"({' & '.join(map(tell, parts))})"
        case Or(parts=parts):
            return f"({' | '.join(map(tell, parts))})"
        case Not(part=part):
            return f"!{tell(part)}"
        case Filter(field=field, value=value):
            return f"{field}={value}"
        case Words(text=text, exact=exact, begins=begins):
            return f"{chr(34) * exact}{text}{chr(34) * exact}{'*' * begins}"


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", "()"),
        ("  ", "()"),
        ("taipei", "taipei"),
        ("taipei daegu", "(taipei & daegu)"),
        ("taipei AND daegu", "(taipei & daegu)"),
        ("taipei and daegu", "(taipei & and & daegu)"),
        ("a b OR c d", "((a & b) | (c & d))"),
        ("a | b", "(a | b)"),
        ("a (b OR c)", "(a & (b | c))"),
        ("-a b", "(!a & b)"),
        ("NOT a", "!a"),
        ("--a", "a"),
        ("NOT -a", "a"),
        ("-(a OR b)", "!(a | b)"),
        ("covid-19", "covid-19"),
        ("Taipei - Daegu", "(Taipei & Daegu)"),
        ("Taipei & Daegu", "(Taipei & Daegu)"),
        ('"sister city" x', '("sister city" & x)'),
        ("“sister city”", '"sister city"'),
        ("「雙城論壇」", '"雙城論壇"'),
        ("agree*", "agree*"),
        ('"sister cit"*', '"sister cit"*'),
        ("pair:daegu~taipei", "pair=daegu~taipei"),
        ("PAIR:a~b", "pair=a~b"),
        ('city:"New Taipei" x', "(city=New Taipei & x)"),
        ("city：台北（x）", "(city=台北 & x)"),
        ("-kind:visit", "!kind=visit"),
        ("台北：論壇", "台北：論壇"),
        ("Taipei: a city", "(Taipei: & a & city)"),
        ("https://news.example/a", "https://news.example/a"),
        ("10:30", "10:30"),
        ("(a)(b)", "(a & b)"),
        ('say"x y"', '(say & "x y")'),
    ],
)
def test_a_query_becomes_a_tree(query: str, tree: str) -> None:
    assert tell(parse_query(query)) == tree


@pytest.mark.parametrize(
    ("query", "said", "marked"),
    [
        ("kinds:forum", "there is no field 'kinds'; did you mean kind?", "kinds"),
        ("shape:round x", "there is no field 'shape'; the fields are pair, city, ", "shape"),
        ("pair: a~b", "pair: wants a value; write it right behind the colon.", "pair:"),
        ('a "b c', 'this quote is never closed; write another " behind the phrase.', '"'),
        ("a (b", "this parenthesis is never closed; write ) behind what belongs to it.", "("),
        ("a b) c", "no parenthesis is open here; take this one out.", ")"),
        ("a OR", "a word is missing here; write one, or put this into quotes.", "OR"),
        ("OR a", "a word is missing here; write one, or put this into quotes.", "OR"),
        ("a ()", "a word is missing here; write one, or put this into quotes.", ")"),
        ("NOT", "a word is missing here; write one, or put this into quotes.", "NOT"),
        ("!?", "nothing to look for is in it; write a word.", "!?"),
        ("(" * 21 + "a", "more than 20 parentheses stand inside one another; take some out.", "("),
        ("a" * 501, "a query has 500 characters at the most; leave some out.", "a"),
        ("a " * 51, "a query has 50 terms at the most; leave some out.", "a"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_cure(query: str, said: str, marked: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(query)
    problem = caught.value
    assert problem.sentence.startswith(said)
    assert query[problem.start : problem.end] == marked


def test_the_carets_stand_under_the_place_also_where_characters_are_wide() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("台北\tkindd:forum")
    assert str(caught.value).splitlines()[1:] == ["    台北 kindd:forum", "         ^^^^^"]


def mistake(query: str) -> QueryError | None:
    try:
        tell(parse_query(query))
    except QueryError as problem:
        return problem
    return None


@settings(max_examples=60)
@given(st.text(max_size=40) | st.text(alphabet='ab -"():*|~「」city:ORNT\t', max_size=60))
def test_any_text_is_a_tree_or_one_sentence(query: str) -> None:
    if problem := mistake(query):
        assert problem.sentence[-1] in ".?"
        assert 0 <= problem.start < problem.end <= len(query)
