"""The page: what was captured, in a browser and for other people's tools. Server-rendered, without scripts."""

from watcher.web.app import make_app
from watcher.web.site import Site

__all__ = ["Site", "make_app"]
