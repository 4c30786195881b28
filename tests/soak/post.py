"""The mail server of the soak: it speaks just enough SMTP, in whatever mood the plan has, and keeps what it takes."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from hashlib import sha256
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from soak.clocks import Clocks
from soak.plan import Plan

PATIENCE = 3.0
"""Real seconds that a silence lasts: longer than the worker waits."""
_OWN_LINK = re.compile(r"^ +(https://paper-\d+\.example/n/\d+)\r?$", re.MULTILINE)
"""The address of an item that the mail tells; that of an earlier one, to which it points, stands in <>."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that was taken. `at` is real time; `confirmed`: the sender was told so."""

    message_id: str
    recipient: str
    at: float
    confirmed: bool
    fingerprint: str
    links: frozenset[str]


def read_mail(data: bytes, recipient: str, at: float, *, confirmed: bool) -> Mail:
    message = message_from_bytes(data, policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return Mail(
        message_id=str(message["Message-ID"]),
        recipient=recipient,
        at=at,
        confirmed=confirmed,
        fingerprint=sha256(data).hexdigest(),
        links=frozenset(_OWN_LINK.findall(body.get_content())),
    )


class Post:
    """What the server knows: its mood, and the mails."""

    def __init__(self, plan: Plan, clocks: Clocks) -> None:
        self.plan, self.clocks = plan, clocks
        self.mails: list[Mail] = []
        self.dropped: set[str] = set()
        self.port = 0
        self.on_taken: Callable[[], None] = lambda: None

    @property
    def mood(self) -> str:
        return self.plan.mail_mood(self.clocks.world())

    def drops(self, data: bytes) -> bool:
        """Say whether this mail is lost at the dot; no mail is so unlucky twice."""
        fingerprint = sha256(data).hexdigest()
        first = self.mood == "drop" and fingerprint not in self.dropped
        self.dropped.add(fingerprint)
        return first

    def keep(self, data: bytes, recipient: str, *, confirmed: bool) -> None:
        self.mails.append(read_mail(data, recipient, time.monotonic(), confirmed=confirmed))


class Handler(StreamRequestHandler):
    post: Post
    recipient = ""

    def handle(self) -> None:
        with suppress(OSError):
            self.converse()

    def converse(self) -> None:
        """Greet and answer line by line, until one side hangs up."""
        mood = self.post.mood
        if mood == "refuse":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, no goodbye
            return
        if mood == "hang":
            time.sleep(PATIENCE)
            return
        self.say("421 too busy" if mood == "greet421" else "220 soak ready")
        while mood != "greet421" and (line := self.rfile.readline()):
            if not self.obey(line.decode("ascii", "replace").strip()):
                return

    def obey(self, line: str) -> bool:
        """Answer a command; return whether to go on."""
        verb = line[:4].upper()
        if verb == "RCPT":
            self.recipient = line.partition("<")[2].partition(">")[0]
            self.say("450 come back later" if self.post.mood == "rcpt450" else "250 fine")
        elif verb == "DATA":
            return self.take_data()
        else:
            self.say("221 bye" if verb == "QUIT" else "250 fine")
        return verb != "QUIT"

    def take_data(self) -> bool:
        """Take a mail, and say so unless the mood is otherwise."""
        if self.post.mood == "data452":
            self.say("452 no room just now")
            return True
        self.say("354 go on")
        data = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            data += line
        if self.post.drops(data):
            return False
        if self.post.mood == "mute":
            self.post.keep(data, self.recipient, confirmed=False)
            time.sleep(PATIENCE)
            return False
        self.post.keep(data, self.recipient, confirmed=True)
        self.say("250 taken")
        self.post.on_taken()
        return True

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


@contextmanager
def open_post(post: Post) -> Iterator[None]:
    """Listen on a free port of loopback."""
    server = Server(("127.0.0.1", 0), type("PostHandler", (Handler,), {"post": post}))
    post.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
