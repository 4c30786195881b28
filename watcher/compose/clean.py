"""Make hostile text fit to stand in one line, and hostile addresses fit to be linked."""

import re
from urllib.parse import quote, urlsplit

NO_TITLE = "(no title)"
LINK_LIMIT = 2_000  # characters; servers and mail programs cut longer addresses

# C0 and C1 controls, marks that turn the direction of the rest of a line, byte order marks and non-characters.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]")
# The ideographic space U+3000 is no break: Japanese titles are written with it.
_BREAKS = re.compile("[\t-\r\x1c-\x1f \x85\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_URL_SAFE = "%/:=&?~#+!$,;@*[]"


def clean_line(text: str) -> str:
    """Return the text as one line: breaks and runs of blanks become one blank, unseen characters go."""
    return clean_part(text).strip(" ")


def clean_part(text: str) -> str:
    """Clean a part of a line; unlike `clean_line`, keep the blank at either end."""
    return _BREAKS.sub(" ", clean_body(text))


def clean_body(text: str) -> str:
    """Remove what no mail can carry; line breaks stay."""
    return text if text.isprintable() else _SURROGATES.sub("\ufffd", _UNSEEN.sub("", text))


def clean_title(title: str, limit: int) -> str:
    """Return a title as one line of at most `limit` characters that says so when it is cut or missing."""
    return cut_line(clean_line(title), limit) or NO_TITLE


def cut_line(text: str, limit: int) -> str:
    """Cut a line to `limit` characters, the last of which is then an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean_language(language: str) -> str:
    """Return a language tag that may stand in a `lang` attribute; empty means unknown (HTML 3.2.6.2)."""
    return language if _LANGUAGE.fullmatch(language) else ""


def clean_link(url: str) -> str:
    """Return the address as ASCII when it is http or https and not too long, else nothing."""
    link = quote(clean_line(url), safe=_URL_SAFE, errors="replace")
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    return link if is_web and len(link) <= LINK_LIMIT else ""


def mail_link(address: str, subject: str) -> str:
    """Return a mailto address that proposes a subject (RFC 6068)."""
    return f"mailto:{quote(address, safe='@+', errors='replace')}?subject={quote(subject, errors='replace')}"
