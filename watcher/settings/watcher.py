"""watcher.toml: how we work. TOML < secret files < environment < command line."""

import os
import re
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from watcher.errors import ConfigError
from watcher.settings.base import Strict, explain_error, load_toml, stands_in
from watcher.settings.feeds import Zone

FILE = "watcher.toml"
PREFIX = "CITY_WATCHER_"
SECRETS_VARIABLE = "CITY_WATCHER_SECRETS"


def split_words(value: Any) -> Any:
    """Let a variable such as CITY_WATCHER_FETCH__ALLOW_PRIVATE name several things with commas or blanks."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_words)]


def mail_address(value: str) -> str:
    """Accept a bare mail address; an empty text stands for none."""
    if value and not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+", value):
        raise ValueError("is not a mail address; write one such as 'desk@city.example'")
    return value


Address = Annotated[str, AfterValidator(mail_address)]


class FetchSettings(Strict):
    """Hold `[fetch]`: how feeds are asked."""

    slots: int = Field(default=16, ge=1, le=256)
    every_minutes: int = Field(default=60, ge=1, le=10_080)
    timeout_seconds: int = Field(default=30, ge=1, le=300)
    max_megabytes: int = Field(default=10, ge=1, le=500)
    user_agent: str = ""
    allow_private: Words = ()

    @property
    def every(self) -> timedelta:
        """Return the usual time between two visits to a feed."""
        return timedelta(minutes=self.every_minutes)

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


class KeepSettings(Strict):
    """Hold `[keep]`: how long what is not captured stays."""

    set_aside_days: int = Field(default=14, ge=1, le=36_500)
    visits_days: int = Field(default=90, ge=1, le=36_500)


class SubscriptionSettings(Strict):
    """Hold one `[[subscription]]`: who gets which digest when."""

    id: str = Field(default="daily", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    title: str = "City exchange"
    recipients: tuple[Address, ...] = ()
    at: time = time(7, 0)
    zone: Zone = "UTC"
    when_empty: Literal["nothing", "note"] = "nothing"

    @field_validator("at", mode="before")
    @classmethod
    def _is_clock_time(cls, value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("is not a time of day; write one such as '07:00'")
        return value


class WatcherSettings(Strict):
    """Hold watcher.toml."""

    contact: Address = ""
    database: SecretStr = SecretStr("sqlite:///var/watcher.db")
    tick_seconds: int = Field(default=5, ge=1, le=60)
    fetch: FetchSettings = FetchSettings()
    smtp: SmtpSettings = SmtpSettings()
    digest: DigestSettings = DigestSettings()
    keep: KeepSettings = KeepSettings()
    subscriptions: tuple[SubscriptionSettings, ...] = Field(default=(SubscriptionSettings(),), alias="subscription")


class OverlaidSettings(WatcherSettings, BaseSettings):
    """Lay secret files and the environment over watcher.toml, whose values come in as arguments."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: environment, secret files, watcher.toml. No .env file is read."""
        del dotenv_settings
        secrets = NestedSecretsSettingsSource(
            file_secret_settings,
            secrets_dir=os.environ.get(SECRETS_VARIABLE),
            secrets_dir_missing="ok",
            env_prefix=PREFIX,
            secrets_nested_delimiter="__",
        )
        return env_settings, secrets, init_settings


def load_watcher(folder: Path, *, database: str | None = None) -> WatcherSettings:
    """Read watcher.toml with everything laid over it; `database` is the command line's word."""
    path = folder / FILE
    data = load_toml(path)
    try:
        settings = OverlaidSettings(**data)
    except ValidationError as error:
        raise explain_error(_source(path, error, data), error, WatcherSettings, data) from error
    except SettingsError as error:
        raise ConfigError(
            f"the variables {PREFIX}... cannot be read ({error}); write one for each setting, such as "
            f"{PREFIX}SMTP__HOST."
        ) from error
    _refuse_double_subscriptions(path, settings)
    _refuse_nameless_mail(path, settings)
    return settings.model_copy(update={"database": SecretStr(database)}) if database else settings


def _source(path: Path, error: ValidationError, data: object) -> Path | str:
    """Name where a wrong value stands: in the file, or in a variable or secret file laid over it."""
    loc = error.errors()[0]["loc"]
    if stands_in(data, loc):
        return path
    variable = PREFIX + "__".join(str(step) for step in loc).upper()
    return f"{variable} (environment or secret file)"


def _refuse_double_subscriptions(path: Path, settings: WatcherSettings) -> None:
    ids = [subscription.id for subscription in settings.subscriptions]
    for one in ids:
        if ids.count(one) > 1:
            raise ConfigError(f"{path}: two subscriptions are called '{one}'; give each an id of its own.")


def _refuse_nameless_mail(path: Path, settings: WatcherSettings) -> None:
    """Refuse to mail from nobody: servers reject it, and readers could not answer."""
    mailed = settings.smtp.host and any(subscription.recipients for subscription in settings.subscriptions)
    if mailed and not (settings.smtp.sender or settings.contact):
        raise ConfigError(f"{path}: [smtp] 'sender' is missing; write the address that digests come from.")
