"""One day: feeds are served, polled twice, judged, stored beside the seeds, and mailed."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from storage.records import FullItem
from watcher.deliver import open_channels
from watcher.demo.samples import Sample, load_samples, render_rss
from watcher.demo.server import serve
from watcher.demo.sink import Sink, open_sink
from watcher.desk import Clock, Desk, open_store
from watcher.digest import local_day, note_subscriptions, open_digest, send_due
from watcher.errors import WatcherError
from watcher.judge import Judge
from watcher.poll import Tally, poll, prepare_visits
from watcher.settings.watcher import FetchSettings, SmtpSettings, SubscriptionSettings, WatcherSettings

MARK = "demo"
"""The fact that tells a demo's database from a real one."""
READER = "desk@city-desk.example"
SENDER = "watcher@city-desk.example"


@dataclass(kw_only=True)
class Day:
    """Hold what happened: what the demo prints, and what it checks."""

    home: Path
    samples: tuple[Sample, ...]
    polls: list[Tally] = field(default_factory=list)
    seeds: list[FullItem] = field(default_factory=list)
    captured: list[FullItem] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    @property
    def expected(self) -> int:
        """Return how many entries the samples mark as relevant."""
        return sum(entry.relevant for sample in self.samples for entry in sample.entries)

    def surprises(self) -> list[str]:
        """Name everything that did not happen as announced; an empty list is a good demo."""
        first, second = self.polls
        told = [
            (first.read == len(self.samples), f"{first.read} feeds were read, not {len(self.samples)}"),
            (first.captured == self.expected, f"{first.captured} entries were captured, not {self.expected}"),
            (second.unchanged == len(self.samples), f"{second.unchanged} feeds were unchanged at the second poll"),
            (second.new_entries == 0, f"{second.new_entries} entries were new at the second poll"),
            (len(self.seeds) == 3, f"{len(self.seeds)} seeds were stored, not 3"),
            (len(self.mails) == 1, f"{len(self.mails)} mails arrived, not 1"),
        ]
        return [sentence for right, sentence in told if not right]


async def live_day(home: Path, judge: Judge, clock: Clock) -> Day:
    """Live one day in `home`; leaves watcher.db, digest.eml and digest.html there."""
    day = Day(home=home, samples=load_samples())
    documents = {f"/{sample.id}.xml": render_rss(sample, clock()) for sample in day.samples}
    with serve(documents) as address, open_sink() as sink, open_store(fresh_database(home)) as store:
        feeds = {sample.id: sample.settings(f"{address}/{sample.id}.xml") for sample in day.samples}
        desk = Desk(store=store, settings=demo_settings(sink), feeds=feeds, clock=clock)
        store.facts.note(MARK, "", clock())
        note_subscriptions(desk, clock() - timedelta(days=1))
        prepare_visits(desk, judge)
        for _ in range(2):
            store.feeds.hasten(clock())
            day.polls.append(await poll(desk, judge, lambda report: None))
        day.seeds = store.items.recent(limit=100, seeds=True)
        day.captured = store.items.recent(limit=1000, seeds=False)
        day.mails = await asyncio.to_thread(_mail_digest, desk, home, sink)
    return day


def demo_settings(sink: Sink) -> WatcherSettings:
    """Return settings that know nothing but this machine."""
    return WatcherSettings(
        contact=SENDER,
        fetch=FetchSettings(allow_private=("127.0.0.1",)),
        smtp=SmtpSettings(host=sink.host, port=sink.port, security="none", sender=SENDER),
        subscriptions=(SubscriptionSettings(id="demo", title="City exchange, a demo", recipients=(READER,)),),
    )


def fresh_database(home: Path) -> str:
    """Return the address of an empty database in `home`.

    Only a database that an earlier demo left is replaced; any other one is a WatcherError.
    """
    path = home / "watcher.db"
    url = f"sqlite:///{path}"
    if path.exists():
        with open_store(url) as store:
            ours = store.facts.find(MARK)
        if ours is None:
            raise WatcherError(f"{path} is not a demo's database; choose another folder with --home.")
        for file in home.glob("watcher.db*"):
            file.unlink()
    return url


def _mail_digest(desk: Desk, home: Path, sink: Sink) -> list[bytes]:
    """Open today's digest, send it to the sink, keep what arrived as files."""
    subscription = desk.settings.subscriptions[0]
    open_digest(desk, subscription, local_day(desk.clock(), subscription))
    send_due(desk, open_channels(desk.settings))
    digest = desk.store.digests.last(subscription.id)
    (home / "digest.html").write_text(digest.html if digest else "", encoding="utf-8")
    (home / "digest.eml").write_bytes(sink.mails[0] if sink.mails else b"")
    return sink.mails
