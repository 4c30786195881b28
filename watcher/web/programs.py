"""Who is asking, where it is a program: a session as for the page, or the page's password by HTTP Basic (RFC 7617)."""

import hmac
from base64 import b64decode
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security.http import HTTPBase
from starlette.requests import HTTPConnection

from watcher.web.session import SIGNED_IN
from watcher.web.site import Here, Site
from watcher.web.tries import tries_of

WANTED = "This page has a password; send it by HTTP Basic with any user name, or sign in with a browser."
CHALLENGE = 'Basic realm="City exchange watcher", charset="UTF-8"'


class Basic(HTTPBase):
    """Read the password that a request says by HTTP Basic; FastAPI's own reader knows ASCII alone."""

    async def __call__(self, request: HTTPConnection) -> str | None:  # type: ignore[override]  # says no more than that
        """Return the password; None where none is said, or not in this way."""
        scheme, _, said = request.headers.get("Authorization", "").partition(" ")
        try:
            _, colon, password = b64decode(said.strip(), validate=True).decode().partition(":")
        except ValueError:
            return None
        return password if colon and scheme.lower() == "basic" else None


SAID = Basic(
    scheme="basic", scheme_name="password", description="Any user name, and the page's password.", auto_error=False
)


def admit_program(request: Request, site: Here, said: Annotated[str | None, Depends(SAID)] = None) -> None:
    """Let in who signed in or says the password, or everybody where there is none."""
    if not site.password or request.session.get(SIGNED_IN):
        return
    if said is None or not _is_right(request, site, said):
        raise HTTPException(401, WANTED, headers={"WWW-Authenticate": CHALLENGE})


def _is_right(request: Request, site: Site, said: str) -> bool:
    """Say whether a password is the right one; one that was is known again without the 0.1 s that scrypt takes."""
    mark, state = hmac.new(site.signing_key.encode(), said.encode(), "sha256").digest(), request.app.state
    if hmac.compare_digest(mark, getattr(state, "password_mark", b"")):
        return True
    if not tries_of(request).test(said, site.password):
        return False
    state.password_mark = mark
    return True
