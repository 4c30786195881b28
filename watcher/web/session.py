"""Who is asking: whether they signed in, and whether a form is one that we gave them."""

import hmac
from secrets import token_urlsafe
from typing import Annotated

from fastapi import Form, HTTPException, Request

from watcher.web.site import site_of

SIGNED_IN = "in"
TOKEN = "token"
STALE = "This form is too old; load the page again and repeat it."


class SignInNeeded(Exception):
    """Send the asker to the sign-in page."""


def admit(request: Request) -> None:
    """Let in whoever signed in, or everybody where there is no password."""
    if site_of(request).password and not request.session.get(SIGNED_IN):
        raise SignInNeeded


def form_token(request: Request) -> str:
    """Return the token that the forms of this session carry."""
    token: str = request.session.setdefault(TOKEN, token_urlsafe(16))
    return token


def check_form(request: Request, token: Annotated[str, Form()] = "") -> None:
    """Refuse a form that another site made for us."""
    known = request.session.get(TOKEN, "")
    if not known or not hmac.compare_digest(token.encode(), known.encode()):
        raise HTTPException(403, STALE)
