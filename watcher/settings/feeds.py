"""feeds.toml: where we look."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, field_validator

from watcher.errors import ConfigError
from watcher.settings.base import Strict, explain_error, load_toml

FILE = "feeds.toml"
LONGEST_ID = 64


def known_zone(name: str) -> str:
    """Accept an IANA zone name such as `Asia/Taipei`."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("is not a time zone; write one such as 'Asia/Taipei' or 'UTC'") from None
    return name


Zone = Annotated[str, AfterValidator(known_zone)]


class FeedSettings(Strict):
    """Hold one `[[feed]]`: an address we poll."""

    id: str
    name: str = ""
    url: str
    format: Literal["auto", "sitemap", "list"] = "auto"
    language: str = ""
    region: str = ""
    zone: Zone = "UTC"
    encoding: str = ""
    every_minutes: int | None = Field(default=None, ge=1, le=10_080)
    timeout_seconds: int | None = Field(default=None, ge=1, le=300)
    enabled: bool = True
    note: str = ""

    @field_validator("id")
    @classmethod
    def _is_slug(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > LONGEST_ID:
            raise ValueError("is no id; use small letters, digits and hyphens, such as 'bay-news'")
        return name

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        if not url.lower().startswith(("http://", "https://")):
            raise ValueError("is not a web address; write one that begins with http:// or https://")
        return url

    @property
    def label(self) -> str:
        """Return the name a person reads."""
        return self.name or self.id

    def every(self, usual: timedelta) -> timedelta:
        """Return how long to wait between visits; `usual` stands where the feed says nothing."""
        return usual if self.every_minutes is None else timedelta(minutes=self.every_minutes)

    def timeout(self, usual: timedelta) -> timedelta:
        """Return the total deadline of one visit; `usual` stands where the feed says nothing."""
        return usual if self.timeout_seconds is None else timedelta(seconds=self.timeout_seconds)


class Feeds(Strict):
    """Hold feeds.toml."""

    feeds: tuple[FeedSettings, ...] = Field(default=(), alias="feed")


def load_feeds(folder: Path) -> tuple[FeedSettings, ...]:
    """Read feeds.toml; ids and addresses must be unique."""
    path = folder / FILE
    data = load_toml(path)
    try:
        feeds = Feeds.model_validate(data).feeds
    except ValidationError as error:
        raise explain_error(path, error, Feeds, data) from error
    _refuse_doubles(path, feeds)
    return feeds


def _refuse_doubles(path: Path, feeds: tuple[FeedSettings, ...]) -> None:
    for key in ("id", "url"):
        seen: dict[str, int] = {}
        for number, feed in enumerate(feeds, start=1):
            value = getattr(feed, key)
            if value in seen:
                raise ConfigError(
                    f"{path}: feed {number} \"{feed.label}\": '{key}' is the same as that of feed {seen[value]}; "
                    f"remove one of the two."
                )
            seen[value] = number
