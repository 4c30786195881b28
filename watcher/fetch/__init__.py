"""Fetch: ask for a feed's document, politely and within limits."""

from watcher.fetch.fetcher import Fetcher

__all__ = ["Fetcher"]
