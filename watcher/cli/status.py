"""`status`: is all well, and what is next?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from storage.records import Unsent
from storage.store import name_process
from storage.tables import FeedRow
from watcher.cli.digest import tell_states
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, out, show_json
from watcher.desk import Desk
from watcher.digest import destination, next_opening
from watcher.feedstate import condition_of
from watcher.heartbeat import HEARTBEAT, Life, tell_life
from watcher.judging import load_judge
from watcher.sending import unsent
from watcher.settings.subscription import SubscriptionSettings
from watcher.settings.watcher import SmtpSettings
from watcher.spans import ago
from watcher.unsent import unsent_sentences

PROBLEMS_SHOWN = 5

app = typer.Typer(add_completion=False)


@app.command()
def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Say how the service, the feeds, the items and the digests are."""
    place: Place = context.obj
    load_judge(place.folder)  # so that a mistake in the rules is told here too
    with open_desk(place) as desk:
        now = desk.clock()
        facts = look(desk, now, named=not as_json) | {"config": str(place.folder)}
    if as_json:
        show_json(facts)
    else:
        _tell(facts, now)


def look(desk: Desk, now: datetime, *, named: bool = False) -> dict[str, Any]:
    """Gather what `status` says; recipients are `named` on a terminal alone."""
    beat = desk.store.facts.find(HEARTBEAT)
    life = tell_life(beat.noted_at, beat.value, now) if beat else Life.NONE
    waiting = unsent(desk)
    rows = [row for row in desk.store.feeds.list_all() if row.id in desk.feeds]
    return {
        "alive": life is Life.RUNNING,
        "service": life,
        "heartbeat_at": beat.noted_at if beat else None,
        "database": desk.store.database.label,
        "obstacle": desk.store.database.obstacle(),
        "feeds": len(desk.feeds),
        "feeds_read": sum(row.read_at is not None and not row.problem for row in rows),
        "in_hand": _list_held(rows, now),
        "problems": {row.id: row.problem for row in rows if row.problem},
        "strange": {row.id: sentence for row in rows if not row.problem and (sentence := condition_of(row, now)[0])},
        "items": desk.store.items.counts(),
        "deliveries": desk.store.deliveries.counts(),
        "unsent": unsent_sentences(desk, waiting, named=named),
        "mail": _mail(desk.settings.smtp),
        "digests": [_digest(desk, subscription, waiting) for subscription in desk.settings.subscriptions],
    }


def _list_held(rows: Iterable[FeedRow], now: datetime) -> list[dict[str, Any]]:
    """Say who visits how many feeds just now, and when the last of these leases ends."""
    leases = defaultdict[str, list[datetime]](list)
    for row in rows:
        if row.claimed_by and row.due_at and row.due_at > now:
            leases[name_process(row.claimed_by)].append(row.due_at)
    return [{"process": one, "feeds": len(ends), "until": max(ends)} for one, ends in sorted(leases.items())]


def _digest(desk: Desk, subscription: SubscriptionSettings, waiting: Sequence[Unsent]) -> dict[str, Any]:
    last = desk.store.digests.last(subscription.id)
    return {
        "subscription": subscription.id,
        "last_day": last.day if last else None,
        "last_unsent": Counter(one.state for one in waiting if last and one.digest_id == last.id),
        "next_at": next_opening(desk, subscription),
        "destination": destination(desk.settings, subscription),
    }


def _mail(smtp: SmtpSettings) -> str:
    """Say how we come to the mail server, and whether we have a password for it; empty without a server."""
    if not smtp.host:
        return ""
    has_password = bool(smtp.password.get_secret_value())
    if smtp.username:
        lack = "but no password: set CITY_WATCHER_SMTP__PASSWORD or a secret file"
        login = f"login {smtp.username}, {'password given' if has_password else lack}"
    else:
        login = "no login" + (", though a password is given: set username" if has_password else "")
    return f"{smtp.host}:{smtp.port} (security {smtp.security}), {login}"


def _service(life: Life, beat_at: datetime | None, now: datetime) -> str:
    if life is Life.RUNNING:
        return f"running (heartbeat {ago(beat_at, now)})"
    if life is Life.SILENT:
        since = f"no heartbeat since {beat_at:%Y-%m-%d %H:%M} UTC ({ago(beat_at, now)})"
        return f"{since}: it hangs or was stopped; look at its log, or start it with `city-watcher run`"
    return f"not running; start it with `city-watcher run` (heartbeat {ago(beat_at, now)})"


def _tell(facts: dict[str, Any], now: datetime) -> None:
    out.print(f"[bold]service[/]   {_service(facts['service'], facts['heartbeat_at'], now)}")
    out.print(f"[bold]feeds[/]     {facts['feeds_read']} of {facts['feeds']} read")
    for line in [*_problem_lines(facts["problems"]), *_problem_lines(facts["strange"])]:
        out.print(f"          {line}", markup=False)
    if facts["in_hand"]:
        held = (
            f"{count(one['feeds'], 'feed')} of {one['process']} (until {one['until']:%H:%M} UTC)"
            for one in facts["in_hand"]
        )
        out.print(f"[bold]in hand[/]   {escape(', '.join(held))}")
    items = facts["items"]
    irrelevant = f", {items['irrelevant']} marked irrelevant" if items["irrelevant"] else ""
    stories = "1 story" if items["stories"] == 1 else f"{items['stories']} stories"
    out.print(
        f"[bold]items[/]     {items['captured']} captured in {stories}, {count(items['seeds'], 'seed')}, "
        f"{items['near']} near{irrelevant}"
    )
    for digest in facts["digests"]:
        states = f" ({tell_states(digest['last_unsent'])})" if digest["last_unsent"] else ""
        out.print(
            f"[bold]digest[/]    '{digest['subscription']}': last {digest['last_day'] or 'none yet'}{states}, "
            f"next {ago(digest['next_at'], now)}, {digest['destination']}"
        )
    if facts["mail"]:
        out.print(f"[bold]mail[/]      {escape(facts['mail'])}")
    for problem in facts["unsent"]:
        out.print(f"[bold]delivery[/]  {escape(problem)}")
    out.print(f"[bold]database[/]  {escape(facts['obstacle'] or facts['database'])}")
    out.print(f"[bold]config[/]    {facts['config']}")


def _problem_lines(problems: Mapping[str, str]) -> list[str]:
    """Say what ails feeds: the first few, then how many more, lest a dead network hide all else."""
    lines = [f"{feed}: {problem}" for feed, problem in problems.items()]
    if len(lines) <= PROBLEMS_SHOWN:
        return lines
    return [*lines[:PROBLEMS_SHOWN], f"and {len(lines) - PROBLEMS_SHOWN} more; `city-watcher feeds list` shows all"]
