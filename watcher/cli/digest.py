"""`digest`: what is mailed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from storage.records import DigestSummary, Scope
from watcher.cli.office import open_desk
from watcher.cli.place import Place
from watcher.cli.show import count, err, out, show_json, show_table
from watcher.deliver import SmtpChannel, open_channels
from watcher.desk import Desk
from watcher.digest import destination, local_day, open_digest, preview, preview_day
from watcher.editions import Digest
from watcher.errors import DeliveryProblem, WatcherError
from watcher.schedule import due_instant
from watcher.sending import find_digest, send_again, send_copy, send_due, unsent
from watcher.settings.subscription import SubscriptionSettings, mail_address
from watcher.unsent import unsent_sentences

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Preview, send, list and resend digests.")

Subscription = Annotated[str | None, typer.Option("--subscription", metavar="ID", help="Only this subscription.")]
Which = Annotated[str | None, typer.Argument(metavar="[ID]", help="The subscription's id; without one, the first.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="The digest's number, as `digest list` shows it.")]
HtmlFile = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the HTML part there as well.")]


@app.callback()
def digest() -> None:
    """Preview, send, list and resend digests."""


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write one such as 2026-11-05.") from None


@app.command("preview")
def preview_digest(
    context: typer.Context,
    subscription: Which = None,
    at: Annotated[
        date | None, typer.Option(parser=_read_day, metavar="DATE", help="The digest of that day instead.")
    ] = None,
    html: HtmlFile = None,
) -> None:
    """Print the digest that would be sent now, or that of a day; nothing is written or sent."""
    place: Place = context.obj
    with open_desk(place) as desk:
        one, *others = chosen(desk, subscription)
        composed, wanted = _preview_day(desk, one, at) if at else preview(desk, one)
    _print_digest(composed.subject, composed.text, composed.html, html)
    if others:
        named = ", ".join(f"'{other.id}'" for other in others)
        err.print(f"This is '{one.id}'. `city-watcher digest preview ID` shows another one: {named}.", markup=False)
    if not wanted:
        unsent = f"'{one.id}': nothing is new, and such a digest is not sent (when_empty = \"nothing\")."
        err.print(unsent, markup=False)


def _preview_day(desk: Desk, subscription: SubscriptionSettings, day: date) -> tuple[Digest, bool]:
    composed, stands = preview_day(desk, subscription, day)
    err.print(_about_day(desk, subscription, day, stands=stands), markup=False)
    return composed, True


def _about_day(desk: Desk, subscription: SubscriptionSettings, day: date, *, stands: bool) -> str:
    """Say what the preview of a day can show, and what it cannot."""
    hour, since = due_instant(day, subscription.at, subscription.zone), desk.store.mentions.watched_since()
    if stands:
        return f"This is the digest of {day} as it stands; nothing of it is composed anew."
    if hour > desk.clock():
        return f"{day} is to come. This is what its digest would say if nothing else were found or sent until then."
    if since is None or hour < since:
        watched = f"feeds are watched since {since:%Y-%m-%d}" if since else "no feed was visited yet"
        return f"Of {day} nothing can be shown: {watched}, so that it says nothing means nothing."
    return f"No digest of {day} stands. This is what it would say at its hour; of the feeds it tells how they are now."


@app.command()
def send(
    context: typer.Context,
    subscription: Subscription = None,
    to: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Mail today's news as they stand to this address alone.")
    ] = None,
) -> None:
    """Open today's digest now, and send everything that waits to be sent; or with --to only show it to one address."""
    place: Place = context.obj
    scope = Scope(subscription=subscription)
    with open_desk(place) as desk:
        if to is not None:
            raise typer.Exit(0 if _send_copies(desk, chosen(desk, subscription), _checked(to)) else 1)
        for one in chosen(desk, subscription):
            out.print(f"{one.id}: {_open_today(desk, one)}.", markup=False)
        desk.store.deliveries.hasten(desk.clock(), scope)
        is_done = _send_waiting(desk, scope)
    raise typer.Exit(0 if is_done else 1)


@app.command()
def show(
    context: typer.Context,
    digest_id: Number,
    html: HtmlFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print a digest as it was frozen when it was opened."""
    place: Place = context.obj
    with open_desk(place) as desk:
        digest = find_digest(desk, digest_id)
        states = Counter(one.state for one in desk.store.deliveries.of_digest(digest_id))
    if as_json:
        show_json(digest.model_dump() | {"deliveries": states})
        return
    _print_digest(digest.subject, digest.text, digest.html, html)
    told = tell_states(states) or "not sent"
    opened = f"opened {digest.opened_at:%Y-%m-%d %H:%M} UTC, {told}"
    err.print(f"Digest {digest_id}, '{digest.subscription}' of {digest.day}: {opened}.", markup=False)


@app.command()
def resend(
    context: typer.Context,
    digest_id: Number,
) -> None:
    """Send a digest again, just the same, to every address in watcher.toml that it did not reach."""
    place: Place = context.obj
    with open_desk(place) as desk:
        again = send_again(desk, digest_id)
        everybody = "" if again else " Everybody has it."
        out.print(f"Digest {digest_id}: {count(again, 'mail')} to send again.{everybody}", markup=False)
        is_done = _send_waiting(desk, Scope(digest_id=digest_id))
    raise typer.Exit(0 if is_done else 1)


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
        problems = unsent_sentences(desk, unsent(desk), named=not as_json)
    if as_json:
        show_json([_columns(one) for one in found])
        return
    rows = [tuple(_columns(one).values()) for one in found]
    show_table(("id", "day", "subscription", "items", "deliveries", "subject"), rows, empty="No digest yet.")
    for problem in problems:
        err.print(problem, markup=False)


def tell_states(states: Mapping[str, int]) -> str:
    """Count deliveries by state: `2 pending, 1 sent`."""
    return ", ".join(f"{number} {state}" for state, number in sorted(states.items()))


def chosen(desk: Desk, subscription: str | None) -> list[SubscriptionSettings]:
    """Return the subscription that was named, or all of them."""
    found = [one for one in desk.settings.subscriptions if subscription in (None, one.id)]
    if not found:
        known = ", ".join(one.id for one in desk.settings.subscriptions)
        raise WatcherError(f"there is no subscription '{subscription}'; watcher.toml has: {known or 'none'}.")
    return found


def _print_digest(subject: str, text: str, html: str, file: Path | None) -> None:
    print(f"Subject: {subject}\n\n{text}")
    if file:
        file.write_text(html, encoding="utf-8")
        err.print(f"HTML written to {file}", markup=False)


def _checked(address: str) -> str:
    try:
        return mail_address(address or "nobody")
    except ValueError as error:
        raise WatcherError(f"--to: '{address}' {error}.") from error


def _send_copies(desk: Desk, subscriptions: Sequence[SubscriptionSettings], address: str) -> bool:
    """Mail each subscription's news of today to one address; say what went, and return whether all did."""
    with SmtpChannel(desk.settings.smtp) as channel:
        for one in subscriptions:
            try:
                edition = send_copy(desk, one, address, channel)
            except DeliveryProblem as problem:
                err.print(f"{one.id}: {problem} (This was the one try; nothing was noted.)", markup=False)
                return False
            what = f"digest of {edition.day} as it stands now ({count(len(edition.news), 'item')})"
            out.print(f"{one.id}: {what} mailed to {address}; nothing is noted, its readers get theirs.", markup=False)
    return True


def _open_today(desk: Desk, subscription: SubscriptionSettings) -> str:
    day = local_day(desk.clock(), subscription)
    if open_digest(desk, subscription, day) is None:
        return f"the digest of {day} stands already; what is new since then comes with the next one"
    return f"digest of {day} opened, {destination(desk.settings, subscription)}"


def _columns(one: DigestSummary) -> dict[str, Any]:
    return {
        "id": one.id,
        "day": one.day,
        "subscription": one.subscription,
        "items": one.items,
        "deliveries": tell_states(one.deliveries) or "not sent",
        "subject": one.subject,
    }


def _send_waiting(desk: Desk, scope: Scope) -> bool:
    """Send what is due, say what came of it, and return whether nothing failed and nothing is left waiting."""
    states = Counter(send_due(desk, open_channels(desk.settings), scope=scope))
    found = unsent(desk, scope)
    nothing = "Nothing was sent." if found else "Nothing to send."
    out.print(f"{states['sent']} sent" if states["sent"] else nothing)
    for sentence in unsent_sentences(desk, found, named=True):
        err.print(sentence, markup=False)
    is_open = any(one.state == "failed" or one.due_at is not None for one in found)
    return not is_open and set(states) <= {"sent"}
