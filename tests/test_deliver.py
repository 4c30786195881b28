"""Every end a delivery can have, from real servers on loopback, and what stands in the folder without one."""

import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import Any

import pytest
import trustme
from mail_server import PASSWORD, USER, Script, client_side, mail_server, server_side
from pydantic import SecretStr

from watcher.compose import build_message, message_id
from watcher.deliver import ChannelProblem, FileChannel, SmtpChannel, open_channels
from watcher.deliver.dialogue import stuff_dots
from watcher.deliver.file import write_whole
from watcher.editions import Digest, Mail
from watcher.errors import DeliveryProblem
from watcher.settings.watcher import DigestSettings, SmtpSettings, WatcherSettings

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


def smtp(port: int, **changes: Any) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=port, security="none", sender=SENDER).model_copy(update=changes)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_a_mail_arrives_with_exactly_the_bytes_that_were_built() -> None:
    text = "first\n.\n.leading dot\n..two\n" + "x" * 2_000 + "\n"
    with mail_server(Script()) as script:
        SmtpChannel(smtp(script.port)).send(mail(text=text))
    assert script.mails == [(READER, build_message(mail(text=text)))]


def test_dots_at_the_beginning_of_a_line_are_doubled() -> None:
    assert stuff_dots(b".\r\na.\r\n..b\r\n") == b"..\r\na.\r\n...b\r\n"


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
    return {"username": USER, "password": SecretStr(password)}


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
    script = Script("AUTH", "454 database down")
    options = {"authenticator": script.authenticate, "auth_require_tls": False}
    words = r"just now \(454\); it will be tried again"
    with mail_server(script, **options), pytest.raises(ChannelProblem, match=words):
        SmtpChannel(smtp(script.port, **login())).send(mail())


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


@pytest.mark.parametrize("fault", ["550 no", "421 bye", "drop"])
def test_a_connection_that_no_longer_agrees_is_replaced_before_the_next_mail(fault: str) -> None:
    with mail_server(Script("RSET", fault)) as script, SmtpChannel(smtp(script.port)) as channel:
        for _ in range(2):
            channel.send(mail())
    assert (script.connections, len(script.mails)) == (2, 2)


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
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, *written)] == [0o700, 0o600, 0o600]


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
