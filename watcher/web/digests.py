"""Digests: who gets which when, what was sent, and what the next one would say. Readers are counted, never named."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from storage.records import Scope
from storage.tables import DigestRow
from watcher.desk import Desk
from watcher.digest import next_opening, preview
from watcher.sending import unsent
from watcher.settings.subscription import WEEKDAYS, SubscriptionSettings
from watcher.unsent import unsent_sentences
from watcher.web.site import Here
from watcher.web.templating import show

router = APIRouter(include_in_schema=False)

SHOWN = 50
LARGEST_ID = 2**31 - 1
"""PostgreSQL keeps ids of four bytes."""
GONE = "There is no such digest; the page Digests lists those there are."
NO_LIST = "There is no such subscription in watcher.toml; the page Digests lists those there are."

Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]

MAIL_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
}
"""A mail has its styles in it. In the frame it runs nothing and reaches nothing; its links open outside of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Hold what is shown of a subscription: when it opens next, and how many read it."""

    subscription: SubscriptionSettings
    schedule: str
    opens_at: datetime
    readers: str


@router.get("/digests")
def digests(request: Request, site: Here, before: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0) -> Response:
    """List the subscriptions, and the digests that were sent."""
    found = site.desk.store.digests.list_all(SHOWN + 1, before or None)
    return show(
        request,
        "digests.html",
        area="/digests",
        plans=[plan_of(site.desk, one) for one in site.desk.settings.subscriptions],
        digests=found[:SHOWN],
        before=before,
        more=found[SHOWN - 1].id if len(found) > SHOWN else 0,
    )


@router.get("/digests/next/{subscription}")
def coming(request: Request, site: Here, subscription: str) -> Response:
    """Show what the next digest would say."""
    one = find_subscription(site.desk, subscription)
    digest, is_wanted = preview(site.desk, one)
    plan = plan_of(site.desk, one)
    return show(request, "digest-next.html", area="/digests", plan=plan, digest=digest, is_wanted=is_wanted)


@router.get("/digests/next/{subscription}/mail")
def coming_mail(site: Here, subscription: str) -> Response:
    """Answer with the HTML part of what the next digest would say, for the frame of its page."""
    return frame_mail(preview(site.desk, find_subscription(site.desk, subscription))[0].html)


@router.get("/digests/{digest_id}")
def digest(request: Request, site: Here, digest_id: Number) -> Response:
    """Show a digest as it was mailed."""
    row = find_digest(site.desk, digest_id)
    summary = site.desk.store.digests.summary(digest_id)
    problems = unsent_sentences(site.desk, unsent(site.desk, Scope(digest_id=digest_id)))
    return show(request, "digest.html", area="/digests", digest=row, summary=summary, problems=problems)


@router.get("/digests/{digest_id}/mail")
def mail(site: Here, digest_id: Number) -> Response:
    """Answer with the HTML part of a digest as it was mailed, for the frame of its page."""
    return frame_mail(find_digest(site.desk, digest_id).html)


def find_digest(desk: Desk, digest_id: int) -> DigestRow:
    """Return a digest."""
    row = desk.store.digests.find_by_id(digest_id)
    if row is None:
        raise HTTPException(404, GONE)
    return row


def find_subscription(desk: Desk, subscription: str) -> SubscriptionSettings:
    """Return a subscription of watcher.toml."""
    for one in desk.settings.subscriptions:
        if one.id == subscription:
            return one
    raise HTTPException(404, NO_LIST)


def plan_of(desk: Desk, subscription: SubscriptionSettings) -> Plan:
    """Say of a subscription when it opens, and how many read it."""
    number = len(set(subscription.recipients))
    readers = f"{number} by mail" if desk.settings.mails(subscription) else "written to a folder"
    opens_at = next_opening(desk, subscription)
    return Plan(subscription=subscription, schedule=tell_schedule(subscription), opens_at=opens_at, readers=readers)


def tell_schedule(subscription: SubscriptionSettings) -> str:
    """Say when a subscription's digests leave: `Mondays and Fridays at 07:00, Asia/Taipei`."""
    named = [day.capitalize() + "s" for day in WEEKDAYS if day in subscription.weekdays]
    days = " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]])) or "every day"
    return f"{days} at {subscription.at:%H:%M}, {subscription.zone}"


def frame_mail(html: str) -> HTMLResponse:
    """Answer with the HTML of a mail that can do nothing; its links open outside of the frame."""
    return HTMLResponse(html.replace("<head>", '<head><base target="_blank">', 1), headers=MAIL_HEADERS)
