"""The site of the benchmark, in a process of its own so that its work is not counted.

    python -m benchmarks.site FEEDS ENTRIES     prints its address, serves until its input ends

`/feed/7` is a feed; `/phase/NAME` turns the site to a phase and tells what there is to find.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread

from newsroom import LANGUAGES, Article, invent_summary, invent_title, render

PHASES = ("cold", "unchanged", "same bytes", "one new")
DOCUMENT_BYTES = 67_000
PLANTED_EVERY = 20
"""One entry in so many is relevant, and the new entry of every so-manieth feed."""


class Papers:
    """All documents, before and after the new entry, rendered once."""

    def __init__(self, feeds: int, entries: int) -> None:
        self.phase = PHASES[0]
        self.planted: dict[str, list[str]] = {"old": [], "new": []}
        now = datetime.now(UTC)
        made = [self._make_paper(number, entries, now) for number in range(feeds)]
        self.old, self.new = [old for old, _ in made], [new for _, new in made]

    def _make_paper(self, feed: int, entries: int, now: datetime) -> tuple[bytes, bytes]:
        random, language = Random(feed), LANGUAGES[feed % len(LANGUAGES)]
        articles = []
        for number in range(entries + 1):
            is_new = number == entries
            relevant = feed % PLANTED_EVERY == 0 if is_new else number % PLANTED_EVERY == 3
            url = f"https://paper{feed}.example/news/{number}"
            if relevant:
                self.planted["new" if is_new else "old"].append(url)
            articles.append(
                Article(
                    id=url,
                    url=url,
                    title=invent_title(random, language, number, relevant=relevant),
                    summary=invent_summary(language, DOCUMENT_BYTES // entries - 340),
                    published_at=now - timedelta(hours=entries - number),
                )
            )
        newest_first = articles[::-1]
        form = ("rss", "rss", "atom", "rdf")[feed % 4]
        return tuple(
            render(form, f"Paper {feed}", language, shown).encode() for shown in (newest_first[1:], newest_first[:-1])
        )  # type: ignore[return-value]  # two of them

    def document(self, number: int) -> bytes:
        return (self.new if self.phase == "one new" else self.old)[number]

    def to_find(self) -> list[str]:
        """Return the addresses of what is planted and can be found by now."""
        return self.planted["old"] + (self.planted["new"] if self.phase == "one new" else [])


def make_handler(papers: Papers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            _, kind, name = self.path.split("/", 2)
            if kind == "phase":
                papers.phase = name.replace("%20", " ")
                self.answer(json.dumps(papers.to_find()).encode())
                return
            body = papers.document(int(name))
            etag = "" if papers.phase == "same bytes" else f'"{sha256(body).hexdigest()[:16]}"'
            unchanged = bool(etag) and self.headers["If-None-Match"] == etag
            self.answer(b"" if unchanged else body, 304 if unchanged else 200, etag)

        def answer(self, body: bytes, status: int = 200, etag: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def main() -> None:
    papers = Papers(int(sys.argv[1]), int(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(papers))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
