"""Digest: choose what a subscription has not been told, compose it, freeze it, address it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from zoneinfo import ZoneInfo

from storage.digests import LAST_DAY, LAST_INSTANT
from storage.tables import DeliveryRow, DigestRow, FeedRow
from watcher.background import gather_background
from watcher.choose import is_for
from watcher.compose import compose_digest, message_id, words_of
from watcher.desk import Desk
from watcher.editions import Digest, Edition, FeedHealth
from watcher.feedstate import condition_of, state_of
from watcher.records import news_from
from watcher.schedule import due_day, due_instant, next_due
from watcher.settings.subscription import SubscriptionSettings
from watcher.settings.watcher import WatcherSettings

FIRST_COVERS = timedelta(days=1)
"""A new subscription's first digest tells also of the day before: like any other, it covers a day."""
LATE = timedelta(days=7)
"""So far back each digest looks for what came later than its capture says; `search_all` finds the rest."""
FRESH = timedelta(days=2)
"""So long the last search through everything counts."""
NEAR_SHOWN = 10
NEAR_READ = 100
"""So many of the nearest misses are looked at; a narrow subscription gets those that are for it."""


def note_subscriptions(desk: Desk, since: datetime) -> None:
    """Remember when each subscription was first seen, and from when on its digests tell what was captured."""
    for subscription in desk.settings.subscriptions:
        if desk.store.facts.find(_fact(subscription)) is None:  # who only reads must not wait for writers
            desk.store.facts.note_once(_fact(subscription), _beginning(since), since)


def search_all(desk: Desk) -> None:
    """Look through everything, and note since when each subscription was told all but the first of what is left.

    Its digests then cost by the news and not by the years. What came with an earlier capture, from a process that hung
    or by a clock that was behind, is found by the next of these searches: it is told a day late, and never lost.
    """
    now = desk.clock()
    for subscription in desk.settings.subscriptions:
        first = desk.store.digests.first_untold(subscription.id, _told_from(desk, subscription, now, anew=False))
        desk.store.facts.note(_search(subscription), min(first or now, now - LATE).isoformat(), now)


def open_due(desk: Desk) -> int:
    """Open the digest of every subscription whose due instant has come; return how many.

    What lies ahead was written before the clock was set back: a digest of a day to come counts on its day, and a
    subscription that was first seen then is seen now.
    """
    now, opened = desk.clock(), 0
    for subscription in desk.settings.subscriptions:
        if _first_seen(desk, subscription, now) > now:
            desk.store.facts.note(_fact(subscription), _beginning(now), now)
        day = _due_day(desk, subscription, now)
        if day is not None and open_digest(desk, subscription, day) is not None:
            opened += 1
    return opened


def next_opening(desk: Desk, subscription: SubscriptionSettings) -> datetime:
    """Return when the service opens the subscription's next digest: now, or on the next day that has none."""
    now = desk.clock()
    if _due_day(desk, subscription, now) is not None:
        return now
    due = next_due(now, at=subscription.at, zone=subscription.zone, days=subscription.days)
    while desk.store.digests.find(subscription.id, local_day(due, subscription).isoformat()):
        due = next_due(due, at=subscription.at, zone=subscription.zone, days=subscription.days)
    return due


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
    told = [item.id for item in edition.news]
    addressees = addressed(desk, subscription, row) if is_wanted(edition, subscription) else []
    return desk.store.digests.open(row, told, addressees, edition.left_out)


def is_wanted(edition: Edition, subscription: SubscriptionSettings) -> bool:
    """Say whether the subscription's readers want this digest: one with news, or also one without."""
    return bool(edition.news) or subscription.when_empty != "nothing"


def edition_for(desk: Desk, subscription: SubscriptionSettings, day: date, *, anew: bool = False) -> Edition:
    """Choose what `subscription` gets of all that it has not been told yet.

    With `anew` it is as if no digest of `day` or later stood, and nothing was captured later than now.
    What it does not get is noted with the digest: no later one tells it, whatever the settings then say.
    """
    now = desk.clock()
    beginning = _told_from(desk, subscription, now, anew=anew)
    last = desk.store.digests.last(subscription.id, (day - timedelta(days=anew)).isoformat())
    covers_from = last.opened_at if last else beginning
    rows = [row for row in desk.store.feeds.list_all() if row.id in desk.feeds]
    is_wanted, as_news = partial(is_for, subscription), partial(news_from, names=desk.feed_names())
    before, until = (day.isoformat(), now) if anew else (LAST_DAY, LAST_INSTANT)
    since = beginning if anew else _untold_from(desk, subscription, now, beginning)
    untold = [*map(as_news, desk.store.digests.untold(subscription.id, since, until, before))]
    news = tuple(filter(is_wanted, untold))
    old, near = desk.store.digests.backfill(covers_from, now), desk.store.digests.near(covers_from, now, NEAR_READ)
    return Edition(
        subscription=subscription.id,
        title=subscription.title,
        day=day.isoformat(),
        covers_from_at=covers_from,
        opened_at=now,
        zone=subscription.zone,
        news=news,
        known=frozenset(desk.store.digests.told_stories(subscription.id, {item.story_id for item in news}, before)),
        left_out=tuple(item.id for item in untold if not is_wanted(item)),
        near=tuple(islice(filter(is_wanted, map(as_news, near)), NEAR_SHOWN)),
        background=gather_background(
            desk, news, until=now, zone=subscription.zone, words=words_of(subscription.heading_language)
        ),
        names=desk.city_names.get(subscription.heading_language, {}),
        backfilled=sum(map(is_wanted, map(as_news, old))),
        feeds_read=sum(not row.problem and row.read_at is not None for row in rows),
        feeds_total=len(rows),
        unwell=tuple(_unwell(desk, rows, covers_from, now)),
        contact=desk.settings.contact,
        is_mailed=desk.settings.mails(subscription),
        heading_language=subscription.heading_language,
    )


def addressed(desk: Desk, subscription: SubscriptionSettings, digest: DigestRow) -> list[DeliveryRow]:
    """Address a digest: by mail to every recipient, else once to the folder of digests."""
    return [
        DeliveryRow(
            digest_id=0,
            channel="smtp" if desk.settings.mails(subscription) else "file",
            recipient=address,
            message_id=message_id(subscription.id, digest.day, address, sender(desk.settings)),
            due_at=digest.opened_at,
        )
        for address in addresses_of(desk, subscription)
    ]


def addresses_of(desk: Desk, subscription: SubscriptionSettings) -> tuple[str, ...]:
    """Return where the subscription's digests go; a folder has our own address."""
    by_mail = desk.settings.mails(subscription)
    return tuple(dict.fromkeys(subscription.recipients)) if by_mail else (sender(desk.settings),)


def destination(settings: WatcherSettings, subscription: SubscriptionSettings) -> str:
    """Say in words where the digest goes; names no recipient."""
    if settings.mails(subscription):
        return f"mailed by {settings.smtp.host} (recipients: {len(subscription.recipients)})"
    missing = "recipients" if settings.smtp.host else "mail server"
    why = 'channel = "file"' if subscription.channel == "file" else f"no {missing} in watcher.toml"
    return f"written to {settings.digest.folder}/ ({why})"


def sender(settings: WatcherSettings) -> str:
    """Return the address that digests come from."""
    return settings.smtp.sender or settings.contact or "city-watcher@localhost.invalid"


def local_day(now: datetime, subscription: SubscriptionSettings) -> date:
    """Return the day it is where the subscription's readers are."""
    return now.astimezone(ZoneInfo(subscription.zone)).date()


def preview(desk: Desk, subscription: SubscriptionSettings) -> tuple[Digest, bool]:
    """Compose what would be sent now, and say whether it would be; write nothing."""
    edition = edition_for(desk, subscription, local_day(desk.clock(), subscription))
    return compose_digest(edition), is_wanted(edition, subscription)


def preview_day(desk: Desk, subscription: SubscriptionSettings, day: date) -> tuple[Digest, bool]:
    """Return the digest of a day as it stands, or compose what it would say at its hour; say whether it stands."""
    row = desk.store.digests.find(subscription.id, day.isoformat())
    if row:
        return Digest(subject=row.subject, text=row.text, html=row.html), True
    hour = due_instant(day, subscription.at, subscription.zone)
    then = replace(desk, clock=lambda: hour)
    return compose_digest(edition_for(then, subscription, day, anew=True)), False


def _due_day(desk: Desk, subscription: SubscriptionSettings, now: datetime) -> date | None:
    """Return the local day whose digest should be opened now, or None."""
    last = desk.store.digests.last(subscription.id, local_day(now, subscription).isoformat())
    return due_day(
        now,
        at=subscription.at,
        zone=subscription.zone,
        days=subscription.days,
        since=min(_first_seen(desk, subscription, now), now),
        last=date.fromisoformat(last.day) if last else None,
    )


def _told_from(desk: Desk, subscription: SubscriptionSettings, now: datetime, *, anew: bool) -> datetime:
    """Return from when on the subscription is told what was captured; it never moves, so no late item is lost.

    With `anew` a day before the subscription was first seen counts as its first.
    """
    fact = desk.store.facts.find(_fact(subscription))
    if fact is None:
        return now - FIRST_COVERS
    since = datetime.fromisoformat(fact.value) if fact.value else fact.noted_at
    return min(since, now - FIRST_COVERS) if anew else since


def _untold_from(desk: Desk, subscription: SubscriptionSettings, now: datetime, beginning: datetime) -> datetime:
    """Return since when there may be something untold; a search of long ago, or of a day to come, says nothing."""
    fact = desk.store.facts.find(_search(subscription))
    if fact is None or abs(now - fact.noted_at) > FRESH:
        return beginning
    return max(beginning, datetime.fromisoformat(fact.value))


def _beginning(first_seen: datetime) -> str:
    return (first_seen - FIRST_COVERS).isoformat()


def _first_seen(desk: Desk, subscription: SubscriptionSettings, now: datetime) -> datetime:
    fact = desk.store.facts.find(_fact(subscription))
    return fact.noted_at if fact else now


def _fact(subscription: SubscriptionSettings) -> str:
    return f"subscription {subscription.id}"


def _search(subscription: SubscriptionSettings) -> str:
    return f"told all since {subscription.id}"


def _unwell(desk: Desk, rows: Sequence[FeedRow], covers_from: datetime, now: datetime) -> Iterator[FeedHealth]:
    """Tell the feeds that are not well: those that fail every time, those that became strange only once.

    What was strange already in the last digest is known, and so is what was never visited.
    """
    for row in sorted(rows, key=lambda row: not row.problem):
        state, sentence = state_of(row, now)
        _, since = condition_of(row, now)
        if state != "well":
            yield FeedHealth(
                name=desk.feeds[row.id].label,
                state=state,
                problem=sentence.removeprefix(f"{state}: "),
                language=desk.feeds[row.id].language,
                is_known=not row.problem and (since is None or since < covers_from),
            )
