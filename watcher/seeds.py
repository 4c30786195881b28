"""Plant the seed articles: what the collection starts from."""

from datetime import datetime

from storage.seeds import load_seeds
from storage.store import Store
from watcher.judge import Judge
from watcher.records import seed_item
from watcher.values import Entry


def plant_seeds(store: Store, judge: Judge, now: datetime) -> None:
    """Store the seed records that are not there yet, judged by the rules that stand."""
    store.items.plant(
        [
            seed_item(
                seed,
                judge.judge(Entry(title=seed.title, summary=seed.abstract, language=seed.language)),
                now,
                rules=judge.fingerprint,
            )
            for seed in load_seeds()
        ]
    )
