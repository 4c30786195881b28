"""The site that serves all papers on loopback, in whatever mood the plan has for each."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from soak.book import Sight
from soak.clocks import START, Clocks, moment
from soak.plan import Plan
from soak.world import Paper

PATIENCE = 3.0
"""Real seconds that a hanging answer lasts: longer than the worker waits."""
REFUSALS = ("500", "403", "404", "429")
HTML = b"<!doctype html><html><head><title>Closed</title></head><body><p>We are moving house.</p></body></html>"


class Site:
    """What was asked, and for each article all the times when a document that shows it was sent."""

    def __init__(self, papers: list[Paper], plan: Plan, clocks: Clocks) -> None:
        self.papers = {paper.id: paper for paper in papers}
        self.plan, self.clocks = plan, clocks
        self.answers: Counter[str] = Counter()
        self.served: dict[str, list[Sight]] = {}
        self.on_news: Callable[[], None] = lambda: None
        self.address = ""
        self._sent: dict[tuple[str, int], Sight] = {}
        self._lock = Lock()

    def count(self, answer: str) -> None:
        with self._lock:
            self.answers[answer] += 1

    def hear(self, paper: Paper, revision: int) -> None:
        """A validator came back: what was sent with it is recorded by now."""
        with self._lock:
            sight = self._sent.pop((paper.id, revision), None)
        if sight:
            sight.note_record(self.clocks.world(), self.clocks.wrong)

    def note(self, paper: Paper, at: float, *, whole: bool = True) -> None:
        """Remember that a document was sent, whole or half."""
        sight = Sight(at, at + self.clocks.wrong, time.monotonic(), whole)
        with self._lock:
            before = len(self.served)
            for entry in paper.shown(at):
                self.served.setdefault(entry.url, []).append(sight)
            is_news = len(self.served) > before
            if whole and paper.validators != "none":
                self._sent[paper.id, paper.revision(at)] = sight
        if is_news:
            self.on_news()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    site: Site

    def do_GET(self) -> None:
        site, at = self.site, self.site.clocks.world()
        _, kind, name = self.path.split("/")
        paper = site.papers[name]
        mood = site.plan.feed_mood(name, at)
        if not mood and kind == "feed" and at >= site.plan.moved_at.get(name, float("inf")):
            self.answer("moved", 301, Location=f"/new/{name}")
        elif mood in REFUSALS:
            self.answer(mood, int(mood), **({"Retry-After": "7200"} if mood == "429" else {}))
        elif mood in ("html", "empty"):
            self.answer(mood, body=HTML if mood == "html" else b"", kind="text/html")
        elif mood in ("hang", "drip"):
            self.dawdle(mood)
        elif mood in ("cut", "short"):
            self.damage(mood, paper.document(at))
            self.site.note(paper, at, whole=False)
        else:
            self.serve(paper, at)

    def serve(self, paper: Paper, at: float) -> None:
        """Serve the document, or say that it is the same."""
        revision = paper.revision(at)
        etag = f'"{paper.id}-{revision}"' if paper.validators in ("both", "etag") else ""
        changed = moment(paper.changes[revision - 1]) if paper.validators in ("both", "date") else None
        validators = {"ETag": etag} if etag else {}
        if changed:
            validators["Last-Modified"] = format_datetime(changed, usegmt=True)
        asked, since = self.headers["If-None-Match"], self.headers["If-Modified-Since"]
        if known := recorded_revision(paper, asked, since):
            self.site.hear(paper, known)
        same = asked == etag if asked and etag else bool(since and changed and changed <= parsedate_to_datetime(since))
        if same:
            self.answer("304", 304, **validators)
            return
        self.answer("200", body=paper.document(at), **validators)
        self.wfile.flush()
        self.site.note(paper, at)

    def damage(self, mood: str, document: bytes) -> None:
        """Send half: as if it were all (short), or breaking off (cut)."""
        half = document[: len(document) // 2]
        self.answer(mood, body=half, length=len(document) if mood == "cut" else len(half))
        self.close_connection = True

    def dawdle(self, mood: str) -> None:
        """Send nothing, or a few bytes now and then, for longer than anybody waits."""
        self.site.count(mood)
        self.close_connection = True
        if mood == "drip":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if mood == "drip":
                self.wfile.write(b" ")
                self.wfile.flush()
            time.sleep(0.2)

    def answer(
        self, name: str, status: int = 200, body: bytes = b"", length: int | None = None, kind: str = "application/xml",
        **headers: str,
    ) -> None:  # fmt: skip
        self.site.count(name)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def recorded_revision(paper: Paper, asked: str | None, since: str | None) -> int:
    """Return which revision the validators of a request come from; 0 when it has none."""
    if asked:
        return int(asked.strip('"').rpartition("-")[2])
    return paper.revision((parsedate_to_datetime(since) - START).total_seconds()) if since else 0


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A worker that is killed hangs up in the middle: that is what it is killed for."""


@contextmanager
def open_site(site: Site) -> Iterator[None]:
    """Serve on a free port of loopback."""
    server = Server(("127.0.0.1", 0), type("SiteHandler", (Handler,), {"site": site}))
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
