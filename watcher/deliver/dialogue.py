"""Speak SMTP for one mail, phase by phase, so that every end has its right name.

The outcome table: a 4xx answer defers; a 5xx answer to RCPT or DATA fails for good; a 5xx answer to MAIL, and one
that asks for a login, concerns every mail of this sender. Silence before the final dot defers, for the server has
nothing yet (RFC 5321 4.1.1.4); silence after it leaves open whether the server took the mail.
"""

import re
import smtplib

from watcher.compose.clean import clean_line, cut_line
from watcher.deliver.channel import ChannelProblem
from watcher.editions import Mail
from watcher.errors import DeliveryProblem

ANSWER_LIMIT = 200
END_OF_DATA = b".\r\n"
OK, GO_ON = 250, 354
NO_ENTRY = frozenset((530, 534, 535, 538))
"""The server wants another login or encryption first (RFC 4954 6, RFC 3207 4): no fault of a recipient."""

Reply = tuple[int, bytes]


def send_mail(connection: smtplib.SMTP, mail: Mail, data: bytes) -> None:
    """Hand one mail over; raise a `DeliveryProblem` for every end but the server's 2xx."""
    try:
        ask_sender(connection, mail.sender)
        _check_reply(mail, connection.rcpt(mail.recipient))
        _check_reply(mail, connection.docmd("DATA"), GO_ON)
        connection.send(stuff_dots(data) + END_OF_DATA)
    except (smtplib.SMTPException, OSError) as error:
        raise broken_off(error, f"the mail to {mail.recipient}") from error
    _check_reply(mail, _final_reply(connection, mail))


def ask_sender(connection: smtplib.SMTP, sender: str) -> None:
    """Begin a mail; a refusal concerns every mail of this sender, so it is a `ChannelProblem` unless it passes."""
    reply = connection.mail(sender)
    if reply[0] >= 500:
        raise _refused_sender(sender, reply)
    _agree(reply, f"mail from {sender}")


def broken_off(error: Exception, what: str = "a mail") -> DeliveryProblem:
    """Return the problem of a server that fell silent or left before the final dot."""
    reason = describe_error(error)
    return DeliveryProblem(f"The mail server broke off before it had {what} ({reason}); it will be tried again.")


def stuff_dots(data: bytes) -> bytes:
    """Double every dot that begins a line (RFC 5321 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", data)


def describe_error(error: Exception) -> str:
    """Say what happened to a connection, in a few words without a server's own text."""
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "no answer in time"
    return cut_line(clean_line(getattr(error, "strerror", None) or "connection closed"), ANSWER_LIMIT)


def quote_reply(reply: Reply) -> str:
    """Quote what a server said: `550 no such user`."""
    code, answer = reply
    return cut_line(clean_line(f"{code} {answer.decode('utf-8', 'replace')}"), ANSWER_LIMIT)


def _refused_sender(sender: str, reply: Reply) -> ChannelProblem:
    return ChannelProblem(
        f"The mail server takes no mail from {sender} ({quote_reply(reply)}); "
        "name a sender that it knows as `sender` under [smtp] in watcher.toml, and check the login."
    )


def _check_reply(mail: Mail, reply: Reply, wanted: int = OK) -> None:
    """Raise unless the server agreed about a recipient's mail."""
    code = reply[0]
    if code in NO_ENTRY:
        raise _refused_sender(mail.sender, reply)
    if code >= 500:
        raise DeliveryProblem(
            f"The mail server refused the mail to {mail.recipient} for good ({quote_reply(reply)}); "
            "correct the address where it stands (watcher.toml, or your command), or ask the server's operator.",
            permanent=True,
        )
    _agree(reply, f"the mail to {mail.recipient}", wanted)


def _agree(reply: Reply, what: str, wanted: int = OK) -> None:
    """Raise unless the server agreed; an answer that is no SMTP reply (-1), or a strange one, is tried again."""
    if reply[0] // 100 != wanted // 100:
        raise DeliveryProblem(f"The mail server put {what} off ({quote_reply(reply)}); it will be tried again.")


def _final_reply(connection: smtplib.SMTP, mail: Mail) -> Reply:
    """Wait for the answer to the final dot; without one nobody knows whether the mail was taken."""
    try:
        reply = connection.getreply()
    except (smtplib.SMTPException, OSError) as error:
        reason = describe_error(error)
    else:
        if reply[0] // 100 in (2, 4, 5):
            return reply
        reason = "an answer that means nothing here"
    raise DeliveryProblem(
        f"The mail server got the whole mail to {mail.recipient} but did not confirm it ({reason}); "
        "it may have arrived, so it is sent once more at the most, with the same Message-ID.",
        uncertain=True,
    )
