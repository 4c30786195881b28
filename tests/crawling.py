"""Every page that can be reached by links from the first one, each shape of address once."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from lxml.html import HtmlElement, document_fromstring


def crawl(address: str, *beside: str) -> dict[str, httpx.Response]:
    """Return the answer of a page of every shape, by path and query; `beside` are asked for too.

    What is no page is not read: a download may be long.
    """
    seen, shapes, waiting = dict[str, httpx.Response](), set[object](), ["/", *beside]
    address = address.rstrip("/")
    with httpx.Client(base_url=address, timeout=600) as client:
        while waiting:
            path = waiting.pop(0)
            if path in seen or ((shape := shape_of(path)) in shapes and path not in beside):
                continue
            shapes.add(shape)
            with client.stream("GET", path) as answer:
                seen[path] = answer
                if is_page(answer):
                    waiting += links_of(document_fromstring(answer.read()), address, path)
    return seen


def is_page(answer: httpx.Response) -> bool:
    """Say whether an answer is shown as a page."""
    return answer.headers.get("content-type", "").startswith("text/html")


def shape_of(path: str) -> object:
    """Return what pages of one kind have in common: /items/7 and /items/8, two pages of a search."""
    parts = urlsplit(path)
    first, *others = parts.path.strip("/").split("/")
    names = [first, *(one if one.isalpha() and len(others) > 1 else "" for one in others)]
    return tuple(names), frozenset(name for name, _ in parse_qsl(parts.query))


def links_of(page: HtmlElement, address: str, path: str) -> Iterator[str]:
    """Yield where the links of a page lead, as far as that is ours."""
    for link in page.xpath("//a/@href | //link/@href"):
        whole = urljoin(address + path, link).partition("#")[0]
        if whole.startswith(f"{address}/"):
            yield whole.removeprefix(address)
