"""One day: feeds are served, polled twice, judged, stored beside the seeds, and mailed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from storage.store import Store
from watcher.deliver import open_channels
from watcher.demo.account import Day, Poll
from watcher.demo.render import render_sample
from watcher.demo.samples import Sample, load_samples
from watcher.demo.server import Page, serve
from watcher.demo.sink import Sink, open_sink
from watcher.desk import Clock, Desk, open_store
from watcher.digest import local_day, note_subscriptions, open_digest
from watcher.errors import WatcherError
from watcher.judge import Judge
from watcher.poll import Report, poll, prepare_visits
from watcher.sending import send_due
from watcher.settings.cities import city_names, load_cities
from watcher.settings.load import packaged_config
from watcher.settings.subscription import SubscriptionSettings
from watcher.settings.ties import load_ties
from watcher.settings.watcher import FetchSettings, SmtpSettings, WatcherSettings

MARK = "demo"
"""The fact that tells a demo's database from a real one."""
READER = "desk@city-desk.example"
SENDER = "watcher@city-desk.example"
EDITIONS = 2
DISCARD = 9
"""The port at which nobody answers."""
LOOKED_AT = 1_000
"""More items than the samples can bring."""


async def live_day(home: Path, judge: Judge, clock: Clock) -> Day:
    """Live one day in `home`; leaves watcher.db, digest.eml and digest.html there."""
    day, pages, morning = Day(home=home, samples=load_samples()), dict[str, Page](), clock()
    with serve(pages) as address, open_sink() as sink, open_store(fresh_database(home)) as store:
        desk = _set_desk(store, demo_settings(sink.host, sink.port), address, clock)
        store.facts.note(MARK, "", clock())
        note_subscriptions(desk, clock())
        prepare_visits(desk, judge)
        for edition in range(EDITIONS):
            pages |= print_edition(day.samples, morning, edition)
            store.feeds.hasten(clock())
            day.polls.append(await _poll_once(desk, judge))
        await asyncio.to_thread(_mail_digest, desk, day, sink)
        _look_back(day, store)
    return day


@contextmanager
def open_lived_desk(home: Path, clock: Clock) -> Iterator[Desk]:
    """Open the desk of a day that was lived in `home`; its feeds and its mail server are gone."""
    with open_store(_database(home)) as store:
        yield _set_desk(store, demo_settings("127.0.0.1", DISCARD), f"http://127.0.0.1:{DISCARD}", clock)


def print_edition(samples: tuple[Sample, ...], now: datetime, edition: int) -> dict[str, Page]:
    """Return what the demo's server holds when an edition is out: a page for each path."""
    pages = {sample.known_path: Page(moved_to=sample.path) for sample in samples if sample.moved}
    for sample in samples:
        pages[sample.path] = Page(
            body=render_sample(sample, now, edition),
            last_modified=format_datetime(now, usegmt=True) if sample.validators else "",
            drip_seconds=sample.drip_seconds,
        )
    return pages


def demo_settings(host: str, port: int) -> WatcherSettings:
    """Return settings that know nothing but this machine."""
    return WatcherSettings(
        contact=SENDER,
        fetch=FetchSettings(allow_private=("127.0.0.1",)),
        smtp=SmtpSettings(host=host, port=port, security="none", sender=SENDER),
        subscriptions=(SubscriptionSettings(id="demo", title="City exchange, a demo", recipients=(READER,)),),
    )


def fresh_database(home: Path) -> str:
    """Return the address of an empty database in `home`.

    Only a database that an earlier demo left is replaced; any other one is a WatcherError.
    """
    path = home / "watcher.db"
    url = _database(home)
    if path.exists():
        with open_store(url) as store:
            ours = store.facts.find(MARK)
        if ours is None:
            raise WatcherError(f"{path} is not a demo's database; choose another folder with --home.")
        for file in home.glob("watcher.db*"):
            file.unlink()
    return url


def _database(home: Path) -> str:
    return f"sqlite:///{home / 'watcher.db'}"


def _set_desk(store: Store, settings: WatcherSettings, address: str, clock: Clock) -> Desk:
    """Return a desk with the sample feeds that stand at this address."""
    names = city_names(load_cities(packaged_config()))
    return Desk(
        store=store,
        settings=settings,
        feeds={sample.id: sample.settings(address) for sample in load_samples()},
        clock=clock,
        ties=load_ties(packaged_config(), names["en"]),
        city_names=names,
    )


async def _poll_once(desk: Desk, judge: Judge) -> Poll:
    reports: dict[str, Report] = {}

    def note(report: Report) -> None:
        reports[report.visit.feed.id] = report

    return Poll(tally=await poll(desk, judge, note), reports=reports)


def _mail_digest(desk: Desk, day: Day, sink: Sink) -> None:
    """Open today's digest, send it to the sink, keep what arrived as files."""
    subscription = desk.settings.subscriptions[0]
    open_digest(desk, subscription, local_day(desk.clock(), subscription))
    send_due(desk, open_channels(desk.settings))
    digest = desk.store.digests.last(subscription.id)
    day.mails, day.subject = sink.mails, digest.subject if digest else ""
    (day.home / "digest.html").write_text(digest.html if digest else "", encoding="utf-8")
    (day.home / "digest.eml").write_bytes(sink.mails[0] if sink.mails else b"")


def _look_back(day: Day, store: Store) -> None:
    day.seeds = store.items.recent(limit=LOOKED_AT, seeds=True)
    day.captured = store.items.recent(limit=LOOKED_AT, seeds=False)
    day.near = store.items.recent(limit=LOOKED_AT, captured=False, near=True, seeds=False)
