"""watcher.toml: how we work. TOML < secret files < environment < command line."""

import os
import re
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError

from watcher.errors import ConfigError
from watcher.settings.base import Strict, explain_error, first_mistake, load_text, load_toml, parse_toml
from watcher.settings.load import MAIN_FILE
from watcher.settings.overlay import find_laid, lay_over, read_overlay, refuse_lost_secrets, refuse_unknown
from watcher.settings.subscription import Address, SubscriptionSettings
from watcher.urls import host_of

FILE = MAIN_FILE


def split_words(value: Any) -> Any:
    """Let a variable such as CITY_WATCHER_FETCH__ALLOW_PRIVATE name several things with commas or blanks."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def private_place(value: str) -> str:
    """Accept a host as an address names it, or a network such as `10.1.0.0/16`; return it in one form."""
    try:
        if place := str(ip_network(value)) if "/" in value else _name_host(value):
            return place
    except ValueError:
        pass
    raise ValueError("is no host or network; write one such as 'intranet.example.org', '10.1.2.3' or '10.1.0.0/16'")


def _name_host(value: str) -> str:
    try:
        return str(ip_address(value.removeprefix("[").removesuffix("]")))
    except ValueError:
        return "" if re.search(r"[:?#@]", value) else host_of(f"http://{value}/")


Place = Annotated[str, AfterValidator(private_place)]
Places = Annotated[tuple[Place, ...], BeforeValidator(split_words)]


class FetchSettings(Strict):
    """Hold `[fetch]`: how feeds are asked."""

    slots: int = Field(default=16, ge=1, le=256)
    every_minutes: int = Field(default=60, ge=1, le=10_080)
    longest_minutes: int = Field(default=1_440, ge=1, le=10_080)
    timeout_seconds: int = Field(default=30, ge=1, le=300)
    spacing_seconds: float = Field(default=2, ge=0, le=60)
    max_megabytes: int = Field(default=10, ge=1, le=500)
    user_agent: str = ""
    allow_private: Places = ()

    @property
    def every(self) -> timedelta:
        """Return the shortest time between two visits to a feed."""
        return timedelta(minutes=self.every_minutes)

    @property
    def longest(self) -> timedelta:
        """Return the longest time between two visits to a feed that is well."""
        return timedelta(minutes=self.longest_minutes)

    @property
    def timeout(self) -> timedelta:
        """Return the usual total deadline of one visit."""
        return timedelta(seconds=self.timeout_seconds)


class SmtpSettings(Strict):
    """Hold `[smtp]`: the mail server. Without a host, digests are written as files."""

    host: str = ""
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr = SecretStr("")
    sender: Address = ""
    timeout_seconds: int = Field(default=30, ge=1, le=300)


class DigestSettings(Strict):
    """Hold `[digest]`: what all subscriptions share."""

    folder: Path = Path("var/digests")
    backfill_days: int = Field(default=3, ge=0, le=365)
    first_mention_months: int = Field(default=12, ge=0, le=120)


class KeepSettings(Strict):
    """Hold `[keep]`: how long what is not captured stays."""

    set_aside_days: int = Field(default=14, ge=1, le=36_500)
    visits_days: int = Field(default=90, ge=1, le=36_500)


class WebSettings(Strict):
    """Hold `[web]`: the page."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65_535)
    password: SecretStr = SecretStr("")


class WatcherSettings(Strict):
    """Hold watcher.toml."""

    contact: Address = ""
    database: SecretStr = SecretStr("sqlite:///var/watcher.db")
    tick_seconds: int = Field(default=5, ge=1, le=60)
    fetch: FetchSettings = FetchSettings()
    smtp: SmtpSettings = SmtpSettings()
    digest: DigestSettings = DigestSettings()
    keep: KeepSettings = KeepSettings()
    web: WebSettings = WebSettings()
    subscriptions: tuple[SubscriptionSettings, ...] = Field(default=(SubscriptionSettings(),), alias="subscription")

    def mails(self, subscription: SubscriptionSettings) -> bool:
        """Say whether its digest is mailed: by its own word, else where there are a server and a recipient."""
        if subscription.channel == "auto":
            return bool(self.smtp.host and subscription.recipients)
        return subscription.channel == "smtp"


def load_watcher(folder: Path, *, database: str | None = None) -> WatcherSettings:
    """Read watcher.toml with everything laid over it; `database` is the command line's word."""
    path = folder / FILE
    text = load_text(path)
    data = parse_toml(path, text)
    refuse_lost_secrets(os.environ)
    overlay = read_overlay(os.environ)
    refuse_unknown(overlay, WatcherSettings)
    try:
        settings = WatcherSettings(**lay_over(data, overlay, WatcherSettings))
    except ValidationError as error:
        laid = find_laid(overlay, first_mistake(error)["loc"])
        place, said = (laid.place, "") if laid else (path, text)
        raise explain_error(place, error, WatcherSettings, data, said) from error
    _refuse_double_subscriptions(path, settings)
    _refuse_lost_mail(path, settings)
    _refuse_nameless_mail(path, settings)
    return settings.model_copy(update={"database": SecretStr(database)}) if database else settings


def load_address(folder: Path) -> str:
    """Read the database's address in watcher.toml and heed nothing else there; the usual one when there is none."""
    said = load_toml(folder / FILE).get("database")
    return said if isinstance(said, str) else WatcherSettings().database.get_secret_value()


def laid_address() -> str:
    """Return the database's address from the environment or a secret file; empty when neither names one."""
    laid = find_laid(read_overlay(os.environ), ("database",))
    return laid.value if laid else ""


def _refuse_double_subscriptions(path: Path, settings: WatcherSettings) -> None:
    ids = [subscription.id for subscription in settings.subscriptions]
    for one in ids:
        if ids.count(one) > 1:
            raise ConfigError(f"{path}: two subscriptions are called '{one}'; give each an id of its own.")


def _refuse_lost_mail(path: Path, settings: WatcherSettings) -> None:
    """Refuse a subscription that insists on mail and says not by which server or to whom."""
    for one in settings.subscriptions:
        missing = "[smtp] 'host'" if not settings.smtp.host else "" if one.recipients else "a list of 'recipients'"
        if one.channel == "smtp" and missing:
            cure = f"write {missing}, or leave 'channel' out"
            raise ConfigError(f'{path}: subscription "{one.id}": \'channel\' is "smtp", and that needs more; {cure}.')


def _refuse_nameless_mail(path: Path, settings: WatcherSettings) -> None:
    """Refuse to mail from nobody: servers reject it, and readers could not answer."""
    if any(map(settings.mails, settings.subscriptions)) and not (settings.smtp.sender or settings.contact):
        raise ConfigError(f"{path}: [smtp] 'sender' is missing; write the address that digests come from.")
