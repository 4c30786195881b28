"""feeds.toml: where we look."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from pydantic import AfterValidator, Field, StrictBool, ValidationError, ValidationInfo, field_validator

from watcher.errors import ConfigError
from watcher.settings.base import Strict, add_line, explain_error, load_text, parse_toml
from watcher.settings.languages import language_tag
from watcher.urls import clean_link

FILE = "feeds.toml"
TABLE = "feed"
LONGEST_ID = 64
NO_COUNTRY = "INT"
"""The region of a feed that belongs to no single country."""

_REGION = re.compile(rf"[A-Z]{{2}}(-[A-Z0-9]{{1,3}})?|{NO_COUNTRY}")


def known_zone(name: str) -> str:
    """Accept an IANA zone name such as `Asia/Taipei`."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("is not a time zone; write one such as 'Asia/Taipei' or 'UTC'") from None
    return name


def region_code(code: str) -> str:
    """Accept a country of ISO 3166-1 with or without its subdivision, `INT`, or nothing; return it in capitals."""
    if code and not _REGION.fullmatch(code.upper()):
        raise ValueError(
            f"is not a region; write one such as 'TW' or 'TW-TPE', or '{NO_COUNTRY}' for no single country"
        )
    return code.upper()


def known_encoding(name: str) -> str:
    """Accept the name of an encoding that Python can read text with, or nothing."""
    try:
        if name:
            b"a".decode(name, "replace")
    except (LookupError, ValueError):
        raise ValueError("is not an encoding; write one such as 'big5', 'gb18030' or 'euc-kr'") from None
    return name


def css_selector(text: str) -> str:
    """Accept a CSS selector (level 3) or nothing; trying it also finds what only fails in use, such as namespaces."""
    try:
        if text.strip():
            CSSSelector(text, translator="html")(etree.Element("a"))
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"is not a CSS selector ({error}); write one such as 'ul.news > li'") from None
    return text.strip()


Zone = Annotated[str, AfterValidator(known_zone)]
Language = Annotated[str, AfterValidator(language_tag)]
Region = Annotated[str, AfterValidator(region_code)]
Encoding = Annotated[str, AfterValidator(known_encoding)]
Selector = Annotated[str, AfterValidator(css_selector)]


class Select(Strict):
    """Hold `select` of a list page: what one headline stands in, and inside it link, title and date."""

    item: Selector = Field(min_length=1)
    link: Selector = ""
    title: Selector = ""
    date: Selector = ""


class FeedSettings(Strict):
    """Hold one `[[feed]]`: an address we poll."""

    id: str
    name: str = ""
    url: str
    format: Literal["auto", "sitemap", "list"] = "auto"
    select: Select | None = Field(default=None, validate_default=True)
    language: Language = ""
    region: Region = ""
    zone: Zone = "UTC"
    encoding: Encoding = ""
    identity: Literal["", "id", "link", "title"] = ""
    every_minutes: int | None = Field(default=None, ge=1, le=10_080)
    longest_minutes: int | None = Field(default=None, ge=1, le=10_080)
    timeout_seconds: int | None = Field(default=None, ge=1, le=300)
    enabled: StrictBool = True
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
        if not url.lower().startswith(("http://", "https://")) or not clean_link(url):
            raise ValueError("is not a web address; write one that begins with http:// or https://")
        return url

    @field_validator("select")
    @classmethod
    def _belongs_to_lists(cls, select: Select | None, info: ValidationInfo) -> Select | None:
        is_list = info.data.get("format") == "list"
        if is_list and select is None:
            raise ValueError("must say where a list has its headlines; write one such as { item = 'ul.news > li' }")
        if select is not None and not is_list:
            raise ValueError('is only for list pages; write format = "list" above it, or take it out')
        return select

    @property
    def label(self) -> str:
        """Return the name a person reads."""
        return self.name or self.id

    def every(self, usual: timedelta) -> timedelta:
        """Return the shortest time between two visits; `usual` stands where the feed says nothing."""
        return usual if self.every_minutes is None else timedelta(minutes=self.every_minutes)

    def longest(self, usual: timedelta) -> timedelta:
        """Return the longest time between two visits while all is well; `usual` stands where the feed says nothing."""
        return usual if self.longest_minutes is None else timedelta(minutes=self.longest_minutes)

    def timeout(self, usual: timedelta) -> timedelta:
        """Return the total deadline of one visit; `usual` stands where the feed says nothing."""
        return usual if self.timeout_seconds is None else timedelta(seconds=self.timeout_seconds)


class Feeds(Strict):
    """Hold feeds.toml."""

    feeds: tuple[FeedSettings, ...] = Field(default=(), alias=TABLE)


def load_feeds(folder: Path) -> tuple[FeedSettings, ...]:
    """Read feeds.toml; ids and addresses must be unique."""
    path = folder / FILE
    return parse_feeds(path, load_text(path))


def parse_feeds(path: Path, text: str) -> tuple[FeedSettings, ...]:
    """Read the text of feeds.toml; `path` is for the errors, which name feed, key, cure and line."""
    data = parse_toml(path, text)
    try:
        feeds = Feeds.model_validate(data).feeds
    except ValidationError as error:
        raise explain_error(path, error, Feeds, data, text) from error
    if double := _find_double(path, feeds):
        raise add_line(double[0], text, double[1])
    return feeds


def _find_double(path: Path, feeds: tuple[FeedSettings, ...]) -> tuple[ConfigError, tuple[int | str, ...]] | None:
    for key in ("id", "url"):
        seen: dict[str, int] = {}
        for number, feed in enumerate(feeds, start=1):
            value = getattr(feed, key)
            if value in seen:
                sentence = (
                    f"{path}: feed {number} \"{feed.label}\": '{key}' is the same as that of feed {seen[value]}; "
                    f"remove one of the two."
                )
                return ConfigError(sentence), (TABLE, number - 1, key)
            seen[value] = number
    return None
