"""Filters: taken out of a query and put into it, whatever else stands there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import QueryError
from watcher.filters import active_filters, with_filter, without_filter, write_filter
from watcher.query import And, Filter, Words, parse_query

TERMS = st.sampled_from(
    (
        "taipei",
        "論壇",
        '"sister city"',
        "-kind:visit",
        "NOT lang:ko",
        "kind:mou",
        "(city:台北)",
        "-(is:near)",
        "(a OR b)",
    )
)
QUERIES = st.lists(TERMS, max_size=6).flatmap(
    lambda terms: st.lists(st.sampled_from((" ", " AND ", "  ")), min_size=6, max_size=6).map(
        lambda joins: "".join(part for pair in zip(terms, joins, strict=False) for part in pair).removesuffix(" AND ")
    )
)


def parts(query: str) -> list[str]:
    """Return what a query asks for, without places, in its order."""
    node = parse_query(query)
    return [shape(part) for part in (node.parts if isinstance(node, And) else (node,))]


def shape(node) -> str:
    if isinstance(node, Words | Filter):
        return node.text if isinstance(node, Words) else f"{node.field}:{node.value}"
    inner = node.parts if hasattr(node, "parts") else (node.part,)
    return f"{type(node).__name__}({', '.join(map(shape, inner))})"


@given(QUERIES)
def test_a_filter_is_taken_out_and_all_else_stays(query):
    for active in active_filters(query):
        wanted = parts(query)
        named = f"{active.field}:{active.value}"
        wanted.remove(f"Not({named})" if active.denied else named)
        assert sorted(parts(without_filter(query, active) or "x")) == sorted(wanted or ["x"])


@given(QUERIES)
def test_a_filter_takes_the_place_of_those_of_its_field(query):
    filtered = with_filter(query, "kind", "forum")
    assert [one.value for one in active_filters(filtered) if one.field == "kind"] == ["forum"]
    assert with_filter(filtered, "kind", "forum") == filtered


def test_a_filter_binds_all_of_a_query_with_or():
    assert with_filter("taipei OR 台北", "kind", "mou") == "(taipei OR 台北) kind:mou"
    assert with_filter("", "is", "near") == "is:near"


@pytest.mark.parametrize(
    "query", ["taipei OR kind:visit", "(kind:visit OR city:daegu) x", '"kind:visit"', "foo-kind:visit"]
)
def test_what_holds_for_a_part_only_is_no_filter_to_take_out(query):
    assert active_filters(query) == ()


@given(st.text(alphabet='ab 台"”』»(（*:-', min_size=1, max_size=9).filter(str.strip))
def test_every_value_can_be_written_and_is_read_again(value):
    read = parse_query(write_filter("city", value))
    assert isinstance(read, Filter)
    assert read.value == value.strip()


def test_a_mistake_in_a_query_is_told():
    with pytest.raises(QueryError):
        active_filters("(taipei")
