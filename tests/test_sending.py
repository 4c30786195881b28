"""Sending: what did not arrive waits, is told without an address, and goes again when somebody asks; never twice."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes

import pytest

from storage.records import Scope
from storage.store import Store
from watcher.compose import build_message
from watcher.deliver import ChannelProblem, open_channels
from watcher.demo.sink import Sink, open_sink
from watcher.digest import note_subscriptions, open_digest
from watcher.errors import DeliveryProblem, WatcherError
from watcher.sending import LEASE, send_again, send_due, unsent
from watcher.unsent import unsent_sentences

DAY = date(2026, 3, 1)
LIN, WU = "lin@desk.example", "wu@desk.example"


@dataclass
class Choosy(Sink):
    """A mail server that refuses some recipients, and says so as servers do."""

    refused: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 # aiosmtpd's name
        if address in self.refused:
            return f"550 5.1.1 <{address}>: Recipient address rejected"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class Told:
    """A channel that keeps every mail's bytes and answers with the problem it was given."""

    def __init__(self, problem=None):
        self.problem, self.mails = problem, []

    def send(self, mail):
        self.mails.append(build_message(mail))
        if self.problem:
            raise self.problem

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def subscription(name="daily", *recipients):
    return {"id": name, "at": "18:00", "when_empty": "note", "recipients": recipients or (LIN, WU)}


@pytest.fixture
def office(make_desk):
    """Make a desk whose subscriptions have an open digest of today; asked again, the same with other settings."""

    def open_office(*subscriptions, port=25):
        smtp = {"host": "127.0.0.1", "port": port, "security": "none"}
        desk = make_desk({"smtp": smtp, "subscriptions": subscriptions or (subscription(),)})
        note_subscriptions(desk, desk.clock())
        for one in desk.settings.subscriptions:
            open_digest(desk, one, DAY)
        return desk

    return open_office


def digest_id(desk, name="daily"):
    return desk.store.digests.last(name).id


def told(desk, scope=Scope()):  # noqa: B008 # a frozen value
    return unsent_sentences(desk, unsent(desk, scope))


def test_a_digest_goes_again_to_whom_it_was_refused_and_never_to_who_has_it(office):
    with open_sink(Choosy(refused=[LIN])) as sink:
        desk = office(port=sink.port)
        assert sorted(send_due(desk, open_channels(desk.settings))) == ["failed", "sent"]
        assert send_due(desk, open_channels(desk.settings)) == []
        sink.refused.clear()
        assert send_again(desk, digest_id(desk)) == 1
        assert send_due(desk, open_channels(desk.settings)) == ["sent"]
        assert send_again(desk, digest_id(desk)) == 0
    assert [message_from_bytes(mail)["To"] for mail in sink.mails] == [WU, LIN]
    assert unsent(desk) == []


@pytest.mark.parametrize("fault", ["permanent", "uncertain"])
def test_the_mail_that_goes_again_is_the_same_byte_for_byte(office, clock, fault):
    desk = office(subscription("daily", LIN))
    channel = Told(DeliveryProblem("no", **{fault: True}))
    while send_due(desk, {"smtp": channel}):
        clock.forward(hours=1)
    tries, channel.problem = len(channel.mails), None
    clock.forward(days=2)
    assert send_again(desk, digest_id(desk)) == 1
    assert send_due(desk, {"smtp": channel}) == ["sent"]
    assert len(channel.mails) == tries + 1
    assert len(set(channel.mails)) == 1


def test_an_address_that_was_mended_gets_the_digest_and_the_wrong_one_is_forgotten(office):
    with open_sink(Choosy(refused=["lni@desk.example"])) as sink:
        desk = office(subscription("daily", "lni@desk.example", WU), port=sink.port)
        send_due(desk, open_channels(desk.settings))
        assert len(told(desk)) == 1
        desk = office(subscription("daily", LIN, WU), port=sink.port)
        assert told(desk) == []
        assert send_again(desk, digest_id(desk)) == 1
        assert send_due(desk, open_channels(desk.settings)) == ["sent"]
    assert [message_from_bytes(mail)["To"] for mail in sink.mails] == [WU, LIN]


def test_what_another_process_has_in_hand_is_not_sent_again(office, clock):
    desk = office(subscription("daily", LIN))
    Store(desk.store.database, "other").deliveries.claim(clock(), LEASE)
    assert send_again(desk, digest_id(desk)) == 0
    assert told(desk) == ["daily 2026-03-01: 1 in hand of another process until 12:10 UTC"]


def test_a_digest_that_is_not_there_or_went_to_nobody_is_one_sentence(office, make_desk):
    desk = office({"id": "quiet", "recipients": (LIN,)})
    with pytest.raises(WatcherError, match="there is no digest 999; `city-watcher digest list`"):
        send_again(desk, 999)
    with pytest.raises(WatcherError, match=r"\(quiet, 2026-03-01\) had nothing to tell"):
        send_again(desk, digest_id(desk, "quiet"))
    with pytest.raises(WatcherError, match=r"no longer stands in watcher.toml"):
        send_again(make_desk(), digest_id(desk, "quiet"))


def test_sending_for_one_subscription_leaves_the_mails_of_the_others_alone(office, clock):
    desk, away = office(subscription(), subscription("second", LIN)), Told(ChannelProblem("away"))
    before = desk.store.deliveries.of_digest(digest_id(desk))
    clock.forward(seconds=10)
    second = Scope(subscription="second")
    desk.store.deliveries.hasten(clock(), second)
    assert send_due(desk, {"smtp": away}, scope=second) == ["pending"]
    assert send_due(desk, {"smtp": away}, scope=second) == []
    assert desk.store.deliveries.of_digest(digest_id(desk)) == before
    assert {one.subscription for one in unsent(desk, second)} == {"second"}


def test_mails_that_wait_for_one_reason_are_one_sentence_with_their_number(office):
    desk = office(subscription(), subscription("second", LIN))
    assert told(desk, Scope(subscription="daily")) == ["daily 2026-03-01: 2 pending: waits for its turn"]
    send_due(desk, {"smtp": Told(ChannelProblem("The server is away."))})
    assert sorted(told(desk)) == [
        "daily 2026-03-01: 2 pending, tried again in 1 min: The server is away.",
        "second 2026-03-01: 1 pending, tried again in 1 min: The server is away.",
    ]


def test_a_refusal_is_told_without_the_address_it_quotes_and_names_the_way_back(office):
    with open_sink(Choosy(refused=[LIN, WU])) as sink:
        desk = office(port=sink.port)
        send_due(desk, open_channels(desk.settings))
    [sentence] = told(desk)
    assert sentence.startswith("daily 2026-03-01: 2 failed, not tried again: The mail server refused the mail")
    assert "550 5.1.1 <a recipient>: Recipient address rejected" in sentence
    assert sentence.endswith(f"Then `city-watcher digest resend {digest_id(desk)}`.")
    assert "@" not in sentence
    [own] = unsent_sentences(desk, unsent(desk), named=True)
    assert own == sentence.replace("2 failed", f"2 failed ({WU}, {LIN})")


def test_a_mail_that_may_have_arrived_keeps_saying_so_while_the_server_is_away(office, clock):
    desk = office()
    send_due(desk, {"smtp": Told(DeliveryProblem("It may have arrived.", uncertain=True))})
    send_again(desk, digest_id(desk))
    send_due(desk, {"smtp": Told(DeliveryProblem("It may have arrived.", uncertain=True))})
    clock.forward(minutes=5)
    send_due(desk, {"smtp": Told(ChannelProblem("The server is away."))})
    states = {(one.state, one.problem) for one in unsent(desk)}
    assert ("uncertain", "It may have arrived.") in states


def test_a_first_try_that_is_overdue_is_not_said_to_lie_behind_us(office, clock):
    desk = office(subscription("daily", LIN))
    send_due(desk, {"smtp": Told(DeliveryProblem("Busy."))})
    clock.now += timedelta(hours=3)
    assert told(desk) == ["daily 2026-03-01: 1 pending, tried again now: Busy."]
