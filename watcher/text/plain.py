"""HTML, or what feeds take for it, as one readable plain text; every pattern here runs in linear time."""

import html
import re

_ALIEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters, but for those that end a line
    "\u00ad\u200b\u2060-\u2064\ufeff"  # invisible: they would hide a phrase from the judge
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks: they show another order than the text has
    "\ud800-\udfff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
    "]+"
)
_HUGE_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|<[?!][^<>]*>"
    r"|<(script|style|template|iframe|noembed|noframes)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"""</?([a-zA-Z][\w:.-]*)([\s/](?:=\s*"[^"]*"|=\s*'[^']*'|[^<>])*+)?(>|\Z)""")
_TO_NEXT_END = re.compile("[^>]+")
_BEGINNING = re.compile("<(?=[a-zA-Z/])")
_BREAK = "\x00"
MOST_NESTED = 5
"""So often tags are dropped that only their neighbours' going has made: nobody writes them by accident."""
_BLOCK_NAMES = """
    address article aside blockquote body br center dd details dialog dir div dl dt fieldset figcaption figure footer
    form frame frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre section
    select summary table tbody tfoot thead title tr ul
"""
_BLANK_NAMES = "audio button canvas img input td textarea th video"
_INLINE_NAMES = """
    a abbr acronym applet area b base basefont bdi bdo big blink caption cite code col colgroup data datalist defs del
    desc dfn em embed font g head i iframe image ins kbd keygen label link map mark marquee math meta meter mfrac mi mn
    mo mrow msub msup mtext nobr noembed noframes noscript object output param path picture progress q rb rp rt rtc ruby
    s samp script slot small source spacer span strike strong style sub sup svg symbol template text time track tspan tt
    u var wbr xmp
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_BLANKS = frozenset(_BLANK_NAMES.split())
_INLINE = frozenset(_INLINE_NAMES.split())
_BARE = frozenset({"b", "br", "em", "i", "p", "strong", "u"})


def plain_text(markup: str) -> str:
    """Turn HTML, or text, into plain text: a line for each block, no empty lines, entities resolved once.

    Scripts and styles go with all that is in them. `3 < 5` and `List<String>` stay: a tag is what HTML knows, what
    closes, or what has attributes. Control, bidi and invisible characters and lone surrogates go. Nor is a tag left
    that could do anything, written inside another or with entities: of these only a bare `<b>` stays, as text.
    """
    text = _ALIEN.sub("", markup)
    if "<" in text:
        text = _drop_tags(text)
    if "&" in text:
        text = _ALIEN.sub("", html.unescape(_HUGE_REFERENCE.sub("", text)))
    return _fold_lines(_drop_nested(text) if "<" in text else text)


def clean_lines(text: str) -> str:
    """Return text with whitespace folded inside its lines, and without empty lines and alien characters."""
    return _fold_lines(_ALIEN.sub("", text))


def one_line(text: str, limit: int | None = None) -> str:
    """Return plain text on one line, cut to `limit` characters with an ellipsis, at a blank where one is near."""
    line = " ".join(_ALIEN.sub("", text).split())
    if limit is None or len(line) <= limit:
        return line
    blank = line.rfind(" ", 0, limit)
    cut = blank if blank > limit * 3 // 4 else limit - 1
    return line[: max(cut, 0)].rstrip() + "…"


def _drop_tags(markup: str) -> str:
    """Drop what is hidden and every tag; blanks between tags are HTML's own, so its line ends mean nothing."""
    shown = _HIDDEN.sub(" ", markup)
    text = _TAG.sub(_replace_tag, shown)
    if text == shown:
        return shown
    return text.replace("\n", " ").replace("\r", " ").replace(_BREAK, "\n")


def _drop_nested(text: str) -> str:
    """Drop tags until none is left that could do anything; where that has no end, their beginnings."""
    for _ in range(MOST_NESTED):
        shown = _TAG.sub(_keep_bare, text).replace(_BREAK, "\n")
        if shown == text:
            return _TO_NEXT_END.sub(_close_odd, text)
        text = shown
    return text.replace("<", " ")


def _close_odd(part: re.Match[str]) -> str:
    """Drop the beginnings of what has an odd name but would be a tag with attributes for a browser: `<im< src=x>`."""
    return _BEGINNING.sub(" ", part[0]) if "=" in part[0] else part[0]


def _keep_bare(tag: re.Match[str]) -> str:
    return tag[0] if tag[1].lower() in _BARE and not tag[2] else _replace_tag(tag)


def _fold_lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _replace_tag(tag: re.Match[str]) -> str:
    name, attributes, end = tag[1].lower(), tag[2], tag[3]
    if not end and not attributes:
        return tag[0]
    if name in _BLOCKS:
        return _BREAK
    if name in _BLANKS:
        return " "
    closing = tag[0].startswith("</") and end
    return "" if attributes or closing or name in _INLINE or ":" in name or "-" in name else tag[0]
