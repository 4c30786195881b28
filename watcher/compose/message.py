"""Build the mail that carries a digest, byte for byte the same from the same values."""

import hashlib
import re
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr
from typing import Any

from watcher.compose.clean import clean_body, clean_line, cut_line, mail_link
from watcher.editions import Mail
from watcher.errors import DeliveryProblem

SENDER_NAME = "City Exchange Watcher"
ADDRESS_LIMIT = 254  # characters, RFC 5321 4.5.3.1.3
ASCII = bytes(range(128))
LINE_LIMIT = 76  # characters, RFC 2045 6.7 and 6.8, RFC 2047 2

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_READY = frozenset(("date", "from", "to", "subject", "message-id", "list-id", "list-unsubscribe", "auto-submitted"))


class WirePolicy(EmailPolicy):
    """Write our own headers exactly as they were made: already ASCII, folded where that is allowed.

    The stock policy encodes a long List-Unsubscribe as RFC 2047 words, which voids it, and reads a title
    that looks like an encoded word as one.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Keep a ready header as it is."""
        return (name, value) if name.lower() in _READY else super().header_store_parse(name, value)

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Return a ready header as it is."""
        return value if name.lower() in _READY else super().header_fetch_parse(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write a ready header as it is."""
        return f"{name}: {value}\r\n".encode("ascii") if name.lower() in _READY else super().fold_binary(name, value)


_POLICY = WirePolicy(linesep="\r\n", max_line_length=LINE_LIMIT, cte_type="7bit")


def build_message(mail: Mail) -> bytes:
    """Build a multipart/alternative mail, text first, in 7 bits.

    An address that plain SMTP cannot carry is a `DeliveryProblem`.
    """
    message = EmailMessage(policy=_POLICY)
    for name, value in _headers(mail):
        message[name] = value
    text, html = clean_body(mail.digest.text), clean_body(mail.digest.html)
    message.set_content(text, cte=_encoding(text))
    message.add_alternative(html, subtype="html", cte=_encoding(html))
    message.set_boundary("=_" + _digest_of(mail.message_id))  # neither encoding can write "=_"
    return message.as_bytes()


def message_id(subscription: str, day: str, recipient: str, sender: str) -> str:
    """Return the Message-ID of one delivery: always the same, and it reveals no recipient."""
    name = _digest_of("\n".join((subscription, day, recipient, sender)))
    return f"<{name}@{_domain_of(sender)}>"


def _headers(mail: Mail) -> list[tuple[str, str]]:
    sender = _postal(mail.sender, "sender")
    contact = _postal(mail.contact or mail.sender, "contact")
    return [
        ("Date", format_datetime(mail.date)),
        ("From", formataddr((SENDER_NAME, sender))),
        ("To", _postal(mail.recipient, "recipient")),
        ("Subject", encode_words(clean_line(mail.digest.subject))),
        ("Message-ID", mail.message_id),
        ("List-Id", f"<{mail.subscription}.city-watcher.{_domain_of(sender)}>"),
        ("List-Unsubscribe", f"<{mail_link(contact, f'unsubscribe {mail.subscription}')}>"),
        ("Auto-Submitted", "auto-generated"),
    ]


def encode_words(text: str) -> str:
    """Fold a line of header text; what is not plain ASCII becomes encoded words (RFC 2047)."""
    is_plain = text.isascii() and "=?" not in text and max(map(len, text.split(" "))) < LINE_LIMIT // 2
    return Header(text, "us-ascii" if is_plain else "utf-8", LINE_LIMIT, "Subject").encode(linesep="\r\n")


def _encoding(text: str) -> str:
    """Choose the shorter encoding: a byte outside ASCII takes three characters when quoted, 4/3 in base64."""
    octets = text.encode()
    return "base64" if len(octets.translate(None, ASCII)) * 6 > len(octets) else "quoted-printable"


def _postal(address: str, role: str) -> str:
    """Return an address that may stand in a header and in an SMTP command."""
    if len(address) <= ADDRESS_LIMIT and _ADDRESS.fullmatch(address):
        return address
    raise DeliveryProblem(_address_sentence(clean_line(address), role), permanent=role == "recipient")


def _address_sentence(address: str, role: str) -> str:
    """Say what is wrong with an address and what would be right."""
    if address.isascii():
        return (
            f"The {role} address '{cut_line(address, 80)}' is not one that mail can use; write it as name@example.org."
        )
    _, _, domain = address.rpartition("@")
    cure = "write its domain in the xn-- form" if not domain.isascii() else "use one whose name is plain ASCII"
    return f"The {role} address '{cut_line(address, 80)}' has letters that plain SMTP cannot carry; {cure}."


def _domain_of(address: str) -> str:
    """Return the domain of an address as a Message-ID may hold it."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", address.rpartition("@")[2]) or "localhost"


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
