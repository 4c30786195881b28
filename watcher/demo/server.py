"""Serve documents on loopback as feeds' servers do: some say 304, some have moved, some are slow."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

DRIPS = 8
"""A document is sent in so many pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Hold what stands at one path, and how it is sent. Its encoding is for the document itself to say.

    `last_modified` is an HTTP date: with it the page has an ETag too, and who knows it is answered 304.
    `moved_to` is another path, for a page that answers 301. `drip_seconds`: so long the sending takes.
    """

    body: bytes = b""
    last_modified: str = ""
    moved_to: str = ""
    drip_seconds: float = 0.0

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of its answer."""
        validators = {"ETag": self.etag, "Last-Modified": self.last_modified} if self.last_modified else {}
        location = {"Location": self.moved_to} if self.moved_to else {}
        return {"Content-Type": "application/xml", **validators, **location}

    @property
    def etag(self) -> str:
        """Return what its bytes are known by."""
        return f'"{sha256(self.body).hexdigest()[:16]}"'


@contextmanager
def serve(pages: Mapping[str, Page]) -> Iterator[str]:
    """Serve each page under its path and yield the server's address, such as `http://127.0.0.1:4711`.

    `pages` is looked at anew for every request: what the caller changes in it is served from then on.
    """
    server = _Server(pages)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def __init__(self, pages: Mapping[str, Page]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:  # the name that http.server calls
        page = self.server.pages.get(self.path)
        if page is None:
            self.answer(404, Page())
        elif page.last_modified and self.headers.get("If-None-Match") == page.etag:
            self.answer(304, page)
        else:
            self.answer(301 if page.moved_to else 200, page, page.body)

    def answer(self, status: int, page: Page, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        size = len(body) // DRIPS + 1
        for start in range(0, len(body), size):
            time.sleep(page.drip_seconds / DRIPS)
            self.wfile.write(body[start : start + size])

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the demo tells its own story."""
