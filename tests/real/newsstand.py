"""A site on loopback that serves documents byte for byte, as a careless server does: no charset, an ETag."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote

from real.documents import Document


class Newsstand:
    """The documents under their addresses; `reprinted` ones have a blank line more at their end."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.reprinted = False
        self.address = ""
        self.bodies = {f"/{number}/{quote(one.name)}": one.path.read_bytes() for number, one in enumerate(documents)}
        self.names = dict(zip(self.bodies, (one.name for one in documents), strict=True))

    def print_page(self, path: str) -> bytes | None:
        body = self.bodies.get(path)
        if body is None or not self.reprinted or b"\0" in body:  # a byte more would shift UTF-16
            return body
        return body + b"\n"


@contextmanager
def open_newsstand(documents: Sequence[Document]) -> Iterator[Newsstand]:
    stand = Newsstand(documents)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            page = stand.print_page(self.path)
            etag = f'"{sha256(page or b"").hexdigest()[:16]}"'
            if page is None:
                self.answer(404, b"", etag)
            elif self.headers["If-None-Match"] == etag:
                self.answer(304, b"", etag)
            else:
                self.answer(200, page, etag)

        def answer(self, status: int, body: bytes, etag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if body.startswith(b"{") else "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    stand.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stand
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
