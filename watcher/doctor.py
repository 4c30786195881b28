"""Doctor: look at all that the watcher needs, and say of each thing how it is and what cures it.

Nothing is stored or upgraded, and no mail leaves but the one that was asked for. No sentence holds a secret.
"""

import os
import shutil
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from storage.database import HEAD, Database, is_missing, sqlite_file
from storage.errors import StorageError
from storage.store import Store
from watcher.check import check_feeds
from watcher.compose import build_message, message_id
from watcher.deliver import SmtpChannel
from watcher.deliver.trial import Trial, try_server
from watcher.desk import Clock
from watcher.digest import destination, sender
from watcher.editions import Digest, Mail
from watcher.errors import DeliveryProblem
from watcher.fetch.proxies import list_proxies
from watcher.finding import State
from watcher.heartbeat import GRACE, HEARTBEAT
from watcher.schedule import next_due
from watcher.settings.feeds import FeedSettings
from watcher.settings.watcher import SmtpSettings, WatcherSettings
from watcher.urls import host_of

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""This program is younger than any earlier time."""
ROOM = 200_000_000
"""Bytes that a disk should have left, and room for a copy of the database besides: an upgrade makes one."""
MEGABYTE = 1_000_000
SOON = timedelta(days=14)
"""A certificate that ends sooner is told."""
SAMPLE = 5
CLOCK_TOLERANCE = timedelta(minutes=5)
"""Answers take their time, and servers' clocks are not quite right either."""
TEST_TEXT = "This is a test mail of the city-exchange-watcher. Digests come the same way."


class Grade(StrEnum):
    """Say how a thing is: well, worth knowing, wrong, or so that the service cannot start."""

    WELL = "well"
    NOTE = "note"
    WRONG = "wrong"
    STOPS = "stops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Hold one finding: what it is about, how that is, and one sentence, with the cure where one is needed."""

    about: str
    grade: Grade
    sentence: str


def look_at_subscriptions(settings: WatcherSettings, now: datetime) -> Iterator[Remark]:
    """Say when each digest leaves next and where it goes."""
    if not settings.contact:
        cure = "write your mail address as `contact` in watcher.toml, so that feeds' owners and readers can reach you"
        yield Remark(about="config", grade=Grade.NOTE, sentence=f"There is no contact; {cure}.")
    for one in settings.subscriptions:
        due = next_due(now, at=one.at, zone=one.zone, days=one.days).astimezone(ZoneInfo(one.zone))
        lost = bool(settings.smtp.host) and not one.recipients and one.channel == "auto"
        yield Remark(
            about="digest",
            grade=Grade.NOTE if lost else Grade.WELL,
            sentence=f"'{one.id}' leaves next on {due:%A, %Y-%m-%d at %H:%M} in {one.zone}, "
            f"{destination(settings, one)}.",
        )


def look_at_database(url: str, now: datetime) -> Iterator[Remark]:
    """Open the database as it stands; a missing one is made by the first poll, where that is allowed."""
    try:
        if is_missing(url):
            yield _foresee(sqlite_file(url) or Path())
            return
        with closing(Database.open(url)) as database:
            yield _read_schema(database)
            if obstacle := database.obstacle():
                yield Remark(about="database", grade=Grade.WRONG, sentence=obstacle)
            if database.is_current():
                yield from _compare_clock(Store(database), now)
    except StorageError as problem:
        yield Remark(about="database", grade=Grade.STOPS, sentence=str(problem))


def _foresee(file: Path) -> Remark:
    """Say whether the database can be made."""
    folder = standing(file.parent)
    if os.access(folder, os.W_OK | os.X_OK):
        makers = "`city-watcher poll` or `city-watcher run` makes it"
        return Remark(about="database", grade=Grade.NOTE, sentence=f"{file}: there is no database yet; {makers}.")
    cure = "give us the right to write there, or name another place as `database` in watcher.toml"
    return Remark(about="database", grade=Grade.STOPS, sentence=f"{file}: cannot be made in {folder}; {cure}.")


def _read_schema(database: Database) -> Remark:
    revision = database.revision()
    if revision == HEAD:
        counts = Store(database).items.counts()
        held = f"{counts['captured']} captured items, {counts['seeds']} seeds"
        return Remark(about="database", grade=Grade.WELL, sentence=f"{database.label}: opens, and holds {held}.")
    if revision and revision > HEAD:
        cure = "install that version, or restore an older backup"
        said = f"{database.label}: a newer version of the watcher wrote it (schema {revision}); {cure}."
        return Remark(about="database", grade=Grade.STOPS, sentence=said)
    said = f"{database.label}: has schema {revision or 'none'}; the next start brings it to {HEAD}, and keeps a copy."
    return Remark(about="database", grade=Grade.NOTE, sentence=said)


def look_at_clock(now: datetime) -> Remark:
    """Say what time it is here; a clock that was never set is wrong."""
    if now < FIRST_DAY:
        cure = "set it, by NTP for instance: every date and every digest goes by it"
        said = f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, long past; {cure}."
        return Remark(about="clock", grade=Grade.WRONG, sentence=said)
    return Remark(about="clock", grade=Grade.WELL, sentence=f"It is {now:%Y-%m-%d %H:%M} UTC by this machine's clock.")


def _compare_clock(store: Store, now: datetime) -> Iterator[Remark]:
    """Tell of a clock that was ahead before, or is behind now."""
    beat = store.facts.find(HEARTBEAT)
    if beat and beat.noted_at > now + GRACE:
        said = (
            f"The service's last heartbeat lies ahead, at {beat.noted_at:%Y-%m-%d %H:%M} UTC: "
            "the clock was wrong then, or is now; compare it with another one, and set it by NTP."
        )
        yield Remark(about="clock", grade=Grade.WRONG, sentence=said)


def look_at_disk(places: Mapping[str, Path], database: Path | None) -> Iterator[Remark]:
    """Look at the folders that we write to: `places` by what is written there."""
    size = database.stat().st_size if database and database.is_file() else 0
    for what, place in places.items():
        folder = standing(place)
        free = shutil.disk_usage(folder).free
        said = f"{folder}: {free // MEGABYTE:,} MB are free for {what}"
        if not os.access(folder, os.W_OK | os.X_OK):
            cure = "give us the right to write there, or name another folder in watcher.toml"
            yield Remark(about="disk", grade=Grade.WRONG, sentence=f"{folder}: {what} cannot be written there; {cure}.")
        elif free < ROOM + size:
            cure = f"free some space: {(ROOM + size) // MEGABYTE:,} MB leave room for a copy of the database"
            yield Remark(about="disk", grade=Grade.WRONG, sentence=f"{said}; {cure}.")
        else:
            yield Remark(about="disk", grade=Grade.WELL, sentence=f"{said}.")


def standing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there already."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def look_at_mail(settings: WatcherSettings, now: datetime, context: ssl.SSLContext | None = None) -> Iterator[Remark]:
    """Go to the mail server as far as its word on the sender; nothing is sent."""
    smtp = settings.smtp
    if not smtp.host:
        cure = "name one as `host` under [smtp] in watcher.toml when digests should be mailed"
        said = f"There is no mail server, so digests are written to {settings.digest.folder}/; {cure}."
        yield Remark(about="mail", grade=Grade.NOTE, sentence=said)
        return
    yield from _look_at_login(smtp)
    try:
        build_message(_test_mail(settings, sender(settings), now))  # its headers want addresses that mail can use
        trial = try_server(smtp, sender(settings), context)
    except DeliveryProblem as problem:
        yield Remark(about="mail", grade=Grade.WRONG, sentence=str(problem))
    else:
        yield _praise(trial, settings)
        yield from _look_at_certificate(trial, smtp, now)


def _look_at_login(smtp: SmtpSettings) -> Iterator[Remark]:
    has_password = bool(smtp.password.get_secret_value())
    if smtp.username and not has_password:
        said = "There is a `username` but no password; set CITY_WATCHER_SMTP__PASSWORD or a secret file."
        yield Remark(about="mail", grade=Grade.WRONG, sentence=said)
    if has_password and not smtp.username:
        said = "There is a password but no `username`, so nobody logs in; name one under [smtp] in watcher.toml."
        yield Remark(about="mail", grade=Grade.NOTE, sentence=said)
    if smtp.username and smtp.security == "none" and not _is_here(smtp.host):
        said = f'The password goes to {smtp.host} for all to read; set `security` under [smtp] to "starttls" or "tls".'
        yield Remark(about="mail", grade=Grade.WRONG, sentence=said)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _praise(trial: Trial, settings: WatcherSettings) -> Remark:
    smtp = settings.smtp
    encrypted = f"encrypts ({trial.encryption})" if trial.encryption else "does not encrypt"
    login = "accepts the login, " if smtp.username else ""
    said = f"{smtp.host}:{smtp.port} answers, {encrypted}, {login}and takes mail from {sender(settings)}."
    return Remark(about="mail", grade=Grade.WELL, sentence=said)


def _look_at_certificate(trial: Trial, smtp: SmtpSettings, now: datetime) -> Iterator[Remark]:
    if trial.valid_until and trial.valid_until - now < SOON:
        said = f"The certificate of {smtp.host} ends on {trial.valid_until:%Y-%m-%d}; tell its operator to renew it."
        yield Remark(about="mail", grade=Grade.NOTE, sentence=said)


def send_test(settings: WatcherSettings, address: str, now: datetime, context: ssl.SSLContext | None = None) -> Remark:
    """Mail a short text to an address, once."""
    try:
        SmtpChannel(settings.smtp, context).send(_test_mail(settings, address, now))
    except DeliveryProblem as problem:
        return Remark(about="test mail", grade=Grade.WRONG, sentence=f"{problem} (A test mail is tried once.)")
    said = f"The mail server took a test mail to {address}; look whether it arrives, and not among the junk."
    return Remark(about="test mail", grade=Grade.WELL, sentence=said)


def _test_mail(settings: WatcherSettings, address: str, now: datetime) -> Mail:
    return Mail(
        digest=Digest(subject="A test mail", text=f"{TEST_TEXT}\n", html=f"<p>{TEST_TEXT}</p>\n"),
        sender=sender(settings),
        recipient=address,
        message_id=message_id("doctor", now.isoformat(), address, sender(settings)),
        date=now,
        subscription="doctor",
        contact=settings.contact,
    )


def look_at_proxies(variables: Mapping[str, str]) -> Iterator[Remark]:
    """Say through which proxies feeds are fetched; `variables` is what `urllib.request.getproxies` found."""
    found = list_proxies(variables)
    spared = [pattern.removeprefix("all://") for pattern, proxy in found.items() if proxy is None]
    past = f", but for {', '.join(spared)}" if spared else ""
    for pattern, proxy in found.items():
        if proxy is not None:
            kind = "all feeds" if pattern == "all://" else f"feeds of {pattern}"
            said = f"The environment names a proxy: {kind} are fetched through {_bare(proxy)}{past}; mail is not."
            yield Remark(about="proxy", grade=Grade.NOTE, sentence=said)
    if not any(found.values()):
        yield Remark(about="proxy", grade=Grade.WELL, sentence="The environment names no proxy.")


def _bare(proxy: str) -> str:
    """Return a proxy's address without a password."""
    parts = urlsplit(proxy)
    return parts.netloc.rpartition("@")[2] or "an address that cannot be read"


async def look_at_feeds(feeds: Sequence[FeedSettings], settings: WatcherSettings, clock: Clock) -> list[Remark]:
    """Visit a few feeds of different hosts; one that is not well is worth knowing, and that none is, wrong."""
    if not feeds:
        said = "No feed is enabled; `city-watcher feeds add URL` adds one."
        return [Remark(about="feeds", grade=Grade.WRONG, sentence=said)]
    findings = await check_feeds(choose_sample(feeds), settings, clock)
    ill = [one for one in findings if one.state is not State.WELL]
    grade = Grade.WRONG if len(ill) == len(findings) else Grade.NOTE
    visited = f"{len(findings)} of {len(feeds)} enabled feeds visited (of different hosts, at most {SAMPLE})"
    well = f"{visited}, {len(findings) - len(ill)} well"
    cure = "; `city-watcher feeds check` visits all." if ill else "."
    if all(one.status is None for one in findings):
        cure = ": is this machine's network well?"
    return [
        *_compare_servers([one.ahead_seconds for one in findings if one.ahead_seconds is not None]),
        Remark(about="feeds", grade=grade if ill else Grade.WELL, sentence=well + cure),
        *(Remark(about="feeds", grade=grade, sentence=f"{one.id}: {one.sentence}.") for one in ill),
    ]


def _compare_servers(ahead: Sequence[int]) -> Iterator[Remark]:
    """Tell of a clock that most servers contradict by many seconds; a single one may be wrong itself."""
    off = timedelta(seconds=sorted(ahead)[len(ahead) // 2] if ahead else 0)
    if abs(off) > CLOCK_TOLERANCE:
        way = "behind" if off > timedelta() else "ahead of"
        said = (
            f"This machine's clock is {abs(off)} {way} the clocks of the feeds' servers (asked: {len(ahead)}); "
            "compare it with another one, and set it by NTP."
        )
        yield Remark(about="clock", grade=Grade.WRONG if len(ahead) > 1 else Grade.NOTE, sentence=said)


def choose_sample(feeds: Sequence[FeedSettings]) -> list[FeedSettings]:
    """Return a few feeds of different hosts, spread over the list."""
    apart = list({host_of(feed.url): feed for feed in reversed(feeds)}.values())[::-1]
    step = max(1, len(apart) // SAMPLE)
    return apart[::step][:SAMPLE]
