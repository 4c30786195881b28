"""The Store: one attribute for each noun."""

import os
import secrets
import socket

from storage.changes import Changes
from storage.database import Database
from storage.deliveries import Deliveries
from storage.digests import Digests
from storage.facts import Facts
from storage.feeds import Feeds
from storage.items import Items
from storage.judgements import Judgements
from storage.keeping import Keeping
from storage.labels import Labels
from storage.mentions import Mentions
from storage.pairs import Pairs
from storage.search import Search
from storage.stories import Stories
from storage.telling import Telling


class Store:
    """Remember everything, in an upgraded database. Every thread may use it; every call is one transaction.

    `owner` names this process in its leases: no two that run at once may share it, so it is made up when
    it is not given. Every call may raise StorageError.
    """

    def __init__(self, database: Database, owner: str = "") -> None:
        owner = owner or name_owner()
        self.database = database
        self.feeds = Feeds(database, owner)
        self.items = Items(database)
        self.judgements = Judgements(database)
        self.search = Search(database)
        self.pairs = Pairs(database)
        self.labels = Labels(database)
        self.stories = Stories(database)
        self.telling = Telling(database)
        self.mentions = Mentions(database)
        self.digests = Digests(database)
        self.deliveries = Deliveries(database, owner)
        self.facts = Facts(database)
        self.changes = Changes(database)
        self.keeping = Keeping(database)


def name_process(owner: str) -> str:
    """Return host and process of an owner."""
    return owner.rpartition(":")[0] or owner


def name_owner() -> str:
    """Make up a name that no other process has: host, process, and a number for a process id used again."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
