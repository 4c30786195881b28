"""The mail around a digest: the same bytes for the same values, and headers that nothing can break."""

import re
import string
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.compose import build_message, message_id
from watcher.compose.clean import clean_body, clean_line
from watcher.editions import Digest, Mail
from watcher.errors import DeliveryProblem

DAY = "2026-05-14"
SENDER = "watch@city-desk.example"
READER = "mei-ling@harbour.example"
RAW = ("Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted")

HOSTILE = st.one_of(
    st.text(st.characters(), max_size=300),  # every code point, surrogates and controls among them
    st.text('ab \r\n\t\0\x85\u2028\u2029\ud800\udfff\u202e\u2066\u00ad\u3000=?_"<>,:;雙城🎎\ufeff', max_size=200),
    st.just("=?utf-8?q?not_a_word?="),
    st.just("Subject: a\r\nBcc: everybody@harbour.example\r\n\r\nbody"),
    st.just("長" * 10_000),
    st.just("l" * 10_000),
)


def mail(subject: str = "City exchange, 14 May 2026: 1 item", **changes: object) -> Mail:
    digest = Digest(subject=subject, text="雙城論壇 in a text\n", html="<p lang=zh-Hant>雙城論壇</p>\n")
    values: dict[str, object] = {
        "digest": digest,
        "sender": SENDER,
        "recipient": READER,
        "message_id": message_id("daily", DAY, READER, SENDER),
        "date": datetime(2026, 5, 14, 7, tzinfo=UTC),
        "subscription": "daily",
        "contact": "desk@city-desk.example",
    }
    return Mail(**{**values, **changes})  # type: ignore[arg-type] # a test's own mapping


def parse(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)  # type: ignore[return-value] # typeshed says Message


def raw_lines(data: bytes) -> list[str]:
    """The header lines as they stand on the wire."""
    return data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def test_the_text_stands_before_the_html() -> None:
    message = parse(build_message(mail()))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text, html = message.iter_parts()
    assert text.get_content() == "雙城論壇 in a text\r\n"
    assert html.get_content() == "<p lang=zh-Hant>雙城論壇</p>\r\n"


def test_the_same_values_give_the_same_bytes() -> None:
    assert build_message(mail()) == build_message(mail())


def test_another_recipient_gets_another_boundary() -> None:
    other = mail(message_id=message_id("daily", DAY, "other@harbour.example", SENDER))
    assert parse(build_message(mail())).get_boundary() != parse(build_message(other)).get_boundary()


def test_every_header_of_a_list_mail_is_there_once() -> None:
    message = parse(build_message(mail()))
    for name in HEADERS:
        assert len(message.get_all(name)) == 1, name
    assert message["Date"] == "Thu, 14 May 2026 07:00:00 +0000"
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["To"] == READER
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<daily.city-watcher.city-desk.example>"
    assert message["List-Unsubscribe"] == "<mailto:desk@city-desk.example?subject=unsubscribe%20daily>"


def test_without_a_contact_the_sender_is_asked_to_unsubscribe() -> None:
    assert parse(build_message(mail(contact="")))["List-Unsubscribe"].startswith(f"<mailto:{SENDER}?")


HEADERS = ("Date", "From", "To", "Subject", "MIME-Version", "Content-Type", *RAW)


@given(HOSTILE)
def test_a_hostile_title_comes_back_as_it_was_cleaned_and_breaks_no_header(title: str) -> None:
    digest = Digest(subject=title, text=f"{title}\n", html=f"<p>{title}</p>")
    data = build_message(mail(digest=digest))
    message = parse(data)
    assert message["Subject"] == clean_line(title)
    assert sorted(message.keys()) == sorted(HEADERS), "one of each, and no other one"
    head = raw_lines(data)
    assert not any("=?" in line for line in head if line.startswith(RAW))
    assert all(len(word) <= 75 for line in head for word in line.split() if word.startswith("=?"))  # RFC 2047 2
    assert data.isascii()
    assert b"\0" not in data
    lines = data.split(b"\r\n")
    assert all(len(line) <= 76 for line in lines if not line.startswith(b"List-"))
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@given(HOSTILE)
def test_a_hostile_body_arrives_whole(text: str) -> None:
    digest = Digest(subject="s", text=text, html=f"<p>{text}</p>")
    parts = list(parse(build_message(mail(digest=digest))).iter_parts())
    arrived = [part.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip("\n") for part in parts]
    expected = re.sub("\r\n?", "\n", clean_body(text))
    assert arrived == [expected.rstrip("\n"), f"<p>{expected}</p>"]


LOCAL = st.text(string.ascii_letters + string.digits + "+-_.", min_size=1, max_size=64)


@given(LOCAL, st.text(string.ascii_lowercase + "-", min_size=1, max_size=64))
def test_list_headers_and_message_id_stay_one_raw_line(local: str, subscription: str) -> None:
    contact = f"{local}@{'a-long-subdomain.' * 9}city-desk.example"
    data = build_message(mail(contact=contact, subscription=subscription))
    lines = raw_lines(data)
    for name in RAW:
        (line,) = [line for line in lines if line.startswith(f"{name}: ")]
        assert "=?" not in line
        assert len(line) <= 998
        assert not lines[(lines.index(line) + 1) % len(lines)].startswith((" ", "\t"))
    assert f"<mailto:{contact}?subject=unsubscribe%20{subscription}>" in data.decode()


def test_a_message_id_is_always_the_same_and_names_nobody() -> None:
    first = message_id("daily", DAY, READER, SENDER)
    assert first == message_id("daily", DAY, READER, SENDER)
    assert re.fullmatch(r"<[0-9a-f]{32}@city-desk\.example>", first)
    assert "mei-ling" not in first
    others = {
        message_id("weekly", DAY, READER, SENDER),
        message_id("daily", "2026-05-15", READER, SENDER),
        message_id("daily", DAY, "other@harbour.example", SENDER),
    }
    assert len(others | {first}) == 4


@given(HOSTILE, HOSTILE)
def test_a_message_id_is_ascii_whatever_the_addresses(recipient: str, sender: str) -> None:
    assert re.fullmatch(r"<[0-9a-f]{32}@[A-Za-z0-9.-]+>", message_id("daily", DAY, recipient, sender))


@pytest.mark.parametrize(
    ("address", "cure"),
    [
        ("jörg@harbour.example", "plain ASCII"),
        ("desk@港口.example", "xn--"),
        ("desk", "name@example.org"),
        ("a@b.example\r\nBcc: c@d.example", "name@example.org"),
        ("a@b.example>, <c@d.example", "name@example.org"),
        ("x" * 250 + "@b.example", "name@example.org"),
    ],
)
def test_an_address_that_mail_cannot_carry_is_a_sentence_with_its_cure(address: str, cure: str) -> None:
    with pytest.raises(DeliveryProblem, match=cure) as caught:
        build_message(mail(recipient=address))
    assert caught.value.permanent
    assert "recipient" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bad_sender_can_be_mended_so_it_is_not_for_good() -> None:
    with pytest.raises(DeliveryProblem, match="sender") as caught:
        build_message(mail(sender="jörg@harbour.example"))
    assert not caught.value.permanent
