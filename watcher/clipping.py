"""Clip: fetch one page that somebody found, and capture it by hand, whatever the rules say of it."""

from dataclasses import dataclass
from datetime import datetime

from storage.labels import RELEVANT
from storage.records import FullItem, NewItem
from watcher.desk import Desk
from watcher.errors import ReadProblem, WatcherError
from watcher.fetch import Fetcher
from watcher.judge import Judge
from watcher.poll import tell_apart
from watcher.read.article import LARGEST_FILE, Article, read_article
from watcher.records import BY_HAND_KEY, article_item, item_key
from watcher.urls import canonical_url, clean_link
from watcher.values import Entry, Failed, Feed, Fetched, Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """Hold an item that was added, and what the rules alone say of the page. `is_new`: it was not stored before."""

    full: FullItem
    judgement: Judgement
    is_new: bool


async def clip_page(desk: Desk, judge: Judge, fetcher: Fetcher, url: str) -> Clipping:
    """Capture a page by hand; one that a feed brought before is marked relevant instead of stored twice.

    What cannot be fetched or read is a `WatcherError`.
    """
    link = clean_link(url)
    if not link:
        raise WatcherError(f"'{url}' is no address of a page; write one that begins with https://.")
    page, article = await _load(fetcher, Feed(id="by-hand", url=link, timeout=desk.settings.fetch.timeout))
    judgement = judge.judge(Entry(title=article.title, text=article.text, language=article.language))
    return _store(desk, judge, page, article, judgement)


async def _load(fetcher: Fetcher, page: Feed) -> tuple[str, Article]:
    """Return the address where a page is in the end, and the article there."""
    outcome = await fetcher.fetch(page)
    if not isinstance(outcome, Fetched):
        problem = outcome.problem.partition("; ")[0] if isinstance(outcome, Failed) else "the server sent no document"
        raise WatcherError(f"{page.url}: {problem}; open it in a browser and mend the address, nothing was stored.")
    if len(outcome.body) > LARGEST_FILE:
        raise WatcherError(f"{page.url}: larger than {LARGEST_FILE // 1_000_000} MB; add the page of one article.")
    try:
        return outcome.url or page.url, read_article(outcome.body)
    except ReadProblem as problem:
        raise WatcherError(f"{page.url}: {problem}; nothing was stored.") from problem


def _store(desk: Desk, judge: Judge, url: str, article: Article, judgement: Judgement) -> Clipping:
    now, address = desk.clock(), canonical_url(url)
    known = desk.store.items.find_by_address(address)
    if known is None:
        new = _clipped_item(article, url, judgement, now, rules=judge.fingerprint)
        desk.store.items.plant([new])
    else:
        desk.store.labels.mark([known.item.id or 0], RELEVANT, now)
    tell_apart(desk.store, now)
    full = desk.store.items.find_by_address(address)
    assert full
    return Clipping(full=full, judgement=judgement, is_new=known is None)


def _clipped_item(article: Article, url: str, judgement: Judgement, now: datetime, *, rules: str) -> NewItem:
    """Return a page that somebody added by hand: captured whatever was judged of it, and marked relevant."""
    new = article_item(article, judgement, now, rules=rules)
    row, address = new.item, canonical_url(url)
    row.key = item_key(BY_HAND_KEY, address)
    row.url, row.canonical_url = url, address
    row.verdict, row.label = judgement.verdict, RELEVANT
    return new
