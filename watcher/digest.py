"""Digest: choose what a subscription has not been told, compose it, freeze it, send it."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

from storage.errors import StorageError
from storage.tables import DeliveryRow, DigestRow, FeedRow
from watcher.compose import compose_digest, message_id
from watcher.deliver import Channel, ChannelProblem
from watcher.desk import Desk
from watcher.errors import DeliveryProblem
from watcher.records import news_from
from watcher.schedule import due_day
from watcher.settings.watcher import SubscriptionSettings, WatcherSettings
from watcher.values import Digest, Edition, FeedHealth, Mail

LEASE = timedelta(minutes=10)
"""A claimed delivery is due again after it, at the earliest."""
ANSWERS = 20
"""One mail waits for fewer answers of its server, each with a time-out: its lease is longer than it may take."""
NOTE_WAITS = (0.1, 1.0, 5.0)
"""Seconds between attempts to note what became of a mail while the database is away; the last one repeats."""
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""Waits after temporary refusals; the last one repeats without end."""
NEAR_SHOWN = 10

log = logging.getLogger(__name__)


def note_subscriptions(desk: Desk, since: datetime) -> None:
    """Remember when each subscription was first seen: its digests tell what was captured since then."""
    for subscription in desk.settings.subscriptions:
        if desk.store.facts.find(_fact(subscription)) is None:  # who only reads must not wait for writers
            desk.store.facts.note_once(_fact(subscription), "", since)


def open_due(desk: Desk) -> int:
    """Open the digest of every subscription whose due instant has come; return how many.

    What lies ahead was written before the clock was set back: a digest of a day to come counts on its day, and a
    subscription that was first seen then is seen now.
    """
    now, opened = desk.clock(), 0
    for subscription in desk.settings.subscriptions:
        since = _first_seen(desk, subscription, now)
        if since > now:
            desk.store.facts.note(_fact(subscription), "", now)
        last = desk.store.digests.last(subscription.id, local_day(now, subscription).isoformat())
        day = due_day(
            now,
            at=subscription.at,
            zone=subscription.zone,
            since=min(since, now),
            last=date.fromisoformat(last.day) if last else None,
        )
        if day is not None and open_digest(desk, subscription, day) is not None:
            opened += 1
    return opened


def open_digest(desk: Desk, subscription: SubscriptionSettings, day: date) -> int | None:
    """Freeze the news of `day` in one transaction and return the digest's id.

    None when that day's digest stands already: whoever was first has sent it.
    """
    edition = edition_for(desk, subscription, day)
    digest = compose_digest(edition)
    row = DigestRow(
        subscription=subscription.id,
        day=edition.day,
        covers_from_at=edition.covers_from_at,
        opened_at=edition.opened_at,
        subject=digest.subject,
        text=digest.text,
        html=digest.html,
    )
    told = [news.id for news in edition.news]
    return desk.store.digests.open(row, told, list(_deliveries(desk, subscription, edition)))


def edition_for(desk: Desk, subscription: SubscriptionSettings, day: date) -> Edition:
    """Choose everything that `subscription` has not been told yet."""
    now = desk.clock()
    first_seen = _first_seen(desk, subscription, now)
    last = desk.store.digests.last(subscription.id, day.isoformat())
    covers_from = last.opened_at if last else first_seen
    names = desk.feed_names()
    rows = [row for row in desk.store.feeds.list_all() if row.id in desk.feeds]
    return Edition(
        subscription=subscription.id,
        title=subscription.title,
        day=day.isoformat(),
        covers_from_at=covers_from,
        opened_at=now,
        zone=subscription.zone,
        news=tuple(news_from(full, names) for full in desk.store.digests.untold(subscription.id, first_seen)),
        near=tuple(news_from(full, names) for full in desk.store.digests.near(covers_from, now, NEAR_SHOWN)),
        backfilled=desk.store.digests.count_backfill(covers_from, now),
        feeds_read=sum(not row.problem and row.read_at is not None for row in rows),
        feeds_total=len(rows),
        unwell=tuple(_unwell(row, names) for row in rows if row.problem),
        contact=desk.settings.contact,
    )


def goes_by_mail(settings: WatcherSettings, subscription: SubscriptionSettings) -> bool:
    """Say whether the digest is mailed; without a server or a recipient it is written to a folder."""
    return bool(settings.smtp.host and subscription.recipients)


def destination(settings: WatcherSettings, subscription: SubscriptionSettings) -> str:
    """Say in words where the digest goes; names no recipient."""
    if goes_by_mail(settings, subscription):
        return f"mailed by {settings.smtp.host} (recipients: {len(subscription.recipients)})"
    missing = "recipients" if settings.smtp.host else "mail server"
    return f"written to {settings.digest.folder}/ (no {missing} in watcher.toml)"


def sender(settings: WatcherSettings) -> str:
    """Return the address that digests come from."""
    return settings.smtp.sender or settings.contact or "city-watcher@localhost.invalid"


def local_day(now: datetime, subscription: SubscriptionSettings) -> date:
    """Return the day it is where the subscription's readers are."""
    return now.astimezone(ZoneInfo(subscription.zone)).date()


def preview(desk: Desk, subscription: SubscriptionSettings) -> Digest:
    """Compose what would be sent now; write nothing."""
    return compose_digest(edition_for(desk, subscription, local_day(desk.clock(), subscription)))


def send_due(desk: Desk, channels: Mapping[str, Channel], stopping: Callable[[], bool] = lambda: False) -> list[str]:
    """Send every delivery that is due, over one connection for each channel; return the states they ended in.

    `stopping` is asked before each mail.
    """
    states: list[str] = []
    with ExitStack() as connections:
        for channel in channels.values():
            connections.enter_context(channel)
        while not stopping() and (state := deliver_next(desk, channels, stopping)):
            states.append(state)
    return states


def deliver_next(
    desk: Desk, channels: Mapping[str, Channel], stopping: Callable[[], bool] = lambda: False
) -> str | None:
    """Send one delivery that is due and record what came of it; return its state, None when none is due.

    States: sent; pending (tried again later); failed (for good); uncertain (the server may have it: the same
    mail is sent once more, then left). A channel that reaches nobody is left alone until the next try.
    """
    now = desk.clock()
    claimed = desk.store.deliveries.claim(now, _lease(desk.settings))
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
        desk.store.deliveries.postpone(delivery.channel, again_at)
    return state


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


def _deliveries(desk: Desk, subscription: SubscriptionSettings, edition: Edition) -> Iterator[DeliveryRow]:
    """Address the digest: by mail to every recipient, else once to the folder of digests."""
    if not edition.news and subscription.when_empty == "nothing":
        return
    by_mail = goes_by_mail(desk.settings, subscription)
    for recipient in dict.fromkeys(subscription.recipients) if by_mail else (sender(desk.settings),):
        yield DeliveryRow(
            digest_id=0,
            channel="smtp" if by_mail else "file",
            recipient=recipient,
            message_id=message_id(subscription.id, edition.day, recipient, sender(desk.settings)),
            due_at=edition.opened_at,
        )


def _first_seen(desk: Desk, subscription: SubscriptionSettings, now: datetime) -> datetime:
    fact = desk.store.facts.find(_fact(subscription))
    return fact.noted_at if fact else now


def _fact(subscription: SubscriptionSettings) -> str:
    return f"subscription {subscription.id}"


def _unwell(row: FeedRow, names: Mapping[str, str]) -> FeedHealth:
    return FeedHealth(name=names.get(row.id, row.id), problem=row.problem)
