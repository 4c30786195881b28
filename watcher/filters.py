"""The filters of a query: those that stand in it, and the query with one more or one less. Pure."""

import re
from dataclasses import dataclass

from watcher.query import CLOSE, CLOSING, OPEN, And, Filter, Node, Not, Or, parse_query

_DENIAL = re.compile(rf"(?:(?<![^\s{re.escape(OPEN)}－−-])NOT\s*|[-－−])$")
_AND_BEFORE = re.compile(r"(?<!\S)AND$")
_AND_BEHIND = re.compile(r"^AND(?!\S)")
_PLAIN = re.compile(rf"[^\s{re.escape(OPEN + CLOSE + ''.join(CLOSING))}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """Hold a filter that all of a query must meet, or must not where it is `denied`; `start` to `end` is its place."""

    field: str
    value: str
    start: int
    end: int
    denied: bool = False


def active_filters(query: str) -> tuple[Active, ...]:
    """Return the filters that hold for all that a query finds, in its order; raise a `QueryError`."""
    return tuple(_active(part) for part in _parts(parse_query(query)) if _is_filter(part))


def with_filter(query: str, field: str, value: str) -> str:
    """Return a query with a filter, in the place of those of the same field; raise a `QueryError`."""
    for active in reversed(active_filters(query)):
        if active.field == field:
            query = without_filter(query, active)
    written = write_filter(field, value)
    filtered = f"{query.strip()} {written}".strip()
    return f"({query.strip()}) {written}" if isinstance(parse_query(filtered), Or) else filtered


def without_filter(query: str, active: Active) -> str:
    """Return a query without one of its filters, and without what joined it to the rest."""
    before, behind = query[: active.start].rstrip(), query[active.end :].lstrip()
    while (fewer := _drop_join(before, behind)) != (before, behind):
        before, behind = fewer
    return f"{before} {behind}".strip()


def write_filter(field: str, value: str) -> str:
    """Write a field with its value, in quotes where it needs some; a value that no quotes can hold loses its own."""
    if _PLAIN.fullmatch(value):
        return f"{field}:{value}"
    for opening, closing in CLOSING.items():
        if not set(closing) & set(value):
            return f"{field}:{opening}{value}{closing[0]}"
    return f'{field}:"{value.replace(chr(34), " ")}"'


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, And) else (node,)


def _is_filter(node: Node) -> bool:
    return isinstance(node.part if isinstance(node, Not) else node, Filter)


def _active(node: Node) -> Active:
    found = node.part if isinstance(node, Not) else node
    assert isinstance(found, Filter)
    start = found.start - len(found.field) - 1
    return Active(field=found.field, value=found.value, start=start, end=found.end, denied=isinstance(node, Not))


def _drop_join(before: str, behind: str) -> tuple[str, str]:
    """Drop one thing that means nothing any more: what denied the filter, empty parentheses, an AND."""
    if denial := _DENIAL.search(before):
        return before[: denial.start()].rstrip(), behind
    if before[-1:] in tuple(OPEN) and behind[:1] in tuple(CLOSE):
        return before[:-1].rstrip(), behind[1:].lstrip()
    if joined := _AND_BEFORE.search(before):
        return before[: joined.start()].rstrip(), behind
    if joined := _AND_BEHIND.search(behind):
        return before, behind[joined.end() :].lstrip()
    return before, behind
