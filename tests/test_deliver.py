"""Every end a delivery can have, from real servers on loopback, and what stands in the folder without one."""

import asyncio
import os
import ssl
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from watcher.compose import build_message, message_id
from watcher.deliver import ChannelProblem, FileChannel, SmtpChannel, open_channels
from watcher.deliver.dialogue import stuff_dots
from watcher.deliver.file import write_whole
from watcher.editions import Digest, Mail
from watcher.errors import DeliveryProblem
from watcher.settings.watcher import DigestSettings, SmtpSettings, WatcherSettings

PATIENCE = 0.4  # seconds for a server that will never answer; settings allow whole ones only
PASSWORD = "correct-horse-7"
SENDER = "watch@city-desk.example"
READER = "mei-ling@harbour.example"


def mail(recipient: str = READER, text: str = "雙城論壇\n", **changes: object) -> Mail:
    values: dict[str, object] = {
        "digest": Digest(subject="雙城論壇", text=text, html="<p>雙城論壇</p>\n"),
        "sender": SENDER,
        "recipient": recipient,
        "message_id": message_id("daily", "2026-05-14", recipient, SENDER),
        "date": datetime(2026, 5, 13, 23, tzinfo=UTC),
        "day": "2026-05-14",
        "subscription": "daily",
    }
    return Mail(**{**values, **changes})  # type: ignore[arg-type] # a test's own mapping


@dataclass
class Script:
    """A mail server's mind: what it answers in which phase, and what it was given."""

    answers: dict[str, str] = field(default_factory=dict)
    after_dot: Callable[[SMTP], Any] | None = None
    port: int = 0
    connections: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 # aiosmtpd's names, here and below
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" not in self.answers:
            envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, self.answers.get("RCPT", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.after_dot:
            await self.after_dot(server)
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append((envelope.rcpt_tos[0], envelope.content))
        return answer

    def authenticate(self, *arguments: Any) -> AuthResult:
        """Accept one user and one password."""
        given = arguments[-1]
        assert isinstance(given, LoginPassword)
        return AuthResult(success=given == LoginPassword(b"desk", PASSWORD.encode()), handled=False)


async def hang(server: SMTP) -> None:
    await asyncio.Event().wait()


async def drop(server: SMTP) -> None:
    assert server.transport
    server.transport.abort()


@contextmanager
def listening(protocol: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve on a free port of this machine; end every conversation with the test."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0, ssl=tls))
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(hang_up(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def hang_up(server: asyncio.Server) -> None:
    server.close()
    talks = asyncio.all_tasks() - {asyncio.current_task()}
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    await asyncio.sleep(0)


@contextmanager
def mail_server(script: Script, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[Script]:
    def open_talk() -> SMTP:
        script.connections += 1
        return SMTP(script, enable_SMTPUTF8=False, loop=asyncio.get_running_loop(), **options)

    with listening(open_talk, tls) as port:
        script.port = port
        yield script


class Parrot(asyncio.Protocol):
    """A server that says its lines in order, one for each line it hears, whatever that is."""

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = list(lines)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.speak()

    def data_received(self, data: bytes) -> None:
        self.speak()

    def speak(self) -> None:
        """Say the next line; with none left, hang up."""
        if self.lines:
            self.transport.write(self.lines.pop(0))
        else:
            self.transport.close()


@contextmanager
def parrot(*lines: bytes) -> Iterator[int]:
    with listening(lambda: Parrot(list(lines))) as port:
        yield port


def smtp(port: int, **changes: Any) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=port, security="none", sender=SENDER).model_copy(update=changes)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
    return context


def client_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_mail_arrives_with_exactly_the_bytes_that_were_built() -> None:
    text = "first\n.\n.leading dot\n..two\n" + "x" * 2_000 + "\n"
    with mail_server(Script()) as script:
        SmtpChannel(smtp(script.port)).send(mail(text=text))
    assert script.mails == [(READER, build_message(mail(text=text)))]


def test_dots_at_the_beginning_of_a_line_are_doubled() -> None:
    assert stuff_dots(b".\r\na.\r\n..b\r\n") == b"..\r\na.\r\n...b\r\n"


@pytest.mark.parametrize(
    ("answers", "kind", "permanent", "words"),
    [
        ({"RCPT": "450 mailbox busy"}, DeliveryProblem, False, "450 mailbox busy"),
        ({"RCPT": "550 no such user"}, DeliveryProblem, True, "550 no such user"),
        ({"MAIL": "421 closing"}, DeliveryProblem, False, "421 closing"),
        ({"MAIL": "451 try later"}, DeliveryProblem, False, "451 try later"),
        ({"MAIL": "553 who are you"}, ChannelProblem, False, "`sender` under"),
        ({"DATA": "452 disk full"}, DeliveryProblem, False, "452 disk full"),
        ({"DATA": "554 looks like spam"}, DeliveryProblem, True, "554 looks like spam"),
    ],
)
def test_a_refusal_is_put_off_or_final_by_its_phase_and_code(
    answers: dict[str, str], kind: type[DeliveryProblem], permanent: bool, words: str
) -> None:
    with mail_server(Script(answers)) as script, pytest.raises(DeliveryProblem) as caught:
        SmtpChannel(smtp(script.port)).send(mail())
    assert type(caught.value) is kind
    assert caught.value.permanent is permanent
    assert not caught.value.uncertain
    assert words in str(caught.value)
    assert script.mails == []


@pytest.mark.parametrize("end", [hang, drop])
def test_silence_after_the_final_dot_is_uncertain(end: Callable[[SMTP], Any]) -> None:
    with mail_server(Script(after_dot=end)) as script, pytest.raises(DeliveryProblem) as caught:
        SmtpChannel(smtp(script.port, timeout_seconds=PATIENCE)).send(mail())
    assert caught.value.uncertain
    assert not caught.value.permanent
    assert "same Message-ID" in str(caught.value)


EHLO = b"250 hello\r\n"
OK = b"250 OK\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        (b"220 hi\r\n", EHLO),
        (b"220 hi\r\n", EHLO, OK),
        (b"220 hi\r\n", EHLO, OK, OK),
        (b"220 hi\r\n", EHLO, OK, OK, b"no reply at all\r\n"),
    ],
)
def test_a_server_that_leaves_before_the_final_dot_has_nothing_and_is_tried_again(lines: tuple[bytes, ...]) -> None:
    with parrot(*lines) as port, pytest.raises(DeliveryProblem) as caught:
        SmtpChannel(smtp(port)).send(mail())
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
    assert "tried again" in str(caught.value)


def test_an_answer_to_the_final_dot_that_is_no_reply_is_uncertain() -> None:
    lines = (b"220 hi\r\n", EHLO, OK, OK, b"354 go on\r\n", b"what was that?\r\n")
    with parrot(*lines) as port, pytest.raises(DeliveryProblem) as caught:
        SmtpChannel(smtp(port)).send(mail())
    assert caught.value.uncertain


@pytest.mark.parametrize("greeting", [b"421 too busy\r\n", b"554 go away\r\n"])
def test_a_server_that_lets_nobody_in_is_a_problem_of_the_channel(greeting: bytes) -> None:
    with parrot(greeting) as port, pytest.raises(ChannelProblem, match=greeting.decode().strip()):
        SmtpChannel(smtp(port)).send(mail())


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with parrot(b"") as port, pytest.raises(ChannelProblem, match="no answer in time"):
        SmtpChannel(smtp(port, timeout_seconds=PATIENCE)).send(mail())


def test_a_server_that_is_not_there_names_the_settings_to_check() -> None:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ChannelProblem, match=f"127.0.0.1:{port} cannot be reached .*check `host`, `port`"):
        SmtpChannel(smtp(port)).send(mail())


@pytest.mark.parametrize("host", ["no-such-host.invalid", "two..dots", "x" * 70])
def test_an_unknown_server_name_says_what_to_correct(host: str) -> None:
    with pytest.raises(ChannelProblem, match="correct `host`"):
        SmtpChannel(smtp(25, host=host)).send(mail())


def test_without_a_server_the_setting_is_named() -> None:
    with pytest.raises(ChannelProblem, match="`host` under"):
        SmtpChannel(SmtpSettings()).send(mail())


def login(password: str = PASSWORD) -> dict[str, Any]:
    return {"username": "desk", "password": SecretStr(password)}


def test_starttls_and_a_login_are_used_when_the_server_wants_them(authority: trustme.CA) -> None:
    script = Script()
    options = {"authenticator": script.authenticate, "auth_required": True, "require_starttls": True}
    with mail_server(script, tls_context=server_side(authority), **options):
        settings = smtp(script.port, security="starttls", **login())
        SmtpChannel(settings, client_side(authority)).send(mail())
    assert [recipient for recipient, _ in script.mails] == [READER]


def test_tls_from_the_first_byte_works(authority: trustme.CA) -> None:
    with mail_server(Script(), server_side(authority)) as script:
        SmtpChannel(smtp(script.port, security="tls"), client_side(authority)).send(mail())
    assert [recipient for recipient, _ in script.mails] == [READER]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["unknown authority", "other name"])
def test_a_bad_certificate_stops_before_anything_is_sent(authority: trustme.CA, security: str, fault: str) -> None:
    script = Script()
    tls = server_side(authority, "elsewhere.example" if fault == "other name" else "127.0.0.1")
    context = client_side(authority) if fault == "other name" else None
    options = {"authenticator": script.authenticate}
    whole, upgrade = (tls, {}) if security == "tls" else (None, {"tls_context": tls})
    with mail_server(script, whole, **options, **upgrade), pytest.raises(ChannelProblem) as caught:
        SmtpChannel(smtp(script.port, security=security, **login()), context).send(mail())
    assert "certificate" in str(caught.value)
    assert "nothing was sent" in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert script.mails == []


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("wrong-" + PASSWORD, "refused the login (535); correct `username` and `password`"),
        ("pässwörd", "letters outside ASCII"),
        ("密碼", "letters outside ASCII"),
    ],
)
def test_a_refused_login_stops_and_tells_without_the_password(password: str, words: str) -> None:
    script = Script()
    options = {"authenticator": script.authenticate, "auth_require_tls": False}
    with mail_server(script, **options), pytest.raises(ChannelProblem) as caught:
        SmtpChannel(smtp(script.port, **login(password))).send(mail())
    assert not caught.value.permanent
    assert words in str(caught.value)
    assert password not in str(caught.value)
    assert caught.value.__cause__ is None
    assert script.mails == []


def test_a_login_that_cannot_be_checked_now_is_tried_again() -> None:
    lines = (b"220 hi\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n", b"454 database down\r\n")
    with parrot(*lines) as port, pytest.raises(ChannelProblem, match=r"just now \(454\); it will be tried again"):
        SmtpChannel(smtp(port, **login())).send(mail())


def test_a_server_without_login_or_without_starttls_says_which_setting_to_change() -> None:
    with mail_server(Script()) as script:
        with pytest.raises(ChannelProblem, match="leave `username`"):
            SmtpChannel(smtp(script.port, **login())).send(mail())
        with pytest.raises(ChannelProblem, match="offers no STARTTLS; set `security`"):
            SmtpChannel(smtp(script.port, security="starttls")).send(mail())
        with pytest.raises(ChannelProblem, match="does not speak TLS there; set `security`"):
            SmtpChannel(smtp(script.port, security="tls")).send(mail())


def test_five_hundred_mails_go_over_one_connection() -> None:
    recipients = [f"reader-{number}@harbour.example" for number in range(500)]
    with mail_server(Script()) as script, SmtpChannel(smtp(script.port)) as channel:
        for recipient in recipients:
            channel.send(mail(recipient))
    assert script.connections == 1
    assert [recipient for recipient, _ in script.mails] == recipients


def test_one_refused_recipient_does_not_hold_up_the_others() -> None:
    script = Script({"b@harbour.example": "550 no such user"})
    with mail_server(script), SmtpChannel(smtp(script.port)) as channel:
        channel.send(mail("a@harbour.example"))
        with pytest.raises(DeliveryProblem, match=r"b@harbour\.example"):
            channel.send(mail("b@harbour.example"))
        channel.send(mail("c@harbour.example"))
    assert [recipient for recipient, _ in script.mails] == ["a@harbour.example", "c@harbour.example"]
    assert script.connections == 1


def test_after_a_lost_connection_the_next_mail_opens_a_new_one() -> None:
    with mail_server(Script(after_dot=drop)) as script, SmtpChannel(smtp(script.port)) as channel:
        with pytest.raises(DeliveryProblem):
            channel.send(mail())
        script.after_dot = None
        script.mails.clear()
        channel.send(mail())
    assert len(script.mails) == 1
    assert script.connections == 2


def test_an_uncertain_mail_is_sent_again_byte_for_byte() -> None:
    with mail_server(Script(after_dot=drop)) as script:
        channel = SmtpChannel(smtp(script.port))
        with pytest.raises(DeliveryProblem):
            channel.send(mail())
        script.after_dot = None
        channel.send(mail())
    assert len({content for _, content in script.mails}) == 1


def test_a_bad_address_never_reaches_the_server() -> None:
    with mail_server(Script()) as script, pytest.raises(DeliveryProblem, match="plain ASCII"):
        SmtpChannel(smtp(script.port)).send(mail("jörg@harbour.example"))
    assert script.connections == 0


def test_a_file_channel_writes_the_mail_and_its_page_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "digests"
    with FileChannel(folder) as channel:
        channel.send(mail())
    written = sorted(folder.iterdir())
    assert [path.name for path in written] == ["2026-05-14-daily.eml", "2026-05-14-daily.html"]
    assert written[0].read_bytes() == build_message(mail())
    assert written[1].read_text(encoding="utf-8") == "<p>雙城論壇</p>\n"
    assert [stat.S_IMODE(path.stat().st_mode) for path in written] == [0o600, 0o600]


def test_the_same_mail_twice_is_one_file(tmp_path: Path) -> None:
    for _ in range(2):
        FileChannel(tmp_path).send(mail())
    assert len(list(tmp_path.iterdir())) == 2


def test_another_mail_of_the_day_never_overwrites_the_first(tmp_path: Path) -> None:
    other = mail("other@harbour.example")
    changed = replace(mail(), digest=Digest(subject="s", text="later\n", html="<p>later</p>"))
    for one in (mail(), other, changed, other):
        FileChannel(tmp_path).send(one)
    assert (tmp_path / "2026-05-14-daily.eml").read_bytes() == build_message(mail())
    assert {path.read_bytes() for path in tmp_path.glob("*.eml")} == {
        build_message(mail()),
        build_message(other),
        build_message(changed),
    }


def test_a_mail_without_a_day_is_filed_under_its_date(tmp_path: Path) -> None:
    FileChannel(tmp_path).send(mail(day=""))
    assert (tmp_path / "2026-05-13-daily.eml").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "digests").write_text("a file stands where the folder should be", encoding="utf-8")
    with pytest.raises(ChannelProblem, match=r"\[digest\] in watcher.toml"):
        FileChannel(tmp_path / "digests").send(mail())


def test_a_write_that_fails_leaves_no_temporary_file(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"a file cannot take the place of a folder")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_channels_are_found_by_name_and_touch_nothing_before_the_first_mail(tmp_path: Path) -> None:
    settings = WatcherSettings(digest=DigestSettings(folder=tmp_path / "digests"))
    channels = open_channels(settings)
    assert sorted(channels) == ["file", "smtp"]
    assert os.listdir(tmp_path) == []
    channels["file"].send(mail())
    assert len(os.listdir(tmp_path / "digests")) == 2
