"""What a mail costs when one digest goes to few readers and to many: claimed, built, sent over one connection, noted."""

import json
import sys
import time
from contextlib import closing
from datetime import UTC, date, datetime
from tempfile import TemporaryDirectory

from storage.database import Database
from storage.store import Store
from storage.upgrade import upgrade
from watcher.deliver import open_channels
from watcher.demo.sink import Sink, open_sink
from watcher.desk import Desk
from watcher.digest import note_subscriptions, open_digest
from watcher.sending import send_due
from watcher.settings.watcher import WatcherSettings

FEW, MANY = 50, 500
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def time_mails(readers: int) -> float:
    """Return the CPU seconds of our side for one mail of a digest to so many readers."""
    recipients = [f"reader-{number}@harbour.example" for number in range(readers)]
    with TemporaryDirectory() as home, closing(Database.open(f"sqlite:///{home}/watcher.db")) as database:
        upgrade(database)
        with open_sink() as sink:
            desk = Desk(store=Store(database), settings=_settings(sink, recipients), feeds={}, clock=lambda: NOON)
            note_subscriptions(desk, NOON)
            open_digest(desk, desk.settings.subscriptions[0], date(2026, 3, 1))
            before = time.thread_time()  # the server has a thread of its own
            states = send_due(desk, open_channels(desk.settings))
            spent = time.thread_time() - before
    assert states == ["sent"] * readers == ["sent"] * len(sink.mails)
    return spent / readers


def _settings(sink: Sink, recipients: list[str]) -> WatcherSettings:
    smtp = {"host": sink.host, "port": sink.port, "security": "none"}
    return WatcherSettings.model_validate(
        {"smtp": smtp, "subscription": [{"recipients": recipients, "when_empty": "note"}]}
    )


if __name__ == "__main__":
    time_mails(FEW)  # what is loaded once is not of a mail
    json.dump({"few": time_mails(FEW), "many": time_mails(MANY)}, sys.stdout)
