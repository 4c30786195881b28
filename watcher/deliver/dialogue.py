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
        _check_sender(mail, connection.mail(mail.sender))
        _check_reply(mail, connection.rcpt(mail.recipient))
        _check_reply(mail, connection.docmd("DATA"), GO_ON)
        connection.send(stuff_dots(data) + END_OF_DATA)
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryProblem(
            f"The mail server broke off before it had the mail to {mail.recipient} "
            f"({describe_error(error)}); it will be tried again."
        ) from error
    _check_reply(mail, _final_reply(connection, mail))


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


def _check_sender(mail: Mail, reply: Reply) -> None:
    if reply[0] >= 500:
        raise _refused_sender(mail, reply)
    _check_reply(mail, reply)


def _refused_sender(mail: Mail, reply: Reply) -> ChannelProblem:
    return ChannelProblem(
        f"The mail server takes no mail from {mail.sender} ({quote_reply(reply)}); "
        "name a sender that it knows as `sender` under [smtp] in watcher.toml, and check the login."
    )


def _check_reply(mail: Mail, reply: Reply, wanted: int = OK) -> None:
    """Raise unless the server agreed; an answer that is no SMTP reply (-1), or a strange one, is tried again."""
    code = reply[0]
    if code // 100 == wanted // 100:
        return
    if code in NO_ENTRY:
        raise _refused_sender(mail, reply)
    if code >= 500:
        raise DeliveryProblem(
            f"The mail server refused the mail to {mail.recipient} for good ({quote_reply(reply)}); "
            "correct the address in watcher.toml, or ask the server's operator.",
            permanent=True,
        )
    raise DeliveryProblem(
        f"The mail server put the mail to {mail.recipient} off ({quote_reply(reply)}); it will be tried again."
    )


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
