"""The language of searching: words, "phrases", OR, NOT or -, parentheses, and fields such as pair:daegu~taipei.

A query becomes a tree that says what was written and where; what its names and dates mean is found out by `searching`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from watcher.errors import QueryError

FIELDS = ("pair", "city", "kind", "topic", "field", "feed", "lang", "is", "before", "after", "on")
LONGEST = 500
"""Characters of a query: PostgreSQL finds no word of more than 2,046 bytes."""
MOST_TERMS = 50
DEEPEST = 20
"""Parentheses inside one another."""

CLOSING = {'"': '"', "“": "”", "”": "”", "„": "“”", "「": "」", "『": "』", "«": "»", "＂": "＂"}
"""What opens a phrase, and what may close it."""
OPEN, CLOSE, MINUS, COLON, STAR = "(（", ")）", "-－−", ":：", "*＊"
JOINS = {"OR": "or", "|": "or", "｜": "or", "NOT": "not", "AND": "and"}

_NAME = re.compile(r"([A-Za-z]+)[:：]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Hold words as they were written, at `start` to `end` of the query.

    `exact`: they stood in quotes. `begins`: a star stood behind them, so the last one may go on.
    """

    text: str
    start: int
    end: int
    exact: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Hold a field and its value; `start` to `end` is the place of the value."""

    field: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Hold what must all be so; empty: everything is."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Hold of what one thing must be so."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Hold what must not be so."""

    part: "Node"


Node = Words | Filter | And | Or | Not


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Hold one piece of a query: a term, or what joins terms: `(`, `)`, or, and, not."""

    sort: str
    start: int
    end: int
    term: Words | Filter | None = None


def parse_query(text: str) -> Node:
    """Read a query; an empty one asks for everything. What cannot be read is a `QueryError` that shows the place."""
    if len(text) > LONGEST:
        raise QueryError(f"a query has {LONGEST} characters at the most; leave some out", text, LONGEST, len(text))
    pieces = list(_cut(text))
    terms = [piece for piece in pieces if piece.term]
    if len(terms) > MOST_TERMS:
        last = terms[MOST_TERMS]
        raise QueryError(f"a query has {MOST_TERMS} terms at the most; leave some out", text, last.start, last.end)
    return _Parser(text, pieces).parse()


class _Parser:
    """Put pieces together, by recursive descent: OR binds least, then standing side by side, then NOT."""

    def __init__(self, text: str, pieces: list[_Piece]) -> None:
        self._text = text
        self._pieces = pieces
        self._at = 0
        self._depth = 0

    def parse(self) -> Node:
        if not self._pieces and self._text.strip():
            raise QueryError("nothing to look for is in it; write a word", self._text, 0, len(self._text))
        if not self._pieces:
            return And()
        node = self._either()
        if (piece := self._next()) is not None:
            raise self._complain("no parenthesis is open here; take this one out", piece)
        return node

    def _either(self) -> Node:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Or(parts=tuple(parts))

    def _both(self) -> Node:
        parts = [self._single()]
        while (piece := self._next()) is not None and piece.sort not in ("or", ")"):
            self._take("and")
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else And(parts=tuple(parts))

    def _single(self) -> Node:
        turns = 0
        while self._take("not"):
            turns += 1
        node = self._group() if self._take("(") else self._term()
        return Not(part=node) if turns % 2 else node

    def _group(self) -> Node:
        opened = self._pieces[self._at - 1]
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._complain(f"more than {DEEPEST} parentheses stand inside one another; take some out", opened)
        node = self._either()
        if not self._take(")"):
            raise self._complain("this parenthesis is never closed; write ) behind what belongs to it", opened)
        self._depth -= 1
        return node

    def _term(self) -> Node:
        piece = self._next()
        if piece is not None and piece.term is not None:
            self._at += 1
            return piece.term
        raise self._complain("a word is missing here; write one, or put this into quotes", piece or self._pieces[-1])

    def _next(self) -> _Piece | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _take(self, sort: str) -> bool:
        piece = self._next()
        found = piece is not None and piece.sort == sort
        self._at += found
        return found

    def _complain(self, what: str, piece: _Piece) -> QueryError:
        return QueryError(what, self._text, piece.start, piece.end)


def _cut(text: str) -> Iterator[_Piece]:
    """Cut a query into its pieces."""
    at = 0
    while at < len(text):
        sign = text[at]
        if sign.isspace():
            at += 1
        elif sign in OPEN or sign in CLOSE:
            yield _Piece(sort="(" if sign in OPEN else ")", start=at, end=at + 1)
            at += 1
        elif sign in MINUS and text[at + 1 : at + 2].strip():
            yield _Piece(sort="not", start=at, end=at + 1)
            at += 1
        else:
            piece = _read_term(text, at)
            if piece.term is None or isinstance(piece.term, Filter) or _says_something(piece.term):
                yield piece
            at = piece.end


def _read_term(text: str, at: int) -> _Piece:
    """Read what begins here: a phrase, a field with its value, a joining word, or a word."""
    if text[at] in CLOSING:
        return _term(_read_phrase(text, at), at)
    named = _NAME.match(text, at)
    if named and _is_field(text, named):
        return _read_filter(text, named)
    end = _end_of_word(text, at)
    word = text[at:end]
    if word in JOINS:
        return _Piece(sort=JOINS[word], start=at, end=end)
    return _term(Words(text=word.rstrip(STAR), start=at, end=end, begins=word[-1] in STAR), at)


def _term(term: Words, at: int) -> _Piece:
    return _Piece(sort="term", start=at, end=term.end, term=term)


def _read_phrase(text: str, at: int) -> Words:
    closing = CLOSING[text[at]]
    end = next((place for place in range(at + 1, len(text)) if text[place] in closing), None)
    if end is None:
        raise QueryError('this quote is never closed; write another " behind the phrase', text, at, at + 1)
    begins = text[end + 1 : end + 2] in tuple(STAR)
    return Words(text=text[at + 1 : end], start=at, end=end + 1 + begins, exact=True, begins=begins)


def _read_filter(text: str, named: re.Match[str]) -> _Piece:
    at, field = named.end(), named[1].lower()
    if text[at : at + 1] in tuple(CLOSING):
        phrase = _read_phrase(text, at)
        value, end = phrase.text.strip(), phrase.end
    else:
        end = _end_of_word(text, at)
        value = text[at:end]
    if not value:
        raise QueryError(f"{field}: wants a value; write it right behind the colon", text, named.start(), named.end())
    return _Piece(sort="term", start=named.start(), end=end, term=Filter(field=field, value=value, start=at, end=end))


def _is_field(text: str, named: re.Match[str]) -> bool:
    """Tell a field from a word before a colon, as headlines and addresses have them; refuse a field that is none."""
    if named[1].lower() in FIELDS:
        return True
    follows = text[named.end() : named.end() + 2]
    if not follows.strip() or follows[0].isspace() or follows == "//":
        return False
    near = suggest(named[1].lower(), FIELDS)
    cure = near or f"the fields are {', '.join(FIELDS)}; a word with a colon goes into quotes"
    raise QueryError(f"there is no field '{named[1]}'; {cure}", text, named.start(1), named.end(1))


def suggest(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return a question that names what was probably meant; empty when nothing is like it."""
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else ""


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and not (text[at].isspace() or text[at] in OPEN + CLOSE or text[at] in CLOSING):
        at += 1
    return at


def _says_something(words: Words) -> bool:
    """Tell whether there is a letter or digit: a dash or & between words asks for nothing."""
    return any(sign.isalnum() for sign in words.text)
