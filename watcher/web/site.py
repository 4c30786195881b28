"""What every route works with, and how it gets it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Annotated

from fastapi import Depends, Request

from watcher.desk import Desk
from watcher.judge import Judge
from watcher.meaning import Interpreter
from watcher.settings.cities import CityNames
from watcher.web.password import derive_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Hold what the routes share. `password` is a hash; empty: whoever reaches the page may use it.

    `city_names` is called when a query names a city.
    """

    desk: Desk
    judge: Judge
    city_names: Callable[[], CityNames]
    password: str = ""
    key: str = field(default_factory=token_hex)

    @property
    def signing_key(self) -> str:
        """Return the key that signs sessions: a new password ends them all, a new start does not."""
        return derive_key(self.password) if self.password else self.key

    @property
    def interpreter(self) -> Interpreter:
        """Return what reads queries."""
        return Interpreter(search=self.desk.store.search, city_names=self.city_names, feeds=tuple(self.desk.feeds))


def site_of(request: Request) -> Site:
    """Return the site that a request came to."""
    site: Site = request.app.state.site
    return site


Here = Annotated[Site, Depends(site_of)]
"""A route that takes `site: Here` is given the site."""
