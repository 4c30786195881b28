"""The outcome table: whatever a mail server does in whatever phase, each mail arrives once, and all is said."""

import shutil
from datetime import timedelta
from email import message_from_bytes

import pytest
import trustme
from bad_days import free_port
from mail_server import DOT, GREETING, PASSWORD, USER, Script, client_side, mail_server, server_side
from test_sending import DAY, LIN, WU, subscription, told

from watcher.deliver import SmtpChannel
from watcher.digest import note_subscriptions, open_digest
from watcher.sending import send_due

PATIENCE, NO_HASTE = 0.15, 10
"""Seconds for a server that will never answer (settings allow whole ones only), and for one that does."""


@pytest.fixture
def fresh_url(tmp_path, upgraded_file):
    """What a server does is the same on every database."""
    return f"sqlite:///{shutil.copy(upgraded_file, tmp_path)}"


@pytest.fixture(scope="module")
def sides():
    """The server's and our TLS, of one authority."""
    authority = trustme.CA()
    return server_side(authority), client_side(authority)


@pytest.fixture
def office(make_desk):
    """Make a desk with a digest of today for some readers, which goes by the server at a port."""

    def open_office(port, *readers, plain=False):
        login = {"security": "none"} if plain else {"username": USER, "password": PASSWORD}
        smtp = {"host": "127.0.0.1", "port": port} | login
        desk = make_desk({"smtp": smtp, "subscriptions": (subscription("daily", *readers),)})
        note_subscriptions(desk, desk.clock())
        open_digest(desk, desk.settings.subscriptions[0], DAY)
        return desk

    return open_office


def serving(script, tls):
    return mail_server(script, tls_context=tls, authenticator=script.authenticate)


def channels(desk, tls, patience=NO_HASTE):
    settings = desk.settings.smtp.model_copy(update={"timeout_seconds": patience})
    return {"smtp": SmtpChannel(settings, tls)}


def readers_of(script):
    return [recipient for recipient, _ in script.mails]


STOPS, DEFERS, FAILS, UNCERTAIN, SENT = "stops", "defers", "fails", "uncertain", "sent"
ENDS = {
    STOPS: (["pending"], []),
    DEFERS: (["pending", "sent"], [WU]),
    FAILS: (["failed", "sent"], [WU]),
    UNCERTAIN: (["sent", "uncertain"], [LIN, WU]),
    SENT: (["sent", "sent"], [LIN, WU]),
}
"""What comes of the first round to two readers when the first mail meets the fault, and who then has a mail."""
NONSENSE = "what was that?"
TABLE = {
    GREETING: {
        "421 too busy": STOPS,
        "554 no service here": STOPS,
        NONSENSE: STOPS,
        "hang": STOPS,
        "drop": STOPS,
    },
    "EHLO": {"421 too busy": STOPS, "502 no": STOPS, NONSENSE: STOPS, "hang": STOPS, "drop": STOPS},
    "STARTTLS": {
        "454 TLS not available": STOPS,
        "501 no": STOPS,
        "220 go on, in plain text": STOPS,
        NONSENSE: STOPS,
        "hang": STOPS,
        "drop": STOPS,
    },
    "AUTH": {
        "454 no database": STOPS,
        "535 wrong": STOPS,
        "534 weak": STOPS,
        "421 enough": STOPS,
        NONSENSE: STOPS,
        "hang": STOPS,
        "drop": STOPS,
    },
    "MAIL": {
        "421 closing": DEFERS,
        "451 later": DEFERS,
        "452 disk full": DEFERS,
        "530 log in first": STOPS,
        "550 who are you": STOPS,
        "553 not your address": STOPS,
        NONSENSE: DEFERS,
        "hang": DEFERS,
        "drop": DEFERS,
    },
    "RCPT": {
        "421 closing": DEFERS,
        "450 mailbox busy": DEFERS,
        "451 greylisted": DEFERS,
        "452 too many": DEFERS,
        "550 no such user": FAILS,
        "551 moved": FAILS,
        "553 no mailbox": FAILS,
        "530 log in first": STOPS,
        NONSENSE: DEFERS,
        "hang": DEFERS,
        "drop": DEFERS,
    },
    "DATA": {
        "421 closing": DEFERS,
        "451 later": DEFERS,
        "452 disk full": DEFERS,
        "554 no valid recipients": FAILS,
        "530 log in first": STOPS,
        "250 OK, but not 354": DEFERS,
        NONSENSE: DEFERS,
        "hang": DEFERS,
        "drop": DEFERS,
    },
    DOT: {
        "421 closing": DEFERS,
        "451 later": DEFERS,
        "452 disk full": DEFERS,
        "552 too large": FAILS,
        "554 looks like spam": FAILS,
        NONSENSE: UNCERTAIN,
        "hang": UNCERTAIN,
        "drop": UNCERTAIN,
    },
    "RSET": {"421 bye": SENT, "550 no": SENT, NONSENSE: SENT, "hang": SENT, "drop": SENT},
    "QUIT": {"421 bye": SENT, "550 no": SENT, NONSENSE: SENT, "hang": SENT, "drop": SENT},
}
"""By phase and fault: what comes of it. RSET stands between two mails, QUIT behind the last one."""
ROWS = [(phase, fault, end) for phase, faults in TABLE.items() for fault, end in faults.items()]


@pytest.mark.parametrize(("phase", "fault", "end"), ROWS, ids=[f"{phase}: {fault}" for phase, fault, _ in ROWS])
def test_each_fault_in_each_phase_has_its_end_and_every_mail_arrives_afterwards(
    phase, fault, end, sides, office, clock
):
    script = Script(phase, fault)
    with serving(script, sides[0]):
        desk = office(script.port, LIN, WU, plain=phase not in ("EHLO", "STARTTLS", "AUTH"))
        states = send_due(desk, channels(desk, sides[1], PATIENCE if fault == "hang" else NO_HASTE))
        assert (sorted(states), readers_of(script)) == ENDS[end]
        sentences, script.phase = told(desk), ""
        clock.forward(minutes=1)
        again = send_due(desk, channels(desk, sides[1]))
    assert len(sentences) == (end != SENT)
    assert all(" 127.0.0.1" in one or "The mail server" in one for one in sentences)
    if end != SENT and phase not in ("EHLO", "STARTTLS", "AUTH"):
        assert {"hang": "no answer in time"}.get(fault, fault if fault[0].isdigit() else "") in sentences[0]
    assert not any(secret in one for one in sentences for secret in (PASSWORD, "@desk.example"))
    assert again == {STOPS: ["sent", "sent"], DEFERS: ["sent"], UNCERTAIN: ["sent"]}.get(end, [])
    missing = {LIN} if end == FAILS else set()
    assert set(readers_of(script)) == {LIN, WU} - missing
    assert len(set(script.mails)) == 2 - len(missing), "the mail that goes again is the same, byte for byte"
    assert len(script.mails) == len(set(script.mails)) + (end == UNCERTAIN)


def test_a_server_that_is_not_there_stops_the_round(sides, office):
    desk = office(free_port(), LIN, WU)
    assert send_due(desk, channels(desk, sides[1])) == ["pending"]
    [sentence] = told(desk)
    assert "2 pending, tried again in 1 min: The mail server 127.0.0.1:" in sentence


def test_a_certificate_of_another_authority_stops_the_round_before_the_login(sides, office):
    script = Script("AUTH", "235 never asked")
    with serving(script, sides[0]):
        desk = office(script.port, LIN, WU)
        assert send_due(desk, channels(desk, None)) == ["pending"]
    assert "certificate of the mail server 127.0.0.1" in told(desk)[0]
    assert script.phase == "AUTH"


def test_many_mails_go_over_one_connection_and_a_refused_one_mails_nobody_twice(sides, office, clock):
    readers = [f"reader-{number}@desk.example" for number in range(40)]
    script = Script("RCPT", "450 mailbox busy")
    with serving(script, sides[0]):
        desk = office(script.port, *readers, plain=True)
        assert sorted(send_due(desk, channels(desk, sides[1]))) == ["pending", *["sent"] * 39]
        assert script.connections == 1
        clock.forward(minutes=1)
        assert send_due(desk, channels(desk, sides[1])) == ["sent"]
    assert script.connections == 2
    assert sorted(readers_of(script)) == sorted(readers)


def test_the_digest_of_the_next_day_neither_overtakes_nor_swallows_one_that_waits(sides, office, clock):
    script = Script("RCPT", "450 mailbox busy")
    with serving(script, sides[0]):
        desk = office(script.port, LIN, plain=True)
        clock.forward(hours=24)
        for minutes in (0, 1, 5, 15, 60, 60):
            clock.forward(minutes=minutes)
            script.phase = "RCPT"
            assert send_due(desk, channels(desk, None)) == ["pending"]
            open_digest(desk, desk.settings.subscriptions[0], DAY + timedelta(days=1))
        assert send_due(desk, channels(desk, None)) == []
        assert told(desk) == [
            "daily 2026-03-02: 1 pending: waits for its turn",
            "daily 2026-03-01: 1 pending, tried again in 1 h: The mail server put the mail to a recipient off "
            "(450 mailbox busy); it will be tried again.",
        ]
        clock.forward(hours=1)
        script.phase = ""
        assert send_due(desk, channels(desk, None)) == ["sent", "sent"]
    subjects = [message_from_bytes(data)["Subject"] for _, data in script.mails]
    assert [subject.split(":")[0].split(", ")[1] for subject in subjects] == ["1 March 2026", "2 March 2026"]
