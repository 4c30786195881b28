"""One article in a file: its title, text, date and language, without the furniture of its page."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from watcher.errors import ReadProblem
from watcher.read.dates import LONGEST_DATE, UNREAD, Moment, read_date
from watcher.read.decode import decode_document
from watcher.read.furniture import drop_teaser, is_furniture, is_paragraph, title_mark
from watcher.read.language import clean_language, detect_language
from watcher.read.sniff import is_feed
from watcher.read.source import LONGEST_TEXT
from watcher.text.plain import clean_lines, one_line, plain_text

LARGEST_FILE = 2_000_000
"""Bytes; what is larger is more than one article."""
HEAD_LINES = 12
"""Lines among which a title is looked for."""
PAGE_LINES = 1_000
"""The same for an HTML page, where menus come first."""
HEAD_CHARACTERS = 50_000
"""Characters of an HTML page among which its `<title>` is looked for."""
ANY_YEAR = 2000
"""Every day of a year exists in it, 29 February too."""
ALIENS_ALLOWED = 0.01
"""Share of control and unreadable characters up to which a document counts as text."""

_NO_TEXTS = {b"%PDF": "a PDF", b"{\\rtf": "an RTF document", b"PK\x03\x04": "a ZIP archive or an office document"}
_ALIENS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_PAGE_TITLE = re.compile(r"<title\b[^<>]*>([^<]*)", re.IGNORECASE)
_PAGE_LANGUAGE = re.compile(r"""<html\b[^<>]{0,300}?\blang\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_PIECES = re.compile(r"\s*[|｜]\s*|\s+(?=[^\W\d_]{1,20}[:：])")
_DATELINE = re.compile(r"[(\[（【]?(?:([^\d,]{2,60},\s.{3,30}?)\s?(?:--|\s-\s|[—–])|(.{0,40}?\d日)\s?[电電讯訊])")
"""`BUSAN, March 3 (Agency) --`, and in the East a day before the character for wire."""
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Hold an article as a document tells it. `dates` are its date lines and its dateline, as written."""

    title: str
    text: str
    language: str
    encoding: str
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Hold the lines of a document: its title, what stood above it, and what stands below."""

    title: str
    above: Sequence[str] = ()
    below: Sequence[str] = ()


def read_article(body: bytes, titles: Collection[str] = ()) -> Article:
    """Read an article from plain text or HTML; raise a `ReadProblem` with the cure for what is none.

    The title is the first line that may be one; among the lines above the text one of `titles` (each as its
    `title_mark`) is preferred. Nothing below the title is cut but furniture.
    """
    _refuse_other_kinds(body)
    decoded = decode_document(body)
    markup = decoded.text.lstrip("\ufeff \t\r\n")
    _refuse_aliens(markup)
    parts = _part_page(markup, titles) if _is_markup(markup) else _part_plain(clean_lines(markup).splitlines(), titles)
    text = "\n".join(_drop_furniture(parts))
    if not text:
        raise ReadProblem("there is a title and no text below it; save the whole article")
    if len(text) > LONGEST_TEXT:
        raise ReadProblem(f"the text is longer than {LONGEST_TEXT:,} characters; save the article alone")
    declared = _PAGE_LANGUAGE.search(markup[:HEAD_CHARACTERS])
    return Article(
        title=parts.title,
        text=text,
        language=detect_language(f"{parts.title}\n{text}") or clean_language(declared[1] if declared else ""),
        encoding=decoded.encoding,
        dates=tuple(dict.fromkeys(_list_dates(parts))),
    )


def read_day(dates: Sequence[str], year: int | None = None) -> tuple[str, Moment]:
    """Return the first date that can be read for certain, as written and as a moment.

    `year` is known from elsewhere and belongs to a day that is written without one; without it such a day is
    "unread". No date gives two empty texts.
    """
    for written in dates:
        for said in (written, *(_with_year(written, year) if year else ())):
            moment = read_date(said)
            if moment.at is not None:
                return written, moment
    yearless, _ = ("", None) if year else read_day(dates, ANY_YEAR)
    return yearless, Moment(at=None, how=UNREAD if yearless else "")


def _refuse_other_kinds(body: bytes) -> None:
    if not body.strip():
        raise ReadProblem("the file is empty; save the article into it")
    kind = next((kind for beginning, kind in _NO_TEXTS.items() if body.startswith(beginning)), "")
    if kind:
        raise ReadProblem(f"this is {kind}; save the article as plain text or HTML")


def _refuse_aliens(text: str) -> None:
    if len(_ALIENS.findall(text)) > ALIENS_ALLOWED * len(text):
        raise ReadProblem("this is not a text; save the article as plain text (UTF-8) or HTML")


def _is_markup(text: str) -> bool:
    """Say whether a text is a page; a feed is refused."""
    if not text.startswith("<"):
        return False
    if is_feed(text):
        raise ReadProblem("this is a feed, not an article; write its address in feeds.toml")
    return True


def _part_plain(lines: Sequence[str], titles: Collection[str]) -> _Parts:
    head = _head(lines)
    known = (at for at, line in enumerate(head) if title_mark(line) in titles)
    first = (at for at, line in enumerate(head) if _may_be_title(line))
    at = next(known, next(first, None))
    if at is None:
        raise ReadProblem("no title stands above the text; write it on a line of its own")
    return _Parts(title=lines[at], above=lines[:at], below=lines[at + 1 :])


def _part_page(markup: str, titles: Collection[str]) -> _Parts:
    """Take for the title the longest line that the page's own `<title>` holds: the site's name often stands behind it.

    What stands above is menus, and dates there are mostly that of the day on which the page was saved.
    """
    lines = plain_text(markup).splitlines()
    named = _PAGE_TITLE.search(markup[:HEAD_CHARACTERS])
    page_title = one_line(plain_text(named[1])) if named else ""
    if not page_title or page_title not in lines:
        return _part_plain(lines, titles)
    behind = lines.index(page_title) + 1
    whole = title_mark(page_title)
    marks = {at: title_mark(line) for at, line in enumerate(lines[behind : behind + PAGE_LINES], start=behind)}
    held = [at for at, mark in marks.items() if mark in whole and 2 * len(mark) >= len(whole)]
    at = max(held, key=lambda one: len(marks[one]), default=behind - 1)
    return _Parts(title=lines[at], below=lines[at + 1 :])


def _head(lines: Sequence[str]) -> list[str]:
    """Return the lines above the first paragraph."""
    return list(takewhile(lambda line: not is_paragraph(line), lines[:HEAD_LINES]))


def _may_be_title(line: str) -> bool:
    return bool(title_mark(line)) and not is_furniture(line) and read_date(line).at is None


def _drop_furniture(parts: _Parts) -> Sequence[str]:
    """Return the lines of the text: no furniture between title and text, no second title, no teaser below."""
    head = _head(parts.below)
    mark = title_mark(parts.title)
    kept = [line for line in head if not is_furniture(line) and title_mark(line) != mark]
    return drop_teaser([*kept, *parts.below[len(head) :]])


def _list_dates(parts: _Parts) -> Iterator[str]:
    """Yield what may be the day of the article: lines between title and text, its dateline, lines above the title.

    A date inside a sentence is that of an event, and none of these.
    """
    head = _head(parts.below)
    yield from _date_pieces(head)
    for line in parts.below[len(head) : len(head) + 1]:
        if dateline := _DATELINE.match(line):
            yield from _date_pieces([dateline[1] or dateline[2]])
    yield from _date_pieces(parts.above)


def _date_pieces(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from (piece for piece in _PIECES.split(line) if len(piece) <= LONGEST_DATE and _DIGIT.search(piece))


def _with_year(written: str, year: int) -> tuple[str, str]:
    """Write a day with a year, as the West and as the East does."""
    first_digit = _DIGIT.search(written)
    assert first_digit
    return f"{written} {year}", f"{year}年{written[first_digit.start() :]}"
