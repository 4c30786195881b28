"""`digest`: what is mailed."""

from pathlib import Path
from typing import Annotated, Any

import typer

from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import ago, err, out, show_json, show_table
from watcher.deliver import open_channels
from watcher.desk import Desk
from watcher.digest import destination, local_day, open_digest, preview, send_due
from watcher.errors import WatcherError
from watcher.settings.watcher import SubscriptionSettings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Preview, send and list digests.")

Subscription = Annotated[str | None, typer.Option("--subscription", metavar="ID", help="Only this subscription.")]


@app.callback()
def digest() -> None:
    """Preview, send and list digests."""


@app.command("preview")
def preview_digest(
    context: typer.Context,
    subscription: Subscription = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the HTML part there as well.")] = None,
) -> None:
    """Print the digest that would be sent now; nothing is written or sent."""
    place: Place = context.obj
    with open_desk(place) as desk:
        composed = preview(desk, chosen(desk, subscription)[0])
    print(f"Subject: {composed.subject}\n\n{composed.text}")
    if html:
        html.write_text(composed.html, encoding="utf-8")
        err.print(f"HTML written to {html}", markup=False)


@app.command()
def send(context: typer.Context, subscription: Subscription = None) -> None:
    """Open today's digest now, and send everything that waits to be sent."""
    place: Place = context.obj
    with open_desk(place) as desk:
        for one in chosen(desk, subscription):
            out.print(f"{one.id}: {_open_today(desk, one)}.", markup=False)
        desk.store.deliveries.hasten(desk.clock())
        states = send_due(desk, open_channels(desk.settings))
        problems = unsent_problems(desk)
    out.print(", ".join(f"{states.count(state)} {state}" for state in sorted(set(states))) or "Nothing to send.")
    for problem in problems:
        err.print(problem, markup=False)
    raise typer.Exit(1 if set(states) - {"sent"} else 0)


@app.command("list")
def list_digests(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List digests, newest first, with the states of their deliveries."""
    place: Place = context.obj
    with open_desk(place) as desk:
        found = desk.store.digests.list_all(limit)
        problems = unsent_problems(desk)
    if as_json:
        show_json([{"id": one.id, **_columns(one)} for one in found])
        return
    rows = [tuple(_columns(one).values()) for one in found]
    show_table(("day", "subscription", "items", "deliveries", "subject"), rows, empty="No digest yet.")
    for problem in problems:
        err.print(problem, markup=False)


def unsent_problems(desk: Desk) -> list[str]:
    """Say of each digest that did not arrive why, and when it is tried again; names no recipient."""
    now = desk.clock()
    return list(
        dict.fromkeys(
            f"{one.state}, {'tried again ' + ago(one.due_at, now) if one.due_at else 'not tried again'}: "
            f"{one.problem or 'waits for its turn'}"
            for one in desk.store.deliveries.unsent()
        )
    )


def chosen(desk: Desk, subscription: str | None) -> list[SubscriptionSettings]:
    """Return the subscription that was named, or all of them."""
    found = [one for one in desk.settings.subscriptions if subscription in (None, one.id)]
    if not found:
        known = ", ".join(one.id for one in desk.settings.subscriptions)
        raise WatcherError(f"there is no subscription '{subscription}'; watcher.toml has: {known or 'none'}.")
    return found


def _open_today(desk: Desk, subscription: SubscriptionSettings) -> str:
    day = local_day(desk.clock(), subscription)
    if open_digest(desk, subscription, day) is None:
        return f"the digest of {day} stands already; what is new since then comes with the next one"
    return f"digest of {day} opened, {destination(desk.settings, subscription)}"


def _columns(one: Any) -> dict[str, Any]:
    return {
        "day": one.day,
        "subscription": one.subscription,
        "items": one.items,
        "deliveries": ", ".join(f"{count} {state}" for state, count in sorted(one.deliveries.items())) or "not sent",
        "subject": one.subject,
    }
