"""Links: which ones may be kept, and which two addresses are the same page. Nothing here raises."""

import re
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

LONGEST_LINK = 8_192
"""Characters: longer links are dropped."""
LONGEST_CANONICAL = 2_000
"""Characters: PostgreSQL refuses to index a value over 2,704 bytes."""

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_UNSAFE_HOST = re.compile(r"[\s\\<>\"'^`{|}%,;()@#?!$&*=+]")
_UNSAFE = re.compile(r'[\s"<>\\^`{|}]')
_SCHEMES = frozenset({"http", "https"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "%/:=&?~+!$,;'@()*[]"
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_TRACKING = re.compile(
    r"utm_\w*|hsa_\w+|pk_\w+|mtm_\w+|at_\w+|ns_(?:campaign|mchannel|source|linkname|fee)|mc_[ce]id|_hs(?:enc|mi)"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|_ga|_gl|ref_(?:src|url)"
    r"|spm|cmpid|ocid|xtor|smid|ito|__twitter_impression",
    re.IGNORECASE,
)
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_AMP_CACHE = re.compile(r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org")
_AMP_PAGE = re.compile(r"/(?:amp|[acv])/(?P<tls>s/)?(?P<page>[^/]+\.[^/]+(?:/.*)?)")
"""Where a cache of AMP pages, or Google's viewer, names the page: `/c/s/city.example/a`; `s/` stands for https."""
_AMP_HOST = re.compile(r"(?:amp\.)+(?=[^.]+\.)")
_AMP_PATH = re.compile(r"(?<=.)/amp$|\.amp(?=\.html?$)|\.amp$|^/amp(?=/.)", re.IGNORECASE)
_AMP_PIECE = re.compile(r"amp(?:=(?:1|true|amp)?)?|outputtype=amp|mode=amp", re.IGNORECASE)
_ROUTE = re.compile(r"[!/].*|\d+")


def clean_link(raw: str, base: str = "") -> str:
    """Return `raw` as an absolute http or https address, joined to `base`; empty when it is none.

    Control and invisible characters and user names go; blanks and characters that no address has are escaped;
    the rest stays as it is written.
    """
    parts = _split(_join(_strip(raw), _strip(base)))
    if parts is None:
        return ""
    link = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    link = _UNSAFE.sub(lambda unsafe: quote(unsafe[0]), link)
    return link if len(link) <= LONGEST_LINK else ""


def canonical_url(url: str) -> str:
    """Return the one address under which a page is compared; empty when `url` is no link. Idempotent.

    Scheme and host in lower case; default port, trailing slashes (but the first) and tracking parameters dropped;
    escapes in one form; `google.com/url?url=` and caches of AMP pages unwrapped, and an AMP page taken for its plain
    one. A fragment is dropped unless it names the page: a route
    (`#!/news`, `#/news`) or a number (`#000525`, an entry on a page of many).
    """
    parts = _split(clean_link(url))
    while parts is not None and (inner := _wrapped(parts)):
        parts = _split(inner)
    if parts is None:
        return ""
    link = urlunsplit((parts.scheme, _site(parts), _path(parts), _query(parts), _fragment(parts)))
    return link if len(link) <= LONGEST_CANONICAL else ""


def host_of(url: str) -> str:
    """Return the host of an address in lower case, without port or user; empty when there is none."""
    parts = _split(_strip(url))
    return _host(parts) if parts else ""


def share_site(url: str, other: str) -> bool:
    """Tell whether two addresses are of one site: the same host, or one below the other, `www.` aside."""
    one, two = (f".{host_of(address).removeprefix('www.')}" for address in (url, other))
    return one.endswith(two) or two.endswith(one)


def _strip(raw: str) -> str:
    return _UNPRINTABLE.sub("", raw).strip()


def _join(raw: str, base: str) -> str:
    """Join a link to its base. Without one, `//host/path` is taken as https."""
    if not raw:
        return ""
    try:
        return urljoin(base or "https:", raw)
    except ValueError:
        return ""


def _split(link: str) -> SplitResult | None:
    """Split an absolute web address; None when it is none. Browsers and Python differ on hosts with odd
    characters, so these are refused."""
    try:
        parts = urlsplit(link)
        host = parts.netloc.rpartition("@")[2]
        sound = parts.scheme in _SCHEMES and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return None
    return parts if sound and not _UNSAFE_HOST.search(host) else None


def _host(parts: SplitResult) -> str:
    """Return the host as the network knows it; one that has no such name stays as it is written."""
    host = (parts.hostname or "").rstrip(".")
    try:
        known = host if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host
    return host if _UNSAFE_HOST.search(known) else known


def _site(parts: SplitResult) -> str:
    host = _host(parts)
    host = host[found.end() :] if (found := _AMP_HOST.match(host)) else host
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def _path(parts: SplitResult) -> str:
    path = _even_escapes(parts.path).rstrip("/")
    while (plain := _AMP_PATH.sub("", path).rstrip("/")) != path:
        path = plain
    return path or "/"


def _query(parts: SplitResult) -> str:
    pieces = [piece for piece in parts.query.split("&") if piece and not _tracks(piece)]
    return _even_escapes("&".join(pieces))


def _tracks(piece: str) -> bool:
    plain = unquote(piece)
    return bool(_TRACKING.fullmatch(plain.partition("=")[0]) or _AMP_PIECE.fullmatch(plain))


def _fragment(parts: SplitResult) -> str:
    return _even_escapes(parts.fragment) if _ROUTE.fullmatch(parts.fragment) else ""


def _even_escapes(text: str) -> str:
    """Escape what is not ASCII, and write every escape in one form (RFC 3986, section 6.2.2)."""
    return _ESCAPE.sub(_even_escape, quote(_STRAY_PERCENT.sub("%25", text), safe=_SAFE))


def _even_escape(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _wrapped(parts: SplitResult) -> str:
    """Return the address that a Google redirect page or a cache of AMP pages leads to."""
    if _AMP_CACHE.fullmatch(_host(parts)) or (_GOOGLE.fullmatch(_host(parts)) and parts.path.startswith("/amp/")):
        page = _AMP_PAGE.fullmatch(parts.path)
        query = f"?{parts.query}" if parts.query else ""
        return clean_link(f"http{'s' if page['tls'] else ''}://{page['page']}{query}") if page else ""
    if parts.path != "/url" or not _GOOGLE.fullmatch(_host(parts)):
        return ""
    pieces = (piece.partition("=") for piece in parts.query.split("&"))
    inner = {name: unquote(value) for name, _, value in pieces if name in ("url", "q")}
    return clean_link(inner.get("url") or inner.get("q", ""))
