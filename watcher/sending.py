"""Sending: every delivery that is due, one recipient at a time, until it has arrived or is given up."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count

from storage.deliveries import ALL
from storage.errors import StorageError
from storage.records import Scope, Unsent
from storage.tables import DeliveryRow, DigestRow
from watcher.compose import compose_digest, message_id
from watcher.deliver import Channel, ChannelProblem
from watcher.desk import Desk
from watcher.digest import addressed, addresses_of, edition_for, local_day, sender
from watcher.editions import Digest, Edition, Mail
from watcher.errors import DeliveryProblem, WatcherError
from watcher.settings.subscription import SubscriptionSettings
from watcher.settings.watcher import WatcherSettings

LEASE = timedelta(minutes=10)
"""A claimed delivery is due again after it, at the earliest."""
ANSWERS = 20
"""One mail waits for fewer answers of its server, each with a time-out: its lease is longer than it may take."""
NOTE_WAITS = (0.1, 1.0, 5.0)
"""Seconds between attempts to note what became of a mail while the database is away; the last one repeats."""
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""Waits after temporary refusals; the last one repeats without end."""

log = logging.getLogger(__name__)


def send_due(
    desk: Desk, channels: Mapping[str, Channel], stopping: Callable[[], bool] = lambda: False, scope: Scope = ALL
) -> list[str]:
    """Send every delivery of the scope that is due, over one connection for each channel; return how each ended.

    `stopping` is asked before each mail.
    """
    states: list[str] = []
    with ExitStack() as connections:
        for channel in channels.values():
            connections.enter_context(channel)
        while not stopping() and (state := deliver_next(desk, channels, stopping, scope)):
            states.append(state)
    return states


def deliver_next(
    desk: Desk, channels: Mapping[str, Channel], stopping: Callable[[], bool] = lambda: False, scope: Scope = ALL
) -> str | None:
    """Send one delivery of the scope that is due and record what came of it; return its state, None when none is due.

    States: sent; pending (tried again later); failed (for good); uncertain (the server may have it: the same
    mail is sent once more, then left). A channel that reaches nobody is left alone until the next try.
    """
    now = desk.clock()
    claimed = desk.store.deliveries.claim(now, _lease(desk.settings), scope)
    if claimed is None:
        return None
    delivery, digest = claimed
    again_at = now + RETRIES[min(delivery.attempts, len(RETRIES) - 1)]
    problem = _attempt(channels[delivery.channel], _mail(desk, delivery, digest))
    state, again = _state_after(delivery.state, problem)
    note = partial(
        desk.store.deliveries.record,
        delivery.id or 0,
        state=state,
        problem=str(problem or ""),
        due_at=again_at if again else None,
        sent_at=now if state == "sent" else None,
    )
    _insist(note, stopping)
    if isinstance(problem, ChannelProblem):
        log.warning("%s", problem)
        desk.store.deliveries.postpone(delivery.channel, again_at, str(problem), scope)
    return state


def send_again(desk: Desk, digest_id: int) -> int:
    """Make a digest due at every address in watcher.toml that it did not reach; return at how many.

    The mail is the same as before, Message-ID and all; who has it does not get it again.
    """
    digest = find_digest(desk, digest_id)
    which = f"digest {digest_id} ({digest.subscription}, {digest.day})"
    subscription = next((one for one in desk.settings.subscriptions if one.id == digest.subscription), None)
    if subscription is None:
        raise WatcherError(f"{which}: its subscription no longer stands in watcher.toml; put it back there first.")
    if not desk.store.deliveries.of_digest(digest_id):
        raise WatcherError(f"{which} had nothing to tell, so it went to nobody; there is nothing to send again.")
    return desk.store.deliveries.renew(digest_id, addressed(desk, subscription, digest), desk.clock())


def find_digest(desk: Desk, digest_id: int) -> DigestRow:
    """Return the digest that was opened under a number; raise a `WatcherError` when there is none."""
    digest = desk.store.digests.find_by_id(digest_id)
    if digest is None:
        raise WatcherError(f"there is no digest {digest_id}; `city-watcher digest list` shows those there are.")
    return digest


def send_copy(desk: Desk, subscription: SubscriptionSettings, address: str, channel: Channel) -> Edition:
    """Mail what today's digest tells as things stand to one address, once; return what it tells.

    Nothing is noted: its readers get their digest as if this one had not been. Raises a `DeliveryProblem`.
    """
    now = desk.clock()
    edition = edition_for(desk, subscription, local_day(now, subscription), anew=True)
    edition = replace(edition, is_mailed=address in subscription.recipients)
    mail = Mail(
        digest=compose_digest(edition),
        sender=sender(desk.settings),
        recipient=address,
        message_id=message_id(subscription.id, now.isoformat(), address, sender(desk.settings)),
        date=now,
        subscription=subscription.id,
        day=edition.day,
        contact=desk.settings.contact,
    )
    channel.send(mail)
    return edition


def unsent(desk: Desk, scope: Scope = ALL) -> list[Unsent]:
    """Return the deliveries that did not arrive; not those given up at an address that watcher.toml no longer has."""
    known = {(one.id, address) for one in desk.settings.subscriptions for address in addresses_of(desk, one)}
    found = desk.store.deliveries.unsent(scope)
    return [one for one in found if one.due_at is not None or (one.subscription, one.recipient) in known]


def _lease(settings: WatcherSettings) -> timedelta:
    return max(LEASE, ANSWERS * timedelta(seconds=settings.smtp.timeout_seconds))


def _insist(note: Callable[[], bool], stopping: Callable[[], bool]) -> None:
    """Note what became of a mail, again and again while the database is away: what went must not go again."""
    for number in count():
        try:
            note()
            return
        except StorageError as problem:
            if stopping():
                raise
            if number == 0:
                log.error("%s A mail went out; that is noted as soon as the database is well.", problem)
            time.sleep(NOTE_WAITS[min(number, len(NOTE_WAITS) - 1)])


def _attempt(channel: Channel, mail: Mail) -> DeliveryProblem | None:
    try:
        channel.send(mail)
    except DeliveryProblem as problem:
        return problem
    return None


def _state_after(before: str, problem: DeliveryProblem | None) -> tuple[str, bool]:
    """Return a delivery's state after an attempt, and whether there is another one."""
    if problem is None:
        return "sent", False
    if problem.permanent:
        return "failed", False
    if problem.uncertain:
        return "uncertain", before != "uncertain"
    return before, True


def _mail(desk: Desk, delivery: DeliveryRow, digest: DigestRow) -> Mail:
    """Rebuild the mail from its rows: the same bytes at every attempt."""
    return Mail(
        digest=Digest(subject=digest.subject, text=digest.text, html=digest.html),
        sender=sender(desk.settings),
        recipient=delivery.recipient,
        message_id=delivery.message_id,
        date=digest.opened_at,
        subscription=digest.subscription,
        day=digest.day,
        contact=desk.settings.contact,
    )
